// SPDX-License-Identifier: Apache-2.0
// Members that are behind their channels: those who were away, and those who do not read fast
// enough. Frames pass them by, and what they missed is read from history, page by page and only as
// fast as the client takes it.
//
// Why there is no gap and no double when such a member goes back to being served: everything up to
// `position` was sent, and every frame that this shard has handed out or skipped is at most
// last_delivered(). Once position has reached that, what is handed out next is newer or was sent
// already, and skip_through tells the two apart.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/close_codes.h"
#include "session/channels_impl.h"

namespace parley::session {

// The newest message of the channel that this member has passed, sent or skipped.
std::int64_t Channels::delivered(const Session& session, const Subscription& subscription) {
  const ShardMembers& members = subscription.channel->on(shard_of(session.key()));
  return std::max(subscription.floor, members.last_delivered());
}

void Channels::set_catch_up(Session& session, Subscription& subscription, std::int64_t position) {
  subscription.position = position;
  subscription.channel->on(shard_of(session.key())).at(subscription.member).skip_through = kCatchUp;
}

void Channels::fall_behind(Session& session) {
  session.begin_lag();
  for (Subscription& one : session.subscriptions_) {
    const Member& member = one.channel->on(shard_of(session.key())).at(one.member);
    if (member.skip_through >= kCatchUp) continue;  // held back, or behind already
    set_catch_up(session, one, std::max(member.skip_through, delivered(session, one)));
  }
}

std::vector<protocol::ChannelPosition> Channels::positions(const Session& session) {
  std::vector<protocol::ChannelPosition> all;
  for (const Subscription& one : session.subscriptions_) {
    const Member& member = one.channel->on(shard_of(session.key())).at(one.member);
    const bool behind = member.skip_through >= kCatchUp || !member.link;
    // Its own answer says where it begins.
    if (one.joining && behind && one.position == 0) continue;
    all.push_back({one.name(),
                   behind ? one.position : std::max(member.skip_through, delivered(session, one))});
  }
  return all;
}

void Channels::on_detached(Session& session) {
  for (Subscription& one : session.subscriptions_) {
    Member& member = one.channel->on(shard_of(session.key())).at(one.member);
    if (member.skip_through < kCatchUp) {
      one.position = std::max(member.skip_through, delivered(session, one));
    }
    member.link = nullptr;
  }
}

void Channels::drained(Session& session) {
  if (session.lagging() && !session.send_waiting()) return;
  catch_up(session);
}

bool Channels::up_to_date(Session& session, Subscription& subscription) {
  Member& member = subscription.channel->on(shard_of(session.key())).at(subscription.member);
  if (member.skip_through != kCatchUp) return true;
  if (subscription.position < delivered(session, subscription)) return false;
  member.skip_through = subscription.position;
  return true;
}

// One page at a time for one session, so that a client far behind in many channels costs no more
// memory than one that is behind in one.
void Channels::catch_up(Session& session) {
  if (session.catching_up_ || !session.link()) return;
  for (Subscription& one : session.subscriptions_) {
    if (!up_to_date(session, one)) return read_page(session, one);
  }
  session.end_lag();
}

void Channels::read_page(Session& session, const Subscription& subscription) {
  session.catching_up_ = true;
  const auto most = static_cast<std::size_t>(std::max(settings()->channels.history_page, 1));
  storage::HistoryQuery query{
      .channel = subscription.name(), .after = subscription.position, .limit = most};
  // What this shard has passed is committed, so a page read from now on shows it.
  const std::int64_t passed = delivered(session, subscription);
  const Status queued =
      store_.read([this, entry = subscription.channel, query = std::move(query), passed,
                   key = session.key(), epoch = session.link_epoch_](storage::Reader& reader) {
        Result<storage::HistoryPage> page = reader.history(query);
        registry_.post(key, [this, entry, epoch, passed, page = std::move(page)](Session& alive) {
          alive.catching_up_ = false;
          Subscription* there = find(alive, *entry);
          const bool same = alive.link_epoch_ == epoch;
          if (!page && same && alive.link()) {
            log::warn("session", "history cannot be read for a client that is behind: {}",
                      page.status().message());
            return alive.link()->close(protocol::close::kInternal, "history cannot be read");
          }
          if (same && there && alive.link() && !send_page(alive, *there, *page, passed)) return;
          catch_up(alive);
        });
      });
  if (queued) return;
  session.catching_up_ = false;
  session.link()->close(protocol::close::kOverloaded, "history cannot be read now");
}

// False: the client is full; drained() goes on.
bool Channels::send_page(Session& session, Subscription& subscription,
                         const storage::HistoryPage& page, std::int64_t passed) {
  Member& member = subscription.channel->on(shard_of(session.key())).at(subscription.member);
  if (member.skip_through != kCatchUp) return true;
  // An empty page: what was skipped is not kept any more.
  if (page.messages.empty()) subscription.position = std::max(subscription.position, passed);
  std::string frame;
  for (const storage::StoredMessage& message : page.messages) {
    frame.clear();
    append_stored(frame, message);
    const net::SendResult result = session.link()->send(frame);
    subscription.position = message.offset;
    session.stats_->caught_up.bump();
    if (result != net::SendResult::kCrowded) continue;
    fall_behind(session);
    return false;
  }
  return true;
}

}  // namespace parley::session
