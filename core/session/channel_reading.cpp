// SPDX-License-Identifier: Apache-2.0
// What people have read: their mark in each channel, and what lies behind it.
#include <algorithm>
#include <utility>

#include "protocol/frames.h"
#include "protocol/json.h"
#include "session/channels_impl.h"
#include "users/names.h"

namespace parley::session {
namespace {

void count(const storage::StoredMessage& message, const users::User& user, Unread& unread) {
  if (message.type != "chatMessage" || message.user_id == user.id) return;
  protocol::JsonReader reader({.depth = 64, .keys = 100'000, .size = message.data_json.size() + 1});
  const auto data = reader.parse(message.data_json);
  if (!data || data->find("deleted").as_bool().value_or(false)) return;
  ++unread.messages;
  const auto text = data->find("text").as_string();
  if (text && users::mentions(*text, user.name)) ++unread.mentions;
}

}  // namespace

Result<Unread> Channels::count_unread(storage::Reader& reader, const std::string& channel,
                                      const users::User& user, std::int64_t last,
                                      std::size_t most) {
  Unread unread{.read = last};
  const auto mark = reader.read_mark(user.id, channel);
  if (!mark && mark.status().code() != ErrorCode::kNotFound) return mark.status();
  // Who never said what they have read has read what everybody could see, and nothing of what was
  // said to them alone.
  const bool direct = parse_channel_name(channel)->kind == ChannelKind::kDirect;
  if (!mark && !direct) return unread;
  unread.read = std::min(mark ? *mark : 0, last);
  if (unread.read == last) return unread;
  const auto page =
      reader.history({.channel = channel, .after = unread.read, .limit = most, .changes = false});
  if (!page) return page.status();
  for (const storage::StoredMessage& message : page->messages) {
    if (message.offset <= last) count(message, user, unread);
  }
  unread.more = page->more;
  return unread;
}

void Channels::mark_read(Session& session, std::string_view channel, std::int64_t offset,
                         UnreadDone done) {
  const auto user = session.user();
  if (Status refused = allowed(*user, channel, ChannelAccess::kRead); !refused) {
    registry_.stats().denied.bump();
    return done(refused);
  }
  const auto most = static_cast<std::size_t>(std::max(settings()->channels.unread_max, 1));
  const auto answer = std::make_shared<UnreadDone>(std::move(done));
  // Counting is a reader's work: everybody's writes wait for the writer.
  auto count = [this, user, name = std::string(channel), origin = session.key(), most,
                answer](storage::Reader& reader) {
    const auto record = reader.channel(name);
    auto unread = record ? count_unread(reader, name, *user, record->last_offset, most)
                         : Result<Unread>(record.status());
    if (unread) tell_other_sessions(*user, name, *unread, origin);
    (*answer)(std::move(unread));
  };
  store_.write(
      [user, name = std::string(channel), offset](storage::Writer& writer) {
        return writer.put_read_mark(user->id, name, offset).status();
      },
      [this, count = std::move(count), answer](Status status) mutable {
        if (status) status = store_.read(std::move(count));
        if (!status) (*answer)(std::move(status));
      });
}

// What was read on one device is read on all of them.
void Channels::tell_other_sessions(const users::User& user, const std::string& channel,
                                   const Unread& unread, SessionKey origin) {
  registry_.post_to_user(user.id, [data = unread.data_json(channel), origin](Session& session) {
    if (session.key() == origin) return;
    const std::uint64_t seq = session.next_seq();
    std::string frame;
    protocol::append_push(frame, seq, "read", data);
    session.send_direct(seq, frame);
  });
}

}  // namespace parley::session
