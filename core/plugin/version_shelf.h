// SPDX-License-Identifier: Apache-2.0
// Versions of plugins that were uploaded, and which of them a plugin is pinned to.
//
//   <state>/plugins/<id>/<version>-<first 12 digits of the SHA-256>.so, with its .sig beside it
//   <state>/plugins/<id>/pinned      the name of one of them
//
// A pinned plugin is loaded from here, any other from plugins.folder. Names are made of the id and
// of what the file says of itself, never of what an uploader says. Ownership: the folders belong to
// this class. Thread: the plugin's lane. Failure: sentences; what was kept before stays.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace parley::plugin {

struct KeptVersion {
  std::string version;
  std::string sha256_start;  // 12 digits
  std::filesystem::path file;
  std::uintmax_t bytes = 0;
  bool pinned = false;
};

// Numbers by value, the rest as text: 1.10.0 is above 1.9.2. A pre-release (1.0.0-rc1) is below its
// release.
int compare_versions(std::string_view left, std::string_view right);

class VersionShelf {
 public:
  explicit VersionShelf(const std::filesystem::path& state) : folder_(state / "plugins") {}

  bool holds(const std::filesystem::path& file) const;             // lies somewhere below the shelf
  std::vector<KeptVersion> versions(const std::string& id) const;  // newest version first
  std::optional<std::filesystem::path> pinned(const std::string& id) const;

  // Moves `file` (on the same file system, see incoming()) in with its signature. An equal file that
  // is there already is no error.
  Result<std::filesystem::path> keep(const std::string& id, const std::string& version,
                                     const std::string& sha256, const std::filesystem::path& file,
                                     const std::string& signature) const;
  // A new file, 0600, with the bytes of an upload.
  Result<std::filesystem::path> incoming(const std::string& id, const std::string& bytes) const;

  // `version` "1.2.0", or "1.2.0-<sha256's start>" when several files call themselves that; empty:
  // no version any more.
  Status pin(const std::string& id, const std::string& version) const;
  // not_found, or conflict when several files are meant.
  Result<KeptVersion> find(const std::string& id, const std::string& version) const;

  // Deletes the oldest beyond `most`; never the pinned one, and none of `in_use`.
  void prune(const std::string& id, std::size_t most,
             const std::vector<std::filesystem::path>& in_use) const;

 private:
  Status make_folder(const std::filesystem::path& folder) const;

  const std::filesystem::path folder_;
};

}  // namespace parley::plugin
