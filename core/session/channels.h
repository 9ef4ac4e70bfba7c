// SPDX-License-Identifier: Apache-2.0
// Channels: durable messages in offset order, pushes that are not kept, history, presence.
//
// Promises. A message is acknowledged and fanned out only after its commit; `on_stored` runs before
// anything is fanned out, so the author's `ok` precedes the author's own copy. Members get frames
// in offset order. A subscriber gets every message after the offset it was told and none twice,
// also when the history it asked for is read while others write.
//
// Ownership: owns the channels' state; borrows registry, store, rights and clock. Thread: [shard] =
// the session's shard, [any] = any thread. Completions run on the session's shard where the call
// was [shard] (perhaps before it returns), else where documented. Lifetime: outlives the registry's
// sessions; destroyed after shards and store have stopped. Failure: Status as documented; a failed
// commit reaches nobody but the author.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <absl/functional/any_invocable.h>

#include "base/clock.h"
#include "base/status.h"
#include "config/config.h"
#include "net/frame.h"
#include "protocol/frames.h"
#include "session/channel_bans.h"
#include "session/channel_rights.h"
#include "session/channel_types.h"
#include "session/session_registry.h"
#include "storage/store.h"

namespace parley::session {

class Channels {
 public:
  using SubscribeDone = absl::AnyInvocable<void(Result<Subscribed>)>;
  using StoredDone = absl::AnyInvocable<void(Result<std::int64_t>)>;  // the offset
  // Inside the job that stores a message: what belongs into the same transaction.
  using StoreAlso = absl::AnyInvocable<Status(storage::Writer&, std::int64_t offset)>;
  using HistoryDone = absl::AnyInvocable<void(Result<ChannelHistory>)>;
  using ListingDone = absl::AnyInvocable<void(Result<ChannelListing>)>;
  using InfoDone = absl::AnyInvocable<void(Result<ChannelInfo>)>;
  using StatusDone = absl::AnyInvocable<void(Status)>;
  using BansDone = absl::AnyInvocable<void(Result<storage::BanPage>)>;
  using UnreadDone = absl::AnyInvocable<void(Result<Unread>)>;
  // `refused` and a code for the client ("" for the status's own), or the text as it may be said.
  using Verdict = absl::AnyInvocable<void(Status refused, std::string code, std::string text)>;
  using TextFilter = std::function<void(SpokenText, Verdict)>;
  using AttachDone = absl::AnyInvocable<void(std::vector<protocol::ChannelPosition>)>;
  using ResumeDone = absl::AnyInvocable<void(Resumed)>;

  Channels(SessionRegistry& registry, storage::Store& store, const ChannelRights& rights,
           const Clock& clock, const config::Config& config);
  ~Channels();

  void configure(const config::Config& config);  // after a reload [any]

  // Before the first session: who is kept out of which channel. Waits for the disk.
  Status load_bans();

  // Before the first session: told on its shard when a user's first session joins a channel and
  // when the last one leaves it.
  using MembershipObserver =
      std::function<void(const users::User&, std::string_view channel, bool joined)>;
  void observe(MembershipObserver observer) { on_membership_ = std::move(observer); }

  // Before the first session: who looks at a text before it takes the place of another.
  void filter_texts(TextFilter filter) { text_filter_ = std::move(filter); }

  // --- [shard] ---
  // Joins what a new session is in by itself: channels.defaults, @<id>, its direct channels. `done`
  // sends the welcome before it returns; frames of these channels follow only after it. Not called
  // when the session closes first; when the store cannot be read the link is closed (4406, 4402).
  void attach(Session& session, AttachDone done);
  // A detached session comes back. `done` attaches the link and sends the welcome before it returns;
  // then what was missed follows from history, each channel in order. What the user may not read any
  // more is left. Not called when the session closes first; not_found and the like are no failures.
  void resume(Session& session, ResumeOptions options, ResumeDone done);
  // The client has taken what waited for it (net::WebSocketHandler::on_drained).
  void drained(Session& session);
  // The client is too slow: its channels are read from history once it has caught up.
  static void fall_behind(Session& session);
  // What the session is in, each with the offset of the last frame it was sent or need not be.
  static std::vector<protocol::ChannelPosition> positions(const Session& session);
  // Joins, or answers again for a channel it is in. invalid_args, not_found, channel_limit. `done`
  // is called exactly once, with an error when the session leaves or closes before; it sends
  // `subscribed`, and frames held back until then follow.
  void subscribe(Session& session, std::string_view channel, SubscribeOptions options,
                 SubscribeDone done);
  Status unsubscribe(Session& session, std::string_view channel);  // not_found: was not in it
  // The same by the user's own wish: an account's next session is not in it either.
  Status leave(Session& session, std::string_view channel);
  // The same, by somebody else's doing: the session is pushed `unsubscribed`.
  Status expel(Session& session, std::string_view channel);
  void unsubscribe_all(Session& session);
  // The guest of that session is that account now: its next session is in the same channels.
  void take_along(const Session& guest, const users::User& account);
  // After a change of roles: leaves what it may no longer read and pushes `unsubscribed` for each.
  void recheck(Session& session);
  bool subscribed(const Session& session, std::string_view channel) const;
  // The user has read the channel up to `offset`; marks never go back. `done` runs on a thread of
  // the store, or at once when refused: not_found. The user's other sessions are pushed `read`.
  void mark_read(Session& session, std::string_view channel, std::int64_t offset, UnreadDone done);
  // Who is in a channel, for someone who is in it too; not_found otherwise.
  Result<PresencePage> presence(const Session& asking, std::string_view channel,
                                std::string_view after = {}, std::size_t limit = 0) const;

