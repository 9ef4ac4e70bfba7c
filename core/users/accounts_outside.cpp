// SPDX-License-Identifier: Apache-2.0
// Accounts: people whom a token names, of this server or of an issuer it trusts.
#include "base/ids.h"
#include "users/accounts_impl.h"
#include "users/tokens.h"

namespace parley::users {
namespace {

using storage::Reader;
using storage::UserRecord;
using storage::Writer;

Status is_gone() {
  return Status::unauthorized("The user of this token is not here any more.");
}

bool is_free(Reader& reader, const std::string& skeleton, std::int64_t now) {
  const Result<UserRecord> holder = reader.user_by_skeleton(skeleton);
  return holder ? is_expired_guest(*holder, now) : holder.status().code() == ErrorCode::kNotFound;
}

// The name the issuer gives them when it is one here and free, else one beside it.
Result<Name> free_name(Reader& reader, const std::string& wanted, const NameRules& rules,
                       std::int64_t now) {
  constexpr int kLast = 30;
  constexpr std::size_t kRandom = 8;
  if (parse_name(wanted, rules)) {
    for (int n = 1; n <= kLast; ++n) {
      const auto name = parse_name(n == 1 ? wanted : suggest_name(wanted, n, rules), rules);
      if (name && is_free(reader, name->skeleton, now)) return name;
    }
  }
  return parse_name("user-" + random_base62(kRandom), rules);
}

// One transaction: two first connections at once become one account.
Result<UserRecord> take_in(Writer& writer, const TokenClaims& claims, const NameRules& rules,
                           storage::AuditEntry entry) {
  const auto known = writer.outside_user(claims.issuer, claims.subject);
  if (known) return writer.user(*known);
  if (known.status().code() != ErrorCode::kNotFound) return known.status();
  if (Status status = may_become_somebody(writer, claims); !status) return status;
  const auto name = free_name(writer, claims.name, rules, entry.ts);
  if (!name) return name.status();
  UserRecord record;
  record.id = random_id('u');
  record.name = name->display;
  record.skeleton = name->skeleton;
  record.roles = {"user"};
  record.created_at = entry.ts;
  if (Status status = writer.insert_user(record); !status) return status;
  if (Status status = writer.link_outside(claims.issuer, claims.subject, record.id); !status)
    return status;
  entry.actor = entry.target = record.id;
  const Status status = writer.append_audit(entry);
  return status.is_ok() ? Result<UserRecord>(record) : status;
}

Result<User> admitted(const Result<UserRecord>& record, const TokenClaims& claims,
                      std::int64_t now) {
  if (!record && record.status().code() != ErrorCode::kNotFound) return record.status();
  if (!record || is_expired_guest(*record, now)) return is_gone();
  if (record->disabled) return Status(ErrorCode::kBlocked, "This account is disabled.");
  return narrowed(to_user(*record), claims.max_roles);
}

void take_in_new(const Accounts::Impl::Self& self, const TokenClaims& claims,
                 const std::shared_ptr<Accounts::UserDone>& answer) {
  auto entry = self->audit("", "account.outside", "", claims.issuer + " " + claims.subject);
  self->store.transact<UserRecord>(
      [claims, entry, rules = self->options.names](Writer& writer) {
        return take_in(writer, claims, rules, entry);
      },
      [self, claims, answer](const Result<UserRecord>& taken) {
        (*answer)(admitted(taken, claims, self->now()));
      });
}

}  // namespace

std::string identity_hash(const std::string& issuer, const std::string& subject) {
  return sha256("parley-identity:" + issuer + std::string(1, '\0') + subject);
}

// The skew is the issuer's clock's: a token from before the
// deletion may say that it is from a little after.
Status may_become_somebody(Reader& reader, const TokenClaims& claims) {
  const auto gone = reader.forgotten_identity(identity_hash(claims.issuer, claims.subject));
  if (!gone) return gone.status().code() == ErrorCode::kNotFound ? Status::ok() : gone.status();
  if (claims.issued_at > gone->forgotten_at + TokenRules{}.skew.count()) return Status::ok();
  return {ErrorCode::kTokenRevoked,
          "The account of this token was deleted. A token that is issued later makes a new one."};
}

Status bury_identities(Writer& writer, const std::string& user_id, std::int64_t now,
                       Millis longest_token) {
  const auto all = writer.outside_identities_of(user_id);
  if (!all) return all.status();
  const std::int64_t until = now + longest_token.count() + 2 * TokenRules{}.skew.count();
  for (const auto& one : *all) {
    const Status status =
        writer.put_forgotten_identity({identity_hash(one.issuer, one.subject), now, until});
    if (!status) return status;
  }
  return Status::ok();
}

void Accounts::by_claims(const TokenClaims& claims, UserDone done) {
  auto self = impl_->enter();
  if (claims.issuer.empty()) {
    return impl_->find(claims.subject, false,
                       [self, claims, done = std::move(done)](Result<UserRecord> found) mutable {
                         done(admitted(found, claims, self->now()));
                       });
  }
  auto answer = std::make_shared<UserDone>(std::move(done));
  // Whoever was here before costs no write.
  const Status posted = impl_->store.read([self, claims, answer](Reader& reader) {
    const auto known = reader.outside_user(claims.issuer, claims.subject);
    if (known) return (*answer)(admitted(reader.user(*known), claims, self->now()));
    if (known.status().code() != ErrorCode::kNotFound) return (*answer)(known.status());
    take_in_new(self, claims, answer);
  });
  if (!posted) (*answer)(posted);
}

}  // namespace parley::users
