// SPDX-License-Identifier: Apache-2.0
// Keys, signatures and uploaded versions of plugins: what the verbs do. As verbs.h.
#pragma once

#include <string>
#include <vector>

#include "ctl/verbs.h"

namespace parley::ctl {

// Writes a private key to `file` (0600) and prints the public one.
int key_make(Context& context, const std::string& file);
// Writes FILE.sig beside the plugin.
int plugin_sign(Context& context, const std::string& file, const std::string& key_file);
// Whose signature counts: public keys, and those of a server's configuration file.
struct TrustWords {
  std::vector<std::string> keys;
  std::string config;
};
// Whether FILE.sig is a good signature of this very file by one of those. The file's own code runs
// (in a child, as at a load) only when it is.
int plugin_verify(Context& context, const std::string& file, const TrustWords& trust);
struct UploadWords {
  std::string file;
  bool allow_downgrade = false;
  bool allow_same_version = false;
  bool load = false;  // reload it from there and pin it
};
int plugin_upload(Context& context, const UploadWords& words);
int plugin_versions(Context& context, const std::string& id);
int plugin_pin(Context& context, const std::string& id, const std::string& version,
               bool allow_downgrade);
int plugin_unpin(Context& context, const std::string& id);
// `target`: a key's 16 hex digits, a file's 64, or NAME and `version`.
int plugin_revoke(Context& context, const std::string& target, const std::string& version,
                  const std::string& reason);
int plugin_revocations(Context& context);

}  // namespace parley::ctl
