// SPDX-License-Identifier: Apache-2.0
#include "loader/describe.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/image_check.h"

namespace parley::loader {
namespace {

constexpr int kAnswerDescriptor = 3;  // part of the contract with parley-plugin-host

struct Child {
  pid_t pid = -1;
  int answer = -1;

  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (answer >= 0) ::close(answer);
    if (pid > 0) {
      ::kill(pid, SIGKILL);
      wait();
    }
  }

  int wait() {
    int code = 0;
    while (::waitpid(pid, &code, 0) < 0 && errno == EINTR) {
    }
    pid = -1;
    return code;
  }

  // Whether it ends by then; it stays to be waited for.
  bool ends_before(std::chrono::steady_clock::time_point deadline) const {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    if (handle < 0) return false;
    int count = 0;
    do {
      const auto left =
          std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now()).count();
      pollfd ended{handle, POLLIN, 0};
      count = ::poll(&ended, 1, static_cast<int>(std::max<Millis::rep>(left, 0)));
    } while (count < 0 && errno == EINTR);
    ::close(handle);
    return count > 0;
  }
};

Status failed(const std::string& why) {
  return Status(ErrorCode::kPluginError, why);
}

Status start(const std::filesystem::path& file, const DescribeOptions& options, Child& child) {
  std::array<int, 2> pipe;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    return failed(std::string("no pipe: ") + std::strerror(errno));
  child.answer = pipe[0];
  // A descriptor that already is 3 would keep its close-on-exec mark through dup2 onto itself.
  const int write_end = ::fcntl(pipe[1], F_DUPFD_CLOEXEC, kAnswerDescriptor + 1);
  ::close(pipe[1]);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, write_end, kAnswerDescriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);

  const std::string program = options.host_program.string(), target = file.string();
  std::array<char*, 4> arguments{const_cast<char*>(program.c_str()),
                                 const_cast<char*>("--describe"), const_cast<char*>(target.c_str()),
                                 nullptr};
  std::array<char*, 1> environment{
      nullptr};  // nothing of the server's environment reaches foreign constructors
  const int error = posix_spawn(&child.pid, program.c_str(), &actions, &attributes,
                                arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  ::close(write_end);
  if (error != 0) {
    child.pid = -1;
    return failed(program + " cannot be started: " + std::strerror(error));
  }
  return Status::ok();
}

Status took_too_long(const DescribeOptions& options) {
  return failed("describing the plugin took longer than " +
                std::to_string(options.timeout.count()) +
                " ms: a static constructor hangs or the machine is overloaded");
}

Result<std::string> read_answer(Child& child, const DescribeOptions& options,
                                std::chrono::steady_clock::time_point deadline) {
  std::string answer;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<Millis>(deadline - std::chrono::steady_clock::now()).count();
    pollfd ready{child.answer, POLLIN, 0};
    const int count = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return took_too_long(options);
    const auto got = ::read(child.answer, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    if (answer.size() > options.max_answer)
      return failed("the plugin's description is larger than " +
                    std::to_string(options.max_answer) + " bytes");
  }
}

}  // namespace

Result<Manifest> describe(const std::filesystem::path& file, const DescribeOptions& options) {
  if (auto status = check_image(file); !status) return status;
  const auto deadline = std::chrono::steady_clock::now() + options.timeout;
  Child child;
  if (auto status = start(file, options, child); !status) return status;
  auto answer = read_answer(child, options, deadline);
  if (!answer) return answer.status();
  // The end of the answer is not the end of the process: a constructor may close the descriptor and
  // hang.
  if (!child.ends_before(deadline)) return took_too_long(options);
  const int code = child.wait();
  if (WIFSIGNALED(code)) {
    return failed(std::string("the plugin crashed while it was opened (") +
                  strsignal(WTERMSIG(code)) + "): a static constructor is at fault");
  }
  if (answer->empty())
    return failed("the plugin ended the describing process while it was opened (exit code " +
                  std::to_string(WEXITSTATUS(code)) + ")");
  return manifest_from_json(*answer);
}

}  // namespace parley::loader
