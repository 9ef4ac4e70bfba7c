// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <fmt/core.h>

#include "config/checks.h"
#include "config/keys.h"

namespace parley::config {
namespace {

namespace fs = std::filesystem;
using Source = Origin::Source;
using Shape = YamlNode::Shape;

constexpr std::string_view kPrefix = "PARLEY_";
constexpr std::string_view kFileMark = "file:";

std::string join_path(std::string_view section, std::string_view name) {
  return section.empty() ? std::string(name) : fmt::format("{}.{}", section, name);
}

std::vector<std::string> key_paths() {
  std::vector<std::string> paths;
  for (const auto& key : all_keys()) paths.emplace_back(key.path);
  return paths;
}

class Loading {
 public:
  Loaded run(const Sources& sources) {
    if (!sources.file.empty()) read_yaml(sources.file);
    for (const auto& [name, text] : sources.environment) read_variable(name, text);
    for (const auto& [path, text] : sources.flags) read_flag(path, text);
    check_whole(loaded_);
    return std::move(loaded_);
  }

 private:
  void read_yaml(const std::string& file) {
    const auto root = parse_yaml_file(file, loaded_.problems);
    if (!root) return;
    file_ = file;
    walk("", *root);
  }

  void walk(const std::string& section, const YamlNode& node) {
    if (node.shape == Shape::kNull) return;  // a section whose keys are all comments
    if (node.shape != Shape::kMap) {
      return problem(node.line, section, "is a section: write its keys below it, indented");
    }
    for (const auto& [name, value] : node.members) take_member(section, name, value);
  }

  void take_member(const std::string& section, const std::string& name, const YamlNode& value) {
    const auto path = join_path(section, name);
    if (const Key* key = find_key(path)) {
      take(*key, value, {Source::kFile, file_, value.line}, path);
    } else if (is_section(path)) {
      walk(path, value);
    } else {
      problem(value.line, path, "there is no such key" + suggestion(name, names_below(section)));
    }
  }

  void problem(int line, const std::string& path, std::string message) {
    loaded_.problems.push_back({file_, line, path, std::move(message)});
  }

  // `shown` is how the reader named the key.
  void take(const Key& key, const YamlNode& value, const Origin& origin, const std::string& shown) {
    const auto place = origin.source == Source::kFile ? origin.file : origin.text();
    const auto complain = [&](std::string message) {
      loaded_.problems.push_back({place, origin.line, shown, std::move(message)});
    };
    // A `key:` without a value means the default, so that a reference file can be emptied key by
    // key.
    if (value.shape == Shape::kNull)
      return complain("has no value; write " + allowed(key) + ", or remove the line");
    if (auto wrong = assign(key, value, loaded_.config)) return complain(*wrong);
    loaded_.origins[std::string(key.path)] = origin;
    const auto folder =
        origin.source == Source::kFile ? fs::path(origin.file).parent_path() : fs::path();
    if (key.form == Key::Form::kPath) place_path(key, folder);
    if (key.secret) {
      if (auto wrong = resolve_secret(key, origin, folder.string())) complain(*wrong);
    }
  }

  std::string& text_of(const Key& key) { return *std::get<std::string*>(key.slot(loaded_.config)); }

  // A relative path in the file begins where the file lies, not where the server was started.
  void place_path(const Key& key, const fs::path& folder) {
    std::string& path = text_of(key);
    if (!path.empty()) path = (folder / path).lexically_normal().string();
  }

  std::optional<std::string> resolve_secret(const Key& key, const Origin& origin,
                                            const std::string& folder) {
    std::string& value = text_of(key);
    if (value.empty()) return std::nullopt;
    if (value.starts_with(kFileMark)) {
      std::string why;
      auto text = read_secret(value, folder, why);
      value = std::move(text).value_or("");
      return why.empty() ? std::nullopt : std::optional(why);
    }
    if (origin.source == Source::kEnvironment) return std::nullopt;
    value.clear();
    return fmt::format("a secret does not stand here: write file:PATH, or set {}",
                       environment_name(key.path));
  }

  void read_variable(const std::string& name, const std::string& text) {
    const Origin origin{Source::kEnvironment, "", 0};
    std::vector<std::string> names;
    for (const auto& key : all_keys()) {
      names.push_back(environment_name(key.path));
      if (names.back() == name) return take(key, override_of(key, text), origin, name);
    }
    if (!names_a_section(name)) return;
    loaded_.problems.push_back(
        {"environment", 0, name, "there is no such key" + suggestion(name, names)});
  }

  // Other PARLEY_ variables belong to scripts and tests.
  static bool names_a_section(const std::string& name) {
    return std::ranges::any_of(names_below(""), [&](const std::string& top) {
      return is_section(top) && name.starts_with(environment_name(top) + "_");
    });
  }

  void read_flag(const std::string& path, const std::string& text) {
    if (const Key* key = find_key(path))
      return take(*key, override_of(*key, text), {Source::kFlag, "", 0}, path);
    loaded_.problems.push_back(
        {"flag", 0, path, "there is no such key" + suggestion(path, key_paths())});
  }

