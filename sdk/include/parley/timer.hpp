// SPDX-License-Identifier: Apache-2.0
// Timers. The handle is the registration: keep it as a member, its destruction cancels.
//
//   Timer tick_ = timers().every(1s, [this] { advance(); });
//
// A name lets a reload find the timer again: what the version before had set goes on ticking, and
// inherit() says into what. Without one it gets a number and ends with its version. Setting a name
// again replaces the timer. Thread: start and plugin. Failure: a handle that is not active, and a line in
// the log.
// Since 1.0.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "detail/abi.hpp"
#include "ext/timer.h"
#include "host.hpp"

namespace parley {

namespace detail {

struct TimerTable {
  using OnTick = Callback<void(std::string_view)>;
  struct Entry {
    std::shared_ptr<OnTick> on_tick;
    bool periodic;
  };
  Host host;
  const parley_host_timer* table;
  std::unordered_map<parley_id, Entry> entries;
  std::unordered_map<std::string, std::shared_ptr<OnTick>> heirs;
};

}  // namespace detail

class [[nodiscard]] Timer {
 public:
  Timer() = default;
  Timer(Timer&& other) noexcept
      : table_(std::move(other.table_)), id_(std::exchange(other.id_, 0)) {}
  Timer& operator=(Timer&& other) noexcept {
    if (this != &other) {
      cancel();
      table_ = std::move(other.table_);
      id_ = std::exchange(other.id_, 0);
    }
    return *this;
  }
  ~Timer() { cancel(); }

  void cancel() {
    const auto table = table_.lock();
    const parley_id id = std::exchange(id_, 0);
    if (table && table->entries.erase(id) > 0) table->table->cancel(table->host.abi(), id);
  }
  // Will still fire.
  bool active() const {
    const auto table = table_.lock();
    return table && table->entries.count(id_) > 0;
  }
  // Lets it fire without a handle; only a new timer of the same name stops it then.
  void detach() { id_ = 0; }

 private:
  friend class Timers;
  Timer(std::weak_ptr<detail::TimerTable> table, parley_id id)
      : table_(std::move(table)), id_(id) {}
  std::weak_ptr<detail::TimerTable> table_;
  parley_id id_ = 0;
};

struct TimerOptions {
  std::string name = {};  // empty: a number
  std::chrono::milliseconds delay{0};
  std::chrono::milliseconds period{0};  // 0: once
  std::string payload = {};             // handed to the callback
};

class Timers {
 public:
  using OnTick = detail::TimerTable::OnTick;

  explicit Timers(Host host)
      : state_(std::make_shared<detail::TimerTable>(detail::TimerTable{
            host, host.extension<parley_host_timer>(PARLEY_EXT_TIMER), {}, {}})) {}

  Timer after(std::chrono::milliseconds delay, Callback<void()> then) {
    return set({.delay = delay}, [then = std::move(then)](std::string_view) { then(); });
  }
  Timer every(std::chrono::milliseconds period, Callback<void()> then) {
    return set({.delay = period, .period = period},
               [then = std::move(then)](std::string_view) { then(); });
  }
  Timer set(TimerOptions options, OnTick on_tick) {
    if (options.name.empty()) options.name = "#" + std::to_string(++last_);
    auto timer = detail::sized<parley_timer>();
    timer.name = detail::to_abi(options.name);
    timer.payload = detail::to_abi(options.payload);
    timer.delay = options.delay.count();
    timer.period = options.period.count();
    parley_id id = 0;
    const auto outcome =
        state_->table == nullptr
            ? Outcome::kUnsupported
            : static_cast<Outcome>(state_->table->set(state_->host.abi(), &timer, &id));
    if (!is_ok(outcome)) {
      state_->host.log(LogLevel::kError,
                       "timer '" + options.name + "': " + std::string(describe(outcome)));
      return {};
    }
    state_->entries[id] = {std::make_shared<OnTick>(std::move(on_tick)),
                           options.period.count() > 0};
    return Timer(state_, id);
  }
  // Ticks of a timer of that name which another version set, from the constructor on.
  void inherit(std::string name, OnTick on_tick) {
    state_->heirs[std::move(name)] = std::make_shared<OnTick>(std::move(on_tick));
  }

 private:
  friend struct detail::Trampolines;

  void fire(parley_id id, std::string_view name, std::string_view payload) {
    const auto found = state_->entries.find(id);
    if (found == state_->entries.end()) {
      const auto heir = state_->heirs.find(std::string(name));
      if (heir == state_->heirs.end()) return;
      const std::shared_ptr<OnTick> on_tick = heir->second;
      return (*on_tick)(payload);
    }
    const std::shared_ptr<OnTick> on_tick =
        found->second.on_tick;  // the callback may cancel its own timer
    if (!found->second.periodic) state_->entries.erase(found);
    (*on_tick)(payload);
  }

  std::shared_ptr<detail::TimerTable> state_;
  std::uint64_t last_ = 0;
};

}  // namespace parley
