// SPDX-License-Identifier: Apache-2.0
// How a child process comes to be: lanes, words, a clean environment.
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugin/child_process.h"

namespace parley::plugin {
namespace {

constexpr int kFirstLane = 3;  // part of the contract with parley-plugin-host --serve

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Ends {
  std::vector<Descriptor> ours, theirs;
};

Status out_of(const char* what) {
  return Status(ErrorCode::kPluginError,
                std::string("no ") + what + " for a child process: " + std::strerror(errno));
}

// Above every number they are given in the child, so that one dup2 does not overwrite the next.
Result<Descriptor> out_of_the_way(Descriptor fd, int lanes) {
  const int moved = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstLane + lanes);
  if (moved < 0) return out_of("descriptor");
  return Descriptor(moved);
}

Status make_lanes(int count, Ends& ends) {
  for (int i = 0; i < count; ++i) {
    std::array<int, 2> pair;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0)
      return out_of("socketpair");
    ends.ours.emplace_back(pair[0]);
    auto theirs = out_of_the_way(Descriptor(pair[1]), count);
    if (!theirs) return theirs.status();
    ends.theirs.push_back(std::move(theirs).value());
  }
  return Status::ok();
}

std::vector<std::string> words_of(const ChildProcess::Options& options, int lanes) {
  const auto& limits = options.limits;
  std::vector<std::string> words{options.program.string(),
                                 "--serve",
                                 options.file.string(),
                                 "--sandbox",
                                 options.sandbox,
                                 "--lanes",
                                 std::to_string(lanes),
                                 "--parent",
                                 std::to_string(::getpid()),
                                 "--memory",
                                 std::to_string(limits.memory),
                                 "--descriptors",
                                 std::to_string(limits.descriptors),
                                 "--frame-max",
                                 std::to_string(limits.frame_max),
                                 "--answer-timeout",
                                 std::to_string(options.start.count())};
  for (const auto& path : options.readable) words.insert(words.end(), {"--read", path});
  return words;
}

// Nothing of the server's environment but what texts and times look like.
std::vector<std::string> clean_environment() {
  std::vector<std::string> kept;
  for (const char* name :
       {"TZ", "LANG", "LC_ALL", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) kept.push_back(std::string(name) + "=" + value);
  }
  return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

int start(const ChildProcess::Options& options, const Ends& ends, const Descriptor& output,
          pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.get(), 2);
  int number = kFirstLane;
  for (const auto& lane : ends.theirs)
    posix_spawn_file_actions_adddup2(&actions, lane.get(), number++);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // A group of its own: a Ctrl-C at the server's terminal is the server's to handle. Not a session:
  // where the kernel shares the processor out by session, a child had to wait seconds for its turn
  // beside a busy server.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  auto words = words_of(options, static_cast<int>(ends.theirs.size()));
  auto environment = clean_environment();
  const int error = posix_spawn(&pid, words[0].c_str(), &actions, &attributes,
                                pointers(words).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

Result<std::shared_ptr<ChildProcess>> ChildProcess::spawn(Options options) {
  const int lanes = 2 + options.limits.jobs;
  Ends ends;
  if (auto status = make_lanes(lanes, ends); !status) return status;
  std::array<int, 2> pipe;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return out_of("pipe");
  Descriptor output(pipe[0]);
  ::fcntl(output.get(), F_SETFL, O_NONBLOCK);  // the reading end only
  auto their_output = out_of_the_way(Descriptor(pipe[1]), lanes);
  if (!their_output) return their_output.status();

  pid_t pid = -1;
  if (const int error = start(options, ends, *their_output, pid); error != 0) {
    return Status(ErrorCode::kPluginError,
                  options.program.string() + " cannot be started: " + std::strerror(error));
  }
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (handle < 0) {
    const auto status = out_of("pidfd (Linux 5.4 or newer has them)");
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return status;
  }
  std::vector<std::unique_ptr<loader::IpcLane>> ours;
  for (auto& end : ends.ours)
    ours.push_back(std::make_unique<loader::IpcLane>(
        end.release(), loader::IpcLane::Limits{.in = options.limits.frame_max}));
  return std::shared_ptr<ChildProcess>(
      new ChildProcess(std::move(options), pid, handle, output.release(), std::move(ours)));
}

}  // namespace parley::plugin
