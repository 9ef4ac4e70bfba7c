// SPDX-License-Identifier: Apache-2.0
// The state behind FakeHost: what a server would keep about one plugin, and the rules of the
// contract that a plugin can notice (phase, permission, exactly one answer). The tables of
// tables.hpp work on it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "../plugin.hpp"
#include "arguments.hpp"
#include "captured.hpp"
#include "json_check.hpp"

namespace parley::testing {

// Where the plugin's code is running now; rule 6 of the ABI.
enum Phase : unsigned {
  kOutside = 1,   // nowhere, or on a thread of the plugin's own
  kInStart = 2,   // create, start, on_config
  kOnPlugin = 4,  // a call on the plugin's symbolic thread
  kInBackground = 8
};

struct FakeTimer {
  parley_id id = 0;
  std::string name = {};
  std::string payload = {};
  std::int64_t due = 0;
  std::int64_t period = 0;
};

struct FakeListener {
  std::uint32_t stage = 0;
  std::uint32_t kinds = 0;
  std::int32_t priority = 0;
  parley_token handler = 0;
  std::string channel = {};
  std::string prefix = {};
};

struct FakeMetric {
  std::uint32_t kind = 0;
  std::string name = {};
  double value = 0;  // counter: sum; gauge: last; histogram: sum
  std::uint64_t updates = 0;
};

struct FakeState {
  std::uint32_t schema = 0;
  std::string bytes = {};
  std::set<parley_id> offered = {};
};

struct FakeServer {
  std::recursive_mutex mutex;  // the plugin's own threads may call what is tagged [any]
  std::thread::id owner = std::this_thread::get_id();
  Phase phase = kOutside;
  std::int64_t now = 0;
  std::int64_t request_budget = 2000;
  bool registering = false;

  const parley_plugin* plugin = nullptr;
  std::set<std::string> permissions;
  std::string config;
  std::map<std::string, std::string> files;
  std::map<std::string, std::string> storage;
  Outcome next_write = Outcome::kOk;

  std::deque<std::function<void()>> queue;  // completions and jobs to come
  parley_id last_id = 0;

  std::vector<DeclaredCommand> commands;
  std::vector<FakeListener> listeners;
  std::uint64_t events = 0;
  std::map<std::string, std::int64_t> cooldowns;             // "user command" -> free again
  std::map<parley_id, std::shared_ptr<Exchange>> exchanges;  // not answered yet
  std::uint64_t late_answers = 0;                            // to requests that were over
  parley_id message_in_filter = 0;
  Said* verdict = nullptr;

  std::map<parley_id, FakeTimer> timers;
  std::map<parley_id, std::string> watches;
  std::set<parley_id> waiting_jobs;
  std::map<parley_id, FakeMetric> metrics;
  std::map<std::string, FakeChannel> channels;
  std::set<std::string> closed_to_writers;                  // channels
  std::map<std::pair<std::string, std::string>, Ban> bans;  // by channel and user id
  std::map<std::string, FakeAccount> accounts;              // by id
  std::string invitation;
  std::vector<std::string> ended_everywhere;

  std::map<std::string, std::map<std::string, std::string>> variables;  // by session
  std::set<std::string> ended_sessions;
  std::size_t variables_max = 16 * 1024;

  FakeState* saving = nullptr;         // inside save
  const FakeState* loading = nullptr;  // inside load
  std::set<parley_id> claimed;
  std::set<parley_id> kept_from_abandon;  // while the version that offered them ends
  std::size_t state_max = 16 * 1024 * 1024;

  std::vector<Pushed> pushes;
  std::vector<Published> published;
  std::vector<Ran> ran;
  std::vector<Logged> logs;

  // ---- the plugin's halves, asked for once, after create

  std::map<std::string, const void*, std::less<>> halves;

  void take_halves() {
    static constexpr std::string_view kIds[] = {
        PARLEY_EXT_COMMANDS, PARLEY_EXT_REQUEST, PARLEY_EXT_MESSAGES,   PARLEY_EXT_EVENTS,
        PARLEY_EXT_STORAGE,  PARLEY_EXT_TIMER,   PARLEY_EXT_CHANNELS,   PARLEY_EXT_ACCOUNTS,
        PARLEY_EXT_CONFIG,   PARLEY_EXT_FILES,   PARLEY_EXT_BACKGROUND, PARLEY_EXT_STATE};
    for (const auto id : kIds)
      halves[std::string(id)] = plugin->get_extension(plugin->plugin_data, detail::to_abi(id));
  }
  // Null when the plugin has none: then it is told nothing.
  template <typename Table>
  const Table* find_half(std::string_view id) const {
    const auto found = halves.find(id);
    return found == halves.end() ? nullptr : static_cast<const Table*>(found->second);
  }
  // For what the plugin itself has asked to hear of.
  template <typename Table>
  const Table* half(std::string_view id) const {
    if (const auto* table = find_half<Table>(id)) return table;
    throw std::logic_error("the plugin waits for " + std::string(id) +
                           " and has no half of it: return one from get_extension");
  }
  void* data() const { return plugin->plugin_data; }

