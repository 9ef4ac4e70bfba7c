// SPDX-License-Identifier: Apache-2.0
#include "reminder_book.h"

#include <algorithm>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace remind {

std::string to_record(const Reminder& reminder) {
  return parley::Json{{"user", reminder.user},
                      {"locale", reminder.locale},
                      {"due", reminder.due},
                      {"text", reminder.text}}
      .text();
}

std::optional<Reminder> read_record(std::int64_t number, std::string_view record) {
  const parley::JsonView json(record);
  Reminder reminder{.number = number,
                    .user = json["user"].or_else(""),
                    .locale = json["locale"].or_else(""),
                    .due = json["due"].or_else(std::int64_t{0}),
                    .text = json["text"].or_else("")};
  if (number <= 0 || reminder.user.empty() || reminder.due <= 0) return {};
  return reminder;
}

void ReminderBook::add(Reminder reminder) {
  const Due due{reminder.due, reminder.number};
  last_number_ = std::max(last_number_, reminder.number);
  by_due_.insert(due);
  by_user_[reminder.user].insert(due);
  by_number_.insert_or_assign(reminder.number, std::move(reminder));
}

const Reminder* ReminderBook::find(std::int64_t number, std::string_view user) const {
  const auto found = by_number_.find(number);
  return found == by_number_.end() || found->second.user != user ? nullptr : &found->second;
}

void ReminderBook::remove(std::int64_t number) {
  const auto found = by_number_.find(number);
  if (found == by_number_.end()) return;
  const Due due{found->second.due, number};
  by_due_.erase(due);
  const auto person = by_user_.find(found->second.user);
  person->second.erase(due);
  if (person->second.empty()) by_user_.erase(person);
  by_number_.erase(found);
}

void ReminderBook::hand_over(std::string_view from, const std::string& id) {
  const auto person = by_user_.find(from);
  if (person == by_user_.end() || from == id) return;
  for (const Due& due : person->second) by_number_.at(due.second).user = id;
  by_user_[id].merge(person->second);
  by_user_.erase(std::string(from));
}

std::vector<const Reminder*> ReminderBook::of(std::string_view user) const {
  std::vector<const Reminder*> theirs;
  const auto person = by_user_.find(user);
  if (person == by_user_.end()) return theirs;
  for (const Due& due : person->second) theirs.push_back(&by_number_.at(due.second));
  return theirs;
}

std::optional<std::int64_t> ReminderBook::next_due() const {
  return by_due_.empty() ? std::nullopt : std::optional(by_due_.begin()->first);
}

std::vector<Reminder> ReminderBook::due_at(std::int64_t now) const {
  std::vector<Reminder> due;
  for (const auto& [instant, number] : by_due_) {
    if (instant > now) break;
    due.push_back(by_number_.at(number));
  }
  return due;
}

}  // namespace remind
