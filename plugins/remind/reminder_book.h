// SPDX-License-Identifier: Apache-2.0
// All reminders that wait: by number, by when they are due, by whom. Memory only; remind.cpp keeps
// storage in step with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace remind {

struct Reminder {
  std::int64_t number = 0;
  std::string user = {};    // id
  std::string locale = {};  // of the one who asked
  std::int64_t due = 0;     // milliseconds since 1970
  std::string text = {};
};

// As stored, one JSON object; nothing when it cannot be read.
std::string to_record(const Reminder& reminder);
std::optional<Reminder> read_record(std::int64_t number, std::string_view record);

class ReminderBook {
 public:
  // The number for the next reminder; never given twice, also when that reminder is never added.
  std::int64_t take_number() { return ++last_number_; }
  void add(Reminder reminder);
  // Nothing when there is none of that number, or it is another person's.
  const Reminder* find(std::int64_t number, std::string_view user) const;
  void remove(std::int64_t number);
  // A guest became `id`.
  void hand_over(std::string_view from, const std::string& id);

  std::vector<const Reminder*> of(std::string_view user) const;  // the soonest first
  std::optional<std::int64_t> next_due() const;
  std::vector<Reminder> due_at(std::int64_t now) const;  // the soonest first
  std::size_t size() const { return by_number_.size(); }

 private:
  using Due = std::pair<std::int64_t, std::int64_t>;  // instant, number

  std::int64_t last_number_ = 0;
  std::map<std::int64_t, Reminder> by_number_;
  std::set<Due> by_due_;
  std::map<std::string, std::set<Due>, std::less<>> by_user_;
};

}  // namespace remind
