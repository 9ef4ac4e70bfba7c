// SPDX-License-Identifier: Apache-2.0
#include "base/log_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::log {
namespace fs = std::filesystem;

std::string rotated_name(const std::string& path, int index) {
  if (index == 0) return path;
  const fs::path whole(path);
  const auto name =
      fmt::format("{}.{}{}", whole.stem().string(), index, whole.extension().string());
  return (whole.parent_path() / name).string();
}

std::vector<std::string> existing_files(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  for (int index = 0; fs::exists(rotated_name(path, index), error); ++index) {
    files.push_back(rotated_name(path, index));
  }
  std::ranges::reverse(files);
  return files;
}

RotatingFile::RotatingFile(std::string path, std::size_t max_size, int max_files)
    : path_(std::move(path)), max_size_(max_size), max_files_(std::max(max_files, 1)) {}

RotatingFile::~RotatingFile() {
  close();
}

bool RotatingFile::open() {
  close();
  if (const auto folder = fs::path(path_).parent_path(); !folder.empty()) {
    std::error_code ignored;
    if (fs::create_directories(folder, ignored)) ::chmod(folder.c_str(), 0700);
  }
  descriptor_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) return fail("open");
  struct stat info {};
  if (::fstat(descriptor_, &info) != 0 || !S_ISREG(info.st_mode)) {
    errno = EINVAL;
    fail("use");
    close();
    return false;
  }
  size_ = static_cast<std::size_t>(info.st_size);
  return true;
}

bool RotatingFile::write(std::string_view line) {
  if (descriptor_ < 0 && !open()) return false;
  if (size_ > 0 && size_ + line.size() + 1 > max_size_ && !rotate()) return false;
  buffer_.assign(line);
  buffer_ += '\n';
  return append(buffer_);
}

bool RotatingFile::append(std::string_view bytes) {
  ssize_t written = 0;
  do {
    written = ::write(descriptor_, bytes.data(), bytes.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(bytes.size())) {
    size_ += bytes.size();
    return true;
  }
  if (written >= 0) errno = ENOSPC;
  fail("write");
  if (written > 0 && ::ftruncate(descriptor_, static_cast<off_t>(size_)) != 0)
    size_ += static_cast<std::size_t>(written);
  return false;
}

bool RotatingFile::rotate() {
  close();
  if (max_files_ == 1) {
    if (::truncate(path_.c_str(), 0) != 0) return fail("empty");
    return open();
  }
  for (int index = max_files_ - 1; index > 0; --index) {
    const auto from = rotated_name(path_, index - 1);
    if (::rename(from.c_str(), rotated_name(path_, index).c_str()) != 0 && errno != ENOENT) {
      return fail("rotate");
    }
  }
  return open();
}

bool RotatingFile::fail(const char* doing) {
  why_ = fmt::format("cannot {} {}: {}", doing, path_, std::strerror(errno));
  return false;
}

void RotatingFile::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

}  // namespace parley::log
