// SPDX-License-Identifier: Apache-2.0
// FakeHost: loads a plugin in memory, calls it, and keeps what it did. See testing.hpp.
//
// Ownership: it owns the plugin from construction to destruction. Failure: a plugin that refuses to
// start throws std::runtime_error with its reason; calling a command that is not there is the
// answer `unknown_action`, as for a user.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dispatch.hpp"
#include "fake_life.hpp"
#include "fake_server.hpp"
#include "tables.hpp"

namespace parley::testing {

struct HostOptions {
  std::string config = "{}";  // JSON; top-level defaults of the plugin's schema are filled in
  std::optional<std::vector<std::string>> permissions =
      {};                                         // default: all that the plugin asks for
  std::map<std::string, std::string> files = {};  // by path, relative or absolute
  std::map<std::string, std::string> storage = {};
  std::vector<std::string> channels = {"global"};
  std::vector<FakeAccount> accounts = {};
  std::string invitation = {};  // the code that registering takes; empty: it is open
  std::int64_t now = 1'760'000'000'000;
  const parley_plugin_entry* plugin = &parley_plugin_entry_v1;
};

// The entry of a plugin class that the test itself defines: HostOptions{.plugin =
// entry_of<Probe>()}.
template <typename Class>
const parley_plugin_entry* entry_of() {
  static const parley_plugin_entry entry = detail::make_entry<Class>("probe", "1.0.0", "Probes");
  return &entry;
}

class FakeHost : public FakeLife {
 public:
  explicit FakeHost(const HostOptions& options = {}) : FakeLife(options.plugin) {
    server_.now = options.now;
    server_.config = with_defaults(options.config);
    server_.files = options.files;
    server_.storage = options.storage;
    for (const std::string& channel : options.channels) server_.channels[channel];
    server_.invitation = options.invitation;
    for (const FakeAccount& account : options.accounts) server_.accounts[account.user.id] = account;
    const auto asked = copy_strings(entry().permissions, entry().permission_count);
    const auto& granted = options.permissions ? *options.permissions : asked;
    server_.permissions = {granted.begin(), granted.end()};
    start();
  }
  ~FakeHost() { stop(); }

  // ---- people

  // Calls a command as `caller`, by its name or an alias; the arguments are checked against the
  // declaration.
  Reply call(std::string_view action, const Json& arguments = {}, const Caller& caller = {}) {
    auto exchange = std::make_shared<Exchange>();
    exchange->id = ++server_.last_id;
    exchange->action = action;
    exchange->caller = caller;
    exchange->deadline = server_.now + server_.request_budget;
    server_.exchanges[exchange->id] = exchange;
    Dispatch{server_}.dispatch(*exchange, JsonView(arguments.absent() ? "{}" : arguments.text()));
    settle_unless_held();
    return Reply(exchange);
  }

  // Says something in a channel: filters first, then the listeners to what was published.
  // reply_to: offset of the message it answers.
  Said say(std::string_view text, const Caller& caller = {}, std::string_view channel = "global",
           std::int64_t reply_to = -1) {
    Said said{.text = std::string(text), .reply_to = reply_to};
    if (const auto ban = server_.bans.find({std::string(channel), caller.id});
        ban != server_.bans.end() && server_.holds(ban->second)) {
      said.denied = true;
      said.code = "forbidden";
      said.reason = "You are banned from #" + std::string(channel) + ".";
      return said;
    }
    Dispatch dispatch{server_};
    dispatch.deliver(PARLEY_STAGE_FILTER, said, caller, std::string(channel));
    if (!said.denied) {
      said.offset = ++server_.channels[std::string(channel)].last_offset;
      dispatch.deliver(PARLEY_STAGE_PUBLISHED, said, caller, std::string(channel));
    }
    settle_unless_held();
    return said;
  }

