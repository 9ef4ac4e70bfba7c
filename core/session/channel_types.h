// SPDX-License-Identifier: Apache-2.0
// What goes into and comes out of Channels, as plain values.
//
// Ownership: values. Fields named *_json hold ready JSON text, checked by whoever made it. Units:
// offsets count from 1 in each channel; 0 is "before the first".
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/frames.h"
#include "session/session.h"
#include "users/accounts.h"

namespace parley::session {

// Who a message or push is from: a person, a bot, a plugin. An empty id leaves `user` out.
struct Author {
  std::string id;
  std::string name;
  std::string kind = "user";  // user | guest | bot | service
};
Author author_of(const users::User& user);

// A message before it is stored. JSON fields are ready JSON, checked by whoever made them.
struct Draft {
  std::string channel;
  Author user;
  std::string type = "chatMessage";
  std::string data_json = "{}";
  std::string fields_json;     // object of further top-level fields, "" for none
  std::string origin_json;     // {"ns":…,"id":…} over a bridge, "" for none
  std::int64_t reply_to = -1;  // offset of the message it answers, which must be there; -1 for none
  std::string about;  // id of whom it speaks of, when the author is no person: it goes with them
};

// What is to become of a message that was said.
struct Revision {
  std::string channel;
  std::int64_t offset = 0;  // of the message
  Author by;
  bool of_others = false;           // `by` may change what others wrote
  std::optional<std::string> text;  // nothing: it is taken away
};

// A text that somebody wants to say, before it is stored.
struct SpokenText {
  std::shared_ptr<const users::User> user;
  std::string session, channel, locale, text;
};

// What lies behind the last message that a user has read. Their own messages are none of it.
struct Unread {
  std::int64_t read = 0;  // offset of that message
  std::size_t messages = 0;
  std::size_t mentions = 0;  // those of them that name the user with an @
  bool more = false;         // there are more than channels.unread_max

  std::string data_json(std::string_view channel) const;  // the `data` of `read`
};

struct ChannelPush {
  std::string channel;
  std::string type;
  std::string data_json;
  std::string fields_json;
  Author user;
};

struct ChannelPushOptions {
  bool volatile_ = false;         // may be dropped for those who are behind
  SessionKey except_session = 0;  // 0: nobody
  std::vector<std::string> except_users;
};

struct SubscribeOptions {
  std::optional<std::int64_t> since;  // messages after this offset come with the answer
  std::size_t history = 0;            // or the newest n; capped by channels.history_max
  bool presence = false;              // join and leave are pushed to this session
  bool keep = false;  // by the user's own wish: an account's next session joins it by itself
};

struct Subscribed {
  std::string channel;
  std::int64_t offset = 0;  // the last before the first frame that will be pushed
  bool recovered = false;   // with since: nothing between it and offset is missing
  std::size_t members = 0;  // users who are here, this one included
  std::string topic;
  std::string messages_json;     // array of frames, oldest first; "" when none were asked for
  std::optional<Unread> unread;  // with messages

  std::string data_json() const;  // the `data` of `subscribed`
};

// What a client that comes back says of the channels it was in.
struct ResumeOptions {
  std::vector<protocol::ChannelPosition> positions;  // the last offset it has of each
  // Of the saved session. For a channel that the client says nothing of, its saved position counts.
  std::vector<protocol::ChannelPosition> saved;
};

// Where its channels go on.
struct Resumed {
  struct Channel {
    std::string name;
    std::int64_t offset = 0;  // the next frame of it is the one after
    bool recovered = false;   // nothing between what the client has and that is missing
  };
  std::vector<Channel> channels;
};

struct HistoryRange {
  std::size_t limit = 0;  // 0: channels.history_page
  std::optional<std::int64_t> before, after;
  // Also the frames that say what was changed, in their places, as they were pushed. Without them
  // there are `limit` messages as they read now.
  bool changes = false;
};

struct ChannelHistory {
  std::string channel;
  std::string messages_json;  // array of frames as they were pushed, oldest first
  std::size_t count = 0;
  bool more = false;

  std::string data_json() const;
};

struct Present {
  std::string id, name, kind;
  std::size_t sessions = 0;
};

struct PresencePage {
  std::string channel;
  std::vector<Present> users;  // by id
  std::size_t total = 0;
  std::string next;             // `after` of the next page, "" after the last
  std::optional<Present> peer;  // of a direct channel: the other one, here or not

  std::string data_json() const;
};

struct ChannelInfo {
  std::string name;
  std::string topic;
  std::int64_t last_offset = 0;
  std::size_t members = 0;
};

struct ChannelListing {
  std::vector<ChannelInfo> channels;  // by name
  std::string next;                   // `after` of the next page, "" after the last

  std::string data_json() const;
};

}  // namespace parley::session
