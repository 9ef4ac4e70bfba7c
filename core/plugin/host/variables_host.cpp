// SPDX-License-Identifier: Apache-2.0
// parley.variables/1 on the variables of live sessions, which any thread may ask.
#include <algorithm>
#include <memory>
#include <string>

#include <parley/ext/variables.h>

#include "base/escape.h"
#include "plugin/host/entry.h"
#include "session/session_registry.h"
#include "session/session_variables.h"

namespace parley::plugin {
namespace {

constexpr std::size_t kLongestName = 64;  // ext/variables.h

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

// UTF-8 without U+0000: it is kept as JSON. What does not decode is passed byte by byte.
bool is_text(std::string_view value) {
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t from = at;
    const char32_t point = next_code_point(value, at);
    if (point == 0 || (point == 0xFFFD && at - from == 1)) return false;
  }
  return true;
}

// The session's variables, or why there are none.
struct Found {
  PluginInstance* plugin = nullptr;
  std::shared_ptr<session::SessionVariables> variables;
  parley_status status = PARLEY_OK;
};

Found find(const parley_host* host, parley_string session, const char* function) {
  auto* plugin = enter(host, {Phase::kPlugin, Phase::kBackground}, function);
  if (plugin == nullptr) return {.status = PARLEY_E_WRONG_THREAD};
  auto variables = plugin->services().sessions.variables_of(view(session));
  const parley_status status = variables ? PARLEY_OK : PARLEY_E_STALE;
  return {plugin, std::move(variables), status};
}

parley_status get(const parley_host* host, parley_string session, parley_string name,
                  const parley_sink* value) {
  const auto found = find(host, session, "variables.get");
  if (found.status != PARLEY_OK) return found.status;
  if (!is_name(view(name))) return PARLEY_E_INVALID;
  const auto kept = found.variables->get(found.plugin->id(), view(name));
  if (kept) give(value, *kept);
  return status_code(kept.status());
}

parley_status set(const parley_host* host, parley_string session, parley_string name,
                  parley_string value) {
  const auto found = find(host, session, "variables.set");
  if (found.status != PARLEY_OK) return found.status;
  if (!is_name(view(name)) || !is_text(view(value))) return PARLEY_E_INVALID;
  const session::SessionVariables::Quota quota{
      .plugin = found.plugin->settings().limits.variables,
      .all = found.plugin->services().config()->session.variables};
  return status_code(found.variables->set(found.plugin->id(), view(name), view(value), quota));
}

parley_status erase(const parley_host* host, parley_string session, parley_string name) {
  const auto found = find(host, session, "variables.erase");
  if (found.status != PARLEY_OK) return found.status;
  if (!is_name(view(name))) return PARLEY_E_INVALID;
  return status_code(found.variables->erase(found.plugin->id(), view(name)));
}

parley_status list(const parley_host* host, parley_string session, const parley_sink* names) {
  const auto found = find(host, session, "variables.list");
  if (found.status != PARLEY_OK) return found.status;
  std::string lines;
  for (const auto& name : found.variables->names(found.plugin->id()))
    lines += (lines.empty() ? "" : "\n") + name;
  give(names, lines);
  return PARLEY_OK;
}

}  // namespace

const parley_host_variables* variables_table() {
  static const parley_host_variables table{sizeof(parley_host_variables), 0, get, set, erase, list};
  return &table;
}

}  // namespace parley::plugin
