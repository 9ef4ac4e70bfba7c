// SPDX-License-Identifier: Apache-2.0
#include "config/plugin_settings.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include "config/bundled_settings.h"
#include "config/keys.h"
#include "config/permissions.h"
#include "config/schema.h"
#include "config/values.h"
#include "config/yaml_tree.h"

namespace parley::config {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using Shape = YamlNode::Shape;

constexpr std::size_t kMaxOverlay = 1 << 20;
const std::vector<std::string> kNames{"enabled",     "isolation", "sandbox", "execution",
                                      "permissions", "limits",    "config"};

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string pointer_step(std::string name) {
  for (std::size_t at = 0; (at = name.find_first_of("~/", at)) != name.npos; at += 2) {
    name.replace(at, 1, name[at] == '~' ? "~0" : "~1");
  }
  return "/" + name;
}

Json scalar_json(const YamlNode& node) {
  if (node.quoted) return node.text;
  if (node.text.empty() || node.text == "~" || node.text == "null") return nullptr;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (const auto integer = parse_integer(node.text)) return *integer;
  if (const auto number = parse_number(node.text)) return *number;
  return node.text;
}

Json to_json(const YamlNode& node, const std::string& pointer, std::map<std::string, int>& lines) {
  lines[pointer] = node.line;
  if (node.shape == Shape::kScalar) return scalar_json(node);
  if (node.shape == Shape::kNull) return nullptr;
  if (node.shape == Shape::kList) {
    Json list = Json::array();
    for (const auto& item : node.items)
      list.push_back(to_json(item, fmt::format("{}/{}", pointer, list.size()), lines));
    return list;
  }
  Json object = Json::object();
  for (const auto& [name, value] : node.members)
    object[name] = to_json(value, pointer + pointer_step(name), lines);
  return object;
}

// Reads one plugins.d file into the settings.
class Reading {
 public:
  Reading(LoadedPlugin& loaded, std::string shown) : loaded_(loaded), shown_(std::move(shown)) {}

  void read(const YamlNode& root) {
    if (root.shape != Shape::kMap)
      return complain(root.line, "",
                      "must be a map with " + fmt::format("{}", fmt::join(kNames, ", ")));
    for (const auto& [name, value] : root.members) take(name, value);
  }

 private:
  PluginSettings& settings() { return loaded_.settings; }

  void complain(int line, const std::string& path, std::string message) {
    loaded_.problems.push_back({shown_, line, path, std::move(message)});
  }

  void take(const std::string& name, const YamlNode& value) {
    if (name == "enabled") return take_enabled(value);
    if (name == "isolation")
      return take_choice(value, name, std::array{"in-process", "process", "after-crash"},
                         settings().isolation);
    if (name == "sandbox")
      return take_choice(value, name, std::array{"require", "prefer", "off"}, settings().sandbox);
    if (name == "execution")
      return take_choice(value, name, std::array{"worker", "inline"}, settings().execution);
    if (name == "permissions") return take_permissions(value);
    if (name == "limits") return take_limits(value);
    if (name == "config") return take_config(value);
    complain(value.line, name, "there is no such key" + suggestion(name, kNames));
  }

  void take_enabled(const YamlNode& value) {
    const auto flag = parse_bool(value.text);
    if (!flag) return complain(value.line, "enabled", "must be true or false");
    settings().enabled = *flag;
  }

  template <typename Choice, std::size_t N>
  void take_choice(const YamlNode& value, const std::string& name,
                   const std::array<const char*, N>& names, Choice& choice) {
    const auto found = std::ranges::find(names, value.text);
    if (found == names.end())
      return complain(value.line, name, fmt::format("must be {}", fmt::join(names, " or ")));
    choice = static_cast<Choice>(found - names.begin());
  }

  void take_permissions(const YamlNode& value) {
    if (value.shape == Shape::kNull) return;
    if (value.shape != Shape::kList)
      return complain(value.line, "permissions", "must be a list such as [commands, push:*]");
    for (const auto& item : value.items) {
      if (auto wrong = check_permission(item.text)) {
        complain(item.line, "permissions", *wrong);
      } else {
        settings().permissions.push_back(item.text);
      }
    }
  }

  // The keys of plugins.limits, with the same ranges.
  void take_limits(const YamlNode& value) {
    if (value.shape == Shape::kNull) return;
    if (value.shape != Shape::kMap)
      return complain(value.line, "limits", "must be a map such as {hard_budget: 5s}");
    Config scratch;
    scratch.plugins.limits = settings().limits;
    for (const auto& [name, limit] : value.members) {
      const Key* key = find_key("plugins.limits." + name);
      if (!key) {
        complain(limit.line, "limits." + name,
                 "there is no such key" + suggestion(name, names_below("plugins.limits")));
      } else if (auto wrong = assign(*key, limit, scratch)) {
        complain(limit.line, "limits." + name, *wrong);
      }
    }
    settings().limits = scratch.plugins.limits;
  }

