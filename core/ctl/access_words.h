// SPDX-License-Identifier: Apache-2.0
// The words of `parleyctl acl`.
#pragma once

#include <functional>

#include "ctl/verbs.h"

namespace CLI {
class App;
}

namespace parley::ctl {

using Action = std::function<int(Context&)>;
// Adds a verb to a group; what it does runs when that verb was typed.
using AddVerb =
    std::function<CLI::App*(CLI::App& group, const char* name, const char* help, Action action)>;

void add_access_words(CLI::App& acl, const AddVerb& verb);

}  // namespace parley::ctl
