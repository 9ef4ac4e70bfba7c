// SPDX-License-Identifier: Apache-2.0
// The plugin file that is looked at, and its image in this process.
//
// Ownership: a Subject owns a private copy of the file, because a compiler may overwrite the file
// while it is mapped; an Image owns the mapping, and whatever came out of it must be gone before
// close(). Thread: one. Failure: the loader's own sentences.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <parley/testing.hpp>

#include "loader/manifest.h"
#include "loader/shared_object.h"

namespace parley::kit {

struct SubjectOptions {
  std::filesystem::path file;
  std::string config = "{}";                                 // JSON
  std::optional<std::filesystem::path> data_folder = {};     // besides `<file without .so>/`; wins
  std::optional<std::vector<std::string>> permissions = {};  // default: all it asks for
};

class Subject {
 public:
  static Result<std::unique_ptr<Subject>> open(const SubjectOptions& options);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  const std::filesystem::path& file() const { return options_.file; }  // as its author knows it
  const std::filesystem::path& copy() const { return copy_; }
  const std::string& config() const { return options_.config; }
  const std::optional<std::vector<std::string>>& permissions() const {
    return options_.permissions;
  }
  // Its data files by relative path.
  const std::map<std::string, std::string>& files() const { return files_; }

 private:
  explicit Subject(const SubjectOptions& options) : options_(options) {}

  SubjectOptions options_;
  std::filesystem::path folder_, copy_;
  std::map<std::string, std::string> files_;
};

class Image {
 public:
  // Maps the copy and reads its manifest.
  static Result<std::unique_ptr<Image>> open(const Subject& subject);

  const parley_plugin_entry* entry() const { return entry_; }
  const loader::Manifest& manifest() const { return manifest_; }
  // Not ok: it stayed mapped.
  Status close() { return object_->close(); }

 private:
  std::unique_ptr<loader::SharedObject> object_;
  const parley_plugin_entry* entry_ = nullptr;
  loader::Manifest manifest_;
};

// The subject's settings with the schema's defaults; invalid_args with every problem.
Result<std::string> settings_of(const Subject& subject, const loader::Manifest& manifest);

// FakeHost for that image, with everything granted that it asks for unless the subject says less.
Result<testing::HostOptions> host_options(const Subject& subject, const Image& image);

// Somebody who may call this command.
testing::Caller caller_for(const testing::DeclaredCommand& command);

}  // namespace parley::kit
