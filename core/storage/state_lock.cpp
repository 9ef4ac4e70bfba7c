// SPDX-License-Identifier: Apache-2.0
#include "storage/state_lock.h"

#include <cerrno>
#include <charconv>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::storage {
namespace {

std::string reason() {
  return std::generic_category().message(errno);
}

Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) std::filesystem::create_directories(folder.parent_path(), error);
  if (mkdir(folder.c_str(), 0700) == 0) return Status::ok();
  struct stat info {};
  if (errno == EEXIST && stat(folder.c_str(), &info) == 0) {
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) == 0) return Status::ok();
    return Status::forbidden(
        "The state folder " + folder.string() +
        " may be written by group or world, who could swap the database or the keys. "
        "chmod go-w it.");
  }
  return Status::internal("The state folder " + folder.string() + " cannot be made: " + reason() +
                          ". Make it, or name another with --state.");
}

int read_pid(int descriptor) {
  char text[16] = {};
  const ssize_t length = pread(descriptor, text, sizeof text, 0);
  int pid = 0;
  if (length > 0) std::from_chars(text, text + length, pid);
  return pid;
}

Status write_pid(int descriptor) {
  const std::string text = std::to_string(getpid()) + "\n";
  const bool written =
      ftruncate(descriptor, 0) == 0 &&
      pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  return written ? Status::ok()
                 : Status::internal("The lock file cannot be written: " + reason() + ".");
}

Status held_by(int pid, const std::filesystem::path& folder) {
  const std::string who = pid > 0 ? "process " + std::to_string(pid) : "another process";
  return Status::conflict("A server runs on the state folder " + folder.string() + " already (" +
                          who + "). Stop it first, or name another folder with --state.");
}

}  // namespace

Result<StateLock> StateLock::acquire(const std::filesystem::path& folder) {
  if (Status status = make_folder(folder); !status) return status;
  const std::filesystem::path file = folder / "lock";
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return Status::internal("The lock file " + file.string() + " cannot be opened: " + reason() +
                            ".");
  }
  StateLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return held_by(read_pid(descriptor), folder);
  if (Status status = write_pid(descriptor); !status) return status;
  return lock;
}

int StateLock::holder(const std::filesystem::path& folder) {
  const int descriptor = open((folder / "lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return 0;
  // A shared lock, given back at once: asking must not keep a starting server out for longer than
  // that.
  const bool free = flock(descriptor, LOCK_SH | LOCK_NB) == 0;
  const int pid = free ? 0 : read_pid(descriptor);
  close(descriptor);
  return pid;
}

StateLock::StateLock(StateLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StateLock& StateLock::operator=(StateLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

StateLock::~StateLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace parley::storage
