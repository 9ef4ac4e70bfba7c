// SPDX-License-Identifier: Apache-2.0
#include "dialogues.h"

#include <algorithm>

namespace reply {

Dialogue* Dialogues::find(const Seat& seat) {
  const auto found = open_.find(seat);
  return found == open_.end() ? nullptr : &found->second;
}

bool Dialogues::open(const Seat& seat, Dialogue dialogue) {
  if (open_.size() >= most_ && open_.count(seat) == 0) return false;
  open_.insert_or_assign(seat, std::move(dialogue));
  return true;
}

void Dialogues::forget(std::string_view user) {
  std::erase_if(open_, [&](const auto& one) { return one.first.user == user; });
}

std::optional<std::int64_t> Dialogues::next_deadline() const {
  std::optional<std::int64_t> nearest;
  for (const auto& [seat, dialogue] : open_) {
    nearest = std::min(nearest.value_or(dialogue.deadline), dialogue.deadline);
  }
  return nearest;
}

std::vector<std::pair<Seat, Dialogue>> Dialogues::take_expired(std::int64_t now) {
  std::vector<std::pair<Seat, Dialogue>> expired;
  for (auto at = open_.begin(); at != open_.end();) {
    if (at->second.deadline <= now) {
      expired.emplace_back(at->first, std::move(at->second));
      at = open_.erase(at);
    } else {
      ++at;
    }
  }
  return expired;
}

}  // namespace reply