  void take_config(const YamlNode& value) {
    if (value.shape == Shape::kNull) return;
    if (value.shape != Shape::kMap)
      return complain(value.line, "config", "must be a map of the plugin's own keys");
    settings().file_json = dump(to_json(value, "", settings().lines));
  }

  LoadedPlugin& loaded_;
  const std::string shown_;
};

void read_overlay(LoadedPlugin& loaded) {
  auto& settings = loaded.settings;
  std::error_code error;
  if (!fs::exists(settings.overlay_file, error)) return;
  const auto text = read_file(settings.overlay_file, kMaxOverlay, loaded.problems);
  if (!text) return;
  const Json overlay = Json::parse(*text, nullptr, false);
  if (!overlay.is_object() || !overlay.contains("config") || !overlay["config"].is_object()) {
    loaded.problems.push_back(
        {settings.overlay_file, 0, "", "is damaged; remove it and set the values again"});
    return;
  }
  settings.overlay_json = dump(overlay["config"]);
  std::vector<Problem> ignored;  // JSON is YAML too, and the reader of YAML knows the lines
  const auto tree = parse_yaml(*text, settings.overlay_file, ignored);
  if (const auto* config = tree ? tree->find("config") : nullptr)
    (void)to_json(*config, "", settings.overlay_lines);
}

void merge(PluginSettings& settings) {
  Json merged = Json::parse(settings.file_json);
  merged.merge_patch(Json::parse(settings.overlay_json));
  settings.config_json = dump(merged);
}

// {"a.b": 1} as {"a": {"b": 1}}.
std::optional<Json> nested(const std::string& path, const Json& value) {
  const auto dot = path.find('.');
  const auto name = path.substr(0, dot);
  if (name.empty()) return std::nullopt;
  if (dot == path.npos) return Json{{name, value}};
  const auto inner = nested(path.substr(dot + 1), value);
  return inner ? std::optional(Json{{name, *inner}}) : std::nullopt;
}

std::string dotted(std::string pointer) {
  std::ranges::replace(pointer, '/', '.');
  return "config" + pointer;
}

// The line of the value, or of what it lies in when the value itself is missing.
int line_of(const std::map<std::string, int>& lines, std::string pointer) {
  while (true) {
    if (const auto found = lines.find(pointer); found != lines.end()) return found->second;
    if (pointer.empty()) return 0;
    pointer.erase(pointer.rfind('/'));
  }
}

// A null there takes a value back, so what is wrong afterwards stands elsewhere.
bool holds(const std::string& json, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  const Json all = Json::parse(json);
  return !pointer.empty() && all.contains(place) && !all[place].is_null();
}

bool is_overlaid(const PluginSettings& settings, const std::string& pointer) {
  return holds(settings.overlay_json, pointer);
}

std::string shown_file(const PluginSettings& settings) {
  return settings.file.empty() ? "bundled " + settings.id + ".yaml" : settings.file;
}

// The value that a refused change would have replaced, or what it lies in.
std::string place_in_force(const PluginSettings& settings, const std::string& pointer) {
  const bool overlaid = settings.overlay_lines.contains(pointer);
  const int line = line_of(overlaid ? settings.overlay_lines : settings.lines, pointer);
  const auto file = overlaid ? settings.overlay_file : shown_file(settings);
  return line > 0 ? fmt::format("{}:{}", file, line) : file;
}

Problem problem_at(const PluginSettings& settings, const std::string& pointer,
                   const std::string& message) {
  if (holds(settings.pending_json, pointer))
    return {.file = "",
            .path = dotted(pointer),
            .message = message,
            .stays = place_in_force(settings, pointer)};
  if (is_overlaid(settings, pointer))
    return {settings.overlay_file, line_of(settings.overlay_lines, pointer), dotted(pointer),
            message};
  return {shown_file(settings), line_of(settings.lines, pointer), dotted(pointer), message};
}

// Keys that with_changes() put in although no schema and no file knows them.
std::vector<Problem> unknown_keys(const PluginSettings& settings) {
  std::vector<Problem> problems;
  const Json file = Json::parse(settings.file_json), pending = Json::parse(settings.pending_json);
  std::vector<std::string> names;
  for (const auto& [name, value] : file.items()) names.push_back(name);
  for (const auto& [name, value] : pending.items()) {
    if (file.contains(name)) continue;
    const auto nearest = suggestion(name, names);
    problems.push_back(problem_at(
        settings, pointer_step(name),
        names.empty() ? "there is no such key: this plugin has none of its own"
                      : "there is no such key" + (nearest.empty() ? "." : nearest) +
                            " This plugin declares no keys: those in its file can be set"));
  }
  return problems;
}

Status write_whole(const std::string& path, const std::string& text) {
  const auto failed = [&path](const char* doing) {
    return Status::internal(fmt::format("cannot {} {}: {}", doing, path, std::strerror(errno)));
  };
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed("create");
  const bool written =
      ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fsync(descriptor) == 0;
  const Status status = written ? Status::ok() : failed("write");
  ::close(descriptor);
  return status;
}

}  // namespace

