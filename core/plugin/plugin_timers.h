// SPDX-License-Identifier: Apache-2.0
// A plugin's named timers (ext/timer.h). They tick on one shard and fire on the plugin's thread.
//
// Ownership: belongs to its plugin. Thread: any. Lifetime: after clear() nothing fires, although a
// tick may still be on its way: ids are never reused, so a late one finds nothing. Failure: INVALID
// for a name, payload or period out of bounds, LIMIT for too many.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <parley/ext/timer.h>

#include "base/clock.h"

namespace parley::plugin {

class PluginInstance;

class PluginTimers {
 public:
  static constexpr std::size_t kMaxTimers = 10'000;

  explicit PluginTimers(PluginInstance& plugin) : plugin_(plugin) {}

  parley_status set(const parley_timer& timer, parley_id* id);
  parley_status cancel(parley_id id);
  void clear();

  // While paused nothing fires; what would have fires at resume(). They begin paused.
  void pause();
  void resume();
  // Takes over the named timers of the version before, unless this one has set that name itself.
  // Names that begin with '#' are nobody's choice (plugin.hpp numbers them) and end.
  void take_over(PluginTimers& before);

 private:
  struct Timer {
    std::string name, payload;
    Millis period{0};
    std::chrono::steady_clock::time_point due{};
  };
  parley_id keep(Timer timer, Millis delay);  // under the mutex
  void arm(parley_id id, Millis delay);
  void fire(parley_id id);

  PluginInstance& plugin_;
  std::mutex mutex_;
  std::map<parley_id, Timer> timers_;
  std::map<std::string, parley_id> by_name_;
  parley_id next_ = 1;
  bool paused_ = true;
  std::vector<parley_id> missed_;  // ticks while paused
};

}  // namespace parley::plugin
