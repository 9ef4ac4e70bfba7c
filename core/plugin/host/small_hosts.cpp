// SPDX-License-Identifier: Apache-2.0
// The extensions whose host side only hands on: background, config, events, metrics, timer.
#include <parley/ext/background.h>
#include <parley/ext/config.h>
#include <parley/ext/events.h>
#include <parley/ext/metrics.h>
#include <parley/ext/timer.h>

#include "plugin/event_bus.h"
#include "plugin/host/entry.h"
#include "plugin/plugin_metrics.h"

namespace parley::plugin {
namespace {

constexpr auto kStart = Phase::kStart;
constexpr auto kPlugin = Phase::kPlugin;
constexpr auto kBackground = Phase::kBackground;

parley_status submit(const parley_host* host, parley_token token, parley_id* id) {
  auto* plugin = enter(host, {kStart, kPlugin, kBackground}, "background.submit");
  return plugin != nullptr ? plugin->jobs().submit(token, id) : PARLEY_E_WRONG_THREAD;
}

parley_status post(const parley_host* host, parley_token token) {
  return PluginInstance::of(host).jobs().post(token);
}

parley_status cancel_job(const parley_host* host, parley_id id) {
  auto* plugin = enter(host, {kStart, kPlugin}, "background.cancel");
  return plugin != nullptr ? plugin->jobs().cancel(id) : PARLEY_E_WRONG_THREAD;
}

parley_status read_config(const parley_host* host, const parley_sink* json) {
  auto* plugin = enter(host, {kStart, kPlugin, kBackground}, "config.read");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  give(json, plugin->settings().config_json);
  return PARLEY_OK;
}

parley_status subscribe(const parley_host* host, std::uint64_t kinds) {
  auto* plugin = enter(host, {kStart, kPlugin}, "events.subscribe");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (CallScope::of(*plugin)->phase() == kStart) {
    plugin->collecting().events = kinds;
  } else {
    plugin->services().events.subscribe(plugin->id(), plugin->weak_from_this(), kinds);
  }
  return PARLEY_OK;
}

parley_status define(const parley_host* host, const parley_metric* metric, parley_id* id) {
  auto* plugin = enter(host, {kStart}, "metrics.define");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(metric, bucket_count)) return PARLEY_E_INVALID;
  return plugin->services().metrics.define(plugin->id(), *metric, id, plugin->generation());
}

parley_status update(const parley_host* host, parley_id id, double value) {
  return PluginInstance::of(host).services().metrics.update(id, value);
}

parley_status set_timer(const parley_host* host, const parley_timer* timer, parley_id* id) {
  auto* plugin = enter(host, {kStart, kPlugin}, "timer.set");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  return PARLEY_HAS(timer, period) ? plugin->timers().set(*timer, id) : PARLEY_E_INVALID;
}

parley_status cancel_timer(const parley_host* host, parley_id id) {
  auto* plugin = enter(host, {kStart, kPlugin}, "timer.cancel");
  return plugin != nullptr ? plugin->timers().cancel(id) : PARLEY_E_WRONG_THREAD;
}

}  // namespace

const parley_host_background* background_table() {
  static const parley_host_background table{sizeof(parley_host_background), 0, submit, post,
                                            cancel_job};
  return &table;
}
const parley_host_config* config_table() {
  static const parley_host_config table{sizeof(parley_host_config), 0, read_config};
  return &table;
}
const parley_host_events* events_table() {
  static const parley_host_events table{sizeof(parley_host_events), 0, subscribe};
  return &table;
}
const parley_host_metrics* metrics_table() {
  static const parley_host_metrics table{sizeof(parley_host_metrics), 0, define, update};
  return &table;
}
const parley_host_timer* timer_table() {
  static const parley_host_timer table{sizeof(parley_host_timer), 0, set_timer, cancel_timer};
  return &table;
}

}  // namespace parley::plugin
