// SPDX-License-Identifier: Apache-2.0
// Signals as values for one thread to wait for, instead of handlers that may do next to nothing.
//
// block() before the first thread is made, so that all inherit the mask; then only wait() sees
// them. Thread: wait() from one.
#pragma once

#include "base/clock.h"

namespace parley {

enum class Signal { kNone, kReload, kStop };

class ShutdownSignals {
 public:
  static void block();                 // SIGTERM, SIGINT, SIGHUP; SIGPIPE and SIGXFSZ are ignored
  static Signal wait(Millis at_most);  // kNone: nothing came
};

}  // namespace parley
