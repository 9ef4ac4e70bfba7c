// SPDX-License-Identifier: Apache-2.0
// FakeLife: a plugin from its create to its end, and from one version to the next. FakeHost is what
// tests use.
//
// Ownership: owns the plugin and the state behind it. Failure: what refuses throws
// std::runtime_error with its reason.
#pragma once

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fake_server.hpp"
#include "tables.hpp"

namespace parley::testing {

class FakeLife {
 public:
  FakeLife(const FakeLife&) = delete;
  FakeLife& operator=(const FakeLife&) = delete;

  // From now on completions and jobs wait until settle() or step().
  void hold() { held_ = true; }
  void settle() {
    held_ = false;
    while (step()) {
    }
  }
  // Runs the oldest waiting completion or job; false when none waits.
  bool step() {
    std::function<void()> next;
    {
      const std::lock_guard lock(server_.mutex);
      if (server_.queue.empty()) return false;
      next = std::move(server_.queue.front());
      server_.queue.pop_front();
    }
    next();
    return true;
  }

  // Stops the plugin and starts it again, as a restart of the server does: storage stays, memory
  // does not.
  void restart() {
    stop();
    start();
  }
  // Reloads it as the server does: save, the next version's create, load and start, and only then
  // the end of the old one. `next` is by default the same plugin again. Throws std::runtime_error
  // with the reason when one of them refuses; the old version then serves on.
  void reload(const parley_plugin_entry* next = nullptr) {
    FakeState state;
    const bool keeps_state = save(state);
    const Serving old = std::move(serving_);
    serving_ = Serving{next != nullptr ? next : old.entry};
    const Registered registered = take_registered();
    const auto stored = server_.storage;  // what a version that fails has written is dropped
    try {
      create();
      if (keeps_state) load(state);
      begin();
    } catch (...) {
      if (server_.plugin != nullptr) destroy();
      serving_ = old;
      server_.plugin = old.plugin;
      give_registered(registered);
      server_.storage = stored;
      server_.claimed.clear();
      throw;
    }
    inherit_timers(registered.timers);
    end(old, state);
    settle_unless_held();
  }
  // What it would hand over now; its schema comes with it.
  FakeState saved_state() {
    FakeState state;
    save(state);
    return state;
  }
  void limit_state(std::size_t bytes) { server_.state_max = bytes; }

 protected:
  explicit FakeLife(const parley_plugin_entry* entry) : serving_{entry} {}
  ~FakeLife() = default;

  // ---- life

  struct Serving {
    const parley_plugin_entry* entry = nullptr;
    const parley_plugin* plugin = nullptr;
  };
  struct Registered {
    std::vector<DeclaredCommand> commands;
    std::vector<FakeListener> listeners;
    std::map<parley_id, FakeTimer> timers;
    std::map<parley_id, std::string> watches;
    std::uint64_t events = 0;
    std::map<std::string, const void*, std::less<>> halves;
  };

  void start() {
    create();
    try {
      begin();
    } catch (...) {
      destroy();
      throw;
    }
    settle_unless_held();
  }
  void create() {
    host_ = detail::sized<parley_host>();
    host_.abi_major = PARLEY_ABI_MAJOR;
    host_.abi_minor = PARLEY_ABI_MINOR;
    host_.host_data = &server_;
    host_.server_version = detail::to_abi("fake");
    host_.get_extension = Tables::get_extension;
    host_.log = Tables::log;
    host_.now = Tables::now;
    server_.plugin = nullptr;
    server_.registering = true;
    detail::TextSink why;
    serving_.plugin =
        server_.in(kInStart, [&] { return serving_.entry->create(&host_, why.abi()); });
    server_.registering = false;
    server_.plugin = serving_.plugin;
    if (server_.plugin == nullptr) throw std::runtime_error("create: " + why.take());
    server_.take_halves();
  }
  void begin() {
    server_.registering = true;
    detail::TextSink why;
    const parley_status status =
        server_.in(kInStart, [&] { return server_.plugin->start(server_.data(), why.abi()); });
    server_.registering = false;
    if (status != PARLEY_OK) throw std::runtime_error("start: " + why.take());
  }
  void stop() {
    if (server_.plugin == nullptr) return;
    server_.in(kOnPlugin, [&] { server_.plugin->stop(server_.data()); });
    while (step()) {
    }
    destroy();
  }
  void destroy() {
    server_.in(kInStart, [&] { server_.plugin->destroy(server_.data()); });
    server_.plugin = nullptr;
    server_.queue.clear();
    take_registered();
  }

