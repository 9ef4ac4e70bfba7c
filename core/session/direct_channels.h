// SPDX-License-Identifier: Apache-2.0
// Which direct channels a user has: an index beside the messages, written in the same transaction
// as a channel's first one.
//
// It lives in the store's key-value space under a name that no plugin can have, so that looking it
// up costs one range of keys, however many channels there are. Thread: the caller's Reader or
// Writer. Failure: as theirs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/store.h"

namespace parley::session {

Status note_direct_channel(storage::Writer& writer, std::string_view lower_id,
                           std::string_view higher_id);
Result<std::vector<std::string>> direct_channels_of(storage::Reader& reader,
                                                    std::string_view user_id);

}  // namespace parley::session
