// SPDX-License-Identifier: Apache-2.0
#include "ctl/program.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace parley::ctl {
namespace {

Result<pid_t> spawn(const std::vector<std::string>& words,
                    const posix_spawn_file_actions_t* actions) {
  std::vector<char*> argv;
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv[0], actions, nullptr, argv.data(), environ);
  if (error == 0) return child;
  return Status::not_found(fmt::format("cannot run {}: {}", words.front(), std::strerror(error)));
}

int wait_for(pid_t child) {
  int how = 0;
  while (::waitpid(child, &how, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

std::string read_all(int fd) {
  std::string text;
  std::array<char, 8192> buffer;
  for (;;) {
    const auto size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace

Result<Ran> run_program(const std::vector<std::string>& words) {
  const auto child = spawn(words, nullptr);
  if (!child) return child.status();
  return Ran{wait_for(*child), {}};
}

Result<Ran> take_output(const std::vector<std::string>& words) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return Status::internal(fmt::format("no pipe: {}", std::strerror(errno)));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  const auto child = spawn(words, &actions);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  const std::string output = child ? read_all(pipe[0]) : std::string();
  ::close(pipe[0]);
  if (!child) return child.status();
  return Ran{wait_for(*child), output};
}

std::filesystem::path program_folder() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
}

}  // namespace parley::ctl
