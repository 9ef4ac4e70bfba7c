// SPDX-License-Identifier: Apache-2.0
// Keys for programs that administer the server over the operator port: 256 bits, shown once, kept
// as a hash, with the scopes they were given and no others, good until they expire or are revoked.
//
// Kept as one setting of the database, and in memory for the door, which asks at every request.
// Ownership: borrows store and clock. Thread: any; completions run on the database writer's.
// Lifetime: outlives the listeners; the destructor waits for nothing, so the store goes first.
// Failure: `invalid_args` for a name, scope or life against the rules, `conflict` over kMost keys,
// `not_found` for a key that is not there.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "storage/store.h"

namespace parley::api {

// read: every GET. plugins, people, server: changes of that kind. upload: bring plugins' code.
inline constexpr const char* kAdminScopes[] = {"read", "plugins", "people", "server", "upload"};
inline constexpr std::string_view kNoKey = "";  // what no key may do
// What a key needs for this request: a scope, or kNoKey.
std::string_view scope_for(std::string_view method, std::string_view path);

struct AdminKey {
  std::string id;    // k_…
  std::string name;  // whose it is, for people
  std::string hash;  // hex, of the secret
  std::vector<std::string> scopes;
  std::string made_by;
  std::int64_t created_at = 0, expires_at = 0, used_at = 0;  // milliseconds since 1970; 0: never
  bool may(std::string_view scope) const;
};

class AdminKeys {
 public:
  static constexpr std::size_t kMost = 200;
  struct Wanted {
    std::string name;
    std::vector<std::string> scopes;
    Millis life{0};
  };
  struct By {
    std::string actor;
    std::string address = {};  // where they came from, "" when local
  };
  struct Made {
    AdminKey key;
    std::string secret;
  };
  using MadeDone = absl::AnyInvocable<void(Result<Made>)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;

  // Reads what is stored; blocking.
  static Result<std::unique_ptr<AdminKeys>> open(storage::Store& store, const Clock& clock);

  void make(By by, Wanted wanted, MadeDone done);
  void revoke(By by, std::string id, StatusDone done);
  std::vector<AdminKey> list() const;
  // The key that has this secret and has not expired; its use is noted.
  std::optional<AdminKey> find(std::string_view secret);

 private:
  AdminKeys(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}
  // Changes the stored list; what is in memory follows when it is on the disk.
  void change(absl::AnyInvocable<Status(std::vector<AdminKey>&)> edit,
              std::optional<storage::AuditEntry> entry, StatusDone done);
  void note_use(const std::string& id);

  storage::Store& store_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<AdminKey> keys_;
};

}  // namespace parley::api
