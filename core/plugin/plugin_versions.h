// SPDX-License-Identifier: Apache-2.0
// Versions that come over the network, which of them serves, and what may never be loaded again.
//
// An upload is checked as a load is, up to the description by a child, and then kept; nothing of it
// is opened here. Ownership: borrows the loader and the records. Thread: the plugin's lane.
// Failure: the operation names the step; what was kept or pinned before stays.
#pragma once

#include <string>
#include <vector>

#include "plugin/operation.h"
#include "plugin/plugin_loader.h"
#include "plugin/plugin_records.h"
#include "plugin/services.h"

namespace parley::plugin {

struct Upload {
  std::string id;
  std::string bytes;      // of the .so
  std::string signature;  // text of the .sig
  bool allow_downgrade = false;
  bool allow_same_version = false;
};

// What became of an upload.
struct Uploaded {
  std::string file, version, sha256, key;
};

struct VersionInfo {
  std::string version, sha256, file, signed_by, revoked;  // revoked: why not, empty: it is not
  std::uintmax_t bytes = 0;
  bool pinned = false, serving = false;
};

class PluginVersions {
 public:
  PluginVersions(Services& services, PluginLoader& loader, PluginRecords& records)
      : services_(services), loader_(loader), records_(records) {}

  // `done` is filled when the operation succeeds; `file` is what to load it from.
  Operation upload(const Upload& upload, Uploaded& done);
  Result<std::vector<VersionInfo>> versions(const std::string& id) const;
  // `version` empty: from plugins.folder again.
  Status pin(const std::string& id, const std::string& version, bool allow_downgrade);
  Status revoke(const std::string& kind, const std::string& value, const std::string& reason);
  Result<std::vector<Revocation>> revocations() const { return loader_.gate().revocations(); }

 private:
  Status check_size(const Upload& upload) const;
  Status check_name(const Upload& upload, const std::string& version,
                    const std::string& sha256) const;
  Status check_age(const std::string& id, const std::string& version, bool allow_downgrade) const;

  Services& services_;
  PluginLoader& loader_;
  PluginRecords& records_;
};

}  // namespace parley::plugin
