// SPDX-License-Identifier: Apache-2.0
// moderation: mutes, bans, a word list and a brake for floods.
//
// The example of a message filter: it sees what people say in public channels before it is stored,
// and lets it pass, changes it or refuses it with a reason. What moderators decide is on disk before
// they are answered, and holds over restarts.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <parley/plugin.hpp>

#include "../shared/duration.h"
#include "catalogue.h"
#include "flood_gauge.h"
#include "languages.h"
#include "sanctions.h"
#include "word_list.h"

namespace moderation {

constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond;
constexpr std::size_t kMostShown = 50;
constexpr std::optional kUsualMute = std::chrono::seconds(600);

constexpr std::chrono::hours kLongest{366 * 24};

// As for /remind; empty and "0": until it is lifted. Nothing: it is no time.
std::optional<std::chrono::seconds> read_span(std::string_view text) {
  if (text.empty() || text == "0") return std::chrono::seconds(0);
  const auto span = duration::parse(text);
  return span && *span <= kLongest ? span : std::nullopt;
}

std::vector<std::string> words_of(parley::JsonView config) {
  std::vector<std::string> words;
  for (const auto word : config["words"].items()) words.push_back(word.or_else(""));
  return words;
}

std::size_t most_languages(parley::JsonView config) {
  return config["languages"].or_else(std::size_t{1});
}

class Moderation : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "filter:*", "accounts.read",
                                                      "push:user", "push:channel"};
  static constexpr std::string_view kConfigSchema = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
      "words": {"type": "array", "default": [], "maxItems": 2000,
        "items": {"type": "string", "minLength": 2, "maxLength": 100},
        "description": "Words not to be said, whole and in any case of letters; * at the end stands for any ending."},
      "on_word": {"type": "string", "enum": ["replace", "deny"], "default": "replace",
        "description": "replace: stars take the word's place. deny: the message is refused."},
      "flood_messages": {"type": "integer", "default": 0, "minimum": 0, "maximum": 1000,
        "description": "Messages of one person in flood_seconds. 0: any number."},
      "flood_seconds": {"type": "integer", "default": 10, "minimum": 1, "maximum": 3600,
        "description": "The span that flood_messages counts in."},
      "flood_mute": {"type": "integer", "default": 0, "minimum": 0, "maximum": 1440,
        "description": "Minutes of silence for whoever says too much. 0: only the message is refused."},
      "sanctions": {"type": "integer", "default": 10000, "minimum": 1, "maximum": 1000000,
        "description": "Mutes and bans in force, at most."},
      "languages": {"type": "integer", "default": 10000, "minimum": 1, "maximum": 1000000,
        "description": "People whose language is remembered, at most; others are told in the moderator's."}
    }
  })json";

  explicit Moderation(parley::Host host)
      : Plugin(host), words_(words_of(config())), languages_(most_languages(config())) {
    declare_sanctions();
    on_message({.stage = parley::Stage::kFilter, .channel = "*", .priority = 100},
               &Moderation::check);
    on_event(parley::EventKind::kJoined, &Moderation::joined);
    on_event(parley::EventKind::kSessionOpened, &Moderation::seen);
    on_event(parley::EventKind::kSessionResumed, &Moderation::seen);
    on_event(parley::EventKind::kUserDeleted, &Moderation::forget);
  }

 private:
  void declare_sanctions() {
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

  void on_start() override {
    for (const char* prefix : {"mute:", "ban:"}) {
      for (const auto& [key, record] : storage().scan_now(prefix))
        sanctions_.set(key, read_sanction(parley::JsonView(record)));
    }
    sweep_ = timers().set(
        {.name = "sweep", .delay = std::chrono::minutes(1), .period = std::chrono::minutes(1)},
        [this](std::string_view) { drop_run_out(); });
  }

  std::optional<std::string> on_config(parley::JsonView config) override {
    words_ = WordList(words_of(config));
    languages_.set_most(most_languages(config));
    return std::nullopt;
  }

  // ---- what people say

  static bool is_moderator(const parley::User& user) {
    return user.has_role("moderator") || user.has_role("admin");
  }

  parley::Verdict check(const parley::Message& message) {
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

  std::optional<std::string> silence_of(const parley::Message& message) const {
    const auto id = message.user().id();
    const auto locale = message.locale();
    if (const auto* muted = sanctions_.find(mute_key(id), host().now()))
      return say::kYouAreMuted.format(locale, span_of(*muted, locale), why(*muted, locale));
    if (const auto* banned = sanctions_.find(ban_key(id, message.channel()), host().now()))
      return say::kYouAreBanned.format(locale, message.channel(), why(*banned, locale));
    return std::nullopt;
  }

  std::optional<std::string> flood_of(const parley::Message& message) {
    const auto user = message.user();
    const auto span = config()["flood_seconds"].or_else(std::int64_t{10}) * kSecond;
    const auto most = config()["flood_messages"].or_else(std::size_t{0});
    if (flood_.let_pass(user.id(), host().now(), most, span)) return std::nullopt;
    const auto minutes = config()["flood_mute"].or_else(std::int64_t{0});
    if (minutes > 0 && has_room()) {
      write(mute_key(user.id()),
            {.name = std::string(user.name()), .until = host().now() + minutes * kMinute});
    }
    const auto wait = std::max(flood_.free_at(user.id(), span) - host().now(), minutes * kMinute);
    return say::kFlood.format(message.locale(), (wait + kSecond - 1) / kSecond);
  }

  // ---- what moderators decide

  // The account somebody named; not there, or not to be touched: answered already.
  template <typename Then>
  void with_user(parley::Request& request, Then then) {
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

  static bool is_moderator(const parley::Account& account) {
    return std::any_of(account.roles.begin(), account.roles.end(), [](const std::string& role) {
      return role == "moderator" || role == "admin";
    });
  }

  bool has_room() const {
    return sanctions_.all().size() < config()["sanctions"].or_else(std::size_t{0});
  }

  std::int64_t until(std::chrono::seconds span) const {
    return span.count() == 0 ? 0 : host().now() + std::chrono::milliseconds(span).count();
  }

  void mute(parley::Request& request) {
    const auto text = request.argument<std::string>("for");
    const auto span = text.empty() ? kUsualMute : read_span(text);
    if (!span) return request.fail("invalid_args", request.tr(say::kNoSpan));
    Sanction sanction{.by = std::string(request.user().name()),
                      .reason = request.argument<std::string>("reason"),
                      .until = until(*span)};
    with_user(request, [this, sanction](parley::Deferred later, const parley::Account& to) mutable {
      sanction.name = to.name;
      const auto shown = span_of(sanction, later.locale());
      const auto locale = languages_.of(to.id, later.locale());
      impose(
          std::move(later), to, mute_key(to.id), sanction,
          [&](parley::Deferred& asker) { return asker.tr(say::kMuted, to.name, shown); },
          [this, id = to.id, sanction, locale] {
            tell(id, say::kYouWereMuted.format(locale, span_of(sanction, locale),
                                               why(sanction, locale)));
          });
    });
  }

  void ban(parley::Request& request) {
    const auto span = read_span(request.argument<std::string>("for"));
    if (!span) return request.fail("invalid_args", request.tr(say::kNoBanSpan));
    const auto channel = here_or(request, request.argument<std::string>("channel"));
    if (channel.empty())
      return request.fail("invalid_args",
                          request.tr(say::kWhichChannel, request.argument<std::string>("user")));
    Sanction sanction{.by = std::string(request.user().name()),
                      .reason = request.argument<std::string>("reason"),
                      .until = until(*span)};
    with_user(request, [this, sanction, channel](parley::Deferred later,
                                                 const parley::Account& to) mutable {
      sanction.name = to.name;
      channels().info(channel, [this, later = std::move(later), to, sanction, channel](
                                   parley::Outcome outcome, const parley::ChannelInfo&) mutable {
        if (!is_ok(outcome)) return refuse_channel(later, outcome, channel);
        if (is_private(channel)) return later.fail("invalid_args", later.tr(say::kNotThere));
        ban_from(std::move(later), channel, to, sanction);
      });
    });
  }

  void ban_from(parley::Deferred later, const std::string& channel, const parley::Account& to,
                const Sanction& sanction) {
    const auto locale = languages_.of(to.id, later.locale());
    impose(
        std::move(later), to, ban_key(to.id, channel), sanction,
        [&](parley::Deferred& asker) { return ban_text(sanction, channel, asker.locale()); },
        [this, id = to.id, sanction, channel, locale] {
          channels().unsubscribe(channel, id);
          const auto reason = why(sanction, locale);
          tell(id, sanction.until == 0 ? say::kYouWereBanned.format(locale, channel, reason)
                                       : say::kYouWereBannedFor.format(
                                             locale, channel, span_of(sanction, locale), reason));
        });
  }

  // The conversation of two, and what one person alone reads.
  static bool is_private(std::string_view channel) {
    return channel.substr(0, 3) == "dm:" || channel.substr(0, 1) == "@";
  }

  static void refuse_channel(parley::Deferred& later, parley::Outcome outcome,
                             const std::string& channel) {
    const bool none = outcome == parley::Outcome::kNotFound || outcome == parley::Outcome::kInvalid;
    if (!none) return later.fail(outcome);
    later.fail("not_found", later.tr(say::kNoChannel, channel));
  }

  // In force at once; taken back when it could not be stored.
  template <typename Say, typename Then>
  void impose(parley::Deferred later, const parley::Account& to, const std::string& key,
              const Sanction& sanction, Say answer, Then then) {
    if (is_moderator(to)) return later.fail("forbidden", later.tr(say::kNotThem));
    if (!has_room() && sanctions_.all().count(key) == 0)
      return later.fail("limit", later.tr(say::kFull, sanctions_.all().size()));
    log_info(sanction.by + ": " + key + " (" + to.name + "), " + sanction.reason);
    const auto text = answer(later);
    const auto before = previous(key);
    sanctions_.set(key, sanction);
    auto batch = parley::Batch().put(key, to_record(sanction).text());
    storage().write_and_reply(later, batch, "botMessage", said(text), {},
                              [this, key, before, then](parley::Outcome outcome) {
                                if (is_ok(outcome)) return then();
                                restore(key, before);
                              });
  }

  std::optional<Sanction> previous(const std::string& key) const {
    const auto found = sanctions_.all().find(key);
    return found == sanctions_.all().end() ? std::nullopt : std::optional(found->second);
  }
  void restore(const std::string& key, const std::optional<Sanction>& before) {
    if (before)
      sanctions_.set(key, *before);
    else
      sanctions_.lift(key);
  }

  void unmute(parley::Request& request) {
    with_user(request, [this](parley::Deferred later, const parley::Account& to) {
      const auto text = later.tr(say::kUnmuted, to.name);
      lift(std::move(later), to.name, mute_key(to.id), text);
    });
  }

  void unban(parley::Request& request) {
    const auto channel = here_or(request, request.argument<std::string>("channel"));
    with_user(request, [this, channel](parley::Deferred later, const parley::Account& to) {
      const auto text = later.tr(say::kUnbanned, to.name, channel);
      lift(std::move(later), to.name, ban_key(to.id, channel), text);
    });
  }

  void lift(parley::Deferred later, const std::string& name, const std::string& key,
            const std::string& text) {
    if (sanctions_.find(key, host().now()) == nullptr)
      return later.fail("not_found", later.tr(say::kNothing, name));
    auto batch = parley::Batch().erase(key);
    storage().write_and_reply(later, batch, "botMessage", said(text), {},
                              [this, key](parley::Outcome outcome) {
                                if (is_ok(outcome)) sanctions_.lift(key);
                              });
  }

  static std::string here_or(const parley::Request& request, std::string channel) {
    if (channel.empty()) return std::string(request.channel());
    if (channel[0] == '#') channel.erase(0, 1);
    return channel;
  }

  void list(parley::Request& request) {
    std::string text;
    std::size_t shown = 0;
    for (const auto& [key, one] : sanctions_.all()) {
      if (sanctions_.find(key, host().now()) == nullptr) continue;
      if (++shown > kMostShown) break;
      text += (text.empty() ? "" : "\n") + line(key, one, request.locale());
    }
    if (text.empty()) text = request.tr(say::kNobody);
    request.reply("botMessage", said(text));
  }

  std::string line(std::string_view key, const Sanction& one, std::string_view locale) const {
    const bool muted = key.substr(0, 5) == "mute:";
    const auto channel = key.substr(key.find(':', 4) + 1);  // of "ban:<user>:<channel>"
    const auto by = one.by.empty() ? std::string(say::kModule.in(locale)) : one.by;
    return (muted ? say::kMuted.format(locale, one.name, span_of(one, locale))
                  : ban_text(one, channel, locale)) +
           say::kBy.format(locale, by, why(one, locale));
  }

  std::string ban_text(const Sanction& ban, std::string_view channel,
                       std::string_view locale) const {
    if (ban.until == 0) return say::kBanned.format(locale, ban.name, channel);
    return say::kBannedFor.format(locale, ban.name, channel, span_of(ban, locale));
  }

  // ---- words

  // What a moderator wrote stays as it is; what nobody wrote is said in the reader's language.
  static std::string why(const Sanction& sanction, std::string_view locale) {
    if (!sanction.reason.empty()) return sanction.reason;
    return std::string((sanction.by.empty() ? say::kFloodReason : say::kNoReason).in(locale));
  }
  std::string span_of(const Sanction& sanction, std::string_view locale) const {
    if (sanction.until == 0) return std::string(say::kForever.in(locale));
    const std::chrono::milliseconds left(std::max<std::int64_t>(0, sanction.until - host().now()));
    return say::kFor.format(
        locale, duration::describe(std::chrono::ceil<std::chrono::minutes>(left), locale));
  }
  static parley::Json said(std::string text) {
    return parley::to_json(
        parley::BotMessage{.from = "moderation", .text = std::move(text), .only = true});
  }
  void tell(const std::string& user, std::string text) {
    push().send({.to = parley::Target::user(user),
                 .type = "botMessage",
                 .data = said(std::move(text)),
                 .store = true});
  }

  // ---- time and people

  void write(const std::string& key, Sanction sanction) {
    storage().put(key, to_record(sanction).text());
    sanctions_.set(key, std::move(sanction));
  }

  void drop_run_out() {
    while (const auto key = sanctions_.run_out(host().now())) {
      sanctions_.lift(*key);
      storage().erase(*key);
    }
  }

  void seen(const parley::Event& event) { languages_.note(event.user().id(), event.locale()); }

  // Nothing keeps somebody from asking to join: so they are sent out again.
  void joined(const parley::Event& event) {
    const auto id = event.user().id();
    if (sanctions_.find(ban_key(id, event.channel()), host().now()) == nullptr) return;
    channels().unsubscribe(event.channel(), id);
  }

  // A sanction ends with the account that it is about.
  void forget(const parley::Event& event) {
    const std::string id(event.user().id());
    flood_.forget(id);
    languages_.forget(id);
    std::vector<std::string> theirs;
    for (const auto& [key, one] : sanctions_.all()) {
      if (key == mute_key(id) || key.rfind(ban_key(id, ""), 0) == 0) theirs.push_back(key);
    }
    for (const std::string& key : theirs) {
      sanctions_.lift(key);
      storage().erase(key);
    }
  }

  WordList words_;
  FloodGauge flood_;
  Languages languages_;
  Sanctions sanctions_;
  parley::Timer sweep_;
};

}  // namespace moderation

PARLEY_PLUGIN(moderation::Moderation, "moderation", "1.0.0",
              "Mutes, bans, a word list, a flood brake")
