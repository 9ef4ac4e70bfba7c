// SPDX-License-Identifier: Apache-2.0
// Calls that carry an idempotency key, between the dispatcher and the ledger of keys: which of them
// run, which wait for another one, and what becomes of their answers.
//
// Ownership: borrows router and ledger. Thread: [shard] of the call. Lifetime: as its Dispatcher;
// completions of the store come back through the call's shard. Failure: a store that cannot take a
// mark refuses the command, one that cannot take the answer leaves the key's outcome unknown.
#pragma once

#include <string>

#include <absl/functional/any_invocable.h>

#include "command/invocation.h"
#include "command/key_ledger.h"

namespace parley::command {

class CallRouter;

class KeyedCalls {
 public:
  using Run = absl::AnyInvocable<void(InvocationPtr)>;

  KeyedCalls(CallRouter& router, KeyLedger& ledger) : router_(router), ledger_(ledger) {}

  // [shard] A call that was just opened. True: it is the first of its key, and must be run, marked
  // or withdrawn. False: it was answered, or will be with the first one.
  bool begin(CallId call, Invocation& invocation);
  // [shard] Of a command with effects outside the server it is stored that it has begun; then `run`,
  // on the shard, unless that could not be stored or the call is over by then.
  void run_marked(CallId call, InvocationPtr invocation, Run run);
  // [shard] It does not run after all. Its key is free again, and it is still to be answered.
  void withdraw(CallId call, const Status& why);
  // [shard] The answer of a claimed call that has a Keyed: remembered as far as it should be, then
  // sent to it and to all that wait for it.
  void answer(CallId call, StoredReply reply, bool retry);
  // [shard] It ended without an answer that could be given again.
  void forget(const KeyedPtr& keyed);

  KeyLedger& ledger() { return ledger_; }

 private:
  void refuse(CallId call, Status status);
  void replay(CallId call, const Invocation& invocation);
  void send(CallId call, const StoredReply& reply, bool retry, std::vector<CallId> waiters);
  void hand_on(CallId waiter, const StoredReply& reply, bool retry);

  CallRouter& router_;
  KeyLedger& ledger_;
};

}  // namespace parley::command
