// SPDX-License-Identifier: Apache-2.0
// Passwords: argon2id on threads of its own, behind a queue that is bounded and fair.
//
// Fair: waiting work is taken in turn from each client (an address), so that one that floods logins
// delays itself. Ownership: the hasher owns its threads and the passwords handed to it, which are
// wiped after use. Thread: any; completions run on a hasher thread, or at once on the caller's when
// refused. Lifetime: the destructor answers what waits with `overloaded` and joins. Failure:
// `overloaded` before any hashing when the queue is full.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <absl/functional/any_invocable.h>

#include "base/status.h"
#include "config/config.h"

namespace parley::users {

struct PasswordOptions {
  std::size_t memory = 64 * 1024 * 1024;  // bytes per hash
  int operations = 2;                     // argon2id passes
  int queue = 64;                         // waiting jobs, all clients together
  int threads = 1;                        // each needs `memory` while it works
};

PasswordOptions password_options(const config::Auth& auth);

// What verify() found. `rehash` is set when the stored hash was made with weaker parameters than
// today's.
struct PasswordVerdict {
  bool matches = false;
  bool rehash = false;
};

class PasswordHasher {
 public:
  using HashDone = absl::AnyInvocable<void(Result<std::string>)>;
  using VerifyDone = absl::AnyInvocable<void(Result<PasswordVerdict>)>;

  explicit PasswordHasher(PasswordOptions options);
  ~PasswordHasher();
  PasswordHasher(const PasswordHasher&) = delete;
  PasswordHasher& operator=(const PasswordHasher&) = delete;

  void hash(std::string password, std::string client, HashDone done);
  // An empty or unusable `stored` costs as much as a real one and never matches: pass "" for
  // unknown names.
  void verify(std::string password, std::string stored, std::string client, VerifyDone done);
  std::size_t waiting() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Wipes the text's memory before its destruction. For every copy of a password or token.
void wipe(std::string& secret);

}  // namespace parley::users
