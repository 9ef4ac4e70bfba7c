// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_timers.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "net/shard.h"
#include "plugin/abi.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {
namespace {

constexpr std::int64_t kShortestPeriod = 10;                 // ext/timer.h
constexpr std::int64_t kLongest = 366LL * 24 * 3600 * 1000;  // a delay beyond a year is a mistake

bool is_sound(const parley_timer& timer) {
  return timer.name.size > 0 && timer.name.size <= 64 && timer.payload.size <= 4096 &&
         timer.delay >= 0 && timer.delay <= kLongest &&
         (timer.period == 0 || (timer.period >= kShortestPeriod && timer.period <= kLongest));
}

}  // namespace

parley_status PluginTimers::set(const parley_timer& timer, parley_id* id) {
  if (!is_sound(timer)) return PARLEY_E_INVALID;
  parley_id made = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::string name = copy(timer.name);
    if (const auto old = by_name_.find(name); old != by_name_.end()) {
      timers_.erase(old->second);
    } else if (timers_.size() >= kMaxTimers) {
      return PARLEY_E_LIMIT;
    }
    made = keep({name, copy(timer.payload), Millis(timer.period)}, Millis(timer.delay));
  }
  if (id != nullptr) *id = made;
  arm(made, Millis(timer.delay));
  return PARLEY_OK;
}

parley_id PluginTimers::keep(Timer timer, Millis delay) {
  timer.due = std::chrono::steady_clock::now() + delay;
  by_name_[timer.name] = next_;
  timers_[next_] = std::move(timer);
  return next_++;
}

parley_status PluginTimers::cancel(parley_id id) {
  const std::lock_guard lock(mutex_);
  const auto found = timers_.find(id);
  if (found == timers_.end()) return PARLEY_E_STALE;
  by_name_.erase(found->second.name);
  timers_.erase(found);
  return PARLEY_OK;
}

void PluginTimers::clear() {
  const std::lock_guard lock(mutex_);
  timers_.clear();
  by_name_.clear();
}

void PluginTimers::pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}

void PluginTimers::resume() {
  std::vector<parley_id> due;
  {
    const std::lock_guard lock(mutex_);
    paused_ = false;
    due.swap(missed_);
  }
  for (const auto id : due) fire(id);
}

void PluginTimers::take_over(PluginTimers& before) {
  std::map<parley_id, Timer> theirs;
  {
    const std::lock_guard lock(before.mutex_);
    theirs.swap(before.timers_);
    before.by_name_.clear();
  }
  const auto now = std::chrono::steady_clock::now();
  for (auto& [old_id, timer] : theirs) {
    const auto left = std::max(Millis(0), std::chrono::ceil<Millis>(timer.due - now));
    parley_id id = 0;
    {
      const std::lock_guard lock(mutex_);
      if (timer.name[0] == '#' || by_name_.contains(timer.name)) continue;
      id = keep(std::move(timer), left);
    }
    arm(id, left);
  }
}

void PluginTimers::arm(parley_id id, Millis delay) {
  auto& shard = plugin_.services().timer_shard;
  shard.post([&shard, id, delay, weak = plugin_.weak_from_this()] {
    shard.call_after(delay, [weak, id] {
      if (const auto plugin = weak.lock()) plugin->timers().fire(id);
    });
  });
}

void PluginTimers::fire(parley_id id) {
  Millis period{0};
  {
    const std::lock_guard lock(mutex_);
    const auto found = timers_.find(id);
    if (found == timers_.end()) return;
    if (paused_) return missed_.push_back(id);
    period = found->second.period;
    found->second.due += period;
  }
  plugin_.complete([this, id](void* plugin_data) {
    Timer timer;
    {
      const std::lock_guard lock(mutex_);
      const auto found = timers_.find(id);
      if (found == timers_.end()) return;  // cancelled after the tick
      timer = found->second;
      if (timer.period.count() == 0) {
        by_name_.erase(timer.name);
        timers_.erase(found);
      }
    }
    const auto* half = plugin_.halves().timer;
    if (half != nullptr && half->on_timer != nullptr)
      half->on_timer(plugin_data, id, borrow(timer.name), borrow(timer.payload));
  });
  if (period.count() > 0) arm(id, period);
}

}  // namespace parley::plugin
