// SPDX-License-Identifier: Apache-2.0
// What an account's last sessions left behind in variables, for the next one to begin with.
//
// It lives in the store's key-value space under a name that no plugin can have and a key that is the
// user's id, so that a copy of somebody's data and its deletion find it. Thread: the caller's Reader
// or Writer. Failure: as theirs.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "storage/store.h"

namespace parley::session {

// `json` as SessionVariables writes it. No change for who is not there any more.
Status keep_variables(storage::Writer& writer, std::string_view user_id, std::string_view json);
// "" when nothing was kept.
Result<std::string> kept_variables(storage::Reader& reader, std::string_view user_id);

}  // namespace parley::session
