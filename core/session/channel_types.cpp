// SPDX-License-Identifier: Apache-2.0
#include "session/channel_types.h"

#include "protocol/json_writer.h"

namespace parley::session {

Author author_of(const users::User& user) {
  return {.id = user.id, .name = user.name, .kind = user.kind};
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
  data.close();
  return out;
}

}  // namespace parley::session
