// SPDX-License-Identifier: Apache-2.0
// Responder: the right to answer one command, once. Request has it while the handler runs, Deferred
// keeps it longer.
//
// Ownership: Request is the wrapper's, lent to the handler; Deferred is moved about by the plugin.
// Thread: any. Failure: answering what was answered already (the deadline passed, the session is
// gone) does nothing; a Deferred that is destroyed unanswered tells the user `plugin_error`.
// Since 1.0.
#pragma once

#include <chrono>
#include <string_view>
#include <utility>

#include "detail/abi.hpp"
#include "ext/request.h"
#include "host.hpp"
#include "json.hpp"
#include "phrase.hpp"
#include "rich.hpp"

namespace parley {

class Responder {
 public:
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  parley_id id() const { return id_; }
  // Neither answered nor handed on yet, as far as this side knows.
  bool open() const { return id_ != 0; }
  std::string_view locale() const { return locale_; }
  template <typename... Args>
  std::string tr(const Phrase& phrase, const Args&... args) const {
    return phrase.format(locale_, args...);
  }

  // fields: an object whose members become top-level fields of the frame.
  void reply(std::string_view type, const Json& data = {}, const Json& fields = {}) {
    auto answer = detail::sized<parley_reply>();
    answer.request = id_;
    answer.type = detail::to_abi(type);
    answer.data = detail::to_abi(data.text());
    answer.fields = detail::to_abi(fields.text());
    if (open()) settle(table_->reply(host_.abi(), &answer));
  }
  void ok(const Json& data = {}) { reply("ok", data); }
  void reply(const BotMessage& message) { reply("botMessage", to_json(message)); }

  // code: one of the protocol's, or your own, which the host prefixes with the plugin's id.
  void fail(std::string_view code, std::string_view message, const Json& details = {},
            std::chrono::milliseconds retry_after = {}) {
    auto failure = detail::sized<parley_failure>();
    failure.request = id_;
    failure.code = detail::to_abi(code);
    failure.message = detail::to_abi(message);
    failure.details = detail::to_abi(details.text());
    failure.retry_after = retry_after.count();
    if (open()) settle(table_->fail(host_.abi(), &failure));
  }
  // The error that fits what a service said.
  void fail(Outcome outcome) { fail(code_of(outcome), tr(sentence_of(outcome))); }

  // A frame on the way to the answer; {"append": "..."} adds to a streamed text.
  void progress(const Json& data, std::string_view type = "progress") {
    if (open())
      table_->progress(host_.abi(), id_, detail::to_abi(type), detail::to_abi(data.text()));
  }

  // Gives the right to answer away: to the host (a publication or login that takes the request). 0
  // when not open.
  parley_id take() { return std::exchange(id_, 0); }

  // Hands the request to `operation(id)`; when the host refuses it, the user gets the error that
  // fits.
  template <typename Operation>
  Outcome hand_on(Operation operation) {
    if (!open()) return Outcome::kStale;
    const auto outcome = static_cast<Outcome>(operation(id_));
    if (is_ok(outcome)) {
      take();
    } else {
      fail(outcome);
    }
    return outcome;
  }

 protected:
  Responder(Host host, const parley_host_request* table, parley_id id, std::string_view locale)
      : host_(host), table_(table), id_(id), locale_(locale) {}
  Responder(Responder&& other) noexcept
      : host_(other.host_),
        table_(other.table_),
        id_(other.take()),
        locale_(std::move(other.locale_)) {}
  ~Responder() = default;

  Host host_;
  const parley_host_request* table_;
  parley_id id_;
  std::string locale_;

 private:
  // What the host refused as malformed is not answered yet: a Deferred then still says so at its
  // end.
  void settle(parley_status status) {
    if (status == PARLEY_OK || status == PARLEY_E_STALE) id_ = 0;
  }
  static std::string_view code_of(Outcome outcome) {
    switch (outcome) {
      case Outcome::kInvalid:
        return "invalid_args";
      case Outcome::kDenied:
        return "forbidden";
      case Outcome::kLimit:
        return "too_large";
      case Outcome::kBusy:
        return "overloaded";
      case Outcome::kNotFound:
        return "not_found";
      case Outcome::kConflict:
        return "conflict";
      case Outcome::kUnsupported:
        return "unsupported";
      case Outcome::kCancelled:
        return "plugin_unavailable";
      default:
        return "internal";
    }
  }
  static Phrase sentence_of(Outcome outcome) {
    switch (outcome) {
      case Outcome::kInvalid:
        return {"this does not have the right form", "неверный вид"};
      case Outcome::kDenied:
        return {"you may not do that", "это вам не разрешено"};
      case Outcome::kLimit:
        return {"this is too large: make it shorter", "слишком много: сократите"};
      case Outcome::kBusy:
        return {"the server is busy: try again soon", "сервер занят: повторите чуть позже"};
      case Outcome::kNotFound:
        return {"there is no such thing", "ничего такого нет"};
      case Outcome::kConflict:
        return {"it has changed meanwhile: try again", "уже изменилось: повторите"};
      case Outcome::kUnsupported:
        return {"this server does not do that", "этот сервер так не умеет"};
      case Outcome::kCancelled:
        return {"the plugin is being unloaded: try again soon",
                "модуль выгружается: повторите позже"};
      default:
        return {"the server failed: try again", "сбой сервера: повторите"};
    }
  }
};

class Deferred : public Responder {
 public:
  Deferred(Host host, const parley_host_request* table, parley_id id, std::string_view locale)
      : Responder(host, table, id, locale) {}
  Deferred(Deferred&& other) noexcept = default;
  Deferred& operator=(Deferred&& other) noexcept {
    if (this != &other) {
      abandon();
      id_ = other.take();
      locale_ = std::move(other.locale_);
    }
    return *this;
  }
  ~Deferred() { abandon(); }

 private:
  void abandon() {
    const parley_id id = take();
    if (id != 0) table_->abandon(host_.abi(), id);
  }
};

}  // namespace parley
