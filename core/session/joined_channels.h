// SPDX-License-Identifier: Apache-2.0
// Which public channels an account is in, for its next session to join by itself: the difference to
// channels.defaults, which everybody joins.
//
// It lives in the store's key-value space under a name that no plugin can have and keys that name the
// user, so that a copy of somebody's data and its deletion find it. Thread: the caller's Reader or
// Writer. Failure: as theirs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/store.h"

namespace parley::session {

// `by_itself`: it is one of channels.defaults. No change for who is not there any more.
Status note_joined(storage::Writer& writer, std::string_view user_id, std::string_view channel,
                   bool joined, bool by_itself);

struct JoinedChannels {
  std::vector<std::string> joined;  // by name
  std::vector<std::string> left;    // that everybody else joins
};
Result<JoinedChannels> joined_channels_of(storage::Reader& reader, std::string_view user_id);

}  // namespace parley::session
