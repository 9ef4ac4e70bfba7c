// SPDX-License-Identifier: Apache-2.0
#include "command/keyed.h"

#include <utility>

#include "base/log.h"
#include "protocol/json.h"
#include "protocol/json_writer.h"

namespace parley::command {
namespace {

std::string text_of(protocol::JsonView value) {
  return std::string(value.as_string().value_or(""));
}

}  // namespace

// --- answers ---

std::string StoredReply::to_json() const {
  std::string json;
  protocol::ObjectWriter object(json);
  if (is_error()) {
    object.field("code", code).field("message", message);
    if (!details_json.empty()) object.raw("details", details_json);
  } else {
    object.field("type", type);
    if (!data_json.empty()) object.raw("data", data_json);
    if (!fields_json.empty()) object.raw("fields", fields_json);
  }
  object.close();
  return json;
}

Result<StoredReply> StoredReply::from_json(const std::string& json) {
  // It was checked when it was made, by limits that may have been others then.
  protocol::JsonReader reader({.depth = 256, .keys = 1'000'000, .size = json.size() + 64});
  const auto parsed = reader.parse(json);
  if (!parsed) return Status::internal("A remembered answer cannot be read.");
  StoredReply reply;
  reply.type = text_of(parsed->find("type"));
  reply.data_json = parsed->find("data").to_json();
  reply.fields_json = parsed->find("fields").to_json();
  reply.code = text_of(parsed->find("code"));
  reply.message = text_of(parsed->find("message"));
  reply.details_json = parsed->find("details").to_json();
  return reply;
}

// --- one command ---

storage::CommandKeyRecord Keyed::record(std::string reply_json) const {
  return {.user_id = it_.user,
          .key = it_.key,
          .fingerprint = it_.fingerprint,
          .reply_json = std::move(reply_json),
          .expires_at = expires_at()};
}

Status Keyed::store(storage::Writer& writer, const StoredReply& reply) {
  if (!remembers()) return Status::ok();
  Status status = writer.put_command_key(record(reply.to_json()));
  if (status) has_answer_ = true;
  return status;
}

Status Keyed::announce(storage::Writer& writer) {
  if (!remembers()) return Status::ok();
  Status status = writer.put_command_key(record({}));
  if (status) announced_ = true;
  return status;
}

// On the writer's thread like store(), so nothing is written over an answer.
Status Keyed::write_mark(storage::Writer& writer) const {
  if (has_answer_ || !remembers()) return Status::ok();
  return writer.put_command_key(record({}));
}

void Keyed::mark(const std::shared_ptr<Keyed>& keyed, storage::Store& store,
                 absl::AnyInvocable<void(Status)> done) {
  keyed->marked_ = true;
  // Another thread that finds it queued must be able to rely on that.
  const MutexLock lock(keyed->marking_);
  if (keyed->mark_queued_ && !done) return;
  keyed->mark_queued_ = true;
  store.write([keyed](storage::Writer& writer) { return keyed->write_mark(writer); },
              [keyed, done = std::move(done)](Status status) mutable {
                if (!status) {
                  keyed->mark_queued_ = false;
                  log::warn("command", "the mark of a keyed command is not stored: {}",
                            status.message());
                }
                if (done) done(std::move(status));
              });
}

std::string ok_with_offset(std::int64_t offset) {
  std::string data;
  protocol::ObjectWriter(data).field("offset", offset);
  return data;
}

absl::AnyInvocable<Status(storage::Writer&, std::int64_t offset)> store_ok_with_offset(
    KeyedPtr keyed) {
  if (!keyed) return {};
  return [keyed = std::move(keyed)](storage::Writer& writer, std::int64_t offset) {
    StoredReply reply;
    reply.type = "ok";
    reply.data_json = ok_with_offset(offset);
    return keyed->store(writer, reply);
  };
}

}  // namespace parley::command
