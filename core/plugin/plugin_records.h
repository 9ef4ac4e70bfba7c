// SPDX-License-Identifier: Apache-2.0
// What is known of every plugin: the state it is in, and the version that serves.
//
// transition() is the only way from one state to another: one log line, one count. Ownership: holds
// the serving versions. Thread: any; the transitions of one plugin come from its lane
// (operation_lanes.h), which serialises the operations on it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {

enum class PluginState {
  kFound,
  kLoading,
  kActive,
  kFrozen,     // a reload or a return goes on; calls wait
  kProbation,  // serves, reloaded not long ago
  kDraining,
  kUnloaded,
  kFailed,
  kRetiredButMapped,
  kCrashed,     // waits to be started again; its commands answer plugin_unavailable
  kQuarantined  // not called for a while: crashed too often, too many faults, or by hand
};
std::string_view state_name(PluginState state);

struct CommandInfo {
  std::string name;
  std::uint64_t calls = 0, faults = 0, total_us = 0;
};

struct PluginInfo {
  std::string id;
  PluginState state = PluginState::kFound;
  std::string reason;  // why it failed or stayed mapped
  std::string version, description, source, sha256, abi, execution, isolation, quarantine;
  std::string previous;  // the version that is kept to go back to, "" for none
  std::string canary;    // the version on trial and for whom, "" for none
  std::uint32_t generation = 0;
  std::vector<std::string> permissions;
  std::vector<std::string> requirements;
  std::vector<CommandInfo> commands;
  std::uint64_t faults = 0;
  std::size_t queued = 0;
  std::int64_t pid = 0;    // of its process, 0: the server's
  std::string protection;  // what its sandbox holds
  std::uint64_t restarts = 0;
  std::string last_exit;  // how its process ended the last time it was not asked to, "" for never
};

class PluginRecords {
 public:
  using Plugin = std::shared_ptr<PluginInstance>;

  // Operations on several plugins go on at once. What depends on what serves (does everything that
  // this version needs serve? does anyone need it?) is asked and acted upon in here, one at a time.
  // `change` enters no plugin and waits for nothing.
  template <typename Change>
  auto in_one_step(Change&& change) {
    const std::lock_guard lock(step_);
    return change();
  }

  // `plugin` is the version that is in that state; null when there is none any more.
  void transition(const std::string& id, PluginState state, std::string reason = {},
                  Plugin plugin = nullptr);
  // The operator wants it to serve: it is listed even if there is no file of it.
  void expect(const std::string& id);
  // The file that is being loaded, for a plugin that does not serve yet.
  void note_source(const std::string& id, std::string file);
  // Takes one that failed to load off the list until something happens to it again. False: there is
  // none.
  bool clear_failed(const std::string& id);
  // Into a state, so far.
  struct Transition {
    std::string plugin, state;
    std::uint64_t count = 0;
  };
  std::vector<Transition> transitions() const;
  // It was started again after a crash.
  void count_restart(const std::string& id);
  void note_exit(const std::string& id, std::string how);
  // Counts every version that was opened, whether it came to serve or not.
  std::uint32_t next_generation(const std::string& id);

  // The version that is kept to go back to, "" for none.
  void remember(const std::string& id, std::string previous_version);

  // The version on trial beside the one that serves, and for whom; null: none.
  void set_canary(const std::string& id, Plugin next, std::string share);

  static Status not_loaded(const std::string& id);
  PluginState state(const std::string& id) const;
  Plugin active(const std::string& id) const;  // null when it does not serve
  std::vector<Plugin> active() const;
  // Those that serve and those on trial.
  std::vector<Plugin> running() const;
  // Without those that were cleared, and unexpected ones that do not serve and whose file is gone.
  std::vector<PluginInfo> list() const;
  Result<PluginInfo> info(const std::string& id) const;  // not_found, for those too

 private:
  struct Record {
    PluginState state = PluginState::kFound;
    std::string reason;
    Plugin plugin;
    std::string source;  // of the last load, whatever became of it
    bool cleared = false, expected = false;
    std::uint32_t generations = 0;
    std::string previous;
    Plugin canary;
    std::string canary_share;
    std::map<PluginState, std::uint64_t> entered;
    std::uint64_t restarts = 0;
    std::string last_exit;
  };
  static PluginInfo info_of(const std::string& id, const Record& record);
  static bool is_listed(const Record& record);

  std::mutex step_;
  mutable std::mutex mutex_;
  std::map<std::string, Record> records_;
};

}  // namespace parley::plugin
