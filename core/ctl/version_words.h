// SPDX-License-Identifier: Apache-2.0
// The words of keys, signatures and uploaded versions: `parleyctl key make`, `plugin sign`,
// `verify`, `upload`, `versions`, `pin`, `unpin`, `revoke`.
#pragma once

#include "ctl/words.h"

namespace parley::ctl {

void add_version_words(CLI::App& key, CLI::App& plugin, const AddVerb& verb);

}  // namespace parley::ctl
