// SPDX-License-Identifier: Apache-2.0
// Reads the configuration again and hands what may change while the server runs to whom it
// concerns.
//
// Ownership: borrows everything. Thread: any; reloads do not overlap, `done` runs on the
// lane of a plugin or, after mistakes, on the caller's. Failure: a configuration with mistakes
// changes nothing and every mistake is reported.
#pragma once

#include <functional>
#include <vector>

#include "api/context.h"
#include "base/thread_annotations.h"
#include "config/flags.h"
#include "server/doors.h"
#include "server/live_config.h"
#include "server/plugins.h"
#include "server/runtime.h"
#include "server/users.h"

namespace parley::server {

class Reload {
 public:
  Reload(const config::Start& start, LiveConfig& config, Users& users, Runtime& runtime,
         Plugins& plugins, Doors& doors)
      : start_(start),
        config_(config),
        users_(users),
        runtime_(runtime),
        plugins_(plugins),
        doors_(doors) {}

  void run(const std::function<void(api::Reloaded)>& done);

 private:
  // What could not be taken over, and stays as it was.
  std::vector<config::Problem> hand_out(const config::Config& merged);

  const config::Start& start_;
  LiveConfig& config_;
  Users& users_;
  Runtime& runtime_;
  Plugins& plugins_;
  Doors& doors_;
  Mutex one_at_a_time_;
};

}  // namespace parley::server
