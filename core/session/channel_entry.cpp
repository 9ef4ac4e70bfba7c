// SPDX-License-Identifier: Apache-2.0
#include "session/channel_entry.h"

#include <algorithm>
#include <utility>

#include "protocol/close_codes.h"

namespace parley::session {

ChannelEntry::ChannelEntry(std::string name, int shard_count)
    : name_(std::move(name)), members_(static_cast<std::size_t>(shard_count)) {}

std::size_t ShardMembers::add(const Member& member) {
  members_.push_back(member);
  return members_.size() - 1;
}

void ShardMembers::remove(std::size_t index) {
  const std::size_t last = members_.size() - 1;
  if (index != last) {
    subscription_of(members_[last])->member = index;
    members_[index] = members_[last];
  }
  members_.pop_back();
}

Subscription* ShardMembers::subscription_of(const Member& member) {
  const int shard = shard_of(member.session->key());
  for (Subscription& subscription : member.session->subscriptions_) {
    if (&subscription.channel->on(shard) == this) return &subscription;
  }
  return nullptr;
}

bool ShardMembers::Except::spares(const Member& member) const {
  if (watchers_only && !member.wants_presence) return true;
  if (member.session->key() == session) return true;
  return users &&
         std::find(users->begin(), users->end(), member.session->user()->id) != users->end();
}

void ShardMembers::deliver(const net::SharedFrame& frame, std::int64_t offset, bool volatile_,
                           SessionStats& stats) {
  if (offset > 0) last_delivered_ = offset;  // before: who falls behind here has had this one
  std::uint64_t served = 0;
  for (Member& member : members_) {
    if (!pass(member, frame, offset, volatile_)) continue;
    send(member, frame, volatile_);
    ++served;
  }
  stats.channel_frames.bump(served);
}

// Whether the frame is for this member now.
bool ShardMembers::pass(Member& member, const net::SharedFrame& frame, std::int64_t offset,
                        bool volatile_) {
  const std::int64_t order = offset > 0 ? offset : kNoOffset;
  if (order > member.skip_through) return member.link != nullptr;
  if (member.skip_through == kHoldAll) hold(member, frame, offset, volatile_);
  // What is not in the history cannot be read from there: it goes out now, unless the client is slow.
  return member.skip_through == kCatchUp && offset == 0 && member.link &&
         !member.session->lagging();
}

void ShardMembers::send(Member& member, const net::SharedFrame& frame, bool volatile_) {
  const net::SendResult result = member.link->send(frame, volatile_);
  if (result == net::SendResult::kDropped) member.session->stats_->volatile_drops.bump();
  if (result == net::SendResult::kCrowded && !member.session->lagging()) {
    Channels::fall_behind(*member.session);
  }
}

void ShardMembers::deliver_except(const net::SharedFrame& frame, bool volatile_,
                                  const Except& except, SessionStats& stats) {
  std::uint64_t served = 0;
  for (Member& member : members_) {
    if (except.spares(member) || !pass(member, frame, 0, volatile_)) continue;
    send(member, frame, volatile_);
    ++served;
  }
  stats.channel_frames.bump(served);
}

void ShardMembers::hold(Member& member, const net::SharedFrame& frame, std::int64_t offset,
                        bool volatile_) {
  Session& session = *member.session;
  if (volatile_) return session.stats_->volatile_drops.bump();
  Joining* joining = subscription_of(member)->joining.get();
  if (joining->held_bytes + frame.bytes().size() > session.early_cap_) {
    // The store is slower than the channel for longer than memory allows: the client comes back.
    session.stats_->overruns.bump();
    if (member.link) member.link->close(protocol::close::kSlow, "slow");
    return;
  }
  joining->held_bytes += frame.bytes().size();
  joining->held.push_back({offset, frame});
}

void append_stored(std::string& out, const storage::StoredMessage& message) {
  protocol::append_channel_frame(out, {.type = message.type,
                                       .channel = message.channel,
                                       .offset = message.offset,
                                       .ts = message.ts,
                                       .user_id = message.user_id,
                                       .user_kind = message.user_kind,
                                       .data_json = message.data_json,
                                       .fields_json = message.extra_json,
                                       .origin_json = message.origin_json});
}

}  // namespace parley::session
