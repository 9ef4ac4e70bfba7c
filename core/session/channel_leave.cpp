// SPDX-License-Identifier: Apache-2.0
// Leaving channels: by one's own wish, by somebody else's doing, with the session.
#include <utility>

#include "protocol/frames.h"
#include "protocol/json_writer.h"
#include "session/channels_impl.h"
#include "session/joined_channels.h"

namespace parley::session {

Status left_meanwhile() {
  return Status::conflict("The channel was left before this was answered. Subscribe again.");
}

void Channels::remove(Session& session, std::size_t index, const Status& why) {
  const int shard = shard_of(session.key());
  session.changed();
  Subscription gone = std::move(session.subscriptions_[index]);
  session.subscriptions_.erase(session.subscriptions_.begin() + static_cast<std::ptrdiff_t>(index));
  ShardMembers& members = gone.channel->on(shard);
  members.remove(gone.member);
  {
    const MutexLock lock(gone.channel->mutex);
    gone.channel->watchers -= gone.wants_presence ? 1 : 0;
    const auto bit = static_cast<std::size_t>(shard);
    if (members.empty() && !gone.channel->pinned.test(bit)) gone.channel->shards.reset(bit);
  }
  if (gone.counted) disappear(session, gone.channel);
  if (!gone.joining) return;
  if (gone.joining->done) gone.joining->done(why);
  for (Joining::Again& again : gone.joining->again) again.done(why);
}

void Channels::disappear(Session& session, const EntryPtr& entry) {
  const users::User& user = *session.user();
  bool last = false;
  {
    const MutexLock lock(entry->mutex);
    const auto found = entry->present.find(user.id);
    if (found == entry->present.end()) return;
    last = --found->second.sessions == 0;
    if (last) entry->present.erase(found);
  }
  if (last) announce(entry, user, session.key(), false);
}

Status Channels::unsubscribe(Session& session, std::string_view channel) {
  return take_out(session, channel, left_meanwhile());
}

// `why` answers a join under way.
Status Channels::take_out(Session& session, std::string_view channel, const Status& why) {
  Subscription* subscription = find(session, channel);
  if (!subscription) {
    return Status::not_found("You are not in channel " + std::string(channel) + ".");
  }
  remove(session, static_cast<std::size_t>(subscription - session.subscriptions_.data()), why);
  return Status::ok();
}

Status Channels::leave(Session& session, std::string_view channel) {
  const Status left = unsubscribe(session, channel);
  if (left) note_membership(*session.user(), channel, false);
  return left;
}

Status Channels::expel(Session& session, std::string_view channel) {
  // Who was sent out of a channel that everybody joins is back when they may be.
  if (!settings()->is_default(channel)) note_membership(*session.user(), channel, false);
  const Status banned = bans_.check(channel, session.user()->id);
  const Status left = take_out(session, channel, banned ? left_meanwhile() : banned);
  if (left) tell_left(session, channel, "removed");
  return left;
}

void Channels::tell_left(Session& session, std::string_view channel, std::string_view reason) {
  std::string data;
  protocol::ObjectWriter(data).field("channel", channel).field("reason", reason);
  const std::uint64_t seq = session.next_seq();
  std::string frame;
  protocol::append_push(frame, seq, "unsubscribed", data);
  session.send_direct(seq, frame);
}

// Guests keep their channels with their session, and a plugin's channels are its own to open.
void Channels::note_membership(const users::User& user, std::string_view channel, bool joined) {
  const auto name = parse_channel_name(channel);
  if (user.kind == "guest" || !name || name->kind != ChannelKind::kPublic) return;
  store_.write(
      [id = user.id, channel = std::string(channel), joined,
       by_itself = settings()->is_default(channel)](storage::Writer& writer) {
        return note_joined(writer, id, channel, joined, by_itself);
      },
      {});
}

void Channels::take_along(const Session& guest, const users::User& account) {
  for (const Subscription& one : guest.subscriptions_) note_membership(account, one.name(), true);
  for (const std::string& name : settings()->channels.defaults) {
    if (!subscribed(guest, name)) note_membership(account, name, false);
  }
}

void Channels::unsubscribe_all(Session& session) {
  session.also_attach_.clear();
  while (!session.subscriptions_.empty()) {
    remove(session, session.subscriptions_.size() - 1, left_meanwhile());
  }
}

void Channels::recheck(Session& session) {
  std::vector<std::string> lost;
  for (const Subscription& one : session.subscriptions_) {
    if (!allowed(*session.user(), one.name(), ChannelAccess::kRead)) {
      lost.push_back(one.name());
    }
  }
  for (const std::string& channel : lost) {
    if (unsubscribe(session, channel)) tell_left(session, channel, "rights");
  }
}

}  // namespace parley::session
