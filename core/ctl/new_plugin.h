// SPDX-License-Identifier: Apache-2.0
// Writes a plugin to begin with: it builds, passes its own test and loads as it stands.
//
// Thread: any. Failure: a sentence; a folder that exists is refused, so that nothing is overwritten.
#pragma once

#include <filesystem>
#include <string>

#include "base/status.h"

namespace parley::ctl {

struct NewPlugin {
  std::string id;      // "my-dice"
  std::string klass;   // "MyDice"
  std::string action;  // "myDice"
};

// The names that follow from the id. Fails when the id is none: [a-z][a-z0-9-]{0,31}.
Result<NewPlugin> names_of(const std::string& id);

// Makes `folder` and fills it.
Status write_plugin(const NewPlugin& plugin, const std::filesystem::path& folder);

// The text of one template file, with the plugin's names in it.
std::string filled(std::string_view text, const NewPlugin& plugin);

}  // namespace parley::ctl
