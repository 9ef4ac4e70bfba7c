// SPDX-License-Identifier: Apache-2.0
// Keeping people out of channels: on disk first, then in memory, then out of the sessions they have.
// Whoever joins meanwhile is either refused, because memory has it, or sent out by what follows.
#include <algorithm>
#include <limits>
#include <utility>

#include "session/channels_impl.h"

namespace parley::session {
namespace {

constexpr std::size_t kReasonMax = 1000;  // bytes

// Two people's channel is theirs, and one's own nobody else's: there `block` is the means.
Status check_ban(const storage::BanRecord& ban) {
  const Result<ChannelName> name = parse_channel_name(ban.channel);
  if (!name) return name.status();
  if (name->kind == ChannelKind::kDirect || name->kind == ChannelKind::kUser)
    return Status::invalid_args("Nobody is banned from a channel of two people or of one.");
  if (ban.user_id.empty()) return Status::invalid_args("Say whom to ban.");
  if (ban.until < 0) return Status::invalid_args("A ban ends at a time, or at 0 never by itself.");
  if (ban.reason.size() > kReasonMax)
    return Status(ErrorCode::kTooLarge, "The reason is longer than " + std::to_string(kReasonMax) +
                                            " bytes. Say it shorter.");
  return Status::ok();
}

}  // namespace

Status Channels::load_bans() {
  const storage::BanQuery all{.now = clock_.wall_ms(),
                              .limit = std::numeric_limits<std::size_t>::max()};
  const auto page = store_.read_blocking([&](storage::Reader& reader) { return reader.bans(all); });
  if (!page) return page.status();
  for (const storage::BanRecord& one : page->bans) bans_.put(one);
  return Status::ok();
}

Status Channels::allowed(const users::User& user, std::string_view channel,
                         ChannelAccess access) const {
  Status status = rights_.check(user, channel, access);
  return status ? bans_.check(channel, user.id) : status;
}

void Channels::ban(storage::BanRecord ban, StatusDone done) {
  if (Status wrong = check_ban(ban); !wrong) return done(std::move(wrong));
  const std::size_t most = settings()->bans;
  if (most > 0 && bans_.size() >= most && !bans_.has(ban.channel, ban.user_id))
    return done(Status(ErrorCode::kTooLarge, "There are " + std::to_string(most) +
                                                 " bans, which is the limit. Lift some first."));
  ban.since = clock_.wall_ms();
  const auto shared = std::make_shared<const storage::BanRecord>(std::move(ban));
  store_.write([shared](storage::Writer& writer) { return writer.put_ban(*shared); },
               [this, shared, done = std::move(done)](Status status) mutable {
                 if (!status) return done(std::move(status));
                 bans_.put(*shared);
                 registry_.post_to_user(shared->user_id, [this, shared](Session& session) {
                   // Lifted again before this shard came to it: then nobody is sent out.
                   if (bans_.has(shared->channel, shared->user_id))
                     static_cast<void>(expel(session, shared->channel));
                 });
                 done(Status::ok());
               });
}

void Channels::unban(std::string_view channel, std::string_view user, StatusDone done) {
  store_.write([channel = std::string(channel), user = std::string(user)](
                   storage::Writer& writer) { return writer.delete_ban(channel, user); },
               [this, channel = std::string(channel), user = std::string(user),
                done = std::move(done)](Status status) mutable {
                 if (status) bans_.erase(channel, user);
                 done(std::move(status));
               });
}

void Channels::bans(storage::BanQuery query, BansDone done) const {
  query.now = clock_.wall_ms();
  const auto most = static_cast<std::size_t>(std::max(settings()->channels.list_page, 1));
  query.limit = query.limit == 0 ? most : std::min(query.limit, most);
  const auto answer = std::make_shared<BansDone>(std::move(done));
  const Status queued =
      store_.read([query = std::move(query), answer](storage::Reader& reader) mutable {
        (*answer)(reader.bans(query));
      });
  if (!queued) (*answer)(queued);
}

void Channels::forget_bans(std::string_view user) {
  bans_.forget(user);
}

void Channels::drop_expired_bans() {
  bans_.drop_expired();
}

}  // namespace parley::session
