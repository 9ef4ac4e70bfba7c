// SPDX-License-Identifier: Apache-2.0
// Seeing chat messages (permission `filter:<channel>`, `dm`), declared in the plugin's constructor:
//
//   on_message({.channel = "*", .prefix = "!"}, &Reply::heard);
//       after it was published
//   on_message({.stage = Stage::kFilter, .channel = "global"}, &Moderation::check);
//       before it is stored: pass, deny or replace
//
// Since 1.0.
#pragma once

#include <string>
#include <string_view>

#include "detail/abi.hpp"
#include "ext/messages.h"
#include "host.hpp"
#include "json_view.hpp"
#include "rich.hpp"

namespace parley {

enum class Stage : std::uint32_t {
  // Before it is stored; the verdict counts.
  kFilter = PARLEY_STAGE_FILTER,
  // After it was stored and fanned out; answers then follow the question.
  kPublished = PARLEY_STAGE_PUBLISHED,
};

struct MessageFilter {
  Stage stage = Stage::kPublished;
  bool channels = true;      // messages in channels
  bool direct = false;       // direct messages
  bool bots = false;         // also what other plugins, backends and bots say
  std::string channel = {};  // exact name, or "*" for every public one; empty: wherever permitted
  std::string prefix = {};   // the text must begin so
  int priority = 0;          // filters: higher first
};

// Borrowed until the handler returns.
class Message {
 public:
  explicit Message(const parley_message* message) : message_(message) {}

  User user() const { return User(message_->user); }
  std::string_view session() const { return detail::to_view(message_->session); }
  std::string_view channel() const { return detail::to_view(message_->channel); }
  std::string_view text() const { return detail::to_view(message_->text); }
  std::string_view locale() const { return detail::to_view(message_->locale); }
  JsonView origin() const { return JsonView(detail::to_view(message_->origin)); }
  Format format() const { return static_cast<Format>(message_->format); }
  bool direct() const { return message_->kind == PARLEY_MESSAGE_DIRECT; }
  std::int64_t offset() const { return message_->offset; }      // 0 at the filter stage
  std::int64_t ts() const { return message_->ts; }              // milliseconds since 1970
  std::int64_t reply_to() const { return message_->reply_to; }  // -1: none

 private:
  const parley_message* message_;
};

// What a filter says about a message.
class Verdict {
 public:
  Verdict() = default;  // passes
  static Verdict pass() { return {}; }
  // The author reads `reason`; the code becomes `<plugin>.<code>`.
  static Verdict deny(std::string reason, std::string code = "denied") {
    return Verdict(PARLEY_VERDICT_DENY, std::move(code), std::move(reason));
  }
  static Verdict replace(std::string text) {
    return Verdict(PARLEY_VERDICT_REPLACE, {}, std::move(text));
  }

  parley_verdict kind() const { return kind_; }
  const std::string& code() const { return code_; }
  const std::string& text() const { return text_; }

 private:
  Verdict(parley_verdict kind, std::string code, std::string text)
      : kind_(kind), code_(std::move(code)), text_(std::move(text)) {}
  parley_verdict kind_ = PARLEY_VERDICT_PASS;
  std::string code_;
  std::string text_;
};

}  // namespace parley