bool is_plugin_id(std::string_view id) {
  if (id.empty() || id.size() > 32 || id.front() < 'a' || id.front() > 'z') return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == id.npos;
}

LoadedPlugin load_plugin_settings(const std::string& folder, const std::string& state_dir,
                                  const std::string& id, const PluginLimits& defaults) {
  LoadedPlugin loaded;
  auto& settings = loaded.settings;
  settings.id = id;
  settings.limits = defaults;
  if (!is_plugin_id(id)) {
    loaded.problems.push_back(
        {"", 0, id, "is not a plugin id: a small letter, then up to 31 of a-z, 0-9 and -"});
    return loaded;
  }
  const auto file = (fs::path(folder) / (id + ".yaml")).string();
  std::error_code error;
  std::optional<YamlNode> root;
  std::string shown = file;
  if (!folder.empty() && fs::exists(file, error)) {
    settings.file = file;
    root = parse_yaml_file(file, loaded.problems);
  } else {
    shown = "bundled " + id + ".yaml";
    root = parse_yaml(bundled_plugin_settings(id), shown, loaded.problems);
  }
  if (root) Reading(loaded, shown).read(*root);
  settings.overlay_file = (fs::path(state_dir) / "plugins.d" / (id + ".json")).string();
  read_overlay(loaded);
  merge(settings);
  return loaded;
}

std::string plugin_settings_folder(const Config& config, const std::string& config_file) {
  if (!config.plugins.settings.empty()) return config.plugins.settings;
  if (!config_file.empty()) return (fs::path(config_file).parent_path() / "plugins.d").string();
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  const auto beside = program.parent_path().parent_path().parent_path() / "config" / "plugins.d";
  for (const auto& folder : {beside, fs::path("/etc/parley/plugins.d")}) {
    if (fs::is_directory(folder, error)) return folder.string();
  }
  return "";
}

std::string plugins_folder(const Config& config) {
  if (!config.plugins.folder.empty()) return config.plugins.folder;
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  return (program.parent_path().parent_path() / "plugins").string();
}

Result<PluginSettings> with_changes(PluginSettings settings, std::string_view changes_json) {
  const Json changes = Json::parse(changes_json, nullptr, false);
  if (!changes.is_object())
    return Status::invalid_args("the changes must be a JSON object of key paths and values");
  Json overlay = Json::parse(settings.overlay_json), pending = Json::object();
  for (const auto& [path, value] : changes.items()) {
    const auto patch = nested(path, value);
    if (!patch)
      return Status::invalid_args(fmt::format("`{}` is not a key path such as rooms.limit", path));
    overlay.merge_patch(*patch);
    pending.merge_patch(*patch);
  }
  settings.overlay_json = dump(overlay);
  settings.pending_json = dump(pending);
  merge(settings);
  return settings;
}

Status save_overlay(const PluginSettings& settings) {
  std::error_code error;
  const fs::path target(settings.overlay_file);
  if (Json::parse(settings.overlay_json).empty()) {
    fs::remove(target, error);
    return error ? Status::internal(
                       fmt::format("cannot remove {}: {}", target.string(), error.message()))
                 : Status::ok();
  }
  if (fs::create_directories(target.parent_path(), error))
    ::chmod(target.parent_path().c_str(), 0700);
  const auto fresh = target.string() + ".new";
  const Json document{{"config", Json::parse(settings.overlay_json)}};
  if (auto status =
          write_whole(fresh, document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
      !status) {
    return status;
  }
  fs::rename(fresh, target, error);
  return error ? Status::internal(
                     fmt::format("cannot replace {}: {}", target.string(), error.message()))
               : Status::ok();
}

LoadedPlugin check_plugin_config(PluginSettings settings, std::string_view schema_json) {
  auto result = validate(schema_json, settings.config_json);
  LoadedPlugin checked{std::move(settings), {}};
  if (schema_json.empty()) checked.problems = unknown_keys(checked.settings);
  for (auto& problem : result.problems) {
    auto& told = checked.problems.emplace_back(
        problem_at(checked.settings, problem.pointer, problem.message));
    told.rule = std::move(problem.rule);
    told.values = std::move(problem.values);
  }
  if (checked.ok()) checked.settings.config_json = std::move(result.value_json);
  return checked;
}

Problem refused_change(const PluginSettings& settings, const std::string& why) {
  const auto leaves = Json::parse(settings.pending_json).flatten();
  return problem_at(settings, leaves.empty() ? "" : leaves.items().begin().key(), why);
}

std::map<std::string, std::string> config_origins(const PluginSettings& settings) {
  std::map<std::string, std::string> origins;
  const auto leaves = Json::parse(settings.config_json).flatten();
  for (const auto& [pointer, value] : leaves.items()) {
    const auto line = settings.lines.find(pointer);
    const auto file = shown_file(settings);
    origins[pointer] = is_overlaid(settings, pointer) ? "overlay"
                       : line == settings.lines.end() ? "default"
                                                      : fmt::format("{}:{}", file, line->second);
  }
  return origins;
}

}  // namespace parley::config
