// SPDX-License-Identifier: Apache-2.0
// What `parleyctl VERB --help` shows beside the options: commands as one would type them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::ctl {

// Of the verb with this path ("plugin load"), one per line; empty when there is no such verb.
std::string_view examples_of(std::string_view path);
// Every verb there are examples of.
std::vector<std::string> verbs_with_examples();

}  // namespace parley::ctl
