// SPDX-License-Identifier: Apache-2.0
// Whose tokens are accepted besides the server's own: the file that auth.issuers names.
//
//   {"issuers": [{"issuer": "https://id.example.org", "audience": "parley",
//                 "jwks": "id.example.org.jwks.json", "max_roles": ["user"]}]}
//
// `issuer` is what a token's iss must say, `audience` what its aud must name. The keys stand in a
// file of their own (`jwks`, beside this one) or here (`keys`, as in a key set). Further members:
// `algorithm` for keys without alg, `max_roles` (default user), `name_claim` (default name). Whoever
// may write these files may be anyone here, so files that group or world may write are refused, and
// with a shared secret in them also files that others may read.
//
// Thread: any. Failure: invalid_args with a sentence that names file and issuer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/status.h"
#include "users/tokens.h"

namespace parley::users {

struct Issuers {
  std::vector<TokenKey> keys;
  std::vector<std::filesystem::path> files;  // that were read: to be looked at for changes
  std::vector<std::string> notes;            // keys that were passed over, and why
};

Result<Issuers> load_issuers(const std::filesystem::path& file);

}  // namespace parley::users
