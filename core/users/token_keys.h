// SPDX-License-Identifier: Apache-2.0
// The keys that tokens are checked with, from where they lie: the server's own, the one before it,
// and those of auth.issuers. Read again when a file changes or the configuration is reloaded.
//
// A mistake holds up only who made it. An own key that cannot be used leaves the own keys as they are; of
// an issuer that cannot be read the keys of its last good reading stay in force, and the others' new
// ones are taken; of a set with a damaged key the sound ones are. An issuer or a key that is gone from
// the files is withdrawn.
//
// Ownership: borrows the service whose ring it replaces. Thread: any; calls do not overlap. Failure:
// sentences that name the issuer, the key and what to do; they are logged, returned and kept for
// whoever asks why a token is refused.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/thread_annotations.h"
#include "config/config.h"
#include "users/issuers.h"
#include "users/tokens.h"

namespace parley::users {

class TokenService;

// Why a key, or everything of an issuer, is not in force as the files have it.
struct KeyProblem {
  std::string issuer;
  std::string kid;  // "" for the issuer as a whole
  std::string sentence;
};

class TokenKeys {
 public:
  TokenKeys(config::Auth auth, std::filesystem::path state_dir);

  // The ring for the start of a service. An own key, or a file of issuers, that cannot be read at all
  // is an error; one issuer's mistake is logged.
  Result<KeyRing> load();
  // The service whose ring is replaced from now on.
  void serve(TokenService& service);
  // After a reload of the configuration: with these keys. An error names what was not taken.
  Status use(const config::Auth& auth);
  // Looks whether a file of auth.issuers has changed since it was read, and takes over what it says
  // now. A mistake is logged once for each change.
  void look();
  // Of the last reading.
  std::vector<KeyProblem> problems() const;
  // A new key of the server's own; the old one verifies until the next turn.
  Status rotate();

 private:
  using Stamp = std::pair<std::int64_t, std::int64_t>;  // when it was written, how long it is

  using Keys = std::vector<std::shared_ptr<const JwtKey>>;

  Status read_own(const config::Auth& auth) PARLEY_REQUIRES(mutex_);  // into own_, or nothing
  // What the files say now, into last_good_ and problems_. An error: of all of them nothing was read.
  Status read_issuers(const config::Auth& auth) PARLEY_REQUIRES(mutex_);
  void take(IssuerKeys read) PARLEY_REQUIRES(mutex_);
  void log_problems() const PARLEY_REQUIRES(mutex_);
  KeyRing ring() const PARLEY_REQUIRES(mutex_);  // of what was read last
  void replace() PARLEY_REQUIRES(mutex_);
  Status verdict() const PARLEY_REQUIRES(mutex_);  // problems_ as one
  static Stamp stamp_of(const std::filesystem::path& file);

  const std::filesystem::path state_dir_;
  mutable Mutex mutex_;
  config::Auth auth_ PARLEY_GUARDED_BY(mutex_);
  TokenService* service_ PARLEY_GUARDED_BY(mutex_) = nullptr;
  std::map<std::filesystem::path, Stamp> seen_ PARLEY_GUARDED_BY(mutex_);
  Keys own_ PARLEY_GUARDED_BY(mutex_);                                     // the first signs
  std::map<std::string, IssuerKeys> last_good_ PARLEY_GUARDED_BY(mutex_);  // by issuer
  std::vector<KeyProblem> problems_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::users
