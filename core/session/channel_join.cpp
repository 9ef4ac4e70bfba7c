// SPDX-License-Identifier: Apache-2.0
// Coming into channels; leaving them is in channel_leave.cpp. The order of steps is what keeps the
// promise of no gap and no double; channel_entry.h says why.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "protocol/frames.h"
#include "protocol/json_writer.h"
#include "session/channels_impl.h"

namespace parley::session {

// --- membership ---

Subscription* Channels::find(Session& session, const ChannelEntry& entry) {
  for (Subscription& one : session.subscriptions_) {
    if (one.channel.get() == &entry) return &one;
  }
  return nullptr;
}

Subscription* Channels::find(Session& session, std::string_view channel) {
  for (Subscription& one : session.subscriptions_) {
    if (one.name() == channel) return &one;
  }
  return nullptr;
}

// Every frame after the returned subscription's skip_through will come by on this shard.
Subscription& Channels::add(Session& session, const EntryPtr& entry, bool wants_presence) {
  const int shard = shard_of(session.key());
  Member member{.link = session.link(), .session = &session, .wants_presence = wants_presence};
  {
    const MutexLock lock(entry->mutex);
    entry->shards.set(static_cast<std::size_t>(shard));
    entry->watchers += wants_presence ? 1 : 0;
    member.skip_through = entry->committed;
  }
  const std::size_t index = entry->on(shard).add(member);
  registry_.stats().subscribes.bump();
  Subscription& subscription = session.subscriptions_.emplace_back(entry, index, wants_presence);
  subscription.floor = subscription.position = member.skip_through;
  session.changed();
  return subscription;
}

// Whoever hears of it may at once have the session leave again: `subscription` may be gone afterwards.
void Channels::appear(Session& session, Subscription& subscription) {
  const auto user = session.user();
  const EntryPtr entry = subscription.channel;
  bool first = false;
  {
    const MutexLock lock(entry->mutex);
    Present& present = entry->present[user->id];
    first = ++present.sessions == 1;
    present.id = user->id;
    present.name = user->name;
    present.kind = user->kind;
  }
  subscription.counted = true;
  if (first) announce(entry, *user, session.key(), true);
}

void Channels::wish_presence(Session& session, Subscription& subscription, bool wanted) {
  if (subscription.wants_presence == wanted) return;
  subscription.wants_presence = wanted;
  subscription.channel->on(shard_of(session.key())).at(subscription.member).wants_presence = wanted;
  const MutexLock lock(subscription.channel->mutex);
  subscription.channel->watchers += wanted ? 1 : -1;
}

Subscribed Channels::describe(const Subscription& subscription, std::int64_t joined) const {
  Subscribed answer{.channel = subscription.name(), .offset = joined};
  const MutexLock lock(subscription.channel->mutex);
  answer.members = subscription.channel->present.size();
  answer.topic = subscription.channel->topic;
  return answer;
}

// --- subscribe ---

Status Channels::check_subscribe(Session& session, std::string_view channel,
                                 const SubscribeOptions& options) const {
  if (session.state() == SessionState::kClosed) return left_meanwhile();
  if (options.since.value_or(0) < 0) {
    return Status::invalid_args("`since` is an offset: 0 or more.");
  }
  Status refused = allowed(*session.user(), channel, ChannelAccess::kRead);
  if (refused.code() == ErrorCode::kNotFound) registry_.stats().denied.bump();
  return refused;
}

void Channels::subscribe(Session& session, std::string_view channel, SubscribeOptions options,
                         SubscribeDone done) {
  if (Status refused = check_subscribe(session, channel, options); !refused) return done(refused);
  const auto settings = this->settings();
  options.history = std::min(options.history,
                             static_cast<std::size_t>(std::max(settings->channels.history_max, 0)));
  if (options.keep) done = kept_when_joined(session, channel, std::move(done));
  if (Subscription* there = find(session, channel)) {
    return join_again(session, *there, std::move(options), std::move(done));
  }
  if (settings->per_session > 0 && session.subscriptions().size() >= settings->per_session) {
    return done(Status(ErrorCode::kChannelLimit,
                       "You are in " + std::to_string(session.subscriptions().size()) +
                           " channels, which is the limit. Unsubscribe from one first."));
  }
  join_new(session, entry(channel), std::move(options), std::move(done));
}

Channels::SubscribeDone Channels::kept_when_joined(const Session& session, std::string_view channel,
                                                   SubscribeDone done) {
  return [this, user = session.user(), name = std::string(channel),
          done = std::move(done)](Result<Subscribed> answer) mutable {
    if (answer) note_membership(*user, name, true);
    done(std::move(answer));
  };
}

void Channels::join_new(Session& session, const EntryPtr& entry, SubscribeOptions options,
                        SubscribeDone done) {
  Subscription& subscription = add(session, entry, options.presence);
  const std::uint64_t join = hold(session, subscription, std::move(options), std::move(done));
  bool loaded = false;
  {
    const MutexLock lock(entry->mutex);
    loaded = entry->loaded;
  }
  if (loaded) return on_loaded(session, entry, join, Status::ok());
  load(session, entry, join);
}

// What was handed to this shard's members is the position; what comes from now on waits.
void Channels::join_again(Session& session, Subscription& subscription, SubscribeOptions options,
                          SubscribeDone done) {
  if (subscription.joining) {
    subscription.joining->again.push_back({std::move(options), std::move(done)});
    return;
  }
  const EntryPtr entry = subscription.channel;
  ShardMembers& members = entry->on(shard_of(session.key()));
  const std::int64_t position =
      std::max(members.at(subscription.member).skip_through, members.last_delivered());
  wish_presence(session, subscription, options.presence);
  const std::uint64_t join = hold(session, subscription, std::move(options), std::move(done));
  subscription.joining->joined = position;
  read_missed(session, entry, join);
}

std::uint64_t Channels::hold(Session& session, Subscription& subscription, SubscribeOptions options,
                             SubscribeDone done) {
  subscription.joining = std::make_unique<Joining>();
  subscription.joining->id = directory_->last_join.fetch_add(1, std::memory_order_relaxed) + 1;
  subscription.joining->options = std::move(options);
  subscription.joining->done = std::move(done);
  subscription.channel->on(shard_of(session.key())).at(subscription.member).skip_through = kHoldAll;
  return subscription.joining->id;
}

// The subscription that still waits for this join, or null: it was left, or left and joined again.
Subscription* Channels::waiting(Session& session, const EntryPtr& entry, std::uint64_t join) {
  Subscription* subscription = find(session, *entry);
  const bool same = subscription && subscription->joining && subscription->joining->id == join;
  return same ? subscription : nullptr;
}

void Channels::load(Session& session, const EntryPtr& entry, std::uint64_t join) {
  const Status queued =
      store_.read([this, entry, join, key = session.key()](storage::Reader& reader) {
        storage::ChannelRecord record;
        bool exists = false;
        const Status status = read_record(reader, entry->name(), record, exists);
        if (status.is_ok()) remember(*entry, record, exists);
        registry_.post(key, [this, entry, join, status](Session& alive) {
          on_loaded(alive, entry, join, status);
        });
      });
  if (!queued) finish_join(session, entry, join, queued);
}

void Channels::on_loaded(Session& session, const EntryPtr& entry, std::uint64_t join,
                         const Status& status) {
  Subscription* subscription = waiting(session, entry, join);
  if (!subscription) return;
  if (!status) return finish_join(session, entry, join, status);
  bool exists = false;
  {
    const MutexLock lock(entry->mutex);
    subscription->joining->joined = entry->committed;
    exists = entry->exists;
  }
  const auto settings = this->settings();
  const bool made_by_joining = settings->channels.create_by_joining ||
                               settings->is_default(entry->name()) ||
                               parse_channel_name(entry->name())->kind != ChannelKind::kPublic;
  if (!exists && !made_by_joining) {
    return finish_join(session, entry, join, no_such_channel(entry->name()));
  }
  read_missed(session, entry, join);
}

namespace {

// Which messages answer a subscribe at `joined`, or nothing when none have to be read.
std::optional<storage::HistoryQuery> missed_query(const std::string& channel,
                                                  const SubscribeOptions& options,
                                                  std::int64_t joined, std::int64_t most) {
  storage::HistoryQuery query{.channel = channel};
  if (options.since) {
    const std::int64_t missed = joined - *options.since;
    if (missed <= 0) return std::nullopt;
    query.limit = static_cast<std::size_t>(std::min(missed, most));
    // More than one answer may hold: the newest ones, and `recovered` says that some are missing.
    if (missed > most) {
      query.before = joined + 1;
    } else {
      query.after = options.since;
    }
    return query;
  }
  if (options.history == 0 || joined == 0) return std::nullopt;
  query.before = joined + 1;
  query.limit = options.history;
  query.changes = false;
  return query;
}

bool nothing_missing(const storage::HistoryPage& page, std::int64_t since, std::int64_t joined) {
  if (since == joined) return true;
  return !page.messages.empty() && page.messages.front().offset == since + 1 &&
         page.messages.back().offset == joined &&
         static_cast<std::int64_t>(page.messages.size()) == joined - since;
}

}  // namespace

Result<Channels::Missed> Channels::render_missed(storage::Reader& reader,
                                                 const storage::HistoryQuery& query,
                                                 std::optional<std::int64_t> since,
                                                 std::int64_t joined) {
  Result<storage::HistoryPage> page = reader.history(query);
  if (!page) return page.status();
  // What was written since is pushed.
  std::erase_if(page.value().messages,
                [joined](const auto& message) { return message.offset > joined; });
  Missed missed;
  missed.recovered = since && nothing_missing(*page, *since, joined);
  protocol::ArrayWriter list(missed.messages_json);
  for (const auto& message : page->messages) append_stored(list.next(), message);
  list.close();
  return missed;
}

void Channels::read_missed(Session& session, const EntryPtr& entry, std::uint64_t join) {
  Subscription* subscription = waiting(session, entry, join);
  if (!subscription) return;
  const Joining& joining = *subscription->joining;
  const std::int64_t joined = joining.joined;
  const std::optional<std::int64_t> since = joining.options.since;
  const std::int64_t most = std::max(settings()->channels.history_max, 1);
  const auto query = missed_query(entry->name(), joining.options, joined, most);
  if (!since && joining.options.history == 0) return finish_join(session, entry, join, Missed{});
  const auto unread_max = static_cast<std::size_t>(std::max(settings()->channels.unread_max, 1));
  const Status queued = store_.read([this, entry, join, joined, since, query, unread_max,
                                     user = session.user(),
                                     key = session.key()](storage::Reader& reader) {
    Result<Missed> answer = query ? render_missed(reader, *query, since, joined)
                                  : Missed{.messages_json = "[]", .recovered = since == joined};
    if (answer) {
      auto unread = count_unread(reader, entry->name(), *user, joined, unread_max);
      if (unread) {
        answer.value().unread = *unread;
      } else {
        answer = unread.status();
      }
    }
    registry_.post(key, [this, entry, join, answer = std::move(answer)](Session& alive) mutable {
      finish_join(alive, entry, join, std::move(answer));
    });
  });
  if (!queued) finish_join(session, entry, join, queued);
}

void Channels::finish_join(Session& session, const EntryPtr& entry, std::uint64_t join,
                           Result<Missed> missed) {
  Subscription* subscription = waiting(session, entry, join);
  if (!subscription) return;
  if (!missed) {
    // A session that was in the channel before stays in it: only this answer failed.
    if (subscription->counted) return fail_again(session, entry, join, missed.status());
    const auto index = static_cast<std::size_t>(subscription - session.subscriptions_.data());
    return remove(session, index, missed.status());
  }
  if (!subscription->counted) appear(session, *subscription);
  subscription = waiting(session, entry, join);
  if (!subscription) return;
  Subscribed answer = describe(*subscription, subscription->joining->joined);
  answer.recovered = missed->recovered;
  answer.messages_json = std::move(missed.value().messages_json);
  answer.unread = missed->unread;
  SubscribeDone done = std::move(subscription->joining->done);
  done(std::move(answer));
  release(session, entry, join);
}

void Channels::fail_again(Session& session, const EntryPtr& entry, std::uint64_t join,
                          const Status& why) {
  SubscribeDone done = std::move(waiting(session, entry, join)->joining->done);
  done(why);
  release(session, entry, join);
}

// `subscribed` was sent: what was held back follows, then who asked again meanwhile is answered.
void Channels::release(Session& session, const EntryPtr& entry, std::uint64_t join) {
  Subscription* subscription = waiting(session, entry, join);
  if (!subscription) return;
  const std::unique_ptr<Joining> joining = std::move(subscription->joining);
  entry->on(shard_of(session.key())).at(subscription->member).skip_through = joining->joined;
  subscription->position = joining->joined;
  if (session.lagging()) {
    set_catch_up(session, *subscription, joining->joined);
  } else {
    for (const HeldFrame& held : joining->held) {
      if (held.offset != 0 && held.offset <= joining->joined) continue;
      if (Link* link = session.link()) link->send(held.frame, false);
      session.stats_->channel_frames.bump();
    }
  }
  for (Joining::Again& again : joining->again) {
    subscribe(session, entry->name(), std::move(again.options), std::move(again.done));
  }
}

}  // namespace parley::session
