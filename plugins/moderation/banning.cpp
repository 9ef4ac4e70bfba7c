// SPDX-License-Identifier: Apache-2.0
// /ban and /unban: the server keeps people out, this decides whom and says so.
#include <string>
#include <string_view>
#include <utility>

#include "catalogue.h"
#include "moderation.h"

namespace moderation {
namespace {

// The conversation of two, and what one person alone reads.
bool is_private(std::string_view channel) {
  return channel.substr(0, 3) == "dm:" || channel.substr(0, 1) == "@";
}

void refuse_channel(parley::Deferred& later, parley::Outcome outcome, const std::string& channel) {
  const bool none = outcome == parley::Outcome::kNotFound || outcome == parley::Outcome::kInvalid;
  if (!none) return later.fail(outcome);
  later.fail("not_found", later.tr(say::kNoChannel, channel));
}

// "ban:<user>:<channel>", as this plugin kept bans itself once. Ids of users have no colon.
constexpr std::string_view kOldPrefix = "ban:";
parley::Ban read_old_ban(std::string_view key, parley::JsonView record) {
  const auto rest = key.substr(kOldPrefix.size());
  const auto colon = rest.find(':');
  parley::Ban ban{.channel = {}, .user = std::string(rest.substr(0, colon))};
  if (colon != rest.npos) ban.channel = rest.substr(colon + 1);
  ban.reason = record["reason"].or_else("");
  ban.by = record["by"].or_else("");
  ban.until = record["until"].or_else(std::int64_t{0});
  return ban;
}

}  // namespace

void Moderation::ban(parley::Request& request) {
  const auto span = read_span(request.argument<std::string>("for"));
  if (!span) return request.fail("invalid_args", request.tr(say::kNoBanSpan));
  const auto channel = here_or(request, request.argument<std::string>("channel"));
  if (channel.empty())
    return request.fail("invalid_args",
                        request.tr(say::kWhichChannel, request.argument<std::string>("user")));
  parley::Ban ban{.channel = channel,
                  .user = {},
                  .reason = request.argument<std::string>("reason"),
                  .by = std::string(request.user().id()),
                  .until = until(*span)};
  with_user(request, [this, ban, by = std::string(request.user().name())](
                         parley::Deferred later, const parley::Account& to) mutable {
    ban.user = to.id;
    ban.name = to.name;
    channels().info(ban.channel, [this, later = std::move(later), to, ban, by](
                                     parley::Outcome outcome, const parley::ChannelInfo&) mutable {
      if (!is_ok(outcome)) return refuse_channel(later, outcome, ban.channel);
      if (is_private(ban.channel)) return later.fail("invalid_args", later.tr(say::kNotThere));
      ban_from(std::move(later), to, ban, by);
    });
  });
}

void Moderation::ban_from(parley::Deferred later, const parley::Account& to, parley::Ban ban,
                          const std::string& by_name) {
  if (is_moderator(to)) return later.fail("forbidden", later.tr(say::kNotThem));
  log_info(by_name + ": ban " + to.id + " from " + ban.channel + " (" + to.name + "), " +
           ban.reason);
  channels().ban(ban, [this, ban, later = std::move(later)](parley::Outcome outcome) mutable {
    if (outcome == parley::Outcome::kLimit) return later.fail("limit", later.tr(say::kFullOfBans));
    if (!is_ok(outcome)) return later.fail(outcome);
    const auto locale = languages_.of(ban.user, later.locale());
    const auto reason = why(ban, locale);
    tell(ban.user, ban.until == 0 ? say::kYouWereBanned.format(locale, ban.channel, reason)
                                  : say::kYouWereBannedFor.format(
                                        locale, ban.channel, span_of(ban.until, locale), reason));
    later.reply("botMessage", said(ban_text(ban, later.locale())));
  });
}

void Moderation::unban(parley::Request& request) {
  const auto channel = here_or(request, request.argument<std::string>("channel"));
  with_user(request, [this, channel](parley::Deferred later, const parley::Account& to) {
    channels().unban(
        channel, to.id,
        [channel, name = to.name, later = std::move(later)](parley::Outcome outcome) mutable {
          if (outcome == parley::Outcome::kNotFound)
            return later.fail("not_found", later.tr(say::kNothing, name));
          if (!is_ok(outcome)) return later.fail(outcome);
          later.reply("botMessage", said(later.tr(say::kUnbanned, name, channel)));
        });
  });
}

// Bans that this plugin kept itself become the server's. One that could not be handed over stays for
// the next start; one of somebody who is gone, or that is over, goes.
void Moderation::hand_bans_over() {
  for (const auto& [key, record] : storage().scan_now(kOldPrefix)) {
    const auto ban = read_old_ban(key, parley::JsonView(record));
    if (ban.until != 0 && ban.until <= host().now()) {
      storage().erase(key);
      continue;
    }
    channels().ban(ban, [this, key = key](parley::Outcome outcome) {
      const bool done = is_ok(outcome) || outcome == parley::Outcome::kNotFound ||
                        outcome == parley::Outcome::kInvalid;
      if (done) storage().erase(key);
    });
  }
}

std::string Moderation::ban_text(const parley::Ban& ban, std::string_view locale) const {
  if (ban.until == 0) return say::kBanned.format(locale, ban.name, ban.channel);
  return say::kBannedFor.format(locale, ban.name, ban.channel, span_of(ban.until, locale));
}

std::string Moderation::ban_line(const parley::Ban& ban, std::string_view locale) const {
  const auto by = ban.by.empty() ? std::string(say::kModule.in(locale)) : ban.by;
  return ban_text(ban, locale) + say::kBy.format(locale, by, why(ban, locale));
}

}  // namespace moderation
