// SPDX-License-Identifier: Apache-2.0
// What the operator grants one plugin: plugins.d/<id>.yaml, and the overlay that `parleyctl plugin
// config --set` writes.
//
// Order: the overlay <state>/plugins.d/<id>.json wins over the file, the file over the bundled
// defaults. Only the plugin's own `config` can be overlaid: permissions and limits are changed in
// the file, by someone who can write it. Ownership: values. Thread: any; functions that read or
// write files are not for a shard.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "config/config.h"
#include "config/problem.h"

namespace parley::config {

// "in-process", "process", "after-crash": in the server's until its file ended the server once.
enum class Isolation { kInProcess, kProcess, kAfterCrash };
enum class Sandbox { kRequire, kPrefer, kOff };  // "require", "prefer", "off"; of a child process
enum class Execution { kWorker, kInline };       // "worker", "inline"

struct PluginSettings {
  std::string id;
  bool enabled = true;
  Isolation isolation = Isolation::kInProcess;
  Sandbox sandbox = Sandbox::kRequire;
  Execution execution = Execution::kWorker;
  std::vector<std::string> permissions;  // "commands", "push:*", "http:host:port" ...
  PluginLimits limits;                   // plugins.limits, overridden key by key
  std::string config_json =
      "{}";  // for the plugin: file and overlay merged, then the schema's defaults
  std::string file_json = "{}";     // the file's part of it
  std::string overlay_json = "{}";  // the overlay's part of it

  std::string file;                  // empty: no file, bundled or plain defaults
  std::string overlay_file;          // where save_overlay() writes
  std::map<std::string, int> lines;  // JSON pointer below `config` ("/rooms/0") -> line of `file`
  std::map<std::string, int> overlay_lines;  // the same, of `overlay_file`
  std::string pending_json = "{}";           // of the overlay: what with_changes() put in last
};

struct LoadedPlugin {
  PluginSettings settings;
  std::vector<Problem> problems;
  bool ok() const { return problems.empty(); }
};

// The grammar of ids: [a-z][a-z0-9-]{0,31}.
bool is_plugin_id(std::string_view id);

// Reads `<folder>/<id>.yaml` and `<state_dir>/plugins.d/<id>.json`; either may be missing. A plugin
// without a file gets the settings shipped with Parley when it is one of its own, else no
// permission at all.
LoadedPlugin load_plugin_settings(const std::string& folder, const std::string& state_dir,
                                  const std::string& id, const PluginLimits& defaults);

// plugins.settings, or plugins.d beside the configuration file, or config/plugins.d of the build
// tree that holds the program, or /etc/parley/plugins.d; empty when none exists.
std::string plugin_settings_folder(const Config& config, const std::string& config_file);

// Where <id>.so lie: plugins.folder, or plugins/ beside the program's folder.
std::string plugins_folder(const Config& config);

// Merges {"key.path": value, ...} (a JSON object) into the overlay and into `config_json`; null
// takes an overlaid value back, so that the file's or the schema's holds again. The result is not
// saved. Keys are held against the schema by check_plugin_config().
Result<PluginSettings> with_changes(PluginSettings settings, std::string_view changes_json);
Status save_overlay(const PluginSettings& settings);

// Holds the configuration against the plugin's schema (schema.h). `config_json` gets the schema's
// defaults. A plugin without a schema can be given no keys but those that stand in its file: nobody
// else knows what it reads. Problems name file and line of the value; of one that with_changes() just
// put in there is none.
LoadedPlugin check_plugin_config(PluginSettings settings, std::string_view schema_json);

// A refusal by the plugin itself of what with_changes() put in last.
Problem refused_change(const PluginSettings& settings, const std::string& why);

// Every value with its origin ("default", "FILE:LINE", "overlay"), by JSON pointer, for `plugin
// config NAME`.
std::map<std::string, std::string> config_origins(const PluginSettings& settings);

}  // namespace parley::config
