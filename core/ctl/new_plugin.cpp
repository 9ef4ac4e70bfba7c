// SPDX-License-Identifier: Apache-2.0
#include "ctl/new_plugin.h"

#include <array>
#include <cctype>
#include <fstream>
#include <utility>

#include <fmt/core.h>

#include "config/plugin_settings.h"
#include "ctl/template_files.h"

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;

// "my-dice" -> "MyDice"
std::string camel(const std::string& id) {
  std::string name;
  bool begins = true;
  for (const char c : id) {
    if (c != '-') name += begins ? static_cast<char>(std::toupper(c)) : c;
    begins = c == '-';
  }
  return name;
}

Status write_file(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? Status::ok() : Status::internal(fmt::format("cannot write {}", path.string()));
}

}  // namespace

Result<NewPlugin> names_of(const std::string& id) {
  if (!config::is_plugin_id(id)) {
    return Status::invalid_args(fmt::format(
        "'{}' cannot be a plugin's name: a lower-case letter, then lower-case letters, digits "
        "and '-', 32 characters at most, for example my-dice",
        id));
  }
  NewPlugin plugin{id, camel(id), camel(id)};
  plugin.action[0] = static_cast<char>(std::tolower(plugin.action[0]));
  return plugin;
}

std::string filled(std::string_view text, const NewPlugin& plugin) {
  const std::array<std::pair<std::string_view, std::string_view>, 4> values{
      {{"@id@", plugin.id},
       {"@Class@", plugin.klass},
       {"@action@", plugin.action},
       {"@sdk_version@", kSdkVersion}}};
  std::string out(text);
  for (const auto& [word, value] : values) {
    for (std::size_t at = 0; (at = out.find(word, at)) != out.npos; at += value.size())
      out.replace(at, word.size(), value);
  }
  return out;
}

Status write_plugin(const NewPlugin& plugin, const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder, error)) {
    return Status::conflict(
        fmt::format("{} exists already; remove it or name another folder", folder.string()));
  }
  if (!fs::create_directories(folder, error) && error)
    return Status::internal(fmt::format("cannot make {}: {}", folder.string(), error.message()));
  for (const auto& [name, text] : template_files()) {
    if (auto status = write_file(folder / filled(name, plugin), filled(text, plugin)); !status)
      return status;
  }
  return Status::ok();
}

}  // namespace parley::ctl
