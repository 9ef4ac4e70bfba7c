// SPDX-License-Identifier: Apache-2.0
#include "plugin/host_tables.h"

#include <array>

#include "plugin/abi.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {
namespace {

struct Extension {
  std::string_view id;
  const void* table;
  std::string_view permission;  // needed to get it at all; finer rights are checked at each call
};

const std::array<Extension, 15>& extensions() {
  static const std::array<Extension, 15> all = {{
      {PARLEY_EXT_ACCOUNTS, accounts_table(), "accounts"},
      {PARLEY_EXT_BACKGROUND, background_table(), ""},
      {PARLEY_EXT_CHANNELS, channels_table(), ""},
      {PARLEY_EXT_COMMANDS, commands_table(), "commands"},
      {PARLEY_EXT_CONFIG, config_table(), ""},
      {PARLEY_EXT_EVENTS, events_table(), ""},
      {PARLEY_EXT_FILES, files_table(), ""},
      {PARLEY_EXT_MESSAGES, messages_table(), ""},
      {PARLEY_EXT_METRICS, metrics_table(), "metrics"},
      {PARLEY_EXT_PUSH, push_table(), ""},
      {PARLEY_EXT_REQUEST, request_table(), "commands"},
      {PARLEY_EXT_STATE, state_table(), ""},
      {PARLEY_EXT_STORAGE, storage_table(), ""},
      {PARLEY_EXT_TIMER, timer_table(), ""},
      {PARLEY_EXT_VARIABLES, variables_table(), ""},
  }};
  return all;
}

bool may_have(const PluginInstance& plugin, std::string_view permission) {
  if (permission.empty()) return true;
  if (permission == "accounts")
    return plugin.granted("accounts.read") || plugin.granted("accounts.write");
  return plugin.granted(permission);
}

template <typename Half>
void ask(const parley_plugin& plugin, std::string_view id, const Half*& half) {
  half = static_cast<const Half*>(plugin.get_extension(plugin.plugin_data, borrow(id)));
}

}  // namespace

PluginHalves ask_halves(const parley_plugin& plugin) {
  PluginHalves halves;
  if (!PARLEY_HAS(&plugin, get_extension) || plugin.get_extension == nullptr) return halves;
  ask(plugin, PARLEY_EXT_ACCOUNTS, halves.accounts);
  ask(plugin, PARLEY_EXT_BACKGROUND, halves.background);
  ask(plugin, PARLEY_EXT_CHANNELS, halves.channels);
  ask(plugin, PARLEY_EXT_COMMANDS, halves.commands);
  ask(plugin, PARLEY_EXT_CONFIG, halves.config);
  ask(plugin, PARLEY_EXT_EVENTS, halves.events);
  ask(plugin, PARLEY_EXT_FILES, halves.files);
  ask(plugin, PARLEY_EXT_MESSAGES, halves.messages);
  ask(plugin, PARLEY_EXT_REQUEST, halves.request);
  ask(plugin, PARLEY_EXT_STATE, halves.state);
  if (!PARLEY_HAS(halves.state, load) || halves.state->save == nullptr ||
      halves.state->load == nullptr)
    halves.state = nullptr;
  ask(plugin, PARLEY_EXT_STORAGE, halves.storage);
  ask(plugin, PARLEY_EXT_TIMER, halves.timer);
  return halves;
}

const void* host_half(const PluginInstance& plugin, std::string_view id) {
  for (const auto& extension : extensions()) {
    if (extension.id == id)
      return may_have(plugin, extension.permission) ? extension.table : nullptr;
  }
  return nullptr;
}

}  // namespace parley::plugin
