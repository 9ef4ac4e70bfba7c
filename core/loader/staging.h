// SPDX-License-Identifier: Apache-2.0
// The private copy of a plugin file that everything else works on: hash, signature, description,
// dlopen.
//
// Why a copy: the source may be overwritten by a compiler or an attacker between the check and
// dlopen, and overwriting a mapped file kills the server. Ownership: the folder belongs to this
// process alone (0700); a StagedFile deletes its copy when destroyed unless the image was leaked
// (keep()). Thread: Staging any, a StagedFile one at a time. Failure: sentences that name the file.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "base/status.h"

namespace parley::loader {

class StagedFile {
 public:
  StagedFile(std::filesystem::path file, std::string sha256)
      : file_(std::move(file)), sha256_(std::move(sha256)) {}
  ~StagedFile();
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&& other) noexcept;

  const std::filesystem::path& path() const { return file_; }
  const std::string& sha256() const { return sha256_; }  // lower-case hex
  void keep() { kept_ = true; }

  // Whether the copy still holds the bytes that were hashed; right before it is opened. The child
  // that described it ran a stranger's constructors as this user, and a version to go back to has
  // lain here for days: both can have exchanged what the signature was checked on.
  Status check_unchanged() const;

 private:
  std::filesystem::path file_;
  std::string sha256_;
  bool kept_ = false;
};

class Staging {
 public:
  // Makes `folder` (0700) and empties it: copies of an earlier process are of no use to anyone.
  static Result<Staging> open(const std::filesystem::path& folder);

  // Copies `source` under a new name made from `id`. Refuses a source, or a folder around it, that
  // group or world may write: whoever can write there could run code in this process. Refuses one
  // that somebody writes meanwhile: half of one build and half of another is no plugin. (A file put
  // in its place by a rename is another file: what was opened is copied whole.)
  Result<StagedFile> stage(const std::string& id, const std::filesystem::path& source);

  // Called between the copy and the last look at the source; for tests.
  void on_copied(std::function<void()> copied) { copied_ = std::move(copied); }

 private:
  explicit Staging(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
  std::function<void()> copied_;
  std::unique_ptr<std::atomic<unsigned>> next_ = std::make_unique<std::atomic<unsigned>>(0);
};

}  // namespace parley::loader
