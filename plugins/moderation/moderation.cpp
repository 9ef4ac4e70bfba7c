// SPDX-License-Identifier: Apache-2.0
// What the plugin declares, and what becomes of what people say.
#include "moderation.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "catalogue.h"

namespace moderation {
namespace {

constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond;

std::vector<std::string> words_of(parley::JsonView config) {
  std::vector<std::string> words;
  for (const auto word : config["words"].items()) words.push_back(word.or_else(""));
  return words;
}

std::size_t most_languages(parley::JsonView config) {
  return config["languages"].or_else(std::size_t{1});
}

bool is_moderator(const parley::User& user) {
  return user.has_role("moderator") || user.has_role("admin");
}

}  // namespace

Moderation::Moderation(parley::Host host)
    : Plugin(host), words_(words_of(config())), languages_(most_languages(config())) {
  declare_sanctions();
  on_message({.stage = parley::Stage::kFilter, .channel = "*", .priority = 100},
             &Moderation::check);
  on_event(parley::EventKind::kSessionOpened, &Moderation::seen);
  on_event(parley::EventKind::kSessionResumed, &Moderation::seen);
  on_event(parley::EventKind::kUserDeleted, &Moderation::forget);
}

void Moderation::declare_sanctions() {
  command("mute", say::kMute, &Moderation::mute)
      .role("moderator")
      .role("admin")
      .argument<parley::UserName>("user", say::kUser)
      .argument<std::string>("for", say::kMuteFor)
      .maximum(100)
      .optional()
      .argument<std::string>("reason", say::kReason)
      .maximum(300)
      .rest()
      .optional();
  command("unmute", say::kUnmute, &Moderation::unmute)
      .role("moderator")
      .role("admin")
      .argument<parley::UserName>("user", say::kUser);
  command("ban", say::kBan, &Moderation::ban)
      .role("moderator")
      .role("admin")
      .argument<parley::UserName>("user", say::kUser)
      .argument<parley::ChannelName>("channel", say::kChannel)
      .optional()
      .argument<std::string>("for", say::kBanFor)
      .maximum(100)
      .optional()
      .argument<std::string>("reason", say::kReason)
      .maximum(300)
      .rest()
      .optional();
  command("unban", say::kUnban, &Moderation::unban)
      .role("moderator")
      .role("admin")
      .argument<parley::UserName>("user", say::kUser)
      .argument<parley::ChannelName>("channel", say::kChannel)
      .optional();
  command("sanctions", say::kList, &Moderation::list).role("moderator").role("admin").read_only();
}

void Moderation::on_start() {
  for (const auto& [key, record] : storage().scan_now(kMutePrefix))
    mutes_.set(std::string_view(key).substr(kMutePrefix.size()),
               read_mute(parley::JsonView(record)));
  hand_bans_over();
  sweep_ = timers().set(
      {.name = "sweep", .delay = std::chrono::minutes(1), .period = std::chrono::minutes(1)},
      [this](std::string_view) { drop_run_out(); });
}

std::optional<std::string> Moderation::on_config(parley::JsonView config) {
  words_ = WordList(words_of(config));
  languages_.set_most(most_languages(config));
  return std::nullopt;
}

parley::Verdict Moderation::check(const parley::Message& message) {
  const auto user = message.user();
  languages_.note(user.id(), message.locale());
  if (is_moderator(user)) return parley::Verdict::pass();
  if (auto silenced = silence_of(message)) return parley::Verdict::deny(*silenced, "muted");
  if (auto flooding = flood_of(message)) return parley::Verdict::deny(*flooding, "flood");
  if (!words_.in(message.text())) return parley::Verdict::pass();
  if (config()["on_word"].or_else("replace") == "deny")
    return parley::Verdict::deny(say::kBadWord.format(message.locale()), "words");
  return parley::Verdict::replace(words_.starred(message.text()));
}

std::optional<std::string> Moderation::silence_of(const parley::Message& message) const {
  const auto locale = message.locale();
  const auto* muted = mutes_.find(message.user().id(), host().now());
  if (muted == nullptr) return std::nullopt;
  return say::kYouAreMuted.format(locale, span_of(muted->until, locale), why(*muted, locale));
}

std::optional<std::string> Moderation::flood_of(const parley::Message& message) {
  const auto user = message.user();
  const auto span = config()["flood_seconds"].or_else(std::int64_t{10}) * kSecond;
  const auto most = config()["flood_messages"].or_else(std::size_t{0});
  if (flood_.let_pass(user.id(), host().now(), most, span)) return std::nullopt;
  const auto minutes = config()["flood_mute"].or_else(std::int64_t{0});
  if (minutes > 0 && has_room()) {
    write(std::string(user.id()),
          {.name = std::string(user.name()), .until = host().now() + minutes * kMinute});
  }
  const auto wait = std::max(flood_.free_at(user.id(), span) - host().now(), minutes * kMinute);
  return say::kFlood.format(message.locale(), (wait + kSecond - 1) / kSecond);
}

// A mute ends with the account that it is about; bans are the server's, which ends them itself.
void Moderation::forget(const parley::Event& event) {
  const std::string id(event.user().id());
  flood_.forget(id);
  languages_.forget(id);
  if (mutes_.all().count(id) == 0) return;
  mutes_.lift(id);
  storage().erase(mute_key(id));
}

}  // namespace moderation

PARLEY_PLUGIN(moderation::Moderation, "moderation", "1.0.0",
              "Mutes, bans, a word list, a flood brake")
