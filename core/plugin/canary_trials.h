// SPDX-License-Identifier: Apache-2.0
// The canaries that are on trial: begin one, end it, or let it take over.
//
// Only for plugins without state: a canary of one with state would have half of it. Too many faults
// (limits.probation_faults) end a trial by themselves.
//
// Ownership: holds the versions on trial; borrows the rest. Thread: the plugin's lane, to which the
// automatic end is posted. Failure: the operation names the step; the old version serves on.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "plugin/canary.h"
#include "plugin/operation.h"
#include "plugin/operation_lanes.h"
#include "plugin/plugin_loader.h"
#include "plugin/plugin_records.h"
#include "plugin/services.h"

namespace parley::plugin {

class CanaryTrials {
 public:
  using Plugin = std::shared_ptr<PluginInstance>;

  CanaryTrials(Services& services, PluginRecords& records, PluginLoader& loader,
               OperationLanes& lanes)
      : services_(services), records_(records), loader_(loader), lanes_(lanes) {}

  // Beside the version that serves; `from` empty: from the file that one came from.
  Operation begin(const std::string& id, const std::string& from, const CanaryShare& share);
  // The old version serves everybody again; `why` empty: by hand.
  Operation end(const std::string& id, const std::string& why);
  // The version on trial serves everybody, and the trial is over. Null: there is none, or it could
  // not take over; the operation says why.
  Plugin promote(Operation& operation, const std::string& id);

  Plugin on_trial(const std::string& id) const;  // null: none
  Status none_on_trial(const std::string& id) const;

 private:
  std::shared_ptr<Canary> trial_of(const std::string& id) const;  // null: none
  void set_trial(const std::string& id, std::shared_ptr<Canary> canary);
  Status may_begin(const std::string& id, const CanaryShare& share) const;
  bool start(Operation& operation, const Plugin& next);
  void split(const Plugin& old, std::shared_ptr<Canary> canary, Operation& operation);
  void watch(const Plugin& next);

  Services& services_;
  PluginRecords& records_;
  PluginLoader& loader_;
  OperationLanes& lanes_;
  mutable std::mutex mutex_;  // of the map
  std::map<std::string, std::shared_ptr<Canary>> trials_;
};

}  // namespace parley::plugin
