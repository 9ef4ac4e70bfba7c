// SPDX-License-Identifier: Apache-2.0
// Channels: durable messages in offset order, pushes that are not kept, history, presence.
//
// Promises. A message is acknowledged and fanned out only after its commit; `on_stored` runs before
// anything is fanned out, so the author's `ok` precedes the author's own copy. Members get frames in
// offset order. A subscriber gets every message after the offset it was told and none twice, also
// when the history it asked for is read while others write.
//
// Ownership: owns the channels' state; borrows registry, store, rights and clock. Thread: [shard] =
// the session's shard, [any] = any thread. Completions run on the session's shard where the call was
// [shard] (perhaps before it returns), else where documented. Lifetime: outlives the registry's
// sessions; destroyed after shards and store have stopped. Failure: Status as documented; a failed
// commit reaches nobody but the author.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "net/frame.h"
#include "protocol/frames.h"
#include "session/channel_rights.h"
#include "session/session_registry.h"
#include "storage/store.h"

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
  std::string fields_json;  // object of further top-level fields, "" for none
  std::string origin_json;  // {"ns":…,"id":…} over a bridge, "" for none
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
  std::string except_user;        // "": nobody
};

struct SubscribeOptions {
  std::optional<std::int64_t> since;  // messages after this offset come with the answer
  std::size_t history = 0;            // or the newest n; capped by channels.history_max
  bool presence = false;              // join and leave are pushed to this session
};

struct Subscribed {
  std::string channel;
  std::int64_t offset = 0;  // the last before the first frame that will be pushed
  bool recovered = false;   // with since: nothing between it and offset is missing
  std::size_t members = 0;  // users who are here, this one included
  std::string topic;
  std::string messages_json;  // array of frames, oldest first; "" when none were asked for

  std::string data_json() const;  // the `data` of `subscribed`
};

struct HistoryRange {
  std::size_t limit = 0;  // 0: channels.history_page
  std::optional<std::int64_t> before, after;
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
  std::string next;  // `after` of the next page, "" after the last

  std::string data_json() const;
};

struct ChannelInfo {
  std::string name;
  std::string topic;
  std::int64_t last_offset = 0;
  std::size_t members = 0;
};

class Channels {
 public:
  using SubscribeDone = absl::AnyInvocable<void(Result<Subscribed>)>;
  using StoredDone = absl::AnyInvocable<void(Result<std::int64_t>)>;  // the offset
  using HistoryDone = absl::AnyInvocable<void(Result<ChannelHistory>)>;
  using InfoDone = absl::AnyInvocable<void(Result<ChannelInfo>)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;
  using AttachDone = absl::AnyInvocable<void(std::vector<protocol::ChannelPosition>)>;

  Channels(SessionRegistry& registry, storage::Store& store, const ChannelRights& rights,
           const Clock& clock, const config::Config& config);
  ~Channels();

  void configure(const config::Config& config);  // after a reload [any]

  // --- [shard] ---
  // Joins what a new session is in by itself: channels.default, @<id>, its direct channels. `done`
  // sends the welcome; frames of these channels follow only after it. Never called when the session
  // closes first.
  void attach(Session& session, AttachDone done);
  // Joins, or answers again for a channel it is in. invalid_args, not_found, channel_limit. `done`
  // is called exactly once, with an error when the session leaves or closes before; it sends
  // `subscribed`, and frames held back until then follow.
  void subscribe(Session& session, std::string_view channel, SubscribeOptions options,
                 SubscribeDone done);
  Status unsubscribe(Session& session, std::string_view channel);  // not_found: was not in it
  void unsubscribe_all(Session& session);
  // After a change of roles: leaves what it may no longer read and pushes `unsubscribed` for each.
  void recheck(Session& session);
  bool subscribed(const Session& session, std::string_view channel) const;
  // Who is in a channel, for someone who is in it too; not_found otherwise.
  Result<PresencePage> presence(const Session& asking, std::string_view channel,
                                std::string_view after = {}, std::size_t limit = 0) const;

  // --- [any] ---
  // Stores, then answers, then fans out. The author's rights are not looked at: ask
  // rights().check() first where a person writes. `on_stored` runs once, on the database writer's
  // thread, or at once on the caller's when refused (invalid_args, overloaded): post onward.
  void publish(Draft draft, StoredDone on_stored);
  // To those who are there now; nothing is kept. invalid_args for a bad name.
  Status push(const ChannelPush& push, const ChannelPushOptions& options = {});
  // `done` runs on a reader's thread or at once. `reader` may be null: the server itself asks.
  void history(const users::User* reader, std::string_view channel, HistoryRange range,
               HistoryDone done);
  // Without the rule that only members may ask: for plugins and admins.
  PresencePage present(std::string_view channel, std::string_view after = {},
                       std::size_t limit = 0) const;
  // Stores the topic (made when the channel is new), then pushes `topic`. `done` on the writer's
  // thread or at once. Rights as for publish.
  void set_topic(std::string_view channel, std::string topic, Author by, StatusDone done);
  // Topic, last offset and members; `done` on a reader's thread or at once. not_found.
  void info(std::string_view channel, InfoDone done);
  // Channels with members now: name and count, by name; for metrics and the admin API.
  std::vector<ChannelInfo> active() const;

  const ChannelRights& rights() const { return rights_; }

 private:
  struct Directory;
  struct Settings;
  struct Publication;
  struct Attachment;
  using EntryPtr = std::shared_ptr<ChannelEntry>;

  EntryPtr entry(std::string_view name);
  EntryPtr known(std::string_view name) const;
  void forget_if_idle(EntryPtr entry);
  std::shared_ptr<const Settings> settings() const;
  bool exists_by_itself(const Settings& settings, std::string_view channel) const;

  // channel_join.cpp
  void join(Session& session, EntryPtr entry, SubscribeOptions options, SubscribeDone done,
            bool release_later);
  void load(SessionKey session, EntryPtr entry, std::uint64_t join);
  void on_loaded(Session& session, const EntryPtr& entry, std::uint64_t join, Status status);
  void read_missed(Session& session, const EntryPtr& entry, std::uint64_t join);
  void finish_join(Session& session, const EntryPtr& entry, std::uint64_t join,
                   Result<Subscribed> answer);
  void answer_again(Session& session, const EntryPtr& entry, SubscribeOptions options,
                    SubscribeDone done);
  void leave(Session& session, std::size_t index, Status why);
  void attach_to(Session& session, std::vector<std::string> names,
                 std::shared_ptr<Attachment> attachment);

  // channel_publish.cpp
  void on_committed(Publication& publication);
  void fan_out(const EntryPtr& entry, std::int64_t offset, net::SharedFrame frame);
  void join_direct(const EntryPtr& entry, net::SharedFrame first);
  void push_presence(ChannelEntry& entry, std::string_view type, const Present& who);

  SessionRegistry& registry_;
  storage::Store& store_;
  const ChannelRights& rights_;
  const Clock& clock_;
  std::unique_ptr<Directory> directory_;
};

}  // namespace parley::session
