// SPDX-License-Identifier: Apache-2.0
// Brings new versions of plugins in, and old ones back.
//
// After a reload the new version is on probation: so many faults within it, and the version before
// comes back by itself. One version before is kept, with the state that was handed over; by hand it
// comes back at any time. Going back hands the current state over; if the older version cannot read
// it, it gets the kept one, and the log says what span of time is lost.
//
// Ownership: owns the kept versions; borrows the rest. Thread: the plugin's lane, to which the
// automatic return is posted; due() any. Failure: the operation names the step and what serves now.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "plugin/canary_trials.h"
#include "plugin/operation.h"
#include "plugin/operation_lanes.h"
#include "plugin/plugin_loader.h"
#include "plugin/plugin_records.h"
#include "plugin/reload_transaction.h"
#include "plugin/services.h"

namespace parley::plugin {

class PluginReloader {
 public:
  using Plugin = std::shared_ptr<PluginInstance>;

  PluginReloader(Services& services, PluginRecords& records, PluginLoader& loader,
                 OperationLanes& lanes)
      : services_(services),
        records_(records),
        loader_(loader),
        lanes_(lanes),
        trials_(services, records, loader, lanes) {}

  // `from` empty: PluginLoader::usual_source().
  Operation reload(const std::string& id, const std::string& from);
  // Ends a canary's trial; without one, to the version before.
  Operation rollback(const std::string& id);
  // Its process is gone. True: it was on probation, and the version before serves again.
  bool crashed(const std::shared_ptr<PluginInstance>& plugin, const std::string& how);
  Operation canary(const std::string& id, const std::string& from, const CanaryShare& share);
  Operation promote(const std::string& id);
  // Nothing happens when there is no canary.
  void end_trial(const std::string& id, const std::string& why);
  Plugin on_trial(const std::string& id) const { return trials_.on_trial(id); }  // null: none
  // The plugins whose probation is over, each once: end_probation() on their lanes.
  std::vector<std::string> due();
  void end_probation(const std::string& id);
  // The plugin is unloaded; a canary of it ends.
  void forget(const std::string& id);
  void forget_all();  // when no operation runs any more

 private:
  using State = std::shared_ptr<const SavedState>;
  struct Kept {
    PluginInstance::Parts parts;
    State state;  // what it saved when it was replaced; null: it keeps none
  };
  struct Track {
    std::optional<Kept> before;
    std::uint32_t on_probation = 0;  // generation, 0: none
    Clock::TimePoint probation_until{};
  };

  Track& track_of(const std::string& id);
  Status may_reload(const PluginInstance& old) const;
  bool commit(Operation& operation, ReloadTransaction& transaction, const Plugin& next,
              PluginState into, const std::string& why);
  bool exchange(Operation& operation, const Plugin& old, const Plugin& next);
  void serves_on(Operation& operation, const Plugin& old);
  void settle_in(Operation& operation, const Plugin& old, const Plugin& next, State state);
  std::optional<Kept> keep(Operation& operation, const Plugin& old, const Plugin& next,
                           State state);
  void watch(const Plugin& next);
  Operation go_back(const std::string& id, const std::string& why);
  Plugin bring_back(Operation& operation, ReloadTransaction& transaction, const Plugin& now,
                    Kept& kept, const std::string& why);
  Plugin reopen(Operation& operation, Kept& kept);

  Services& services_;
  PluginRecords& records_;
  PluginLoader& loader_;
  OperationLanes& lanes_;
  CanaryTrials trials_;
  std::mutex mutex_;  // of the maps; a track is its lane's
  std::map<std::string, Track> tracks_;
  std::map<std::string, Clock::TimePoint> probations_;  // until when
};

}  // namespace parley::plugin