  // Lists and maps may be written as YAML in an override: --set 'log.levels={net: debug}'.
  YamlNode override_of(const Key& key, const std::string& text) {
    const Slot slot = key.slot(loaded_.config);
    const bool structured = std::holds_alternative<std::vector<std::string>*>(slot) ||
                            std::holds_alternative<std::map<std::string, std::string>*>(slot);
    if (structured && (text.starts_with('[') || text.starts_with('{'))) {
      std::vector<Problem> ignored;
      if (auto node = parse_yaml(text, "", ignored)) return *node;
    }
    YamlNode node;
    node.shape = Shape::kScalar;
    node.text = text;
    return node;
  }

  Loaded loaded_;
  std::string file_;
};

// Section headings and indentation for one key after another.
class Printer {
 public:
  void line(const Key& key, const std::string& value, const std::string& comment) {
    const auto dot = key.path.rfind('.');
    open(dot == key.path.npos ? "" : std::string(key.path.substr(0, dot)));
    const auto name = dot == key.path.npos ? key.path : key.path.substr(dot + 1);
    text_ += fmt::format("{}{}: {}  # {}\n", indent(section_), name, value, comment);
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string indent(std::string_view section) {
    if (section.empty()) return "";
    return std::string(2 * (1 + static_cast<std::size_t>(std::ranges::count(section, '.'))), ' ');
  }

  void open(const std::string& section) {
    if (section == section_) return;
    section_ = section;
    const auto dot = section.rfind('.');
    const auto parent = dot == section.npos ? "" : section.substr(0, dot);
    if (!section.empty() && !opened(section)) {
      text_ +=
          fmt::format("{}{}:\n", indent(parent), section.substr(dot == section.npos ? 0 : dot + 1));
      opened_.push_back(section);
    }
  }
  bool opened(const std::string& section) const {
    return std::ranges::find(opened_, section) != opened_.end();
  }

  std::string text_, section_;
  std::vector<std::string> opened_;
};

}  // namespace

Settings environment_of(const char* const* environ) {
  Settings settings;
  for (; environ && *environ; ++environ) {
    const std::string_view entry(*environ);
    const auto equals = entry.find('=');
    if (!entry.starts_with(kPrefix) || equals == entry.npos) continue;
    settings.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return settings;
}

std::string environment_name(std::string_view key_path) {
  std::string name(kPrefix);
  for (const char c : key_path) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string Origin::text() const {
  switch (source) {
    case Source::kFile:
      return fmt::format("{}:{}", file, line);
    case Source::kEnvironment:
      return "environment";
    case Source::kFlag:
      return "flag";
    case Source::kDefault:
      break;
  }
  return "default";
}

Origin Loaded::origin_of(const std::string& key_path) const {
  const auto found = origins.find(key_path);
  return found == origins.end() ? Origin() : found->second;
}

Loaded load(const Sources& sources) {
  return Loading().run(sources);
}

std::string print(const Loaded& loaded, const std::vector<Change>& waiting) {
  Printer printer;
  for (const auto& key : all_keys()) {
    auto comment = loaded.origin_of(std::string(key.path)).text();
    for (const auto& change : waiting) {
      if (change.path == key.path) comment += fmt::format("; {} at the next start", change.after);
    }
    printer.line(key, show(key, loaded.config), comment);
  }
  return printer.take();
}

std::vector<Change> diff(const Config& before, const Config& after) {
  std::vector<Change> changes;
  for (const auto& key : all_keys()) {
    if (same_value(key, before, after)) continue;
    changes.push_back({std::string(key.path), show(key, before), show(key, after), !key.live});
  }
  return changes;
}

Config reloadable(const Config& running, const Config& next) {
  Config result = running;
  for (const auto& key : all_keys()) {
    if (key.live) copy_value(key, next, result);
  }
  return result;
}

Loaded reloadable(const Loaded& running, const Loaded& next) {
  Loaded merged{reloadable(running.config, next.config), {}, {}};
  for (const auto& key : all_keys()) {
    const std::string path(key.path);
    // A value that stays the same may still come from somewhere else now.
    const bool taken = key.live || same_value(key, running.config, next.config);
    const auto& from = taken ? next.origins : running.origins;
    if (const auto origin = from.find(path); origin != from.end())
      merged.origins.emplace(path, origin->second);
  }
  return merged;
}

log::Settings log_settings(const Config& config) {
  const auto level = [](const std::string& name) {
    return log::parse_level(name).value_or(log::Level::kInfo);
  };
  log::Settings settings;
  settings.level = level(config.log.level);
  for (const auto& [component, name] : config.log.levels) settings.levels[component] = level(name);
  settings.console = config.log.console;
  if (!config.log.file.empty())
    settings.file = (fs::path(config.state_dir) / config.log.file).string();
  settings.max_size = config.log.max_size;
  settings.max_files = config.log.max_files;
  settings.queue = config.log.queue;
  settings.max_message = config.log.max_message;
  settings.max_field = config.log.max_field;
  settings.node = config.node;
  return settings;
}

}  // namespace parley::config
