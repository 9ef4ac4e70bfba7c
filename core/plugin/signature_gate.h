// SPDX-License-Identifier: Apache-2.0
// Whether a staged file may be opened at all: revocations always, signatures as the operator asks.
//
// plugins.require_signature: `off` looks at revocations only, `warn` logs what `enforce` would
// refuse. Uploaded files are enforced whatever it says, and so is a file that was uploaded once. The
// list of revocations lies in <state>/plugin-revocations.json and is never shortened by this class.
//
// Ownership: reads and writes that one file. Thread: any; revoke() one at a time. Failure: sentences
// that name the file, the key and what to do; a list that cannot be read refuses everything.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "loader/manifest.h"
#include "loader/signature.h"

namespace parley::plugin {

struct Revocation {
  std::string kind;  // "key" or "sha256"
  std::string value;
  std::string reason;
  std::int64_t at = 0;  // ms since 1970
};

// What was found out about a file before any code of it ran.
struct Provenance {
  std::string sha256;
  std::string key;  // id of the key it is signed with; empty: unsigned
  loader::SignedClaims claims;
  std::string signature;  // the text itself; kept for when the version comes back
};

class SignatureGate {
 public:
  using ConfigSource = std::function<std::shared_ptr<const config::Config>()>;
  SignatureGate(const std::filesystem::path& state, ConfigSource config);

  // Before the file is described. `signature`: the text beside it, empty when there is none.
  Result<Provenance> admit(const std::string& file, const std::string& sha256,
                           const std::string& signature, bool enforce) const;
  // After it was described: the signed id, version and ABI must be the file's own.
  static Status check_claims(const Provenance& provenance, const loader::Manifest& manifest);

  // Of a key's id or a file's hash. Loaded plugins stay; their next load is refused.
  Status revoke(const std::string& kind, const std::string& value, const std::string& reason,
                std::int64_t now) const;
  Result<std::vector<Revocation>> revocations() const;

 private:
  Status check_revoked(const std::string& file, const std::string& sha256,
                       const std::string& key) const;

  const std::filesystem::path file_;
  const ConfigSource config_;
};

// The text of FILE.sig; empty when there is none or it is no small file.
std::string signature_beside(const std::filesystem::path& file);

}  // namespace parley::plugin
