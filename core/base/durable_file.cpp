// SPDX-License-Identifier: Apache-2.0
#include "base/durable_file.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace parley {
namespace {

namespace fs = std::filesystem;

Status failed(const fs::path& file, int error) {
  return Status::internal(file.string() + " cannot be written: " + std::strerror(error));
}

// 0 or errno.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

// A new name is on the disk once its folder is.
int sync_folder_of(const fs::path& file) {
  const int fd = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return errno;
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

}  // namespace

Status write_new_file(const fs::path& file, std::string_view bytes) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return failed(file, errno);
  int error = write_all(fd, bytes);
  // Some file systems tell only here that the disk is full.
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error == 0) return Status::ok();
  ::unlink(file.c_str());
  return failed(file, error);
}

Status move_file(const fs::path& file, const fs::path& target) {
  if (::rename(file.c_str(), target.c_str()) != 0) return failed(target, errno);
  const int error = sync_folder_of(target);
  return error == 0 ? Status::ok() : failed(target, error);
}

Status replace_file(const fs::path& file, std::string_view bytes) {
  const fs::path next = file.string() + ".new";
  ::unlink(next.c_str());  // left of one that a crash cut off
  if (auto status = write_new_file(next, bytes); !status) return status;
  auto status = move_file(next, file);
  if (!status) ::unlink(next.c_str());
  return status;
}

}  // namespace parley
