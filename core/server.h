// SPDX-License-Identifier: Apache-2.0
// The composition root: makes every part in order, hands each what it may know, and ends them in
// the reverse order.
//
// Thread: run() is the main thread; it waits for signals, looks after the shards, and does the
// hourly chores. Failure: what stops a start is one sentence on standard error and exit code 1.
#pragma once

#include "config/flags.h"

namespace parley {

class Server {
 public:
  // Serves until SIGTERM or SIGINT. Standard output gets `ready http://HOST:PORT/` and `operator
  // http://HOST:PORT/` once it accepts.
  static int run(const config::Start& start);
};

}  // namespace parley
