// SPDX-License-Identifier: Apache-2.0
// Writing to channels: through the store and then to everyone, or at once to those who are there.
#include <algorithm>
#include <bitset>
#include <string>
#include <utility>

#include "protocol/frames.h"
#include "protocol/json_writer.h"
#include "session/channels_impl.h"
#include "session/direct_channels.h"

namespace parley::session {
namespace {

storage::StoredMessage message_of(Draft draft, std::int64_t ts) {
  storage::StoredMessage message;
  message.channel = std::move(draft.channel);
  message.type = std::move(draft.type);
  message.user_id = std::move(draft.user.id);
  message.user_name = std::move(draft.user.name);
  message.user_kind = std::move(draft.user.kind);
  message.data_json = std::move(draft.data_json);
  message.origin_json = std::move(draft.origin_json);
  message.extra_json = std::move(draft.fields_json);
  message.about = std::move(draft.about);
  message.ts = ts;
  return message;
}

Status no_such_message(std::int64_t offset) {
  return Status::invalid_args("There is no message at offset " + std::to_string(offset) +
                              " of this channel to answer.");
}

Result<std::int64_t> store_message(storage::Writer& writer, const storage::StoredMessage& message,
                                   const ChannelName& name, std::int64_t reply_to,
                                   bool may_create) {
  if (!may_create) {
    storage::ChannelRecord record;
    bool exists = false;
    if (Status read = read_record(writer, message.channel, record, exists); !read) return read;
    if (!exists) return no_such_channel(message.channel);
  }
  const Result<std::int64_t> offset = writer.append_message(message);
  // Nothing is left of what a job wrote before it failed.
  if (offset && reply_to >= *offset) return no_such_message(reply_to);
  if (offset && *offset == 1 && name.kind == ChannelKind::kDirect) {
    if (Status noted = note_direct_channel(writer, name.first, name.second); !noted) return noted;
  }
  return offset;
}

}  // namespace

// --- durable ---

void Channels::publish(Draft draft, StoredDone on_stored, StoreAlso also) {
  const Result<ChannelName> name = parse_channel_name(draft.channel);
  if (!name) return on_stored(name.status());
  const auto settings = this->settings();
  const auto publication = std::make_shared<Publication>();
  publication->may_create = settings->channels.create_by_joining ||
                            name->kind != ChannelKind::kPublic || !is_person(draft.user.kind) ||
                            settings->is_default(draft.channel);
  publication->entry = entry(draft.channel);
  publication->reply_to = draft.reply_to;
  publication->message = message_of(std::move(draft), clock_.wall_ms());
  publication->on_stored = std::move(on_stored);
  publication->also = std::move(also);
  store_.write(
      [publication](storage::Writer& writer) {
        storage::StoredMessage& message = publication->message;
        const Result<ChannelName> parsed = parse_channel_name(message.channel);
        const Result<std::int64_t> offset =
            store_message(writer, message, *parsed, publication->reply_to, publication->may_create);
        if (!offset) return offset.status();
        message.offset = *offset;
        return publication->also ? publication->also(writer, *offset) : Status::ok();
      },
      [this, publication](Status status) {
        if (!status) return publication->on_stored(std::move(status));
        on_committed(*publication);
      });
}

// On the writer's thread, in the order of commits.
void Channels::on_committed(Publication& publication) {
  const storage::StoredMessage& message = publication.message;
  // First the author's `ok`: both are posted from here, so it stays first.
  publication.on_stored(message.offset);
  std::string json;
  json.reserve(message.data_json.size() + message.channel.size() + 160);
  append_stored(json, message);
  const net::SharedFrame frame = net::SharedFrame::text(json);
  const Result<ChannelName> name = parse_channel_name(message.channel);
  if (message.offset == 1 && name->kind == ChannelKind::kDirect) {
    return fan_out_first(publication.entry, *name, frame);
  }
  fan_out(publication.entry, message.offset, frame);
}

void Channels::fan_out(const EntryPtr& entry, std::int64_t offset, const net::SharedFrame& frame) {
  std::bitset<ShardSet::kMaxShards> shards;
  {
    const MutexLock lock(entry->mutex);
    entry->committed = std::max(entry->committed, offset);
    entry->exists = true;
    shards = entry->shards;
  }
  for (int shard = 0; shard < registry_.shards().size(); ++shard) {
    if (!shards.test(static_cast<std::size_t>(shard))) continue;
    registry_.shards().post(shard, [this, entry, offset, frame, shard] {
      entry->on(shard).deliver(frame, offset, false, registry_.stats());
    });
  }
}

// The first message of a direct channel brings both people's live sessions into it. Their shards
// are entered here, under the lock, so that the second message cannot pass a shard where the first
// one has not been handed out yet; `pinned` keeps a shard entered until then.
void Channels::fan_out_first(const EntryPtr& entry, const ChannelName& direct,
                             const net::SharedFrame& frame) {
  std::vector<SessionKey> keys = registry_.sessions_of(direct.first);
  const std::vector<SessionKey> other = registry_.sessions_of(direct.second);
  keys.insert(keys.end(), other.begin(), other.end());
  std::bitset<ShardSet::kMaxShards> shards;
  {
    const MutexLock lock(entry->mutex);
    entry->committed = std::max<std::int64_t>(entry->committed, 1);
    entry->exists = true;
    entry->loaded = true;
    for (const SessionKey key : keys) {
      entry->pinned.set(static_cast<std::size_t>(shard_of(key)));
    }
    entry->shards |= entry->pinned;
    shards = entry->shards;
  }
  for (int shard = 0; shard < registry_.shards().size(); ++shard) {
    const auto bit = static_cast<std::size_t>(shard);
    if (!shards.test(bit)) continue;
    registry_.shards().post(shard, [this, entry, frame, shard, bit, keys] {
      for (const SessionKey key : keys) {
        if (shard_of(key) == shard) join_direct(entry, key);
      }
      {
        const MutexLock lock(entry->mutex);
        entry->pinned.reset(bit);
        if (entry->on(shard).empty()) entry->shards.reset(bit);
      }
      entry->on(shard).deliver(frame, 1, false, registry_.stats());
    });
  }
}

void Channels::join_direct(const EntryPtr& entry, SessionKey key) {
  Session* session = registry_.find(key);
  if (!session || find(*session, *entry)) return;
  if (!session->attached_) {
    // Its welcome is not sent: it joins with it, and finds this message in the history.
    return session->also_attach_.push_back(entry);
  }
  Subscription& subscription = add(*session, entry, false);
  entry->on(shard_of(key)).at(subscription.member).skip_through = 0;
  appear(*session, subscription);
}

// --- to those who are there ---

void Channels::send_now(const EntryPtr& entry, const net::SharedFrame& frame,
                        const ChannelPushOptions& options, bool watchers_only) {
  std::bitset<ShardSet::kMaxShards> shards;
  {
    const MutexLock lock(entry->mutex);
    if (watchers_only && entry->watchers == 0) return;
    shards = entry->shards;
  }
  for (int shard = 0; shard < registry_.shards().size(); ++shard) {
    if (!shards.test(static_cast<std::size_t>(shard))) continue;
    registry_.shards().run_on(shard, [this, entry, frame, shard, options, watchers_only] {
      const ShardMembers::Except except{options.except_session, &options.except_users,
                                        watchers_only};
      SessionStats& stats = registry_.stats();
      if (except.any())
        return entry->on(shard).deliver_except(frame, options.volatile_, except, stats);
      entry->on(shard).deliver(frame, 0, options.volatile_, stats);
    });
  }
}

Status Channels::push(const ChannelPush& push, const ChannelPushOptions& options) {
  if (const auto name = parse_channel_name(push.channel); !name) return name.status();
  const EntryPtr entry = known(push.channel);
  if (!entry) return Status::ok();
  std::string json;
  protocol::append_channel_frame(json, {.type = push.type,
                                        .channel = push.channel,
                                        .user_id = push.user.id,
                                        .user_kind = push.user.kind,
                                        .data_json = push.data_json,
                                        .fields_json = push.fields_json});
  send_now(entry, net::SharedFrame::text(json), options, false);
  return Status::ok();
}

void Channels::announce(const EntryPtr& entry, const users::User& who, SessionKey session,
                        bool joined) {
  if (on_membership_) on_membership_(who, entry->name(), joined);
  {
    const MutexLock lock(entry->mutex);
    if (entry->watchers == 0) return;
  }
  std::string data;
  protocol::ObjectWriter(data).field("name", who.name);
  std::string json;
  protocol::append_channel_frame(json, {.type = joined ? "join" : "leave",
                                        .channel = entry->name(),
                                        .user_id = who.id,
                                        .user_kind = who.kind,
                                        .data_json = data});
  send_now(entry, net::SharedFrame::text(json), {.except_session = session}, true);
}

void Channels::set_topic(std::string_view channel, std::string topic, Author by, StatusDone done) {
  if (const auto name = parse_channel_name(channel); !name) return done(name.status());
  struct Change {
    EntryPtr entry;
    std::string topic;
    Author by;
    std::int64_t at = 0;
    StatusDone done;
  };
  const auto change = std::make_shared<Change>(
      Change{entry(channel), std::move(topic), std::move(by), clock_.wall_ms(), std::move(done)});
  store_.write(
      [change](storage::Writer& writer) {
        const std::string& name = change->entry->name();
        const Status made = writer.create_channel(
            {.name = name, .created_at = change->at, .created_by = change->by.id});
        return made.is_ok() ? writer.set_topic(name, change->topic, change->by.id) : made;
      },
      [this, change](Status status) {
        if (!status) return change->done(std::move(status));
        topic_set(change->entry, change->topic);
        change->done(Status::ok());
        tell_topic(change->entry, change->topic, change->by);
      });
}

void Channels::topic_set(const EntryPtr& entry, const std::string& topic) {
  const MutexLock lock(entry->mutex);
  entry->topic = topic;
  entry->topic_set = true;
  entry->exists = true;
}

void Channels::tell_topic(const EntryPtr& entry, const std::string& topic, const Author& by) {
  std::string data;
  protocol::ObjectWriter(data).field("topic", topic);
  // Nobody is left out and somebody may be gone: neither is a failure of the change.
  static_cast<void>(
      push({.channel = entry->name(), .type = "topic", .data_json = data, .user = by}));
}

void Channels::announce_stored(const storage::StoredMessage& message) {
  std::string json;
  append_stored(json, message);
  fan_out(entry(message.channel), message.offset, net::SharedFrame::text(json));
}

void Channels::topic_erased(std::string_view channel) {
  const EntryPtr there = entry(channel);
  topic_set(there, {});
  tell_topic(there, {}, {});
}

}  // namespace parley::session
