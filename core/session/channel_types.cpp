// SPDX-License-Identifier: Apache-2.0
#include "session/channel_types.h"

#include "protocol/json_writer.h"

namespace parley::session {

Author author_of(const users::User& user) {
  return {.id = user.id, .name = user.name, .kind = user.kind};
}

namespace {

void put(protocol::ObjectWriter& data, const Unread& unread) {
  data.field("read", unread.read)
      .field("unread", unread.messages)
      .field("mentions", unread.mentions);
  if (unread.more) data.field("unreadMore", true);
}

}  // namespace

std::string Unread::data_json(std::string_view channel) const {
  std::string out;
  protocol::ObjectWriter data(out);
  put(data.field("channel", channel), *this);
  data.close();
  return out;
}

std::string Subscribed::data_json() const {
  std::string out;
  protocol::ObjectWriter data(out);
  data.field("channel", channel)
      .field("offset", offset)
      .field("recovered", recovered)
      .field("members", members);
  if (!topic.empty()) data.field("topic", topic);
  if (!messages_json.empty()) data.raw("messages", messages_json);
  if (unread) put(data, *unread);
  data.close();
  return out;
}

std::string ChannelHistory::data_json() const {
  std::string out;
  protocol::ObjectWriter data(out);
  data.field("channel", channel).raw("messages", messages_json).field("more", more);
  data.close();
  return out;
}

std::string PresencePage::data_json() const {
  std::string out;
  protocol::ObjectWriter data(out);
  data.field("channel", channel).field("total", total);
  {
    protocol::ArrayWriter list(data.key("users"));
    for (const Present& user : users) {
      protocol::ObjectWriter entry(list.next());
      entry.field("id", user.id).field("name", user.name).field("kind", user.kind);
    }
  }
  if (!next.empty()) data.field("next", next);
  if (peer) {
    protocol::ObjectWriter entry(data.key("peer"));
    entry.field("id", peer->id).field("name", peer->name).field("kind", peer->kind);
  }
  data.close();
  return out;
}

std::string ChannelListing::data_json() const {
  std::string out;
  protocol::ObjectWriter data(out);
  {
    protocol::ArrayWriter list(data.key("channels"));
    for (const ChannelInfo& one : channels) {
      protocol::ObjectWriter entry(list.next());
      entry.field("name", one.name).field("members", one.members);
      if (!one.topic.empty()) entry.field("topic", one.topic);
    }
  }
  if (!next.empty()) data.field("next", next);
  data.close();
  return out;
}

}  // namespace parley::session
