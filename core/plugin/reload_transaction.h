// SPDX-License-Identifier: Apache-2.0
// The part of a reload during which nobody is served: freeze the old version, hand its state over,
// start the new one, and change them in one step; or go back, with the old one untouched.
//
//   ReloadTransaction reload(services, operation, old, next);
//   if (reload.freeze() && reload.hand_over() && reload.commit()) ... old is to be retired
//   else                                                          ... it serves again
//
// Ownership: borrows all of it. Thread: the plugin's lane. Failure: the operation has the step
// and its sentence; after a failure the destructor lets the old version serve on and ends the new
// one, unless it was taken out with give_next_up().
#pragma once

#include <memory>
#include <string>

#include "plugin/holding_queue.h"
#include "plugin/operation.h"
#include "plugin/plugin_instance.h"
#include "plugin/services.h"

namespace parley::plugin {

class ReloadTransaction {
 public:
  using Plugin = std::shared_ptr<PluginInstance>;

  // From now on what comes for the old version waits.
  ReloadTransaction(Services& services, Operation& operation, Plugin old);
  ~ReloadTransaction();
  ReloadTransaction(const ReloadTransaction&) = delete;
  ReloadTransaction& operator=(const ReloadTransaction&) = delete;

  // The old version comes to rest: what was in it already is over.
  bool freeze();
  // Asks the old version for its state. True also when it keeps none.
  bool save();
  const std::shared_ptr<const SavedState>& saved() const { return saved_; }
  // Gives `state` (null: none) to the new version and starts it.
  bool start(const Plugin& next, std::shared_ptr<const SavedState> state);
  // The new version's commands, listeners and timers in place of the old one's; what waited is its.
  bool commit(const Plugin& next);

 private:
  Status load(PluginInstance& next, const std::shared_ptr<const SavedState>& state) const;

  Services& services_;
  Operation& operation_;
  const Plugin old_;
  std::shared_ptr<HoldingQueue> queue_;
  std::shared_ptr<const SavedState> saved_;
  bool hangs_ = false;  // the old version, in save
  bool committed_ = false;
};

}  // namespace parley::plugin
