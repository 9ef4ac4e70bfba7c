// SPDX-License-Identifier: Apache-2.0
// Brings new versions of plugins in, and old ones back.
//
// After a reload the new version is on probation: so many faults within it, and the version before
// comes back by itself. One version before is kept, with the state that was handed over; by hand it
// comes back at any time. Going back hands the current state over; if the older version cannot read
// it, it gets the kept one, and the log says what span of time is lost.
//
// Ownership: owns the kept versions; borrows the rest. Thread: the maintenance thread, to which the
// automatic return is posted. Failure: the operation names the step and what serves now.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/task.h"
#include "plugin/canary_trials.h"
#include "plugin/operation.h"
#include "plugin/plugin_loader.h"
#include "plugin/plugin_records.h"
#include "plugin/reload_transaction.h"
#include "plugin/services.h"

namespace parley::plugin {

class PluginReloader {
 public:
  using Plugin = std::shared_ptr<PluginInstance>;

  PluginReloader(Services& services, PluginRecords& records, PluginLoader& loader,
                 Executor& maintenance)
      : services_(services),
        records_(records),
        loader_(loader),
        maintenance_(maintenance),
        trials_(services, records, loader, maintenance) {}

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
  // Ends probations whose time is over.
  void tick();
  // The plugin is unloaded; a canary of it ends.
  void forget(const std::string& id);
  void forget_all() { tracks_.clear(); }

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

  Status may_reload(const PluginInstance& old) const;
  bool exchange(Operation& operation, const Plugin& old, const Plugin& next);
  void serves_on(Operation& operation, const Plugin& old);
  void settle_in(Operation& operation, const Plugin& old, const Plugin& next, State state);
  std::optional<Kept> keep(Operation& operation, const Plugin& old, const Plugin& next,
                           State state);
  void watch(const Plugin& next);
  Operation go_back(const std::string& id, const std::string& why);
  Plugin bring_back(Operation& operation, ReloadTransaction& transaction, const Plugin& now,
                    Kept& kept);
  Plugin reopen(Operation& operation, Kept& kept);

  Services& services_;
  PluginRecords& records_;
  PluginLoader& loader_;
  Executor& maintenance_;
  CanaryTrials trials_;
  std::map<std::string, Track> tracks_;
};

}  // namespace parley::plugin
