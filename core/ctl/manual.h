// SPDX-License-Identifier: Apache-2.0
// The manual pages parleyctl(1), parleyd(8) and parley.yaml(5), written from the tables that read
// the command lines and the configuration, so that they say what the programs do.
//
//   parleyctl manual parley.yaml | man -l -
//
// Format: roff with the man macros. No date stands in them: the same sources give the same bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace parley::ctl {

// `page` is parleyctl, parleyd or parley.yaml; `tree` is parleyctl's own. Nothing for another page.
std::optional<std::string> manual_page(std::string_view page, const CLI::App& tree);

}  // namespace parley::ctl
