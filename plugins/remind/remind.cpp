// SPDX-License-Identifier: Apache-2.0
// remind: /remind 10m tea, /reminders, /unremind 3.
//
// A reminder is answered once it is on disk, survives restarts, and reaches its owner in their own
// channel (@user), where it waits when they are away. What fell due while the server was down comes
// late and says so. A crash between telling and forgetting tells twice rather than never.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <parley/plugin.hpp>

#include "../shared/duration.h"
#include "catalogue.h"
#include "reminder_book.h"

using namespace std::chrono_literals;

namespace remind {

constexpr std::string_view kPrefix = "reminder:";
constexpr std::size_t kMostButtons = 5;
constexpr auto kLateAfter = 1min;
constexpr auto kLongestWait = std::chrono::hours(24);  // of the timer; then it looks again

std::string key_of(std::int64_t number) {
  return std::string(kPrefix) + std::to_string(number);
}

class Remind : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:user", "buttons"};
  static constexpr std::string_view kConfigSchema = R"json({
    "type": "object", "additionalProperties": false,
    "properties": {
      "per_user": {"type": "integer", "default": 20, "minimum": 1, "maximum": 1000,
        "description": "Reminders one person may have waiting."},
      "all": {"type": "integer", "default": 100000, "minimum": 1, "maximum": 1000000,
        "description": "Reminders that wait on the whole server, at most."},
      "days": {"type": "integer", "default": 366, "minimum": 1, "maximum": 3650,
        "description": "How far away a reminder may be."},
      "text_length": {"type": "integer", "default": 300, "minimum": 1, "maximum": 2000,
        "description": "Characters a reminder has at most."}
    }
  })json";

  explicit Remind(parley::Host host) : Plugin(host) {
    command("remind", say::kRemind, &Remind::remind)
        .argument<std::string>("in", say::kWhen)
        .argument<std::string>("text", say::kWhat)
        .rest();
    command("reminders", say::kReminders, &Remind::list).read_only().clickable();
    command("unremind", say::kUnremind, &Remind::drop)
        .clickable()
        .argument<std::int64_t>("number", say::kNumber)
        .minimum(1);
    on_event(parley::EventKind::kUserRegistered, &Remind::registered);
    on_event(parley::EventKind::kUserDeleted, &Remind::forget);
  }

 private:
  using Responder = parley::Responder;

  void on_start() override {
    int strange = 0;
    for (const auto& [key, record] : storage().scan_now(kPrefix)) {
      std::int64_t number = 0;
      std::from_chars(key.data() + kPrefix.size(), key.data() + key.size(), number);
      if (auto reminder = read_record(number, record))
        book_.add(std::move(*reminder));
      else
        ++strange;
    }
    if (strange > 0)
      log_warning(std::to_string(strange) + " stored reminders cannot be read and are left out");
    wait_for_next();
  }

  // ---- commands

  void remind(parley::Request& request) {
    const auto text = request.argument<std::string>("text");
    const auto in = duration::parse(request.argument<std::string_view>("in"));
    if (const auto why = refusal(request, in, text); !why.empty())
      return request.fail("invalid_args", why);
    const std::string user(request.user().id());
    const int most = config()["per_user"].or_else(0);
    if (book_.of(user).size() >= static_cast<std::size_t>(most))
      return request.fail("limit", request.tr(say::kTooMany, most));
    if (book_.size() >= config()["all"].or_else(std::size_t{0}))
      return request.fail("limit", request.tr(say::kFull));
    set({.number = book_.take_number(),
         .user = user,
         .locale = std::string(request.locale()),
         .due = host().now() + std::chrono::milliseconds(*in).count(),
         .text = text},
        request, *in);
  }

  std::string refusal(const Responder& asker, std::optional<std::chrono::seconds> in,
                      std::string_view text) const {
    if (!in) return asker.tr(say::kNoDuration);
    const auto farthest = std::chrono::hours(24) * config()["days"].or_else(1);
    if (*in > farthest) {
      return asker.tr(say::kTooFar, duration::describe(farthest, asker.locale()));
    }
    if (text.find_first_not_of(" \t\n") == text.npos) return asker.tr(say::kNoText);
    const int most = config()["text_length"].or_else(0);
    return parley::characters(text) > static_cast<std::size_t>(most) ? asker.tr(say::kTooLong, most)
                                                                     : "";
  }

  // It counts from now on, so that a crowd of requests cannot pass the limits while they are being
  // written; what cannot be written is taken back.
  void set(Reminder reminder, Responder& asker, std::chrono::seconds in) {
    const auto number = reminder.number;
    auto answer =
        said(asker.tr(say::kSet, number, duration::describe(in, asker.locale()), reminder.text),
             {drop_button(asker, number)});
    answer.set("reminder", to_json(reminder));
    auto batch = parley::Batch().put(key_of(number), to_record(reminder));
    book_.add(std::move(reminder));
    storage().write_and_reply(asker, batch, "botMessage", answer, {},
                              [this, number](parley::Outcome outcome) {
                                if (!is_ok(outcome)) book_.remove(number);
                                wait_for_next();
                              });
  }

  void list(parley::Request& request) {
    std::string text;
    std::vector<parley::Button> buttons;
    auto all = parley::Json::array();
    for (const Reminder* one : book_.of(request.user().id())) {
      const std::chrono::milliseconds in(std::max<std::int64_t>(0, one->due - host().now()));
      const auto left =
          duration::describe(std::chrono::ceil<std::chrono::seconds>(in), request.locale());
      text += (text.empty() ? "" : "\n") + request.tr(say::kLine, one->number, left, one->text);
      if (buttons.size() < kMostButtons) buttons.push_back(drop_button(request, one->number));
      all.push(to_json(*one));
    }
    if (text.empty()) text = request.tr(say::kNone);
    request.reply("botMessage", said(text, buttons).set("reminders", all));
  }

  void drop(parley::Request& request) {
    const auto number = request.argument<std::int64_t>("number");
    if (book_.find(number, request.user().id()) == nullptr)
      return request.fail("not_found", request.tr(say::kUnknown, number));
    auto batch = parley::Batch().erase(key_of(number));
    storage().write_and_reply(request, batch, "botMessage", said(request.tr(say::kDropped, number)),
                              {}, [this, number](parley::Outcome outcome) {
                                if (is_ok(outcome)) book_.remove(number);
                                wait_for_next();
                              });
  }

  // What the module says to one person; for programs the reminders stand beside the text.
  static parley::Json said(std::string text, std::vector<parley::Button> buttons = {}) {
    return parley::to_json(parley::BotMessage{
        .from = "remind", .text = std::move(text), .buttons = std::move(buttons), .only = true});
  }
  static parley::Json to_json(const Reminder& one) {
    return {{"number", one.number}, {"due", one.due}, {"text", one.text}};
  }
  static parley::Button drop_button(const Responder& asker, std::int64_t number) {
    return {.label = asker.tr(say::kDrop, number),
            .command = {{"action", "unremind"}, {"number", number}},
            .style = ""};
  }

  // ---- time

  void wait_for_next() {
    const auto due = book_.next_due();
    if (!due) return next_.cancel();
    const auto wait = std::chrono::milliseconds(std::max<std::int64_t>(0, *due - host().now()));
    next_ = timers().set(
        {.name = "next", .delay = std::min<std::chrono::milliseconds>(wait, kLongestWait)},
        [this](std::string_view) { tell_all_due(); });
  }

  void tell_all_due() {
    for (const Reminder& reminder : book_.due_at(host().now())) {
      tell(reminder);
      book_.remove(reminder.number);
      storage().erase(key_of(reminder.number));
    }
    wait_for_next();
  }

  void tell(const Reminder& reminder) {
    const auto late = std::chrono::milliseconds(host().now() - reminder.due);
    const std::string text =
        late < kLateAfter
            ? say::kDue.format(reminder.locale, reminder.text)
            : say::kLate.format(reminder.locale,
                                duration::describe(std::chrono::floor<std::chrono::seconds>(late),
                                                   reminder.locale),
                                reminder.text);
    push().send({.to = parley::Target::user(reminder.user),
                 .type = "botMessage",
                 .data = said(text),
                 .store = true});
  }

  // ---- people

  void registered(const parley::Event& event) {
    if (event.previous_id().empty() || event.previous_id() == event.user().id()) return;
    const std::string id(event.user().id());
    book_.hand_over(event.previous_id(), id);
    for (const Reminder* one : book_.of(id)) storage().put(key_of(one->number), to_record(*one));
  }

  void forget(const parley::Event& event) {
    while (!book_.of(event.user().id()).empty()) {
      const auto number = book_.of(event.user().id()).front()->number;
      book_.remove(number);
      storage().erase(key_of(number));
    }
    wait_for_next();
  }

  ReminderBook book_;
  parley::Timer next_;
};

}  // namespace remind

PARLEY_PLUGIN(remind::Remind, "remind", "1.0.0", "Reminds people of what they asked for")