  // --- [any] ---
  // Whether the user may: the rules of channels, and who is kept out. What is not theirs is not_found;
  // who is kept out is forbidden, and the sentence says until when and why.
  Status allowed(const users::User& user, std::string_view channel, ChannelAccess access) const;
  // Stores, then answers, then fans out. The author's rights are not looked at: ask allowed() first
  // where a person writes. `on_stored` runs once, on the database writer's
  // thread, or at once on the caller's when refused (invalid_args, overloaded): post onward.
  void publish(Draft draft, StoredDone on_stored, StoreAlso also = {});
  // Asks the filter; `done` runs on any thread, or at once when there is none.
  void look_over(SpokenText spoken, Verdict done) const;
  // Rewrites a message, and publishes `chatEdited` or `chatDeleted`, whose offset `on_stored` gets; as
  // for publish. Neither filter nor rights in the channel are asked: look_over() and allowed()
  // first. not_found: no such message, or taken away already; forbidden: another one's.
  void revise(Revision revision, StoredDone on_stored, StoreAlso also = {});
  // To those who are there now; nothing is kept. invalid_args for a bad name.
  Status push(const ChannelPush& push, const ChannelPushOptions& options = {});
  // `done` runs on a reader's thread or at once. `reader` may be null: the server itself asks.
  void history(const users::User* reader, std::string_view channel, HistoryRange range,
               HistoryDone done);
  // Without the rule that only members may ask: for plugins and admins.
  PresencePage present(std::string_view channel, std::string_view after = {},
                       std::size_t limit = 0) const;
  bool is_present(std::string_view channel, std::string_view user) const;
  // Stores the topic (made when the channel is new), then pushes `topic`. `done` on the writer's
  // thread or at once. Rights as for publish.
  void set_topic(std::string_view channel, std::string topic, Author by, StatusDone done);
  // On the writer's thread, after the commit of what somebody else has stored: members get it in its
  // place of the channel's order.
  void announce_stored(const storage::StoredMessage& message);
  // The topic was taken out of the store with whoever had set it.
  void topic_erased(std::string_view channel);
  // Topic, last offset and members; `done` on a reader's thread or at once. not_found.
  void info(std::string_view channel, InfoDone done);
  // Public channels that were made, are joined by themselves or have members now: a page of them, by
  // name, after `after`; at most channels.list_page. `done` on a reader's thread or at once.
  void list(std::string_view after, std::size_t limit, ListingDone done);
  // Channels with members now: name and count, by name; for metrics and the admin API.
  std::vector<ChannelInfo> active() const;

  // Keeps the user out from the commit on: all their sessions leave and are pushed `unsubscribed`.
  // `done` on the writer's thread or at once: invalid_args, not_found (no such user), too_large
  // (limits.bans reached). `since` and the names of the record are not read.
  void ban(storage::BanRecord ban, StatusDone done);
  // Lets them in again; not_found when they are not kept out. `done` as for ban().
  void unban(std::string_view channel, std::string_view user, StatusDone done);
  // A page of those who are kept out, at most channels.list_page; `now` is set here. `done` on a
  // reader's thread or at once.
  void bans(storage::BanQuery query, BansDone done) const;
  void forget_bans(std::string_view user);  // who is gone, from the store too
  void drop_expired_bans();

 private:
  struct Directory;
  struct Settings;
  struct Missed;
  struct Publication;
  struct Attachment;
  using EntryPtr = std::shared_ptr<ChannelEntry>;

