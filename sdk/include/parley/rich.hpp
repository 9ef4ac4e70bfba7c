// SPDX-License-Identifier: Apache-2.0
// Rich messages: buttons, cards and the bot's answer (permission `buttons` for the first two).
// Since 1.0.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ext/messages.h"
#include "json.hpp"

namespace parley {

enum class Format : std::uint32_t {
  kPlain = PARLEY_FORMAT_PLAIN,
  kMarkdown = PARLEY_FORMAT_MARKDOWN
};

// A press sends `command`, an object with `action`, as the person who pressed; the action must be
// declared clickable.
struct Button {
  std::string label;
  Json command;
  std::string style;  // empty: ordinary; "primary", "danger"
};

inline Json to_json(const std::vector<Button>& buttons) {
  if (buttons.empty()) return {};
  Json list = Json::array();
  for (const Button& button : buttons) {
    Json one = Json::object();
    one.set("label", button.label);
    if (!button.style.empty()) one.set("style", button.style);
    list.push(one.set("command", button.command));
  }
  return list;
}

// A bot's direct answer to a command: the terminal frame `botMessage`.
struct BotMessage {
  std::string from;
  std::string text;
  Format format = Format::kPlain;
  std::vector<Button> buttons = {};
  Json card = {};     // object {kind, title, fields, ...} or absent
  bool only = false;  // shown to this person alone, in a place where others talk
};

inline Json to_json(const BotMessage& message) {
  Json data = Json::object();
  data.set("from", message.from).set("text", message.text);
  data.set("format", message.format == Format::kMarkdown ? "markdown" : "plain").set("bot", true);
  if (!message.buttons.empty()) data.set("buttons", to_json(message.buttons));
  if (!message.card.absent()) data.set("card", message.card);
  if (message.only) data.set("only", true);
  return data;
}

}  // namespace parley
