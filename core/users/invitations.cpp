// SPDX-License-Identifier: Apache-2.0
#include "users/invitations.h"

#include <utility>

#include "base/ids.h"

namespace parley::users {
namespace {

constexpr std::size_t kCodeLength = 22;  // 131 bits
constexpr std::size_t kNoteMax = 200;

storage::AuditEntry audit(std::int64_t now, std::string actor, std::string action,
                          const std::string& id) {
  return {.ts = now,
          .actor = std::move(actor),
          .action = std::move(action),
          .target = id,
          .result = "ok"};
}

}  // namespace

std::string invitation_hash(std::string_view code) {
  const auto first = code.find_first_not_of(" \t\r\n");
  if (first == code.npos) return sha256("");
  return sha256(code.substr(first, code.find_last_not_of(" \t\r\n") - first + 1));
}

void Invitations::make(std::string actor, std::string note, Millis life,
                       absl::AnyInvocable<void(Result<Invitation>)> done) {
  if (note.size() > kNoteMax) return done(Status::invalid_args("A note has up to 200 bytes."));
  Invitation made;
  made.code = random_base62(kCodeLength);
  made.record = {.id = random_id('i'),
                 .hash = invitation_hash(made.code),
                 .made_by = actor,
                 .note = std::move(note),
                 .created_at = clock_.wall_ms(),
                 .expires_at = clock_.wall_ms() + life.count()};
  auto entry = audit(clock_.wall_ms(), std::move(actor), "invitation.make", made.record.id);
  store_.write(
      [record = made.record, entry](storage::Writer& writer) {
        const Status status = writer.insert_invitation(record);
        return status.is_ok() ? writer.append_audit(entry) : status;
      },
      [made, done = std::move(done)](const Status& status) mutable {
        status ? done(std::move(made)) : done(status);
      });
}

void Invitations::revoke(std::string actor, std::string id, absl::AnyInvocable<void(Status)> done) {
  auto entry = audit(clock_.wall_ms(), std::move(actor), "invitation.revoke", id);
  store_.write(
      [id, entry](storage::Writer& writer) {
        const Status status = writer.delete_invitation(id);
        return status.is_ok() ? writer.append_audit(entry) : status;
      },
      std::move(done));
}

}  // namespace parley::users
