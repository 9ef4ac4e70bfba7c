// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/sandbox.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parley::pluginhost {
namespace {

namespace fs = std::filesystem;

// --- Landlock -----------------------------------------------------------------------------------

// As the newest version knows it; an older kernel is told the size that it knows. (The header of
// the distribution may be older than the kernel.)
struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kReadFile = LANDLOCK_ACCESS_FS_READ_FILE;

RulesetAttributes everything(long version) {
  RulesetAttributes all;
  all.files = (std::uint64_t{1} << 13) - 1;               // version 1
  if (version >= 2) all.files |= std::uint64_t{1} << 13;  // rename into another folder
  if (version >= 3) all.files |= std::uint64_t{1} << 14;  // truncate
  if (version >= 4) all.network = 3;                      // bind and connect, TCP
  if (version >= 5) all.files |= std::uint64_t{1} << 15;  // ioctl on devices
  if (version >= 6) all.scoped = 3;                       // abstract sockets, signals
  return all;
}

std::size_t size_known_to(long version) {
  return version >= 6 ? 24 : version >= 4 ? 16 : 8;
}

void let_read(int ruleset, const fs::path& path) {
  const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;
  std::error_code error;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = fs::is_directory(path, error) ? kRead : kReadFile;
  rule.parent_fd = fd;
  ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  ::close(fd);
}

std::string landlock(const std::vector<fs::path>& readable, std::string& holds) {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return std::string("Landlock (") + std::strerror(errno) + ")";
  const auto all = everything(version);
  const int ruleset =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &all, size_known_to(version), 0));
  if (ruleset < 0) return std::string("a Landlock ruleset (") + std::strerror(errno) + ")";
  for (const auto& path : readable) let_read(ruleset, path);
  const long done = ::syscall(SYS_landlock_restrict_self, ruleset, 0);
  const int error = errno;
  ::close(ruleset);
  if (done != 0) return std::string("Landlock, which refused (") + std::strerror(error) + ")";
  holds = "landlock " + std::to_string(version);
  return {};
}

// --- seccomp ------------------------------------------------------------------------------------

// Names rather than numbers: one that this machine does not have is passed over.
constexpr std::array kDenied = {
    // reaching other programs
    "socket", "connect", "bind", "listen", "accept", "accept4", "ptrace", "process_vm_readv",
    "process_vm_writev", "process_madvise", "kcmp", "pidfd_open", "pidfd_getfd",
    "pidfd_send_signal", "msgget", "semget", "shmget", "mq_open", "tkill",
    // new programs
    "execve", "execveat", "fork", "vfork",
    // around this filter, or around Landlock
    "io_uring_setup", "io_uring_enter", "io_uring_register", "open_by_handle_at",
    "name_to_handle_at", "unshare", "setns", "chroot", "mount", "umount2", "pivot_root",
    "move_mount", "open_tree", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
    // the kernel's less walked paths
    "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "init_module",
    "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
    "acct", "quotactl", "syslog", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime",
    "iopl", "ioperm", "modify_ldt", "lookup_dcookie", "vhangup", "personality"};

class Filter {
 public:
  bool made() const { return context_ != nullptr; }
  void deny(const char* name) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number != __NR_SCMP_ERROR) add(EPERM, number, {});
  }
  void deny_when(int number, scmp_arg_cmp condition) { add(EPERM, number, &condition); }
  void pretend_absent(int number) { add(ENOSYS, number, {}); }
  int load() { return failed_ != 0 ? failed_ : seccomp_load(context_.get()); }

 private:
  void add(std::uint16_t error, int number, const scmp_arg_cmp* condition) {
    const int result = seccomp_rule_add_array(context_.get(), SCMP_ACT_ERRNO(error), number,
                                              condition != nullptr ? 1 : 0, condition);
    if (result != 0 && failed_ == 0) failed_ = result;
  }
  struct Release {
    void operator()(void* context) const { seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_{seccomp_init(SCMP_ACT_ALLOW)};
  int failed_ = 0;
};

std::string seccomp(std::string& holds) {
  Filter filter;
  if (!filter.made()) return "seccomp (no filter could be made)";
  const auto self = static_cast<scmp_datum_t>(::getpid());
  for (const char* name : kDenied) filter.deny(name);
  // Signals go to this process only; limits of others stay as they are.
  for (const int number :
       {SCMP_SYS(kill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo)})
    filter.deny_when(number, SCMP_A0(SCMP_CMP_NE, self, 0));
  filter.deny_when(SCMP_SYS(prlimit64), SCMP_A0(SCMP_CMP_NE, 0, 0));
  filter.deny_when(SCMP_SYS(ioctl), SCMP_A1(SCMP_CMP_EQ, TIOCSTI, 0));
  // Threads, no processes. The flags of clone3 lie in memory, where a filter cannot look: the C
  // library goes back to clone when it is told there is none.
  filter.deny_when(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
  filter.pretend_absent(SCMP_SYS(clone3));
  if (const int error = filter.load(); error != 0)
    return std::string("seccomp (") + std::strerror(-error) + ")";
  holds += holds.empty() ? "seccomp" : ", seccomp";
  return {};
}

std::vector<fs::path> with_system(std::vector<fs::path> readable) {
  for (const char* path :
       {"/usr", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/ld.so.conf",
        "/etc/ld.so.conf.d", "/etc/localtime", "/etc/timezone", "/dev/null", "/dev/zero",
        "/dev/urandom", "/dev/random"})
    readable.emplace_back(path);
#ifdef PARLEY_SANITIZED
  readable.emplace_back("/proc/self");  // the runtime looks at its own maps
#endif
  return readable;
}

}  // namespace

Protection enter_sandbox(const std::vector<fs::path>& readable) {
  Protection protection;
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  protection.missing = landlock(with_system(readable), protection.holds);
  const auto second = seccomp(protection.holds);
  if (!second.empty()) protection.missing += (protection.missing.empty() ? "" : ", ") + second;
  return protection;
}

}  // namespace parley::pluginhost
