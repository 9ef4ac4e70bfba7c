// SPDX-License-Identifier: Apache-2.0
// What a plugin says of itself before any of its code is asked to do something, and whether this
// server can take it.
//
// Ownership: plain values, copied out of the image. Thread: any. Failure: the sentences name both
// sides and the next step, because they are what the operator reads.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <parley/plugin_abi.h>

#include "base/status.h"
#include "loader/requirement.h"

namespace parley::loader {

struct Manifest {
  std::uint32_t abi_major = 0;
  std::uint32_t abi_minor = 0;
  std::string id;
  std::string version;
  std::string description;
  std::string config_schema;             // JSON text, empty: none
  std::vector<std::string> permissions;  // asked for, not yet granted
  bool stateful = false;
  std::vector<Requirement> requirements;
};

// [a-z][a-z0-9-]{0,31}: also the name of files and log channels, so nothing else is let through.
bool is_plugin_id(std::string_view id);

// Copies the exported entry. Checks its form (sizes, id, required pointers) and the version rule.
// `file` is named in errors.
Result<Manifest> read_manifest(const parley_plugin_entry* entry, const std::string& file);

// Rule 8 of plugin_abi.h.
Status check_abi(const Manifest& manifest);

// Whether everything in `asked` is covered by `granted` (exact, or a granted `scope:*`). The
// sentence lists what is missing.
Status check_permissions(const Manifest& manifest, const std::vector<std::string>& granted);
bool permission_covers(std::string_view granted, std::string_view asked);

std::string manifest_to_json(const Result<Manifest>& manifest);
Result<Manifest> manifest_from_json(std::string_view json);

}  // namespace parley::loader
