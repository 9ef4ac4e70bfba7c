// SPDX-License-Identifier: Apache-2.0
// What one version hands to the next (ext/state.h): bytes with a schema number, and requests.
//
// Ownership: SavedState is shared and immutable; a StateTransfer belongs to its instance. Thread:
// the one of the save or load that goes on, and the plugin's lane when none does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

#include "command/call_id.h"

namespace parley::plugin {

struct SavedState {
  std::uint32_t schema = 0;
  std::string bytes;
  std::unordered_set<std::uint64_t> offered;  // deferred requests
  std::int64_t saved_at = 0;                  // ms since 1970
};

struct StateTransfer {
  std::shared_ptr<SavedState> saving;         // while save runs
  std::size_t most = 0;                       // bytes
  std::shared_ptr<const SavedState> loading;  // while load runs
  std::unordered_set<std::uint64_t> claimed;
};

}  // namespace parley::plugin