  // Tells the plugin of an event, if it listens to that kind.
  void happen(EventKind kind, const Caller& caller = {}, std::string_view channel = {},
              std::string_view plugin = {}, std::string_view previous_id = {}) {
    if ((server_.events & (1ull << static_cast<std::uint32_t>(kind))) == 0) return;
    const AbiUser user(caller);
    auto event = detail::sized<parley_event>();
    event.kind = static_cast<std::uint32_t>(kind);
    event.ts = server_.now;
    event.user = user.get();
    event.session = detail::to_abi(caller.session);
    event.channel = detail::to_abi(channel);
    event.plugin = detail::to_abi(plugin);
    event.previous = detail::to_abi(previous_id);
    event.locale = detail::to_abi(caller.locale);
    const auto* half = server_.half<parley_plugin_events>(PARLEY_EXT_EVENTS);
    server_.in(kOnPlugin, [&] { half->on_event(server_.data(), &event); });
    settle_unless_held();
  }

  // ---- time and completions

  // Moves the clock, firing timers and deadlines in order.
  // Everything sees the instant it was due at.
  void advance(std::chrono::milliseconds time) {
    const std::int64_t until = server_.now + time.count();
    while (const FakeTimer* next = next_timer(until)) {
      expire_requests(next->due);
      fire(*next);
    }
    expire_requests(until);
    server_.now = until;
    settle_unless_held();
  }
  std::int64_t now() const { return server_.now; }
  // Moves the wall clock alone, as an operator or NTP does, forwards or back: timers and deadlines
  // keep the time they have left.
  void set_clock(std::int64_t now) {
    const std::int64_t shift = now - server_.now;
    server_.now = now;
    for (auto& [id, timer] : server_.timers) timer.due += shift;
    for (auto& [id, exchange] : server_.exchanges) exchange->deadline += shift;
    for (auto& [who, free_again] : server_.cooldowns) free_again += shift;
  }
  // How long a command may take before the host answers plugin_timeout.
  void set_request_budget(std::chrono::milliseconds budget) {
    server_.request_budget = budget.count();
  }
  // When the next timer is due; empty when none is set.
  std::optional<std::int64_t> next_timer_at() const {
    const FakeTimer* next = next_timer(std::numeric_limits<std::int64_t>::max());
    return next == nullptr ? std::nullopt : std::optional(next->due);
  }

  // From now on the plugin's thread is the caller's: the symbolic thread of the contract may change
  // its OS thread between two calls.
  void move_to_this_thread() { server_.owner = std::this_thread::get_id(); }

  // ---- the operator

  // Offers new settings; the plugin's sentence when it refuses them.
  std::optional<std::string> change_config(const std::string& json) {
    const std::string next = with_defaults(json);
    const auto* half = server_.find_half<parley_plugin_config>(PARLEY_EXT_CONFIG);
    if (half == nullptr) return "the plugin takes no new settings while it runs";
    detail::TextSink why;
    const parley_status status = server_.in(
        kInStart, [&] { return half->on_config(server_.data(), detail::to_abi(next), why.abi()); });
    if (status == PARLEY_OK) server_.config = next;
    settle_unless_held();
    return status == PARLEY_OK ? std::nullopt : std::optional(why.take());
  }
  void write_file(const std::string& path, std::string content) {
    server_.files[path] = std::move(content);
    tell_watchers(path);
  }
  void remove_file(const std::string& path) {
    server_.files.erase(path);
    tell_watchers(path);
  }
  // The next write, publication or command that the plugin runs fails with this.
  void fail_next_write(Outcome outcome) { server_.next_write = outcome; }

  // ---- what the plugin did; all in order, since the last forget()

  const std::vector<Pushed>& pushes() const { return server_.pushes; }
  const std::vector<Published>& published() const { return server_.published; }
  const std::vector<Ran>& ran() const { return server_.ran; }
  const std::vector<Logged>& logs() const { return server_.logs; }
  void forget() {
    server_.pushes.clear();
    server_.published.clear();
    server_.ran.clear();
    server_.logs.clear();
  }
  // Whether some line of the log contains this.
  bool logged(std::string_view part) const {
    for (const Logged& line : server_.logs) {
      if (line.text.find(part) != std::string::npos) return true;
    }
    return false;
  }

