// SPDX-License-Identifier: Apache-2.0
#include "loader/manifest.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <nlohmann/json.hpp>

namespace parley::loader {
namespace {

Status refused(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
}

std::string copy(const parley_string& text) {
  return text.data == nullptr ? std::string()
                              : std::string(text.data, static_cast<std::size_t>(text.size));
}

std::string abi_version(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

// The closed list of permissions; those with a colon take a target behind it.
constexpr std::array<std::string_view, 11> kPermissions = {
    "commands",       "anonymous", "filter:", "dm",     "push:",  "accounts.read",
    "accounts.write", "buttons",   "http:",   "files:", "metrics"};

bool is_permission(std::string_view permission) {
  return std::any_of(kPermissions.begin(), kPermissions.end(), [&](std::string_view known) {
    return known.back() == ':'
               ? permission.size() > known.size() && permission.substr(0, known.size()) == known
               : permission == known;
  });
}

Status read_requirements(const std::vector<std::string>& texts, Manifest& manifest) {
  for (const auto& text : texts) {
    auto requirement = Requirement::parse(text);
    if (!requirement) {
      return refused("plugin " + manifest.id +
                     " says wrongly what it requires: " + requirement.status().message());
    }
    manifest.requirements.push_back(std::move(requirement).value());
  }
  return Status::ok();
}

std::vector<std::string> requirements_of(const parley_plugin_entry& entry) {
  std::vector<std::string> texts;
  if (entry.size < offsetof(parley_plugin_entry, requirement_count) + sizeof(uint64_t))
    return texts;
  for (std::uint64_t i = 0; i < entry.requirement_count; ++i)
    texts.push_back(copy(entry.requirements[i]));
  return texts;
}

bool is_version(std::string_view version) {
  const bool only_plain = std::all_of(version.begin(), version.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '+';
  });
  return only_plain && !version.empty() && version.size() <= 64 && version[0] >= '0' &&
         version[0] <= '9';
}

}  // namespace

bool is_plugin_id(std::string_view id) {
  if (id.empty() || id.size() > 32 || id[0] < 'a' || id[0] > 'z') return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Status check_abi(const Manifest& manifest) {
  if (manifest.abi_major == PARLEY_ABI_MAJOR && manifest.abi_minor <= PARLEY_ABI_MINOR)
    return Status::ok();
  const std::string theirs = abi_version(manifest.abi_major, manifest.abi_minor);
  const std::string ours = abi_version(PARLEY_ABI_MAJOR, PARLEY_ABI_MINOR);
  return refused("plugin " + manifest.id + " " + manifest.version + " needs plugin ABI " + theirs +
                 ", this server speaks " + ours + ": upgrade the server or build " + manifest.id +
                 " with SDK " + ours);
}

Result<Manifest> read_manifest(const parley_plugin_entry* entry, const std::string& file) {
  if (entry == nullptr) {
    return refused(
        file + " exports no " + PARLEY_ENTRY_SYMBOL +
        ": it is no Parley plugin, or PARLEY_PLUGIN(...) is missing at the end of its source");
  }
  // Fields up to config_schema and permissions exist since 1.0; a smaller size is a broken build,
  // not an older SDK.
  if (entry->size < offsetof(parley_plugin_entry, create) + sizeof(entry->create)) {
    return refused(file + ": the plugin's entry is too small (" + std::to_string(entry->size) +
                   " bytes): it was built with a broken or foreign header");
  }
  Manifest manifest;
  manifest.abi_major = entry->abi_major;
  manifest.abi_minor = entry->abi_minor;
  manifest.id = copy(entry->id);
  manifest.version = copy(entry->version);
  if (!is_plugin_id(manifest.id))
    return refused(file + ": the plugin's id must match [a-z][a-z0-9-]{0,31}");
  if (!is_version(manifest.version))
    return refused(file + ": plugin " + manifest.id + " has no version of the form 1.2.3");
  if (auto status = check_abi(manifest); !status) return status;
  manifest.description = copy(entry->description);
  manifest.config_schema = copy(entry->config_schema);
  for (std::uint64_t i = 0; i < entry->permission_count; ++i)
    manifest.permissions.push_back(copy(entry->permissions[i]));
  for (const auto& permission : manifest.permissions) {
    if (!is_permission(permission))
      return refused("plugin " + manifest.id + " asks for the unknown permission '" + permission +
                     "'");
  }
  manifest.stateful = (entry->flags & PARLEY_PLUGIN_STATEFUL) != 0;
  if (entry->create == nullptr) return refused("plugin " + manifest.id + " has no create function");
  if (auto status = read_requirements(requirements_of(*entry), manifest); !status) return status;
  return manifest;
}

bool permission_covers(std::string_view granted, std::string_view asked) {
  if (granted == asked) return true;
  const auto colon = granted.find(':');
  if (colon == std::string_view::npos || asked.substr(0, colon + 1) != granted.substr(0, colon + 1))
    return false;
  const auto target = granted.substr(colon + 1);
  if (target == "*") return true;
  // files:/srv/books covers files:/srv/books/en.yaml
  return granted.substr(0, colon) == "files" && asked.size() > granted.size() &&
         asked.substr(0, granted.size()) == granted && asked[granted.size()] == '/' &&
         asked.find("..") == std::string_view::npos;
}

Status check_permissions(const Manifest& manifest, const std::vector<std::string>& granted) {
  std::string missing;
  for (const auto& asked : manifest.permissions) {
    if (std::none_of(granted.begin(), granted.end(),
                     [&](const auto& grant) { return permission_covers(grant, asked); })) {
      missing += (missing.empty() ? "" : ", ") + asked;
    }
  }
  if (missing.empty()) return Status::ok();
  return Status::forbidden("plugin " + manifest.id +
                           " asks for permissions that are not granted: " + missing);
}

std::string manifest_to_json(const Result<Manifest>& manifest) {
  using nlohmann::json;
  if (!manifest)
    return json{{"error", manifest.status().message()}}.dump(-1, ' ', false,
                                                             json::error_handler_t::replace);
  std::vector<std::string> requirements;
  for (const auto& requirement : manifest->requirements) requirements.push_back(requirement.text());
  return json{{"abi_major", manifest->abi_major},
              {"abi_minor", manifest->abi_minor},
              {"id", manifest->id},
              {"version", manifest->version},
              {"description", manifest->description},
              {"config_schema", manifest->config_schema},
              {"permissions", manifest->permissions},
              {"stateful", manifest->stateful},
              {"requires", requirements}}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Manifest> manifest_from_json(std::string_view text) {
  const auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_object())
    return refused(
        "the plugin's description is no JSON: its code may have written into descriptor 3");
  if (parsed.contains("error") && parsed["error"].is_string())
    return refused(parsed["error"].get<std::string>());
  try {
    Manifest manifest;
    manifest.abi_major = parsed.at("abi_major").get<std::uint32_t>();
    manifest.abi_minor = parsed.at("abi_minor").get<std::uint32_t>();
    parsed.at("id").get_to(manifest.id);
    parsed.at("version").get_to(manifest.version);
    parsed.at("description").get_to(manifest.description);
    parsed.at("config_schema").get_to(manifest.config_schema);
    parsed.at("permissions").get_to(manifest.permissions);
    parsed.at("stateful").get_to(manifest.stateful);
    // The child that wrote this ran the plugin's constructors: its word is checked once more, and
    // names of files are made of these two.
    if (!is_plugin_id(manifest.id) || !is_version(manifest.version))
      return refused("the plugin's description has no id or version of the right form");
    const auto requirements = parsed.at("requires").get<std::vector<std::string>>();
    if (auto status = read_requirements(requirements, manifest); !status) return status;
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    return refused(std::string("the plugin's description is incomplete: ") + error.what());
  }
}

}  // namespace parley::loader
