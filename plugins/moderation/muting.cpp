// SPDX-License-Identifier: Apache-2.0
// /mute and /unmute.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "catalogue.h"
#include "moderation.h"

namespace moderation {
namespace {

constexpr std::optional kUsualMute = std::chrono::seconds(600);

}  // namespace

bool Moderation::has_room() const {
  return mutes_.all().size() < config()["sanctions"].or_else(std::size_t{0});
}

void Moderation::mute(parley::Request& request) {
  const auto text = request.argument<std::string>("for");
  const auto span = text.empty() ? kUsualMute : read_span(text);
  if (!span) return request.fail("invalid_args", request.tr(say::kNoSpan));
  Mute mute{.by = std::string(request.user().name()),
            .reason = request.argument<std::string>("reason"),
            .until = until(*span)};
  with_user(request, [this, mute](parley::Deferred later, const parley::Account& to) mutable {
    mute.name = to.name;
    impose(std::move(later), to, mute);
  });
}

// In force at once; taken back when it could not be stored.
void Moderation::impose(parley::Deferred later, const parley::Account& to, const Mute& mute) {
  if (is_moderator(to)) return later.fail("forbidden", later.tr(say::kNotThem));
  const auto found = mutes_.all().find(to.id);
  const auto before = found == mutes_.all().end() ? std::nullopt : std::optional(found->second);
  if (!has_room() && !before)
    return later.fail("limit", later.tr(say::kFullOfMutes, mutes_.all().size()));
  log_info(mute.by + ": mute " + to.id + " (" + to.name + "), " + mute.reason);
  const auto text = later.tr(say::kMuted, to.name, span_of(mute.until, later.locale()));
  const auto locale = languages_.of(to.id, later.locale());
  mutes_.set(to.id, mute);
  auto batch = parley::Batch().put(mute_key(to.id), to_record(mute).text());
  storage().write_and_reply(
      later, batch, "botMessage", said(text), {},
      [this, id = to.id, mute, before, locale](parley::Outcome outcome) {
        if (is_ok(outcome))
          return tell(id, say::kYouWereMuted.format(locale, span_of(mute.until, locale),
                                                    why(mute, locale)));
        if (before)
          mutes_.set(id, *before);
        else
          mutes_.lift(id);
      });
}

void Moderation::unmute(parley::Request& request) {
  with_user(request, [this](parley::Deferred later, const parley::Account& to) {
    if (mutes_.find(to.id, host().now()) == nullptr)
      return later.fail("not_found", later.tr(say::kNothing, to.name));
    const auto text = later.tr(say::kUnmuted, to.name);
    auto batch = parley::Batch().erase(mute_key(to.id));
    storage().write_and_reply(later, batch, "botMessage", said(text), {},
                              [this, id = to.id](parley::Outcome outcome) {
                                if (is_ok(outcome)) mutes_.lift(id);
                              });
  });
}

void Moderation::write(const std::string& user, Mute mute) {
  storage().put(mute_key(user), to_record(mute).text());
  mutes_.set(user, std::move(mute));
}

void Moderation::drop_run_out() {
  while (const auto user = mutes_.run_out(host().now())) {
    mutes_.lift(*user);
    storage().erase(mute_key(*user));
  }
}

std::string Moderation::mute_line(const Mute& mute, std::string_view locale) const {
  const auto by = mute.by.empty() ? std::string(say::kModule.in(locale)) : mute.by;
  return say::kMuted.format(locale, mute.name, span_of(mute.until, locale)) +
         say::kBy.format(locale, by, why(mute, locale));
}

}  // namespace moderation
