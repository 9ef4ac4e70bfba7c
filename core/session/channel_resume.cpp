// SPDX-License-Identifier: Apache-2.0
// A session comes back to its channels: one read tells what is missing, one task on its shard
// attaches it and lets the welcome be sent; catching up follows.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "protocol/close_codes.h"
#include "session/channels_impl.h"

namespace parley::session {
namespace {

std::int64_t position_in(const std::vector<protocol::ChannelPosition>& all,
                         const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.channel == name; });
  return found == all.end() ? -1 : std::max<std::int64_t>(found->offset, 0);
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

void Channels::resume(Session& session, ResumeOptions options, ResumeDone done) {
  recheck(session);
  const auto settings = this->settings();
  std::vector<std::string> names;
  for (const Subscription& one : session.subscriptions_) add_once(names, one.name());
  if (is_user_id(session.user()->id)) add_once(names, user_channel(session.user()->id));
  for (const auto& position : options.saved) add_once(names, position.channel);
  for (const auto& position : options.positions) add_once(names, position.channel);
  if (settings->per_session > 0 && names.size() > settings->per_session) {
    names.resize(settings->per_session);
  }

  const auto coming_back = std::make_shared<Return>();
  coming_back->done = std::move(done);
  for (const std::string& name : names) {
    if (!allowed(*session.user(), name, ChannelAccess::kRead)) continue;
    Return::Place place{.entry = entry(name)};
    place.since = position_in(options.positions, name);
    if (place.since < 0) place.since = position_in(options.saved, name);
    if (const Subscription* there = find(session, name); there && place.since < 0) {
      place.since = there->position;
    }
    coming_back->places.push_back(std::move(place));
  }
  const Status queued =
      store_.read([this, coming_back, key = session.key()](storage::Reader& reader) {
        coming_back->status = find_missed(reader, *coming_back);
        registry_.post(key,
                       [this, coming_back](Session& alive) { finish_resume(alive, *coming_back); });
      });
  if (queued) return;
  coming_back->status = queued;
  finish_resume(session, *coming_back);
}

Status Channels::find_missed(storage::Reader& reader, Return& coming_back) {
  for (Return::Place& place : coming_back.places) {
    storage::ChannelRecord record;
    if (Status read = read_record(reader, place.entry->name(), record, place.exists); !read) {
      return read;
    }
    remember(*place.entry, record, place.exists);
    if (place.since < 0 || place.since >= record.last_offset) continue;
    const auto page =
        reader.history({.channel = place.entry->name(), .after = place.since, .limit = 1});
    if (!page) return page.status();
    if (!page->messages.empty()) place.first = page->messages.front().offset;
    place.gap = place.first != place.since + 1;
  }
  return Status::ok();
}

void Channels::finish_resume(Session& session, Return& coming_back) {
  // Somebody may have been kept out while the store was asked.
  recheck(session);
  Resumed resumed;
  if (!coming_back.status) {
    // Better without its channels' past than not at all: each says that it is not recovered.
    log::warn("session", "a session comes back without its channels' past: {}",
              coming_back.status.message());
  }
  const auto settings = this->settings();
  for (Return::Place& place : coming_back.places) {
    if (!allowed(*session.user(), place.entry->name(), ChannelAccess::kRead)) continue;
    const bool joinable = place.exists || settings->channels.create_by_joining ||
                          settings->is_default(place.entry->name()) ||
                          parse_channel_name(place.entry->name())->kind != ChannelKind::kPublic;
    Subscription* subscription = find(session, *place.entry);
    if (!subscription && !joinable) continue;
    if (!subscription) subscription = &add(session, place.entry, false);
    if (!subscription->counted && !subscription->joining) appear(session, *subscription);
    subscription = find(session, *place.entry);
    if (!subscription) continue;

    std::int64_t committed = 0;
    {
      const MutexLock lock(place.entry->mutex);
      committed = place.entry->committed;
    }
    const bool said = place.since >= 0;
    std::int64_t from = said ? std::min(place.since, committed) : committed;
    bool recovered = coming_back.status.is_ok() && said && place.since <= committed && !place.gap;
    if (committed - from > settings->catch_up) {
      from = committed - settings->catch_up;
      recovered = false;
    }
    if (place.first > from + 1) from = place.first - 1;
    if (subscription->joining) continue;  // its answer comes from the ring, and says where it is
    set_catch_up(session, *subscription, from);
    resumed.channels.push_back({place.entry->name(), from, recovered});
  }
  session.attached_ = true;
  coming_back.done(std::move(resumed));
  if (session.state() != SessionState::kReady || !session.link()) return;
  for (Subscription& one : session.subscriptions_) {
    one.channel->on(shard_of(session.key())).at(one.member).link = session.link();
  }
  catch_up(session);
}

}  // namespace parley::session
