// SPDX-License-Identifier: Apache-2.0
// All commands there are: an immutable snapshot per revision, and the registry that swaps it.
//
// Ownership: a table shares its entries with other revisions; an entry keeps its target alive.
// Thread: CommandTable any (immutable); CommandRegistry any; a TableCache belongs to one shard.
// Lifetime: whoever holds an entry may use it after it was withdrawn. Failure: publish() takes all
// of a plugin's commands or none, with a sentence that names the holder of a taken name.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "base/thread_annotations.h"
#include "command/access_policy.h"
#include "command/command_spec.h"

namespace parley::command {

class CommandTarget;

struct CommandEntry {
  CommandSpec spec;
  std::uint32_t index = 0;  // the target's own number for it
  std::shared_ptr<CommandTarget> target;
};
using EntryPtr = std::shared_ptr<const CommandEntry>;

struct Registration {
  CommandSpec spec;
  std::uint32_t index = 0;
};

struct Change {
  std::uint64_t rev = 0;
  std::vector<std::string> added;    // command names, sorted; aliases are not listed
  std::vector<std::string> removed;  // a command in both was replaced
  bool access = false;               // what the operator says about commands changed
};

class CommandTable {
 public:
  std::uint64_t rev() const { return rev_; }
  // By name or alias, the operator's aliases last; null when there is none.
  const EntryPtr* find(std::string_view name) const;
  // Without the operator's aliases.
  const EntryPtr* find_own(std::string_view name) const;
  // Sorted by name, each once.
  std::span<const EntryPtr> entries() const { return entries_; }
  // The plugin that last had a command of this name, which is not loaded now; "" when none had.
  std::string_view withdrawn_by(std::string_view name) const;
  const AccessPolicy& access() const { return *access_; }

 private:
  friend class CommandRegistry;
  friend class TableCache;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Index = std::unordered_map<std::string, EntryPtr, Hash, std::equal_to<>>;
  std::uint64_t rev_ = 0;
  std::vector<EntryPtr> entries_;
  Index by_name_;                                              // aliases too
  std::map<std::string, std::string, std::less<>> withdrawn_;  // name or alias -> plugin
  std::shared_ptr<const AccessPolicy> access_ = std::make_shared<AccessPolicy>();
};

class CommandRegistry {
 public:
  using Listener = std::function<void(const Change&)>;

  CommandRegistry();

  // Everything `plugin` offers, in place of what it offered before (a reload is one swap). The
  // specs' `plugin` is set here. conflict: a name or alias that another plugin or the core holds,
  // or twice in the list; invalid_args: what validate() says.
  Result<Change> publish(std::string plugin, std::vector<Registration> commands,
                         std::shared_ptr<CommandTarget> target);
  // Would publish() succeed now? For checking a plugin before it is started.
  Status check(std::string_view plugin, std::span<const Registration> commands) const;
  // Nothing happens when that plugin has no commands; the Change then lists none.
  Change withdraw(std::string_view plugin);
  // In place of the policy before; the next call of every session heeds it.
  Change set_access(AccessPolicy policy);

  std::shared_ptr<const CommandTable> table() const;
  std::uint64_t rev() const { return rev_.load(std::memory_order_acquire); }

  // Called after every change that changed something, by the thread that made it, one at a time and
  // in order. Set before the first publish that shall be heard; a listener must not publish.
  void on_change(Listener listener);

 private:
  static std::shared_ptr<CommandTable> without(const CommandTable& now, std::string_view plugin,
                                               Change& change);
  Change swap(std::shared_ptr<CommandTable> next, Change change) PARLEY_REQUIRES(write_mutex_);

  mutable Mutex write_mutex_;  // held while a change is made and told
  std::vector<Listener> listeners_ PARLEY_GUARDED_BY(write_mutex_);
  mutable Mutex table_mutex_;
  std::shared_ptr<const CommandTable> table_ PARLEY_GUARDED_BY(table_mutex_);
  std::atomic<std::uint64_t> rev_{0};
};

// One shard's view of the table. Its entries are counted by a control block of their own, so that
// shards do not fight over one counter.
//
// What now() gives, and every pointer into it, holds until the next renew(): whoever prepares a
// message renews once, before it looks anything up, and sees one revision to the message's end,
// although another thread may publish a new one at any moment.
class TableCache {
 public:
  explicit TableCache(const CommandRegistry& registry) : registry_(registry) { refresh(); }
  void renew() {
    if (registry_.rev() != rev_) refresh();
  }
  const CommandTable& now() const { return *table_; }

 private:
  void refresh();
  const CommandRegistry& registry_;
  std::uint64_t rev_ = 0;
  std::unique_ptr<const CommandTable> table_;
};

}  // namespace parley::command
