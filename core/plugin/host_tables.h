// SPDX-License-Identifier: Apache-2.0
// The two halves of every extension: the host's function tables (one file each in host/) and the
// plugin's.
//
// Ownership: the host's tables are constants of the program; the plugin's pointers are the image's
// and die with it. Thread: immutable after create(). Adding an extension: a function here, a file
// in host/, a row in host_tables.cpp.
#pragma once

#include <string_view>

#include <parley/ext/accounts.h>
#include <parley/ext/background.h>
#include <parley/ext/channels.h>
#include <parley/ext/commands.h>
#include <parley/ext/config.h>
#include <parley/ext/events.h>
#include <parley/ext/files.h>
#include <parley/ext/messages.h>
#include <parley/ext/metrics.h>
#include <parley/ext/push.h>
#include <parley/ext/request.h>
#include <parley/ext/state.h>
#include <parley/ext/storage.h>
#include <parley/ext/timer.h>
#include <parley/ext/variables.h>

namespace parley::plugin {

class PluginInstance;

const parley_host_accounts* accounts_table();
const parley_host_background* background_table();
const parley_host_channels* channels_table();
const parley_host_commands* commands_table();
const parley_host_config* config_table();
const parley_host_events* events_table();
const parley_host_files* files_table();
const parley_host_messages* messages_table();
const parley_host_metrics* metrics_table();
const parley_host_push* push_table();
const parley_host_request* request_table();
const parley_host_state* state_table();
const parley_host_storage* storage_table();
const parley_host_timer* timer_table();
const parley_host_variables* variables_table();

// What the plugin implements; null where it does not.
struct PluginHalves {
  const parley_plugin_accounts* accounts = nullptr;
  const parley_plugin_background* background = nullptr;
  const parley_plugin_channels* channels = nullptr;
  const parley_plugin_commands* commands = nullptr;
  const parley_plugin_config* config = nullptr;
  const parley_plugin_events* events = nullptr;
  const parley_plugin_files* files = nullptr;
  const parley_plugin_messages* messages = nullptr;
  const parley_plugin_request* request = nullptr;
  const parley_plugin_state* state = nullptr;
  const parley_plugin_storage* storage = nullptr;
  const parley_plugin_timer* timer = nullptr;
};

PluginHalves ask_halves(const parley_plugin& plugin);
// The host's half of `id` for this plugin: null when unknown or when no permission it needs was
// granted.
const void* host_half(const PluginInstance& plugin, std::string_view id);

}  // namespace parley::plugin
