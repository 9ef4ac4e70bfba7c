// SPDX-License-Identifier: Apache-2.0
// Calls into a plugin's beginning and end (create, load, start, save, stop, destroy) that may never
// come back.
//
// Each runs on a thread of its own that is named after the version (life_thread_name). So whoever
// loads or ends a plugin waits a bounded time; a thread_local of the plugin's dies with the thread,
// before the image is unmapped; and a thread that the plugin starts there inherits the name, by which
// one left behind is found.
//
// Thread: any. Failure: false means the call goes on and nobody waits for it any more; whatever it
// uses must be shared with it.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/task.h"

namespace parley::plugin {

// Within the kernel's 15 characters, and another at every call: ids are longer than that, and
// plugins begin and end side by side.
std::string life_thread_name(const std::string& plugin);

// `late` runs on the call's thread when it comes back after all.
bool run_life_call(const std::string& thread_name, Millis at_most, Task work, Task late = {});

// Of all plugins, those that have not come back yet. Once it is 0, none of them touches anything any
// more.
int life_calls_given_up();

// Threads of this process that were started from such life calls and still run.
int threads_named(const std::string& thread_name);

}  // namespace parley::plugin
