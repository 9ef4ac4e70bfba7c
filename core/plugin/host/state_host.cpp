// SPDX-License-Identifier: Apache-2.0
// parley.state/1: from a frozen version to the one that is to serve next.
#include <parley/ext/state.h>

#include "command/dispatcher.h"
#include "command/replies.h"
#include "plugin/host/entry.h"

namespace parley::plugin {
namespace {

parley_status write(const parley_host* host, parley_string bytes) {
  auto* plugin = enter(host, {Phase::kPlugin}, "state.write");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  auto& transfer = plugin->state_transfer();
  if (transfer.saving == nullptr) return PARLEY_E_WRONG_THREAD;
  auto& state = transfer.saving->bytes;
  if (bytes.size > transfer.most - state.size()) return PARLEY_E_LIMIT;
  state.append(view(bytes));
  return PARLEY_OK;
}

bool is_open(const PluginInstance& plugin, parley_id request) {
  return plugin.services().dispatcher.replies().is_open({request});
}

parley_status offer(const parley_host* host, parley_id request) {
  auto* plugin = enter(host, {Phase::kPlugin}, "state.offer");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto& saving = plugin->state_transfer().saving;
  if (saving == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!plugin->has_deferred({request}) || !is_open(*plugin, request)) return PARLEY_E_STALE;
  saving->offered.insert(request);
  return PARLEY_OK;
}

parley_status claim(const parley_host* host, parley_id request) {
  auto* plugin = enter(host, {Phase::kStart}, "state.claim");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  auto& transfer = plugin->state_transfer();
  if (transfer.loading == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!transfer.loading->offered.contains(request)) return PARLEY_E_NOT_FOUND;
  if (!is_open(*plugin, request)) return PARLEY_E_STALE;
  transfer.claimed.insert(request);
  return PARLEY_OK;
}

}  // namespace

const parley_host_state* state_table() {
  static const parley_host_state table{sizeof(parley_host_state), 0, write, offer, claim};
  return &table;
}

}  // namespace parley::plugin
