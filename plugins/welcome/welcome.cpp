// SPDX-License-Identifier: Apache-2.0
// welcome: greets who comes for the first time, and makes newcomers known in channels.
//
// The example of events. Somebody new gets a message of their own when their first session opens; a
// channel with a greeting in the settings says it aloud when somebody joins it for the first time.
// Who was met is kept in storage, so that nobody is greeted twice, and forgotten with the account.
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <parley/plugin.hpp>

#include "catalogue.h"

namespace welcome {

constexpr std::size_t kRemembered = 20;  // newcomers that /newcomers shows
constexpr std::int64_t kMinute = 60'000, kHour = 60 * kMinute, kDay = 24 * kHour;

class Welcome : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:user", "push:channel",
                                                      "buttons"};
  static constexpr std::string_view kConfigSchema = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
      "guests": {"type": "boolean", "default": true,
        "description": "Whether guests are greeted too; they are new each time they come."},
      "text": {"type": "object", "default": {}, "additionalProperties": false,
        "description": "The greeting, by language; {name} stands for the newcomer. Empty: a built-in one.",
        "properties": {"en": {"type": "string", "maxLength": 2000}, "ru": {"type": "string", "maxLength": 2000}}},
      "channels": {"type": "object", "default": {},
        "description": "What is said in a channel when somebody joins it for the first time: {name} and {channel} are filled in.",
        "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 2000}}
    }
  })json";

  explicit Welcome(parley::Host host) : Plugin(host) {
    command("welcome", say::kWelcome, &Welcome::repeat).read_only().concurrent().clickable();
    command("newcomers", say::kNewcomers, &Welcome::newcomers)
        .read_only()
        .role("moderator")
        .role("admin");
    on_event(parley::EventKind::kSessionOpened, &Welcome::came);
    on_event(parley::EventKind::kJoined, &Welcome::joined);
    on_event(parley::EventKind::kUserRegistered, &Welcome::registered);
    on_event(parley::EventKind::kUserDeleted, &Welcome::forget);
  }

 private:
  struct Newcomer {
    std::string id, name;
    std::int64_t at;
  };

  // Stays in force while it runs, and the next greeting reads what is new.
  std::optional<std::string> on_config(parley::JsonView) override { return std::nullopt; }

  // ---- somebody's first session

  void came(const parley::Event& event) {
    const auto user = event.user();
    const bool person = user.kind() == parley::UserKind::kPerson;
    if (!person && !(user.is_guest() && config()["guests"].or_else(true))) return;
    once("met:" + std::string(user.id()),
         [this, id = std::string(user.id()), name = std::string(user.name()),
          locale = std::string(event.locale())] {
           remember(id, name);
           push().send({.to = parley::Target::user(id),
                        .type = "botMessage",
                        .data = parley::to_json(greeting(name, locale))});
         });
  }

  parley::BotMessage greeting(std::string_view name, std::string_view locale) const {
    const bool russian = locale.substr(0, 2) == "ru";
    const std::string own = config()["text"][russian ? "ru" : "en"].or_else("");
    return {.from = "welcome",
            .text = own.empty() ? say::kFirst.format(locale, name) : filled(own, name, ""),
            .buttons = {{.label = std::string(say::kHelp.in(locale)),
                         .command = {{"action", "help"}},
                         .style = "primary"}},
            .only = true};
  }

  void remember(const std::string& id, const std::string& name) {
    newcomers_.push_front({id, name, host().now()});
    if (newcomers_.size() > kRemembered) newcomers_.pop_back();
  }

  // ---- somebody's first time in a channel

  void joined(const parley::Event& event) {
    const std::string channel(event.channel());
    const std::string text = config()["channels"][channel].or_else("");
    if (text.empty()) return;
    const auto user = event.user();
    once("met:" + std::string(user.id()) + ":" + channel,
         [this, channel, id = std::string(user.id()), said = filled(text, user.name(), channel)] {
           channels().publish({.channel = channel, .from = "welcome", .text = said, .about = id});
         });
  }

  // Runs `then` when nobody wrote that key before; two sessions of one person count once.
  void once(const std::string& key, parley::Callback<void()> then) {
    auto batch = parley::Batch().put_if_absent(key, std::to_string(host().now()));
    storage().write(batch, [this, key, then = std::move(then)](parley::Outcome outcome) {
      if (is_ok(outcome)) return then();
      if (outcome != parley::Outcome::kConflict)
        log_warning("nobody is greeted: " + std::string(describe(outcome)));
    });
  }

  // One pass, so that a name which reads "{channel}" stays a name.
  static std::string filled(std::string_view text, std::string_view name,
                            std::string_view channel) {
    const std::array<std::pair<std::string_view, std::string_view>, 2> places{
        {{"{name}", name}, {"{channel}", channel}}};
    std::string out;
    while (!text.empty()) {
      std::size_t taken = 0;
      for (const auto& [place, value] : places) {
        if (text.substr(0, place.size()) != place) continue;
        out += value;
        taken = place.size();
      }
      if (taken == 0) out += text[0];
      text.remove_prefix(taken == 0 ? 1 : taken);
    }
    return out;
  }

  // ---- commands

  void repeat(parley::Request& request) {
    request.reply(greeting(request.user().name(), request.locale()));
  }

  void newcomers(parley::Request& request) {
    std::string text;
    for (const Newcomer& one : newcomers_) {
      const auto ago = age(host().now() - one.at, request.locale());
      text += (text.empty() ? "" : "\n") + request.tr(say::kLine, one.name, ago);
    }
    request.reply(parley::BotMessage{
        .from = "welcome", .text = text.empty() ? request.tr(say::kNobody) : text, .only = true});
  }

  static std::string age(std::int64_t ms, std::string_view locale) {
    if (ms < kHour) return say::kMinutes.format(locale, ms / kMinute);
    if (ms < kDay) return say::kHours.format(locale, ms / kHour);
    return say::kDays.format(locale, ms / kDay);
  }

  // ---- people

  // Whoever was met as a guest under another id is no stranger.
  void registered(const parley::Event& event) {
    if (event.previous_id().empty()) return;
    storage().put("met:" + std::string(event.user().id()), std::to_string(event.ts()));
  }

  void forget(const parley::Event& event) {
    const std::string id(event.user().id());
    std::erase_if(newcomers_, [&](const Newcomer& one) { return one.id == id; });
    storage().erase("met:" + id);
    erase_channels_of("met:" + id + ":");
  }

  void erase_channels_of(const std::string& prefix) {
    storage().scan(prefix, [this, prefix](parley::Outcome outcome, const parley::Page& page) {
      if (!is_ok(outcome) || page.items.empty()) return;
      parley::Batch batch;
      for (const auto& [key, value] : page.items) batch.erase(key);
      storage().write(batch);
      if (page.more) erase_channels_of(prefix);
    });
  }

  std::deque<Newcomer> newcomers_;
};

}  // namespace welcome

PARLEY_PLUGIN(welcome::Welcome, "welcome", "1.0.0", "Greets newcomers")
