// SPDX-License-Identifier: Apache-2.0
#include "session/session_variables.h"

#include <utility>

#include "protocol/json.h"
#include "protocol/json_writer.h"

namespace parley::session {
namespace {

std::size_t bytes_of(const std::map<std::string, std::string, std::less<>>& variables) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : variables) bytes += name.size() + value.size();
  return bytes;
}

Status too_much(const std::string& who, std::size_t most, std::string_view setting) {
  return {ErrorCode::kTooLarge, who + " may keep " + std::to_string(most) +
                                    " bytes in a session. Erase something, or raise " +
                                    std::string(setting) + "."};
}

Status none_of(std::string_view name) {
  return Status::not_found("The session has no variable " + std::string(name) + ".");
}

}  // namespace

Result<std::string> SessionVariables::get(std::string_view plugin, std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto of_plugin = all_.find(plugin);
  if (of_plugin == all_.end()) return none_of(name);
  const auto found = of_plugin->second.find(name);
  if (found == of_plugin->second.end()) return none_of(name);
  return found->second;
}

Status SessionVariables::set(std::string_view plugin, std::string_view name, std::string_view value,
                             const Quota& quota) {
  bool first = false;
  {
    const MutexLock lock(mutex_);
    auto of_plugin = all_.find(plugin);
    std::size_t replaced = 0;
    if (of_plugin != all_.end()) {
      const auto before = of_plugin->second.find(name);
      if (before != of_plugin->second.end()) {
        if (before->second == value) return Status::ok();
        replaced = name.size() + before->second.size();
      }
    }
    std::size_t of_this = 0, of_all = 0;
    for (auto it = all_.begin(); it != all_.end(); ++it) {
      const std::size_t bytes = bytes_of(it->second);
      of_all += bytes;
      if (it == of_plugin) of_this = bytes;
    }
    const std::size_t added = name.size() + value.size();
    if (of_this - replaced + added > quota.plugin)
      return too_much("Plugin " + std::string(plugin), quota.plugin, "plugins.limits.variables");
    if (of_all - replaced + added > quota.all)
      return too_much("All plugins together", quota.all, "session.variables");
    if (of_plugin == all_.end()) of_plugin = all_.try_emplace(std::string(plugin)).first;
    of_plugin->second.insert_or_assign(std::string(name), std::string(value));
    first = !std::exchange(dirty_, true);
  }
  tell(first);
  return Status::ok();
}

Status SessionVariables::erase(std::string_view plugin, std::string_view name) {
  bool first = false;
  {
    const MutexLock lock(mutex_);
    const auto of_plugin = all_.find(plugin);
    if (of_plugin == all_.end()) return none_of(name);
    const auto found = of_plugin->second.find(name);
    if (found == of_plugin->second.end()) return none_of(name);
    of_plugin->second.erase(found);
    if (of_plugin->second.empty()) all_.erase(of_plugin);
    first = !std::exchange(dirty_, true);
  }
  tell(first);
  return Status::ok();
}

std::vector<std::string> SessionVariables::names(std::string_view plugin) const {
  std::vector<std::string> names;
  const MutexLock lock(mutex_);
  const auto of_plugin = all_.find(plugin);
  if (of_plugin == all_.end()) return names;
  for (const auto& [name, value] : of_plugin->second) names.push_back(name);
  return names;
}

void SessionVariables::tell(bool first) const {
  if (first && changed_) changed_();
}

// --- as they are saved ---

std::string SessionVariables::render() const {
  std::string json;
  protocol::ObjectWriter plugins(json);
  for (const auto& [plugin, variables] : all_) {
    protocol::ObjectWriter of_plugin(plugins.key(plugin));
    for (const auto& [name, value] : variables) of_plugin.field(name, value);
  }
  plugins.close();
  return json;
}

std::string SessionVariables::to_json() const {
  const MutexLock lock(mutex_);
  return render();
}

std::string SessionVariables::snapshot() {
  const MutexLock lock(mutex_);
  return std::exchange(dirty_, false) ? render() : std::string();
}

void SessionVariables::not_saved() {
  const MutexLock lock(mutex_);
  dirty_ = true;
}

bool SessionVariables::empty() const {
  const MutexLock lock(mutex_);
  return all_.empty();
}

void SessionVariables::restore(const std::string& json) {
  protocol::JsonReader reader({.depth = 4, .keys = 1'000'000, .size = json.size() + 1});
  const auto parsed = reader.parse(json);
  if (!parsed) return;
  const MutexLock lock(mutex_);
  if (!all_.empty()) return;
  parsed->each_member([&](std::string_view plugin, protocol::JsonView variables) {
    OfPlugin kept;
    variables.each_member([&](std::string_view name, protocol::JsonView value) {
      if (const auto text = value.as_string()) kept.emplace(name, *text);
      return true;
    });
    if (!kept.empty()) all_.emplace(plugin, std::move(kept));
    return true;
  });
}

void SessionVariables::take_over(const std::string& json) {
  if (json.empty()) return;
  restore(json);
  const MutexLock lock(mutex_);
  dirty_ = dirty_ || !all_.empty();
}

}  // namespace parley::session
