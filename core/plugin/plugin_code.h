// SPDX-License-Identifier: Apache-2.0
// Where one version of a plugin keeps its code: mapped into this process, or running in a child.
//
// PluginInstance is the host's side of a plugin and the same for both; this is what differs. What
// create() returns is called like any plugin: an implementation that lives elsewhere hands out a
// parley_plugin whose functions send the call there and wait for its end.
//
// Ownership: belongs to its instance. Thread: tagged; `life` is the thread that loads and ends the
// plugin, one at a time. Lifetime: open, describe(), create(), then what parley_plugin promises,
// then close() or abandon(), once. Failure: sentences that name the file.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <parley/plugin_abi.h>

#include "base/status.h"
#include "config/plugin_settings.h"
#include "loader/image_threads.h"
#include "loader/manifest.h"
#include "loader/staging.h"

namespace parley::plugin {

class PluginCode {
 public:
  virtual ~PluginCode() = default;

  // [life] The entry as the code that will run has it: the description that was checked came from
  // another process.
  virtual Result<loader::Manifest> describe() = 0;
  // [life] Lets whatever the plugin throws through.
  virtual const parley_plugin* create(const parley_host* host, const parley_sink* why) = 0;
  // [life] After destroy. Threads that it started in this process and that run still: close() would
  // take the ground from under them.
  virtual std::vector<loader::RunningThread> left_running() { return {}; }
  // [life] After destroy. Not ok: the sentence says what stayed behind.
  virtual Status close() = 0;
  // [life] Instead of close(), when a call did not come back: gives the code up without touching
  // what may still run. `plugin` is what create() returned, or null. What became of it, to be read
  // after "plugin x is retired, ": "but its image stays mapped".
  virtual std::string abandon(const parley_plugin* plugin) = 0;

  // Code that can be lost while the server lives on: calls into it then return PARLEY_E_INTERNAL at
  // once.
  struct Whereabouts {
    std::int64_t pid = 0;                           // 0: this process
    std::string protection;                         // what its sandbox holds, "" for none
    std::shared_ptr<const std::atomic<bool>> lost;  // null: it cannot be
  };
  // [life]
  virtual Whereabouts whereabouts() const { return {}; }
  // A call of the plugin's life did not come back in time, as `what` says. Code that can be ended
  // from outside is, and is lost then.
  virtual void hung(const std::string& /*what*/) {}
  // Called once when it is lost without having been closed or abandoned, with the reason, on any
  // thread; at once when that has happened already.
  using Lost = std::function<void(const std::string& how)>;
  virtual void on_lost(Lost) {}
};

struct CodeRequest {
  const loader::Manifest& manifest;
  const loader::StagedFile& staged;
  const std::string& source;  // where the file came from, for sentences
  const config::PluginSettings& settings;
};
using OpenCode = std::function<Result<std::unique_ptr<PluginCode>>(const CodeRequest&)>;

}  // namespace parley::plugin
