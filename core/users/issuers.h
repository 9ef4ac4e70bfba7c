// SPDX-License-Identifier: Apache-2.0
// Whose tokens are accepted besides the server's own: the file that auth.issuers names.
//
//   {"issuers": [{"issuer": "https://id.example.org", "audience": "parley",
//                 "jwks": "id.example.org.jwks.json", "max_roles": ["user"]}]}
//
// `issuer` is what a token's iss must say, `audience` what its aud must name. The keys stand in a
// file of their own (`jwks`, beside this one) or here (`keys`, as in a key set). Further members:
// `algorithm` for keys without alg, `max_roles` (default user), `name_claim` (default name). Whoever
// may write these files may be anyone here, so files and folders that group or world may write, or
// that are another user's, are refused, and a shared secret that others may read is left out.
//
// A mistake costs the one who made it: an issuer that cannot be read, or a key that is damaged, holds
// up no other. Thread: any. Failure: invalid_args for the file itself; what is wrong with one issuer
// stands beside it. Every sentence names what it speaks of and says what to do.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "users/jwk.h"
#include "users/jwt_key.h"

namespace parley::users {

struct IssuerKeys {
  std::string issuer;  // "" where the entry does not say so
  Status status;       // why nothing of it is taken
  std::vector<std::shared_ptr<const JwtKey>> keys;
  std::vector<DamagedKey> damaged;   // that are left out
  std::vector<std::string> skipped;  // that are for something else: "kid: why"
};

struct Issuers {
  std::vector<IssuerKeys> issuers;
  std::vector<std::filesystem::path> files;  // that were read: to be looked at for changes
};

Result<Issuers> load_issuers(const std::filesystem::path& file);

}  // namespace parley::users
