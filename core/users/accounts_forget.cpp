// SPDX-License-Identifier: Apache-2.0
// Accounts: taking a person out for good.
#include <functional>

#include "users/accounts_impl.h"

namespace parley::users {
namespace {

using storage::UserRecord;
using storage::Writer;

constexpr std::size_t kRowsOfAStep = 1'000;  // so that other writes pass between two steps

struct Farewell {
  Accounts::Impl::Self self;
  std::string user_id;
  std::string address;
  Accounts::StatusDone done;
  LoginGuard::Try attempt;
  std::string password;

  ~Farewell() { wipe(password); }
};
using Shared = std::shared_ptr<Farewell>;

Status may_leave(Writer& writer, const std::string& id) {
  const auto before = writer.user(id);
  if (!before) return before.status();
  UserRecord after = *before;
  after.roles.clear();
  return keep_an_admin(writer, *before, after);
}

// What the server keeps of them except their words.
Status remove_person(Writer& writer, const std::string& id, Millis longest_token,
                     const storage::AuditEntry& entry) {
  if (Status status = may_leave(writer, id); !status) return status;
  if (Status status = bury_identities(writer, id, entry.ts, longest_token); !status) return status;
  if (Status status = writer.delete_sessions_of(id); !status) return status;
  if (Status status = writer.delete_refresh_tokens_of(id); !status) return status;
  if (Status status = writer.revoke_tokens_of(id, entry.ts); !status) return status;
  if (Status status = writer.kv_erase_naming(id); !status) return status;
  if (Status status = writer.delete_user(id); !status) return status;
  return writer.append_audit(entry);
}

using Then = std::function<void(const Status&, std::int64_t end)>;

// To those who look on it is as if each message had been deleted: a change of its own, in the place of
// the channel's order.
Result<storage::StoredMessage> note_deletion(Writer& writer, const storage::ErasedMessage& gone,
                                             std::int64_t now) {
  storage::StoredMessage change;
  change.channel = gone.channel;
  change.type = storage::kDeletedType;
  change.user_id = "u_deleted";
  change.user_name = "deleted";
  change.data_json = R"({"offset":)" + std::to_string(gone.offset) + R"(,"from":"deleted"})";
  change.ts = now;
  const auto offset = writer.append_message(change);
  if (!offset) return offset.status();
  change.offset = *offset;
  return change;
}

struct Step {
  std::int64_t next = 0;
  Erased erased;
};

Result<Step> erase_step(Writer& writer, const std::string& id, std::int64_t from_row,
                        std::int64_t now) {
  auto done = writer.erase_messages_of(id, from_row, kRowsOfAStep);
  if (!done) return done.status();
  Step step{.next = done->next};
  for (const auto& gone : done->erased) {
    auto change = note_deletion(writer, gone, now);
    if (!change) return change.status();
    step.erased.deletions.push_back(std::move(*change));
  }
  if (from_row > 0) return step;
  auto topics = writer.erase_topics_of(id);
  if (!topics) return topics.status();
  step.erased.topics = std::move(*topics);
  return step;
}

// Step by step from that row on; `then` learns where the next pass would begin.
void erase_words(const Shared& farewell, std::int64_t from_row, const Then& then) {
  farewell->self->store.transact<Step>(
      [id = farewell->user_id, from_row, now = farewell->self->clock.wall_ms()](Writer& writer) {
        return erase_step(writer, id, from_row, now);
      },
      [farewell, from_row, then](const Result<Step>& step) {
        if (!step) return then(step.status(), from_row);
        if (farewell->self->erased) farewell->self->erased(step->erased);
        if (step->next == 0) return then(Status::ok(), from_row);
        erase_words(farewell, step->next, then);
      });
}

// The answer first, then the doors close: whoever asked reads it. What was said while the first pass
// went on is taken back by the second.
void remove(const Shared& farewell, std::int64_t from_row) {
  auto entry = farewell->self->audit(farewell->user_id, "account.forget", farewell->user_id);
  entry.address = farewell->address;
  farewell->self->store.write(
      [id = farewell->user_id, longest = farewell->self->options.auth.token_max,
       entry](Writer& writer) { return remove_person(writer, id, longest, entry); },
      [farewell, from_row](const Status& status) {
        farewell->done(status);
        if (!status) return;
        farewell->self->tell(farewell->user_id, Change::kDeleted);
        erase_words(farewell, from_row, [](const Status&, std::int64_t) {});
      });
}

// Words first: whoever is stopped in between asks again, and is still there to ask.
void take_out(const Shared& farewell) {
  farewell->self->store.write(
      [id = farewell->user_id](Writer& writer) { return may_leave(writer, id); },
      [farewell](const Status& status) {
        if (!status) return farewell->done(status);
        erase_words(farewell, 0, [farewell](const Status& erased, std::int64_t end) {
          erased ? remove(farewell, end) : farewell->done(erased);
        });
      });
}

void decide(const Shared& farewell, const Result<PasswordVerdict>& verdict) {
  if (!verdict) {
    farewell->attempt.cancelled();
    return farewell->done(verdict.status());
  }
  if (!verdict->matches) {
    farewell->attempt.failed();
    return farewell->done(Status::unauthorized("The password is wrong. Nothing was deleted."));
  }
  farewell->attempt.succeeded();
  take_out(farewell);
}

// Guests and people of an outside issuer have no password.
void ask_password(const Shared& farewell, const Result<UserRecord>& found) {
  if (!found || found->password_hash.empty()) {
    farewell->attempt.cancelled();
    return found ? take_out(farewell) : farewell->done(found.status());
  }
  farewell->self->hasher.verify(
      std::move(farewell->password), found->password_hash, farewell->address,
      [farewell](const Result<PasswordVerdict>& verdict) { decide(farewell, verdict); });
}

}  // namespace

void Accounts::forget(std::string user_id, std::string password, std::string address,
                      StatusDone done) {
  const auto farewell = std::make_shared<Farewell>();
  farewell->self = impl_->enter();
  farewell->user_id = std::move(user_id);
  farewell->address = std::move(address);
  farewell->done = std::move(done);
  farewell->password = std::move(password);
  impl_->guard.enter(
      farewell->user_id, farewell->address, [farewell](Result<LoginGuard::Try> turn) {
        if (!turn) return farewell->done(turn.status());
        farewell->attempt = std::move(turn).value();
        farewell->self->find(farewell->user_id, false, [farewell](const Result<UserRecord>& found) {
          ask_password(farewell, found);
        });
      });
}

}  // namespace parley::users
