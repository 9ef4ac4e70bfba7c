// SPDX-License-Identifier: Apache-2.0
// moderation: mutes, bans, a word list and a brake for floods.
//
// The example of a message filter: it sees what people say in public channels before it is stored,
// and lets it pass, changes it or refuses it with a reason. What moderators decide is on disk before
// they are answered, and holds over restarts. Mutes are this plugin's own; bans are the server's,
// which keeps people out whether this plugin is loaded or not.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <parley/plugin.hpp>

#include "flood_gauge.h"
#include "languages.h"
#include "mutes.h"
#include "word_list.h"

namespace moderation {

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
        "description": "Mutes in force, at most."},
      "languages": {"type": "integer", "default": 10000, "minimum": 1, "maximum": 1000000,
        "description": "People whose language is remembered, at most; others are told in the moderator's."}
    }
  })json";

  explicit Moderation(parley::Host host);

 private:
  void declare_sanctions();
  void on_start() override;
  std::optional<std::string> on_config(parley::JsonView config) override;

  // moderation.cpp: what people say
  parley::Verdict check(const parley::Message& message);
  std::optional<std::string> silence_of(const parley::Message& message) const;
  std::optional<std::string> flood_of(const parley::Message& message);
  void seen(const parley::Event& event) { languages_.note(event.user().id(), event.locale()); }
  void forget(const parley::Event& event);

  // deciding.cpp: what all decisions share
  using WithUser = parley::Callback<void(parley::Deferred, const parley::Account&)>;
  // The account somebody named; not there: answered already.
  void with_user(parley::Request& request, WithUser then);
  std::int64_t until(std::chrono::seconds span) const;
  std::string span_of(std::int64_t until, std::string_view locale) const;
  void tell(const std::string& user, std::string text);
  void list(parley::Request& request);

  // muting.cpp
  void mute(parley::Request& request);
  void unmute(parley::Request& request);
  void impose(parley::Deferred later, const parley::Account& to, const Mute& mute);
  bool has_room() const;
  void write(const std::string& user, Mute mute);
  void drop_run_out();
  std::string mute_line(const Mute& mute, std::string_view locale) const;

  // banning.cpp
  void ban(parley::Request& request);
  void ban_from(parley::Deferred later, const parley::Account& to, parley::Ban ban,
                const std::string& by_name);
  void unban(parley::Request& request);
  void hand_bans_over();
  std::string ban_text(const parley::Ban& ban, std::string_view locale) const;
  std::string ban_line(const parley::Ban& ban, std::string_view locale) const;

  WordList words_;
  FloodGauge flood_;
  Languages languages_;
  Mutes mutes_;
  parley::Timer sweep_;
};

// As for /remind; empty and "0": until it is lifted. Nothing: it is no time.
std::optional<std::chrono::seconds> read_span(std::string_view text);
bool is_moderator(const parley::Account& account);
parley::Json said(std::string text);
// What a moderator wrote stays as it is; what nobody wrote is said in the reader's language.
std::string why(const Mute& mute, std::string_view locale);
std::string why(const parley::Ban& ban, std::string_view locale);
// A channel as somebody wrote it, or the one they are in.
std::string here_or(const parley::Request& request, std::string channel);

}  // namespace moderation
