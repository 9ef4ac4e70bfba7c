// SPDX-License-Identifier: Apache-2.0
#include "command/keyed_calls.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "command/call_router.h"
#include "protocol/error_codes.h"
#include "users/accounts.h"

namespace parley::command {
namespace {

// What the key stands for: the same command with the same arguments.
std::string fingerprint_of(const Invocation& invocation) {
  return sha256(invocation.spec().name + '\n' + invocation.raw_json);
}

bool has_secrets(const CommandSpec& spec) {
  return spec.secret_reply ||
         std::any_of(spec.args.begin(), spec.args.end(),
                     [](const ArgumentSpec& argument) { return argument.secret; });
}

bool is(const StoredReply& reply, ErrorCode code) {
  return reply.code == protocol::error_name(code);
}

// It may still be running, and nobody will hear how it ends.
bool is_lost(const Keyed& keyed, const StoredReply& reply) {
  return is(reply, ErrorCode::kPluginTimeout) && keyed.has_entered();
}

// Its plugin went away before it answered, and what it did does not go away with it.
bool is_cut_off(const Keyed& keyed, const StoredReply& reply) {
  return (is(reply, ErrorCode::kPluginCrashed) || is(reply, ErrorCode::kPluginUnavailable)) &&
         (keyed.is_marked() || (keyed.is_announced() && keyed.has_entered()));
}

Status unknown_outcome() {
  return {ErrorCode::kOutcomeUnknown,
          "this command was begun and its end is not known: look what it came to, then send it "
          "with another key if it is still needed"};
}

StoredReply error_reply(const Status& status) {
  StoredReply reply;
  reply.code = protocol::error_name(status.code());
  reply.message = status.message();
  return reply;
}

}  // namespace

bool KeyedCalls::begin(CallId call, Invocation& invocation) {
  const auto& spec = invocation.spec();
  auto [verdict, keyed] = ledger_.begin({.user = invocation.user->id,
                                         .key = invocation.key,
                                         .fingerprint = fingerprint_of(invocation),
                                         .plugin = spec.plugin,
                                         .remembers = !has_secrets(spec)},
                                        call);
  auto& pending = router_.here().pending;
  using enum KeyLedger::Verdict;
  switch (verdict) {
    case kRun:
      pending.set_keyed(call, keyed);
      invocation.keyed = std::move(keyed);
      return true;
    case kWait:
      pending.defer(call);
      return false;
    case kReplay:
      pending.defer(call);
      replay(call, invocation);
      return false;
    case kConflict:
      refuse(call, Status::conflict("this key was used for another command or other arguments: "
                                    "take a new key for each command"));
      return false;
    case kUnknown:
      refuse(call, unknown_outcome());
      return false;
    case kFull:
      refuse(call, {ErrorCode::kTooManyInflight,
                    "all the keys that may be used at a time belong to commands that still run: "
                    "wait until some have ended"});
  }
  return false;
}

void KeyedCalls::withdraw(CallId call, const Status& why) {
  auto& pending = router_.here().pending;
  const auto* caller = pending.caller(call);
  if (!caller || !caller->keyed) return;
  const KeyedPtr keyed = caller->keyed;
  pending.set_keyed(call, nullptr);
  const StoredReply reply = error_reply(why);
  for (const CallId waiter : ledger_.drop(keyed)) hand_on(waiter, reply, true);
}

void KeyedCalls::refuse(CallId call, Status status) {
  if (router_.claim(call)) router_.send_error(call, protocol::error_frame(status));
}

void KeyedCalls::run_marked(CallId call, InvocationPtr invocation, Run run) {
  const auto keyed = invocation->keyed;
  struct Waiting {
    InvocationPtr invocation;
    Run run;
  };
  auto waiting = std::make_shared<Waiting>(Waiting{std::move(invocation), std::move(run)});
  ledger_.announce(keyed, [this, call, waiting](const Status& status) {
    router_.shards().post(static_cast<int>(call.shard()), [this, call, waiting, status] {
      if (status && router_.here().pending.is_open(call))
        return waiting->run(std::move(waiting->invocation));
      if (!status) refuse(call, status);
      waiting->invocation.reset();
      router_.returned(call);
    });
  });
}

void KeyedCalls::replay(CallId call, const Invocation& invocation) {
  ledger_.find(invocation.user->id, invocation.key, [this, call](Result<StoredReply> reply) {
    router_.shards().post(static_cast<int>(call.shard()), [this, call, reply = std::move(reply)] {
      // It has just made room for another key.
      if (reply.status().code() == ErrorCode::kNotFound) return refuse(call, unknown_outcome());
      if (!reply) return refuse(call, reply.status());
      hand_on(call, *reply, false);
    });
  });
}

void KeyedCalls::answer(CallId call, StoredReply reply, bool retry) {
  const auto* caller = router_.here().pending.caller(call);
  const KeyedPtr keyed = caller->keyed;
  if (keyed->is_stored()) return send(call, reply, retry, ledger_.finish(keyed));
  if (!keyed->remembers()) return send(call, reply, retry, ledger_.drop(keyed));
  if (is_cut_off(*keyed, reply))
    return send(call, error_reply(unknown_outcome()), false, ledger_.finish(keyed));
  const bool lost = is_lost(*keyed, reply);
  // What may be tried again is not remembered; but not after it wrote something.
  if (retry && !lost && !keyed->is_marked()) return send(call, reply, retry, ledger_.drop(keyed));
  const auto remembered = std::make_shared<StoredReply>(std::move(reply));
  auto done = [this, call, keyed, remembered](const Status& status) {
    if (!status)
      log::warn("command", "the answer to a keyed command is not remembered: {}", status.message());
    router_.shards().post(static_cast<int>(call.shard()), [this, call, keyed, remembered] {
      send(call, *remembered, false, ledger_.finish(keyed));
    });
  };
  lost ? ledger_.mark(keyed, std::move(done)) : ledger_.store(keyed, *remembered, std::move(done));
}

void KeyedCalls::forget(const KeyedPtr& keyed) {
  const StoredReply none = error_reply(Status::conflict(
      "the command this key stands for has changed who you are: send it again with a new key"));
  for (const CallId waiter : ledger_.drop(keyed)) hand_on(waiter, none, false);
}

void KeyedCalls::send(CallId call, const StoredReply& reply, bool retry,
                      std::vector<CallId> waiters) {
  router_.send_stored(call, reply, retry, false);
  for (const CallId waiter : waiters) hand_on(waiter, reply, retry);
}

// Answers a call that did not run with what another one was answered.
void KeyedCalls::hand_on(CallId waiter, const StoredReply& reply, bool retry) {
  if (!router_.claim(waiter)) return;
  router_.shards().run_on(static_cast<int>(waiter.shard()), [this, waiter, reply, retry] {
    router_.send_stored(waiter, reply, retry, true);
  });
}

}  // namespace parley::command
