// SPDX-License-Identifier: Apache-2.0
// Names that only the running server knows, for completion: plugins, people, sessions, channels,
// components of the log. Failure: an empty list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/admin_client.h"
#include "ctl/completion.h"

namespace parley::ctl {

std::vector<Candidate> server_names(const AdminClient& client, std::string_view kind);

}  // namespace parley::ctl
