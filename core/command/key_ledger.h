// SPDX-License-Identifier: Apache-2.0
// Idempotency keys: a command sent twice with the same key runs once.
//
// Each user's keys of the last minutes (config::Session.keys) are known in memory, with what they
// stand for; the answers are in the store, and survive a restart. A keyed command's answer is stored
// before it is sent, together with what the command wrote where the host does the writing
// (Keyed::store in the same transaction); a write that a plugin makes by itself leaves a mark
// (Keyed::mark), so that a crash between it and the answer is known: then the outcome is unknown and
// the command is not run again.
//
// When all users' keys together are too many (config::Session.keys_total), whoever has most gives way:
// nobody's keys are pushed out by somebody who uses many.
//
// Ownership: borrows store and clock. Thread: any. Failure: as documented per function; a store
// that fails loses the answer, never runs a command twice.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_annotations.h"
#include "command/call_id.h"
#include "command/keyed.h"
#include "config/config.h"
#include "storage/store.h"

namespace parley::command {

class KeyLedger {
 public:
  using FoundDone = absl::AnyInvocable<void(Result<StoredReply>)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;

  KeyLedger(storage::Store& store, const Clock& clock, const config::Config& config);

  // Blocking, before the first command: what an earlier run remembers.
  Status load();
  void configure(const config::Config& config);

  enum class Verdict {
    kRun,       // the first one: finish() or drop() must follow
    kWait,      // it runs: finish() or drop() hands `waiter` back
    kReplay,    // it was answered: find()
    kConflict,  // the key stands for something else
    kUnknown,   // nobody knows how it ended: outcome_unknown
    kFull,      // all keys there may be belong to commands that run
  };
  struct Answer {
    Verdict verdict = Verdict::kRun;
    KeyedPtr keyed;  // with kRun
  };
  Answer begin(Keyed::Setup command, CallId waiter);
  // The plugin is about to write something that is not stored together with an answer: its commands
  // that run leave a mark before it.
  void mark_running(std::string_view plugin);
  // The answer that is remembered; not_found when it has just made room for others. `done` on the
  // reader's thread or at once.
  void find(std::string_view user, std::string_view key, FoundDone done);

  // Stores the answer of a command that did not store it with what it wrote. `done` on the writer's
  // thread or at once.
  void store(const KeyedPtr& keyed, const StoredReply& reply, StatusDone done);
  // Stores that nobody will know how far it came. `done` as above.
  void mark(const KeyedPtr& keyed, StatusDone done);
  // Stores that it is about to run (Keyed::announce). `done` as above.
  void announce(const KeyedPtr& keyed, StatusDone done);

  // It is over. Remembered with its answer when that was stored; else its outcome is unknown.
  // Returns who waited for it.
  std::vector<CallId> finish(const KeyedPtr& keyed);
  // Its answer is not remembered (retry, secrets), and the key is free again; but after an effect
  // (Keyed::is_marked) as finish().
  std::vector<CallId> drop(const KeyedPtr& keyed);

  std::size_t size() const { return size_; }            // keys remembered now
  std::uint64_t repeated() const { return repeated_; }  // commands that did not run again

 private:
  enum class State { kRunning, kAnswered, kUnknown };
  struct Entry {
    std::string fingerprint;
    State state = State::kRunning;
    std::int64_t expires_at = 0;
    std::uint64_t serial = 0;
    std::vector<CallId> waiters;
  };
  struct UserKeys {
    std::unordered_map<std::string, Entry> entries;
    std::map<std::uint64_t, std::string> order;  // by serial: oldest first
    std::uint64_t oldest() const { return order.empty() ? 0 : order.begin()->first; }
  };
  // Who gives way when there are too many: most keys first, of equals whose oldest is older.
  struct Load {
    std::size_t keys = 0;
    std::uint64_t oldest = 0;
    std::string user;
    bool operator<(const Load& other) const {
      if (keys != other.keys) return keys > other.keys;
      return oldest != other.oldest ? oldest < other.oldest : user < other.user;
    }
  };
  struct Place {
    std::string user, key;
    std::uint64_t serial = 0;
  };
  void add(const std::string& user, const std::string& key, Entry entry) PARLEY_REQUIRES(mutex_);
  void erase(const std::string& user, const std::string& key) PARLEY_REQUIRES(mutex_);
  void evict(const std::string& user, const std::string& key) PARLEY_REQUIRES(mutex_);
  bool make_room_for(const std::string& user) PARLEY_REQUIRES(mutex_);
  // The oldest of that user's that does not run; false: there is none.
  bool evict_oldest_of(const std::string& user) PARLEY_REQUIRES(mutex_);
  bool make_room(const std::string& wanted_by) PARLEY_REQUIRES(mutex_);
  bool may_give(const std::string& user) const PARLEY_REQUIRES(mutex_);
  static Load load_of(const std::string& user, const UserKeys& keys) {
    return {keys.entries.size(), keys.oldest(), user};
  }
  void sweep(std::int64_t now) PARLEY_REQUIRES(mutex_);
  void tidy_up() PARLEY_REQUIRES(mutex_);
  Entry* at_front() PARLEY_REQUIRES(mutex_);
  void front_to_back() PARLEY_REQUIRES(mutex_);
  void left(const KeyedPtr& keyed) PARLEY_REQUIRES(mutex_);
  Entry* entry_of(const std::string& user, const std::string& key) PARLEY_REQUIRES(mutex_);
  void erase_stored(const std::string& user, const std::string& key);

  storage::Store& store_;
  const Clock& clock_;
  std::atomic<std::uint64_t> repeated_{0};
  std::atomic<std::size_t> size_{0};  // changed under mutex_
  mutable Mutex mutex_;
  std::unordered_map<std::string, UserKeys> users_ PARLEY_GUARDED_BY(mutex_);
  std::set<Load> loads_ PARLEY_GUARDED_BY(mutex_);  // of all users
  // All keys, oldest first, with some that are gone: at_front() skips these.
  std::deque<Place> order_ PARLEY_GUARDED_BY(mutex_);
  std::uint64_t last_serial_ PARLEY_GUARDED_BY(mutex_) = 0;
  std::vector<KeyedPtr> running_ PARLEY_GUARDED_BY(mutex_);  // few
  std::atomic<std::size_t> running_count_{0};
  Millis keep_ PARLEY_GUARDED_BY(mutex_){0};
  std::size_t most_of_user_ PARLEY_GUARDED_BY(mutex_) = 1;
  std::size_t most_ PARLEY_GUARDED_BY(mutex_) = 1;
};

}  // namespace parley::command
