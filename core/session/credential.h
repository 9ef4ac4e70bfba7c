// SPDX-License-Identifier: Apache-2.0
// What a session was opened with, as far as it can run out or be taken back.
//
// Ownership: a value. Thread: its session's shard. Units: milliseconds since the Unix epoch; 0 in
// expires_at: it does not run out (a guest).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace parley::session {

struct Credential {
  std::int64_t issued_at = 0;
  std::int64_t expires_at = 0;
  std::string token_id;     // the token's jti
  std::string family;       // of the refresh tokens it came with: one login on one device
  std::string issuer = {};  // "" for this server's own
  std::vector<std::string> max_roles = {};  // more than these nobody has by it; empty: any
  std::string key = {};  // that signed the token: its kid and a mark; "" where it was not kept
};

}  // namespace parley::session