  EntryPtr entry(std::string_view name);
  EntryPtr known(std::string_view name) const;
  std::shared_ptr<const Settings> settings() const;

  // channel_join.cpp [shard]
  static Subscription* find(Session& session, const ChannelEntry& entry);
  static Subscription* find(Session& session, std::string_view channel);
  static Subscription* waiting(Session& session, const EntryPtr& entry, std::uint64_t join);
  Subscription& add(Session& session, const EntryPtr& entry, bool wants_presence);
  void remove(Session& session, std::size_t index, const Status& why);
  void appear(Session& session, Subscription& subscription);
  void disappear(Session& session, const EntryPtr& entry);
  void wish_presence(Session& session, Subscription& subscription, bool wanted);
  Subscribed describe(const Subscription& subscription, std::int64_t joined) const;
  Status check_subscribe(Session& session, std::string_view channel,
                         const SubscribeOptions& options) const;
  SubscribeDone kept_when_joined(const Session& session, std::string_view channel,
                                 SubscribeDone done);
  void join_new(Session& session, const EntryPtr& entry, SubscribeOptions options,
                SubscribeDone done);
  void join_again(Session& session, Subscription& subscription, SubscribeOptions options,
                  SubscribeDone done);
  std::uint64_t hold(Session& session, Subscription& subscription, SubscribeOptions options,
                     SubscribeDone done);
  void load(Session& session, const EntryPtr& entry, std::uint64_t join);
  void on_loaded(Session& session, const EntryPtr& entry, std::uint64_t join, const Status& status);
  static Result<Missed> render_missed(storage::Reader& reader, const storage::HistoryQuery& query,
                                      std::optional<std::int64_t> since, std::int64_t joined);
  void read_missed(Session& session, const EntryPtr& entry, std::uint64_t join);
  void finish_join(Session& session, const EntryPtr& entry, std::uint64_t join,
                   Result<Missed> missed);
  void fail_again(Session& session, const EntryPtr& entry, std::uint64_t join, const Status& why);
  void release(Session& session, const EntryPtr& entry, std::uint64_t join);

  // channel_attach.cpp
  Status read_places(storage::Reader& reader, const std::string& user, std::size_t most,
                     Attachment& attachment);
  Status read_joined(storage::Reader& reader, const std::string& user, std::size_t most,
                     Attachment& attachment);
  void finish_attach(Session& session, Attachment& attachment);

  // channel_resume.cpp
  struct Return;
  Status find_missed(storage::Reader& reader, Return& coming_back);
  void finish_resume(Session& session, Return& coming_back);

  // channel_catch_up.cpp
  static std::int64_t delivered(const Session& session, const Subscription& subscription);
  static void set_catch_up(Session& session, Subscription& subscription, std::int64_t position);
  bool up_to_date(Session& session, Subscription& subscription);
  void catch_up(Session& session);
  void read_page(Session& session, const Subscription& subscription);
  bool send_page(Session& session, Subscription& subscription, const storage::HistoryPage& page,
                 std::int64_t passed);
  void on_detached(Session& session);

  // channel_reading.cpp
  static Result<Unread> count_unread(storage::Reader& reader, const std::string& channel,
                                     const users::User& user, std::int64_t last, std::size_t most);
  void tell_other_sessions(const users::User& user, const std::string& channel,
                           const Unread& unread, SessionKey origin);

  Status take_out(Session& session, std::string_view channel, const Status& why);
  void tell_left(Session& session, std::string_view channel, std::string_view reason);
  void note_membership(const users::User& user, std::string_view channel, bool joined);

  // channel_publish.cpp
  static void topic_set(const EntryPtr& entry, const std::string& topic);
  void tell_topic(const EntryPtr& entry, const std::string& topic, const Author& by);
  void on_committed(Publication& publication);
  void fan_out(const EntryPtr& entry, std::int64_t offset, const net::SharedFrame& frame);
  void fan_out_first(const EntryPtr& entry, const ChannelName& direct,
                     const net::SharedFrame& frame);
  void join_direct(const EntryPtr& entry, SessionKey key);
  void send_now(const EntryPtr& entry, const net::SharedFrame& frame,
                const ChannelPushOptions& options, bool watchers_only);
  void announce(const EntryPtr& entry, const users::User& who, SessionKey session, bool joined);

  SessionRegistry& registry_;
  storage::Store& store_;
  const ChannelRights& rights_;
  const Clock& clock_;
  ChannelBans bans_;
  MembershipObserver on_membership_;
  TextFilter text_filter_;
  std::unique_ptr<Directory> directory_;
};

}  // namespace parley::session
