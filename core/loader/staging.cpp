// SPDX-License-Identifier: Apache-2.0
#include "loader/staging.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::loader {
namespace {

namespace fs = std::filesystem;

struct Descriptor {
  int fd = -1;
  explicit Descriptor(int value) : fd(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

Status refused(const fs::path& file, const std::string& why) {
  return Status(ErrorCode::kPluginError, file.string() + ": " + why);
}

Status check_writable_by_others(const fs::path& file, const struct stat& info) {
  constexpr mode_t kOthers = S_IWGRP | S_IWOTH;
  if (info.st_mode & kOthers) {
    return refused(
        file,
        "group or world may write it, so anyone there could run code in the server; chmod go-w it");
  }
  // Of the file itself: a link in a safe folder may lead into one where the file can be swapped.
  std::error_code error;
  const auto parent = fs::canonical(file, error).parent_path();
  if (error) return refused(file, error.message());
  struct stat folder {};
  if (::stat(parent.c_str(), &folder) != 0) return refused(parent, std::strerror(errno));
  if (folder.st_mode & kOthers) {
    return refused(parent,
                   "group or world may write this folder, so anyone there could swap the plugin; "
                   "chmod go-w it");
  }
  return Status::ok();
}

std::string hex(const unsigned char* bytes, unsigned size) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (unsigned i = 0; i < size; ++i) {
    out += kDigits[bytes[i] >> 4];
    out += kDigits[bytes[i] & 15];
  }
  return out;
}

Status write_all(int fd, const char* data, std::size_t size, const fs::path& file) {
  while (size > 0) {
    const auto written = ::write(fd, data, size);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return refused(file, std::string("cannot be written: ") + std::strerror(errno));
    data += written;
    size -= static_cast<std::size_t>(written);
  }
  return Status::ok();
}

// Copies and hashes in one pass, so that the hash is of the bytes that will be mapped. `to` -1:
// hashes only.
Result<std::string> copy_hashed(int from, int to, const fs::path& source, const fs::path& target) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  std::array<char, 65536> buffer;
  for (;;) {
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return refused(source, std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) break;
    EVP_DigestUpdate(context.get(), buffer.data(), static_cast<std::size_t>(got));
    if (to < 0) continue;
    if (auto status = write_all(to, buffer.data(), static_cast<std::size_t>(got), target); !status)
      return status;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  return hex(digest.data(), size);
}

Status check_unchanged(const fs::path& file, int fd, const struct stat& before) {
  struct stat after {};
  if (::fstat(fd, &after) != 0) return refused(file, std::strerror(errno));
  const auto same = [](const timespec& one, const timespec& other) {
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
  };
  if (after.st_size == before.st_size && same(after.st_mtim, before.st_mtim)) return Status::ok();
  return refused(file,
                 "was written while it was read: wait until the build or the copy is done, and try "
                 "again; a file put in place by a rename (mv, install) can be loaded at any time");
}

}  // namespace

StagedFile::~StagedFile() {
  if (file_.empty() || kept_) return;
  std::error_code ignored;
  fs::remove(file_, ignored);
}

StagedFile::StagedFile(StagedFile&& other) noexcept
    : file_(std::move(other.file_)), sha256_(std::move(other.sha256_)), kept_(other.kept_) {
  other.file_.clear();
}

StagedFile& StagedFile::operator=(StagedFile&& other) noexcept {
  std::swap(file_, other.file_);  // what this one held goes with the other
  std::swap(sha256_, other.sha256_);
  std::swap(kept_, other.kept_);
  return *this;
}

Status StagedFile::check_unchanged() const {
  const Descriptor from(::open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (from.fd < 0) return refused(file_, std::string("cannot be opened: ") + std::strerror(errno));
  const auto now = copy_hashed(from.fd, -1, file_, {});
  if (!now) return now.status();
  if (*now == sha256_) return Status::ok();
  return refused(file_,
                 "the private copy was changed after it was checked, so it is not opened; the "
                 "plugin's own code may have done it while it was described");
}

Result<Staging> Staging::open(const fs::path& folder) {
  std::error_code error;
  fs::remove_all(folder, error);
  fs::create_directories(folder, error);
  if (error) return refused(folder, "cannot be made: " + error.message());
  fs::permissions(folder, fs::perms::owner_all, error);
  if (error) return refused(folder, "cannot be made private: " + error.message());
  return Staging(folder);
}

Result<StagedFile> Staging::stage(const std::string& id, const fs::path& source) {
  // Without O_NONBLOCK a named pipe would hold the thread until someone writes into it.
  const Descriptor from(::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (from.fd < 0) return refused(source, std::string("cannot be opened: ") + std::strerror(errno));
  struct stat info {};
  if (::fstat(from.fd, &info) != 0 || !S_ISREG(info.st_mode))
    return refused(source, "is no regular file");
  if (auto status = check_writable_by_others(source, info); !status) return status;

  const auto target = folder_ / (id + "-" + std::to_string(++*next_) + ".so");
  const Descriptor to(::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0500));
  if (to.fd < 0) return refused(target, std::string("cannot be made: ") + std::strerror(errno));
  auto sha256 = copy_hashed(from.fd, to.fd, source, target);
  StagedFile staged(target, sha256 ? *sha256 : std::string());
  if (!sha256) return sha256.status();
  if (copied_) copied_();
  if (auto status = check_unchanged(source, from.fd, info); !status) return status;
  return staged;
}

}  // namespace parley::loader
