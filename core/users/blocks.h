// SPDX-License-Identifier: Apache-2.0
// Whose direct messages a user refuses.
//
// Ownership: borrows the store; everything is in memory too, so that asking costs no disk. Thread:
// any; `done` on the store's writer thread, or at once when refused. Lifetime: outlives the store's
// threads' completions. Failure: invalid_args (oneself), conflict (limits.blocks reached), and what
// the store says; then nothing has changed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/status.h"
#include "base/thread_annotations.h"
#include "storage/store.h"

namespace parley::users {

class Blocks {
 public:
  using Done = absl::AnyInvocable<void(Status)>;

  // Reads all there are; waits for the disk. `most`: of one user; 0: no limit.
  static Result<std::unique_ptr<Blocks>> open(storage::Store& store, std::size_t most);

  void add(const std::string& user, const std::string& blocked, Done done);
  void remove(const std::string& user, const std::string& blocked, Done done);
  // The user is gone, from the store too.
  void forget(const std::string& user);
  bool has(std::string_view user, std::string_view blocked) const;
  std::vector<std::string> of(std::string_view user) const;  // ids, in the order of their blocking

  // Whether `from` may write to `to`: neither has blocked the other.
  Status may_write(std::string_view from, std::string_view to) const;

 private:
  Blocks(storage::Store& store, std::size_t most) : store_(store), most_(most) {}
  void store_then_apply(storage::BlockRecord block, bool blocked, Done done);
  void apply(const storage::BlockRecord& block, bool blocked);

  storage::Store& store_;
  const std::size_t most_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, std::vector<std::string>> by_user_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::users
