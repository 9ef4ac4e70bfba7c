// SPDX-License-Identifier: Apache-2.0
// Changing and taking away what was said. The message itself is rewritten, so that history shows it
// as it is now, and the change is a message of its own, so that whoever was away hears of it in its
// place of the channel's order.
//
// Text that was changed or taken away stays nowhere: the message points at its last change, and the
// one before is emptied when the next one comes.
#include <string>
#include <utility>

#include "base/escape.h"
#include "protocol/json.h"
#include "protocol/json_writer.h"
#include "session/channels_impl.h"

namespace parley::session {
namespace {

using protocol::JsonReader;
using protocol::JsonView;
using protocol::ObjectWriter;

constexpr std::string_view kSpoken = "chatMessage";
constexpr std::string_view kEdited = "chatEdited";
constexpr std::string_view kDeleted = "chatDeleted";

// What the server stored itself: only its size is not known.
JsonReader reader_of(const std::string& stored) {
  return JsonReader({.depth = 64, .keys = 100'000, .size = stored.size() + 1});
}

Status no_message(std::int64_t offset) {
  return Status::not_found("There is no message at offset " + std::to_string(offset) +
                           " of this channel.");
}

Status may_revise(const storage::StoredMessage& message, JsonView data, const Revision& revision) {
  if (message.type != kSpoken || data.find("deleted").as_bool().value_or(false))
    return no_message(message.offset);
  if (message.user_id != revision.by.id && !revision.of_others)
    return Status::forbidden("Only who wrote a message and moderators may change it.");
  // People have pressed, or will, under what it says now.
  if (revision.text && (data.find("buttons").exists() || data.find("card").exists()))
    return Status::conflict("A message with buttons or a card stays as it is. It can be deleted.");
  return Status::ok();
}

// The message's data as history shows it from now on.
std::string revised(JsonView data, std::string_view author, const Revision& revision,
                    std::int64_t change) {
  std::string out;
  ObjectWriter writer(out);
  if (!revision.text) {
    if (const auto from = data.find("from").as_string()) writer.field("from", *from);
    writer.field("text", "").field("deleted", true);
    if (revision.by.id != author) writer.field("editedBy", revision.by.name);
    writer.field("revision", change);
    writer.close();
    return out;
  }
  data.each_member([&](std::string_view key, JsonView value) {
    if (key == "text") {
      writer.field(key, *revision.text);
    } else if (key != "edited" && key != "editedBy" && key != "revision") {
      value.append_to(writer.key(key));
    }
    return true;
  });
  writer.field("edited", true);
  if (revision.by.id != author) writer.field("editedBy", revision.by.name);
  writer.field("revision", change);
  writer.close();
  return out;
}

std::string change_of(const Revision& revision) {
  std::string out;
  ObjectWriter writer(out);
  writer.field("offset", revision.offset).field("from", revision.by.name);
  if (revision.text) writer.field("text", *revision.text);
  writer.close();
  return out;
}

Status empty_superseded(storage::Writer& writer, const Revision& revision, std::int64_t change) {
  std::string data;
  ObjectWriter(data).field("offset", revision.offset).field("superseded", true);
  const Status emptied = writer.rewrite_message(revision.channel, change, data);
  return emptied.code() == ErrorCode::kNotFound ? Status::ok() : emptied;
}

// Whoever changes what others said answers for it.
Status note_interference(storage::Writer& writer, const storage::StoredMessage& message,
                         const Revision& revision, std::int64_t now) {
  return writer.append_audit({.ts = now,
                              .actor = revision.by.id,
                              .action = revision.text ? "message.edit" : "message.delete",
                              .target = message.user_id,
                              .result = "ok",
                              .detail = message.channel + " " + std::to_string(message.offset)});
}

Result<std::int64_t> store_revision(storage::Writer& writer, const Revision& revision,
                                    const storage::MessageDraft& change) {
  const auto message = writer.message(revision.channel, revision.offset);
  if (message.status().code() == ErrorCode::kNotFound) return no_message(revision.offset);
  if (!message) return message.status();
  JsonReader reader = reader_of(message->data_json);
  const auto data = reader.parse(message->data_json);
  if (!data) return data.status();
  if (Status allowed = may_revise(*message, *data, revision); !allowed) return allowed;
  const auto offset = writer.append_message(change);
  if (!offset) return offset;
  if (const auto before = data->find("revision").as_int()) {
    if (Status emptied = empty_superseded(writer, revision, *before); !emptied) return emptied;
  }
  const Status rewritten = writer.rewrite_message(
      revision.channel, revision.offset, revised(*data, message->user_id, revision, *offset));
  if (!rewritten) return rewritten;
  if (message->user_id != revision.by.id) {
    if (Status noted = note_interference(writer, *message, revision, change.ts); !noted)
      return noted;
  }
  return offset;
}

}  // namespace

void Channels::look_over(SpokenText spoken, Verdict done) const {
  if (!text_filter_) return done(Status::ok(), {}, std::move(spoken.text));
  text_filter_(std::move(spoken), std::move(done));
}

void Channels::revise(Revision revision, StoredDone on_stored, StoreAlso also) {
  if (const auto name = parse_channel_name(revision.channel); !name)
    return on_stored(name.status());
  const std::size_t most = settings()->message;
  if (revision.text && most > 0 && characters(*revision.text) > most)
    return on_stored(Status(
        ErrorCode::kTooLarge,
        "The message is longer than " + std::to_string(most) + " characters. Send it in parts."));
  const auto publication = std::make_shared<Publication>();
  publication->entry = entry(revision.channel);
  publication->on_stored = std::move(on_stored);
  publication->also = std::move(also);
  storage::StoredMessage& change = publication->message;
  change.channel = revision.channel;
  change.type = revision.text ? kEdited : kDeleted;
  change.user_id = revision.by.id;
  change.user_name = revision.by.name;
  change.user_kind = revision.by.kind;
  change.data_json = change_of(revision);
  change.ts = clock_.wall_ms();
  store_.write(
      [publication, revision = std::move(revision)](storage::Writer& writer) {
        const auto offset = store_revision(writer, revision, publication->message);
        if (!offset) return offset.status();
        publication->message.offset = *offset;
        return publication->also ? publication->also(writer, *offset) : Status::ok();
      },
      [this, publication](Status status) {
        if (!status) return publication->on_stored(std::move(status));
        on_committed(*publication);
      });
}

}  // namespace parley::session
