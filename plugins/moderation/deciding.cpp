// SPDX-License-Identifier: Apache-2.0
// What all decisions of moderators share: whom they are about, how long, and how it is said.
#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "../shared/duration.h"
#include "catalogue.h"
#include "moderation.h"

namespace moderation {
namespace {

constexpr std::size_t kMostShown = 50;
constexpr std::chrono::hours kLongest{366 * 24};

void add_line(std::string& text, std::string line) {
  text += (text.empty() ? "" : "\n") + std::move(line);
}

}  // namespace

std::optional<std::chrono::seconds> read_span(std::string_view text) {
  if (text.empty() || text == "0") return std::chrono::seconds(0);
  const auto span = duration::parse(text);
  return span && *span <= kLongest ? span : std::nullopt;
}

bool is_moderator(const parley::Account& account) {
  return std::any_of(account.roles.begin(), account.roles.end(), [](const std::string& role) {
    return role == "moderator" || role == "admin";
  });
}

parley::Json said(std::string text) {
  return parley::to_json(
      parley::BotMessage{.from = "moderation", .text = std::move(text), .only = true});
}

std::string why(const Mute& mute, std::string_view locale) {
  if (!mute.reason.empty()) return mute.reason;
  return std::string((mute.by.empty() ? say::kFloodReason : say::kNoReason).in(locale));
}
std::string why(const parley::Ban& ban, std::string_view locale) {
  return ban.reason.empty() ? std::string(say::kNoReason.in(locale)) : ban.reason;
}

std::string here_or(const parley::Request& request, std::string channel) {
  if (channel.empty()) return std::string(request.channel());
  if (channel[0] == '#') channel.erase(0, 1);
  return channel;
}

void Moderation::with_user(parley::Request& request, WithUser then) {
  auto name = request.argument<std::string>("user");
  if (!name.empty() && name[0] == '@') name.erase(0, 1);
  accounts().lookup(name, [name, later = request.defer(), then = std::move(then)](
                              parley::Outcome outcome, const parley::Account& account) mutable {
    if (outcome == parley::Outcome::kNotFound || outcome == parley::Outcome::kInvalid)
      return later.fail("not_found", later.tr(say::kUnknownUser, name));
    if (!is_ok(outcome)) return later.fail(outcome);
    then(std::move(later), account);
  });
}

std::int64_t Moderation::until(std::chrono::seconds span) const {
  return span.count() == 0 ? 0 : host().now() + std::chrono::milliseconds(span).count();
}

std::string Moderation::span_of(std::int64_t until, std::string_view locale) const {
  if (until == 0) return std::string(say::kForever.in(locale));
  const std::chrono::milliseconds left(std::max<std::int64_t>(0, until - host().now()));
  return say::kFor.format(
      locale, duration::describe(std::chrono::ceil<std::chrono::minutes>(left), locale));
}

void Moderation::tell(const std::string& user, std::string text) {
  push().send({.to = parley::Target::user(user),
               .type = "botMessage",
               .data = said(std::move(text)),
               .store = true});
}

void Moderation::list(parley::Request& request) {
  channels().bans(
      [this, later = request.defer()](parley::Outcome outcome, const parley::Bans& bans) mutable {
        if (!is_ok(outcome)) return later.fail(outcome);
        const auto locale = std::string(later.locale());
        std::string text;
        std::size_t shown = bans.list.size();
        for (const auto& ban : bans.list) add_line(text, ban_line(ban, locale));
        for (const auto& [user, mute] : mutes_.all()) {
          if (mutes_.find(user, host().now()) == nullptr) continue;
          if (++shown > kMostShown) break;
          add_line(text, mute_line(mute, locale));
        }
        if (text.empty()) text = later.tr(say::kNobody);
        later.reply("botMessage", said(text));
      },
      {}, {}, kMostShown);
}

}  // namespace moderation
