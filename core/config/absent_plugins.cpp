// SPDX-License-Identifier: Apache-2.0
#include "config/absent_plugins.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>

#include <fmt/core.h>

#include "config/plugin_settings.h"

namespace parley::config {
namespace {

namespace fs = std::filesystem;

// Of the files with that extension, in order.
std::set<std::string> stems_in(const fs::path& folder, const char* extension) {
  std::set<std::string> stems;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == extension) stems.insert(entry.path().stem());
  }
  return stems;
}

// Uploaded, and loaded from the state folder.
bool is_pinned(const Config& config, const std::string& id) {
  std::error_code error;
  return fs::exists(fs::path(config.state_dir) / "plugins" / id / "pinned", error);
}

}  // namespace

std::vector<Problem> absent_plugins(const Loaded& loaded, const std::string& settings_folder) {
  const auto& config = loaded.config;
  const auto folder = plugins_folder(config);
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    if (config.plugins.folder.empty()) return {};
    return {{"", 0, "plugins.folder", folder + ": there is no such folder"}};
  }
  const auto present = stems_in(folder, ".so");
  const auto absent = [&](const std::string& id) {
    return !present.contains(id) && !is_pinned(config, id);
  };
  const std::vector<std::string> known(present.begin(), present.end());
  std::vector<Problem> found;
  const auto origin = loaded.origin_of("plugins.enabled");
  const bool from_file = origin.source == Origin::Source::kFile;
  for (const auto& id : config.plugins.enabled) {
    if (absent(id))
      found.push_back({from_file ? origin.file : origin.text(), origin.line, "plugins.enabled",
                       fmt::format("{}: there is no {}.so in {}, so the server starts without it{}",
                                   id, id, folder, suggestion(id, known))});
  }
  const auto overlays = fs::path(config.state_dir) / "plugins.d";
  const auto warn_of = [&](const fs::path& where, const char* extension) {
    for (const auto& id : stems_in(where, extension)) {
      if (absent(id))
        found.push_back({(where / (id + extension)).string(), 1, id,
                         fmt::format("there is no {}.so in {}, so nothing heeds this file{}", id,
                                     folder, suggestion(id, known))});
    }
  };
  if (!settings_folder.empty()) warn_of(settings_folder, ".yaml");
  warn_of(overlays, ".json");
  if (!settings_folder.empty() && fs::equivalent(overlays, settings_folder, error)) return found;
  for (const auto& id : stems_in(overlays, ".yaml")) {
    found.push_back({(overlays / (id + ".yaml")).string(), 1, id,
                     "nothing heeds this file: settings of plugins are read from " +
                         (settings_folder.empty() ? "plugins.settings" : settings_folder) +
                         ", and here lies what was set at run time"});
  }
  return found;
}

}  // namespace parley::config
