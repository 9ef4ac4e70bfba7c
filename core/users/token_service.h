// SPDX-License-Identifier: Apache-2.0
// Issues, renews, checks and revokes the tokens of local users: KeyRing for the form, Store for
// what must last.
//
// Ownership: borrows store and clock; owns the ring and the list of revocations. Thread: any;
// authenticate() is synchronous and never waits for the disk, completions run on the database
// writer's thread. Failure: as in tokens.h. A refresh token that was used before ends its whole
// family: token_revoked.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "storage/store.h"
#include "users/tokens.h"

namespace parley::users {

struct IssuedTokens {
  std::string user_id;
  std::string access;   // JWT
  std::string refresh;  // opaque, 256 bits, works once
  std::int64_t access_expires_at = 0;
  std::int64_t issued_at = 0;
  std::string token_id;  // jti of `access`
  std::string family;    // the login that the two belong to
  std::string key;       // which signed `access`

  TokenClaims claims() const {
    return {user_id, token_id, "", issued_at, access_expires_at, family, "", {}, key};
  }
};

class TokenService {
 public:
  using IssuedDone = absl::AnyInvocable<void(Result<IssuedTokens>)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;

  TokenService(storage::Store& store, const Clock& clock, KeyRing ring, const config::Auth& auth,
               storage::Revocations revocations);
  ~TokenService();

  // From now on tokens are signed and checked with these. What a key that is not among them opened
  // is dead: on_keys_withdrawn() is for ending it.
  void replace_keys(KeyRing ring);
  // Before anything else is called: told on the thread of replace_keys() when a key has gone.
  void on_keys_withdrawn(std::function<void()> listener);
  // Whether the key that opened something is still there: KeyRing::knows.
  bool knows_key(const std::string& issuer, const std::string& key) const;
  // Whether claims that held once were revoked or have run out since.
  Status still_good(const TokenClaims& claims) const;
  // Signature, form, times, revocation. Whether the user still exists and may come in is asked of
  // Accounts.
  Result<TokenClaims> authenticate(std::string_view token) const;
  // The same once it is known who it is for: an issuer's token names nobody here by itself.
  Status still_good(const TokenClaims& claims, const std::string& user_id) const;
  // A token for somebody, without a login behind it, for as long as the operator says.
  Result<IssuedTokens> make_access(const std::string& user_id, Millis lifetime) const;

  // Whether a token that was good once has been taken back since, itself or with its key.
  bool is_revoked(const TokenClaims& claims, const std::string& user_id) const;

  void issue(std::string user_id, IssuedDone done);
  // `only_user`: conflict when it is another's, and it is not used up; "" for anyone's.
  void refresh(std::string refresh_token, std::string only_user, IssuedDone done);
  void revoke(const TokenClaims& claims, StatusDone done);  // one token
  // Logout: every access token that was issued with this family, and its refresh token.
  void revoke_family(const std::string& user_id, const std::string& family, StatusDone done);
  // Before anything else is called: told of each family that ended (logout, a refresh token used
  // twice), on any thread. For ending the sessions that were opened with it.
  void on_family_ended(std::function<void(const std::string& user_id, const std::string& family)>);
  void revoke_user(std::string user_id,
                   StatusDone done);  // password or role change, block: all of them
  void expire();                      // forgets what ran out by itself

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace parley::users
