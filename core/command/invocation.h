// SPDX-License-Identifier: Apache-2.0
// One command on its way to its target: who called what with which arguments.
//
// Ownership: everything in it is its own or shared, nothing points into a buffer: the target may
// keep it and hand it to another thread. InvocationPtr gives it back to its shard's pool, from any
// thread. Thread: one at a time. Lifetime: must be destroyed before its Dispatcher. Tests may make
// one with `InvocationPtr(new Invocation)`.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "command/arguments.h"
#include "command/call_id.h"
#include "command/command_table.h"
#include "protocol/request_id.h"

namespace parley::users {
struct User;
}

namespace parley::command {

class InvocationPool;
struct RuleRun;
class Keyed;
using KeyedPtr = std::shared_ptr<Keyed>;  // keyed.h

struct Invocation {
  CallId call;                    // given when it starts, just before CommandTarget::invoke
  EntryPtr entry;                 // never null
  std::uint64_t session_key = 0;  // 0: not authenticated, only for commands declared anonymous
  std::uint64_t connection = 0;   // Link::connection_id
  std::string session_id;         // "s_…", "" when not authenticated
  std::shared_ptr<const users::User> user;  // null when not authenticated
  std::string_view locale = "en";           // "en" or "ru", a constant
  std::string peer_address;
  std::string channel;   // where it was typed: the argument `channel`, also of the line it came in
  Arguments args;        // one per declared argument
  std::string raw_json;  // an object
  protocol::RequestId request;
  std::string key;                 // idempotency key, "" for none
  KeyedPtr keyed;                  // of the first call with that key, which is the one that runs
  Clock::TimePoint deadline{};     // of the answer, unless it is deferred
  bool from_command_line = false;  // typed as `/name …`
  std::shared_ptr<const RuleRun>
      rule;  // started by a plugin as its speaker; must not start another

  const CommandSpec& spec() const { return entry->spec; }

 private:
  friend class InvocationPool;
  friend struct ReturnInvocation;
  InvocationPool* home_ = nullptr;
  Invocation* next_ = nullptr;
};

struct ReturnInvocation {
  void operator()(Invocation* invocation) const;
};
using InvocationPtr = std::unique_ptr<Invocation, ReturnInvocation>;

// One shard's spare invocations. acquire() on that shard only; what is destroyed elsewhere comes
// back through a lock-free list.
class InvocationPool {
 public:
  explicit InvocationPool(std::size_t keep = 256) : keep_(keep) {}
  ~InvocationPool();
  InvocationPool(const InvocationPool&) = delete;
  InvocationPool& operator=(const InvocationPool&) = delete;

  InvocationPtr acquire();

 private:
  friend struct ReturnInvocation;
  void give_back(Invocation* invocation);
  std::size_t keep_;
  std::atomic<std::size_t> spare_{0};
  Invocation* local_ = nullptr;
  std::atomic<Invocation*> returned_{nullptr};
};

}  // namespace parley::command