  // ---- rules

  bool allowed(std::string_view permission) const {
    return permissions.count(std::string(permission)) > 0;
  }
  bool may_see(std::string_view channel) const {
    if (channel.substr(0, 3) == "dm:") return allowed("dm");
    return allowed("filter:*") || allowed("filter:" + std::string(channel));
  }

  bool holds(const Ban& ban) const { return ban.until == 0 || ban.until > now; }

  // PARLEY_OK where a call with these tags may be made now.
  parley_status check(unsigned tags) {
    const bool mine = std::this_thread::get_id() == owner;
    const unsigned here = mine ? phase : kOutside;
    if ((tags & here) != 0) return PARLEY_OK;
    misbehaving("called from a thread or phase where that is not allowed");
    return PARLEY_E_WRONG_THREAD;
  }
  void misbehaving(std::string text) {
    const std::lock_guard lock(mutex);
    logs.push_back({PARLEY_LOG_MISBEHAVING, std::move(text)});
  }
  parley_status invalid(std::string text) {
    misbehaving(std::move(text));
    return PARLEY_E_INVALID;
  }

  // Runs code of the plugin in a phase.
  template <typename Function>
  auto in(Phase wanted, Function function) {
    struct Restore {
      Phase& phase;
      Phase before;
      ~Restore() { phase = before; }
    } restore{phase, phase};
    phase = wanted;
    return function();
  }

  void later(std::function<void()> what) {
    const std::lock_guard lock(mutex);
    queue.push_back(std::move(what));
  }
  // A completion, unless the plugin asked for none.
  void complete(parley_token token, std::function<void()> what) {
    if (token != 0) later([this, what = std::move(what)] { in(kOnPlugin, what); });
  }

  // ---- answers

  std::shared_ptr<Exchange> open(parley_id id) const {
    const auto found = exchanges.find(id);
    return found == exchanges.end() ? nullptr : found->second;
  }
  parley_status answer(parley_id id, Sent frame) {
    const std::lock_guard lock(mutex);
    const auto exchange = open(id);
    if (!exchange) return ++late_answers, PARLEY_E_STALE;
    exchange->terminal = std::move(frame);
    exchanges.erase(id);
    return PARLEY_OK;
  }
  parley_status answer_error(parley_id id, std::string_view code, std::string_view message,
                             std::string_view details = {}, std::int64_t retry_after = 0) {
    const std::lock_guard lock(mutex);
    const auto exchange = open(id);
    if (!exchange) return ++late_answers, PARLEY_E_STALE;
    Json error = Json::object();
    error.set("code", code).set("message", message).set("action", exchange->action);
    if (retry_after > 0) error.set("retry", true).set("retryAfterMs", retry_after);
    for (const auto& [name, value] : JsonView(details).members())
      error.set(name, Json::raw(value.text()));
    return answer(id, {"error", error.text(), ""});
  }
  // The error for what went wrong in an operation that took the request.
  void answer_outcome(parley_id id, Outcome outcome) {
    const char* code = outcome == Outcome::kConflict   ? "conflict"
                       : outcome == Outcome::kLimit    ? "too_large"
                       : outcome == Outcome::kBusy     ? "overloaded"
                       : outcome == Outcome::kDenied   ? "forbidden"
                       : outcome == Outcome::kNotFound ? "not_found"
                                                       : "internal";
    answer_error(id, code, describe(outcome));
  }

  // Frames may carry valid JSON only, and no top-level field that belongs to the server.
  bool well_formed(std::string_view data_text, std::string_view fields_text) {
    static constexpr std::string_view kReserved[] = {
        "type", "data", "id",     "for", "seq",       "channel", "offset",
        "ts",   "user", "origin", "to",  "duplicate", "meta"};
    if (!data_text.empty() && !JsonCheck::valid(data_text)) return false;
    if (fields_text.empty()) return true;
    if (!JsonCheck::object(fields_text)) return false;
    for (const auto& [name, value] : JsonView(fields_text).members()) {
      for (const auto reserved : kReserved) {
        if (name == reserved) return false;
      }
    }
    return true;
  }
};

}  // namespace parley::testing
