// SPDX-License-Identifier: Apache-2.0
#include "integration/support/child.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parley::test {
namespace {

int open_for_append(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) throw TestFailure("cannot write " + file.string() + ": " + std::strerror(errno));
  return fd;
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(char* const* arguments, int out, int err) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  ::execvp(arguments[0], arguments);
  for (const std::string_view part : {std::string_view("cannot execute "),
                                      std::string_view(arguments[0]), std::string_view("\n")})
    if (::write(STDERR_FILENO, part.data(), part.size()) < 0) break;
  ::_exit(127);
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::filesystem::path& out,
             const std::filesystem::path& err) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int out_fd = open_for_append(out);
  const int err_fd = open_for_append(err);
  changes_ = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  for (const auto& file : {out, err}) ::inotify_add_watch(changes_, file.c_str(), IN_MODIFY);
  pid_ = ::fork();
  if (pid_ == 0) become(arguments.data(), out_fd, err_fd);
  ::close(out_fd);
  ::close(err_fd);
  if (pid_ < 0) throw TestFailure("cannot start " + command.front());
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

Child::~Child() {
  if (running()) signal(SIGKILL);
  wait(kPatience);
  ::close(pidfd_);
  ::close(changes_);
}

void Child::signal(int number) const {
  if (!exit_code_) ::kill(pid_, number);
}

bool Child::running() {
  return !wait(std::chrono::milliseconds(0));
}

std::optional<int> Child::wait(std::chrono::milliseconds time) {
  if (exit_code_) return exit_code_;
  pollfd entry{pidfd_, POLLIN, 0};
  if (::poll(&entry, 1, static_cast<int>(time.count())) <= 0) return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) return std::nullopt;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

bool Child::wait_for_output(Deadline deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd entries[] = {{pidfd_, POLLIN, 0}, {changes_, POLLIN, 0}};
  if (::poll(entries, 2, static_cast<int>(std::max<std::int64_t>(left, 0))) <= 0) return false;
  char told[4096];
  while (::read(changes_, told, sizeof told) > 0) {
  }
  return true;
}

}  // namespace parley::test