  const std::vector<DeclaredCommand>& commands() const { return server_.commands; }
  std::map<std::string, std::string>& storage() { return server_.storage; }
  // Who is kept out of which channel, by channel and user id; those that are over are there too.
  std::map<std::pair<std::string, std::string>, Ban>& bans() { return server_.bans; }
  // From now on nobody may write there, as in a direct channel of somebody who has blocked the other.
  void refuse_writing(const std::string& channel) { server_.closed_to_writers.insert(channel); }
  // What it keeps in a session.
  std::map<std::string, std::string>& variables(const std::string& session) {
    return server_.variables[session];
  }
  // From now on there is no such session; what was kept in it is gone.
  void end_session(const std::string& session) {
    server_.variables.erase(session);
    server_.ended_sessions.insert(session);
  }
  std::map<std::string, FakeChannel>& channels() { return server_.channels; }
  std::map<std::string, FakeAccount>& accounts() { return server_.accounts; }
  // Ids of those whose every session and token was ended.
  const std::vector<std::string>& logged_out_everywhere() const { return server_.ended_everywhere; }
  // How often the plugin answered a request that was over; each was refused with PARLEY_E_STALE.
  std::uint64_t late_answers() const { return server_.late_answers; }
  std::size_t timers() const { return server_.timers.size(); }
  std::size_t waiting() const { return server_.queue.size(); }
  // Sum of a counter or histogram, last value of a gauge; 0 when there is none.
  double metric(std::string_view name) const {
    for (const auto& [id, metric] : server_.metrics) {
      if (metric.name == name) return metric.value;
    }
    return 0;
  }

 private:
  std::string with_defaults(const std::string& json) const {
    Json config =
        JsonView(json).members().empty() ? Json::object() : Json::raw(JsonView(json).text());
    const JsonView schema(detail::to_view(entry().config_schema));
    for (const auto& [name, property] : schema["properties"].members()) {
      const bool fill = property["default"].exists() && !JsonView(json)[name].exists();
      if (fill) config.set(name, Json::raw(property["default"].text()));
    }
    return config.text();
  }

  // ---- time

  const FakeTimer* next_timer(std::int64_t until) const {
    const FakeTimer* next = nullptr;
    for (const auto& [id, timer] : server_.timers) {
      if (timer.due <= until && (next == nullptr || timer.due < next->due)) next = &timer;
    }
    return next;
  }
  void fire(const FakeTimer& due) {
    const FakeTimer timer = due;
    server_.now = std::max(server_.now, timer.due);
    if (timer.period > 0) {
      server_.timers[timer.id].due += timer.period;
    } else {
      server_.timers.erase(timer.id);
    }
    const auto* half = server_.half<parley_plugin_timer>(PARLEY_EXT_TIMER);
    server_.in(kOnPlugin, [&] {
      half->on_timer(server_.data(), timer.id, detail::to_abi(timer.name),
                     detail::to_abi(timer.payload));
    });
    settle_unless_held();
  }
  void expire_requests(std::int64_t until) {
    std::multimap<std::int64_t, parley_id> due;  // the oldest deadline first
    for (const auto& [id, exchange] : server_.exchanges) {
      if (exchange->deadline <= until) due.emplace(exchange->deadline, id);
    }
    for (const auto& [deadline, id] : due) {
      server_.now = std::max(server_.now, deadline);
      server_.answer_error(id, "plugin_timeout", "the plugin did not answer in time");
      cancel(id);
    }
  }
  void cancel(parley_id request) {
    const auto* half = server_.find_half<parley_plugin_request>(PARLEY_EXT_REQUEST);
    if (half == nullptr) return;
    server_.in(kOnPlugin, [&] { half->on_cancel(server_.data(), request, PARLEY_CANCEL_TIMEOUT); });
  }

  void tell_watchers(const std::string& path) {
    const auto watches = server_.watches;
    const auto* half = server_.half<parley_plugin_files>(PARLEY_EXT_FILES);
    for (const auto& [id, watched] : watches) {
      if (watched != path && path.rfind(watched + "/", 0) != 0) continue;
      server_.in(kOnPlugin, [&, watch = id] {
        half->on_changed(server_.data(), watch, detail::to_abi(path));
      });
    }
    settle_unless_held();
  }
};

}  // namespace parley::testing
