// SPDX-License-Identifier: Apache-2.0
#include "command/command_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "command/command_target.h"

namespace parley::command {
namespace {

std::vector<std::string_view> names_of(const CommandSpec& spec) {
  std::vector<std::string_view> names{spec.name};
  names.insert(names.end(), spec.aliases.begin(), spec.aliases.end());
  return names;
}

Status taken(std::string_view name, std::string_view plugin, const CommandEntry& holder) {
  const std::string who =
      holder.spec.plugin == kCorePlugin ? "the server itself" : "plugin " + holder.spec.plugin;
  const std::string as = holder.spec.name == name ? "" : " (an alias of " + holder.spec.name + ")";
  return Status::conflict("the command " + std::string(name) + " of plugin " + std::string(plugin) +
                          " belongs to " + who + as + ": give it another name");
}

Status check_against(const CommandTable& table, std::string_view plugin,
                     std::span<const Registration> commands) {
  std::set<std::string_view> own;
  for (const auto& [spec, index] : commands) {
    if (auto status = validate(spec); !status) return status;
    for (const auto name : names_of(spec)) {
      if (!own.insert(name).second)
        return Status::conflict("plugin " + std::string(plugin) + " offers the command " +
                                std::string(name) + " twice");
      const auto* holder = table.find_own(name);
      if (holder && (*holder)->spec.plugin != plugin) return taken(name, plugin, **holder);
    }
  }
  return {};
}

}  // namespace

const EntryPtr* CommandTable::find_own(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

const EntryPtr* CommandTable::find(std::string_view name) const {
  if (const auto* own = find_own(name)) return own;
  const auto alias = access_->aliases.find(name);
  return alias == access_->aliases.end() ? nullptr : find_own(alias->second);
}

std::string_view CommandTable::withdrawn_by(std::string_view name) const {
  const auto found = withdrawn_.find(name);
  return found == withdrawn_.end() ? std::string_view() : std::string_view(found->second);
}

CommandRegistry::CommandRegistry() : table_(std::make_shared<CommandTable>()) {}

std::shared_ptr<const CommandTable> CommandRegistry::table() const {
  MutexLock lock(table_mutex_);
  return table_;
}

void CommandRegistry::on_change(Listener listener) {
  MutexLock lock(write_mutex_);
  listeners_.push_back(std::move(listener));
}

Status CommandRegistry::check(std::string_view plugin,
                              std::span<const Registration> commands) const {
  return check_against(*table(), plugin, commands);
}

// A copy of `now` without what `plugin` had, its names remembered as withdrawn.
std::shared_ptr<CommandTable> CommandRegistry::without(const CommandTable& now,
                                                       std::string_view plugin, Change& change) {
  auto next = std::make_shared<CommandTable>(now);
  for (const auto& entry : now.entries_) {
    if (entry->spec.plugin != plugin) continue;
    if (!entry->spec.hidden) change.removed.push_back(entry->spec.name);
    for (const auto name : names_of(entry->spec)) {
      next->by_name_.erase(std::string(name));
      next->withdrawn_.insert_or_assign(std::string(name), std::string(plugin));
    }
  }
  std::erase_if(next->entries_, [&](const auto& entry) { return entry->spec.plugin == plugin; });
  return next;
}

Change CommandRegistry::swap(std::shared_ptr<CommandTable> next, Change change) {
  std::sort(next->entries_.begin(), next->entries_.end(),
            [](const auto& a, const auto& b) { return a->spec.name < b->spec.name; });
  std::sort(change.added.begin(), change.added.end());
  std::sort(change.removed.begin(), change.removed.end());
  change.rev = ++next->rev_;
  {
    MutexLock lock(table_mutex_);
    table_ = std::move(next);
    rev_.store(change.rev, std::memory_order_release);
  }
  for (const auto& listener : listeners_) listener(change);
  return change;
}

Result<Change> CommandRegistry::publish(std::string plugin, std::vector<Registration> commands,
                                        std::shared_ptr<CommandTarget> target) {
  MutexLock lock(write_mutex_);
  const auto now = table();
  if (auto status = check_against(*now, plugin, commands); !status) return status;
  Change change;
  auto next = without(*now, plugin, change);
  for (auto& [spec, index] : commands) {
    spec.plugin = plugin;
    if (!spec.hidden) change.added.push_back(spec.name);
    auto entry = std::make_shared<const CommandEntry>(CommandEntry{std::move(spec), index, target});
    next->entries_.push_back(entry);
    for (const auto name : names_of(entry->spec)) {
      next->by_name_.insert_or_assign(std::string(name), entry);
      if (const auto old = next->withdrawn_.find(name); old != next->withdrawn_.end())
        next->withdrawn_.erase(old);
    }
  }
  return swap(std::move(next), std::move(change));
}

Change CommandRegistry::withdraw(std::string_view plugin) {
  MutexLock lock(write_mutex_);
  const auto now = table();
  const bool any = std::any_of(now->entries_.begin(), now->entries_.end(),
                               [&](const auto& entry) { return entry->spec.plugin == plugin; });
  if (!any) return {.rev = now->rev()};
  Change change;
  auto next = without(*now, plugin, change);
  return swap(std::move(next), std::move(change));
}

Change CommandRegistry::set_access(AccessPolicy policy) {
  MutexLock lock(write_mutex_);
  auto next = std::make_shared<CommandTable>(*table());
  next->access_ = std::make_shared<const AccessPolicy>(std::move(policy));
  return swap(std::move(next), {.access = true});
}

void TableCache::refresh() {
  const auto shared = registry_.table();
  auto own = std::make_unique<CommandTable>(*shared);
  // Aliasing pointers: a counter of this shard's own for each entry, which keeps the shared one.
  for (auto& entry : own->entries_) {
    const auto holder = std::make_shared<const EntryPtr>(entry);
    entry = EntryPtr(holder, holder->get());
    for (const auto name : names_of(entry->spec)) own->by_name_.find(name)->second = entry;
  }
  rev_ = own->rev();
  table_ = std::move(own);
}

}  // namespace parley::command