  // ---- reload

  // False: it keeps no state.
  bool save(FakeState& state) {
    const auto* half = server_.find_half<parley_plugin_state>(PARLEY_EXT_STATE);
    if (half == nullptr && (serving_.entry->flags & PARLEY_PLUGIN_STATEFUL) != 0)
      throw std::runtime_error("the plugin is stateful and hands no state over");
    if (half == nullptr) return false;
    state.schema = half->schema;
    server_.saving = &state;
    detail::TextSink why;
    const parley_status status =
        server_.in(kOnPlugin, [&] { return half->save(server_.data(), why.abi()); });
    server_.saving = nullptr;
    if (status != PARLEY_OK) throw std::runtime_error("save: " + why.take());
    return true;
  }
  void load(const FakeState& state) {
    const auto* half = server_.find_half<parley_plugin_state>(PARLEY_EXT_STATE);
    if (half == nullptr) throw std::runtime_error("load: the next version takes no state");
    server_.loading = &state;
    detail::TextSink why;
    const parley_status status = server_.in(kInStart, [&] {
      return half->load(server_.data(), state.schema, detail::to_abi(state.bytes), why.abi());
    });
    server_.loading = nullptr;
    if (status != PARLEY_OK) throw std::runtime_error("load: " + why.take());
  }
  // What the old version deferred and the new one did not claim is answered; then it ends.
  void end(const Serving& old, const FakeState& state) {
    const auto open = server_.exchanges;
    for (const auto& [id, exchange] : open) {
      if (exchange->deferred && server_.claimed.count(id) == 0)
        server_.answer_error(id, "plugin_error", "the plugin was replaced before it answered");
    }
    // Its handles are destroyed with it: what was claimed must not be given up by them.
    server_.kept_from_abandon = state.offered;
    server_.in(kOnPlugin, [&] { old.plugin->stop(old.plugin->plugin_data); });
    server_.in(kInStart, [&] { old.plugin->destroy(old.plugin->plugin_data); });
    server_.kept_from_abandon.clear();
    server_.claimed.clear();
  }
  Registered take_registered() {
    return {std::exchange(server_.commands, {}), std::exchange(server_.listeners, {}),
            std::exchange(server_.timers, {}),   std::exchange(server_.watches, {}),
            std::exchange(server_.events, 0),    std::exchange(server_.halves, {})};
  }
  void inherit_timers(const std::map<parley_id, FakeTimer>& timers) {
    for (const auto& [id, timer] : timers) {
      const bool set_anew =
          std::any_of(server_.timers.begin(), server_.timers.end(),
                      [&name = timer.name](const auto& own) { return own.second.name == name; });
      if (timer.name[0] == '#' || set_anew) continue;
      const parley_id given = ++server_.last_id;  // the old version's handle names the old one
      server_.timers[given] = timer;
      server_.timers[given].id = given;
    }
  }
  void give_registered(const Registered& all) {
    server_.commands = all.commands;
    server_.listeners = all.listeners;
    server_.timers = all.timers;
    server_.watches = all.watches;
    server_.events = all.events;
    server_.halves = all.halves;
  }
  void settle_unless_held() {
    if (!held_) settle();
  }

  const parley_plugin_entry& entry() const { return *serving_.entry; }

  FakeServer server_;

 private:
  Serving serving_;
  parley_host host_{};
  bool held_ = false;
};

}  // namespace parley::testing
