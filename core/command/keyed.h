// SPDX-License-Identifier: Apache-2.0
// One command with an idempotency key on its way, shared by its call and whoever writes for it: what
// is known of its effects, and the row by which the next run of the server knows it.
//
// A row with an answer stands for a command that ended; a row without one, for a command that has or
// may have had effects when the server ended, whose outcome nobody knows then.
//
// Ownership: shared; borrows the clock, which outlives every call. Thread: any; what takes a Writer,
// inside a job of the writer. Failure: that of the store.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "base/thread_annotations.h"
#include "storage/store.h"

namespace parley::command {

// A terminal answer as it is remembered. Either `type`, or `code` of an error.
struct StoredReply {
  std::string type, data_json, fields_json;
  std::string code, message, details_json;
  std::int64_t retry_after_ms = -1;  // of the one who is answered now; not remembered

  bool is_error() const { return !code.empty(); }
  std::string to_json() const;
  static Result<StoredReply> from_json(const std::string& json);
};

class Keyed {
 public:
  struct Setup {
    std::string user, key;
    std::string fingerprint;  // of the command and its arguments
    std::string plugin;       // whose command it is
    bool remembers = true;    // false: it has secrets, and no trace of them may stay
  };
  Keyed(Setup setup, const Clock& clock, Millis keep)
      : it_(std::move(setup)), clock_(clock), keep_(keep) {}

  const std::string& user() const { return it_.user; }
  const std::string& key() const { return it_.key; }
  const std::string& plugin() const { return it_.plugin; }
  bool remembers() const { return it_.remembers; }
  // In wall-clock milliseconds: counted from now, so that a command that took long is not forgotten
  // the moment it ends.
  std::int64_t expires_at() const { return clock_.wall_ms() + keep_.count(); }

  // Said by the command's target before it asks whether the call is still open, and then begins. So
  // a call that ended without it never ran.
  void enter() { entered_ = true; }
  bool has_entered() const { return entered_; }

  // The answer, in the same transaction as what it speaks of. Call stored() when the job was
  // committed, before the answer is given.
  Status store(storage::Writer& writer, const StoredReply& reply);
  void stored() { stored_ = remembers(); }
  bool is_stored() const { return stored_; }

  // Before it runs: it is going to have effects that no store sees.
  Status announce(storage::Writer& writer);
  bool is_announced() const { return announced_; }

  // It is about to have an effect without an answer: queues that into the store, once. What is
  // queued after this returns is committed after it or with it.
  static void mark(const std::shared_ptr<Keyed>& keyed, storage::Store& store,
                   absl::AnyInvocable<void(Status)> done = {});
  bool is_marked() const { return marked_; }

 private:
  storage::CommandKeyRecord record(std::string reply_json) const;
  Status write_mark(storage::Writer& writer) const;

  const Setup it_;
  const Clock& clock_;
  const Millis keep_;
  std::atomic<bool> entered_{false}, stored_{false}, announced_{false}, marked_{false};
  std::atomic<bool> has_answer_{false};
  Mutex marking_;
  std::atomic<bool> mark_queued_{false};
};
using KeyedPtr = std::shared_ptr<Keyed>;

// The `data` of an `ok` that says where a message stands.
std::string ok_with_offset(std::int64_t offset);
// That answer, for the job that stores the message; empty without a key.
absl::AnyInvocable<Status(storage::Writer&, std::int64_t offset)> store_ok_with_offset(
    KeyedPtr keyed);

}  // namespace parley::command
