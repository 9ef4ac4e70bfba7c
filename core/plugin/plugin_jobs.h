// SPDX-License-Identifier: Apache-2.0
// A plugin's background jobs (ext/background.h): run on the worker pool, done on the plugin's
// thread.
//
// Ownership: belongs to its plugin. Thread: any; wait_idle() not from a job. Failure: BUSY beyond
// the plugin's queue limit.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include <parley/ext/background.h>

#include "base/clock.h"

namespace parley::plugin {

class PluginInstance;

class PluginJobs {
 public:
  PluginJobs(PluginInstance& plugin, std::size_t limit) : plugin_(plugin), limit_(limit) {}

  parley_status submit(parley_token token, parley_id* id);
  parley_status post(parley_token token);
  parley_status cancel(parley_id id);
  // Jobs not begun are dropped; waits for those that run. False: one did not end in time.
  bool close(Millis at_most);

 private:
  void run(parley_id id, parley_token token);
  void finish(parley_token token, parley_status status);

  PluginInstance& plugin_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_map<parley_id, parley_token> waiting_;
  int running_ = 0;
  bool closed_ = false;
  parley_id next_ = 1;
};

}  // namespace parley::plugin
