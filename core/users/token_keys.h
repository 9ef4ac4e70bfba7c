// SPDX-License-Identifier: Apache-2.0
// The keys that tokens are checked with, from where they lie: the server's own, the one before it,
// and those of auth.issuers. Read again when a file changes or the configuration is reloaded.
//
// Ownership: borrows the service whose ring it replaces. Thread: any; calls do not overlap. Failure:
// a key that cannot be used leaves the ring that is in force as it is.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/status.h"
#include "base/thread_annotations.h"
#include "config/config.h"
#include "users/tokens.h"

namespace parley::users {

class TokenService;

class TokenKeys {
 public:
  TokenKeys(config::Auth auth, std::filesystem::path state_dir);

  // The ring for the start of a service.
  Result<KeyRing> load();
  // The service whose ring is replaced from now on.
  void serve(TokenService& service);
  // After a reload of the configuration: with these keys.
  Status use(const config::Auth& auth);
  // Looks whether a file of auth.issuers has changed since it was read, and takes over what it says
  // now. A mistake is logged once for each change.
  void look();
  // A new key of the server's own; the old one verifies until the next turn.
  Status rotate();

 private:
  using Stamp = std::pair<std::int64_t, std::int64_t>;  // when it was written, how long it is

  Result<KeyRing> read(const config::Auth& auth) PARLEY_REQUIRES(mutex_);
  Status replace(const config::Auth& auth) PARLEY_REQUIRES(mutex_);
  static Stamp stamp_of(const std::filesystem::path& file);

  const std::filesystem::path state_dir_;
  Mutex mutex_;
  config::Auth auth_ PARLEY_GUARDED_BY(mutex_);
  TokenService* service_ PARLEY_GUARDED_BY(mutex_) = nullptr;
  std::map<std::filesystem::path, Stamp> seen_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::users
