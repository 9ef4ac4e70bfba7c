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

parley::Json Dialogues::to_json() const {
  parley::Json all = parley::Json::array();
  for (const auto& [seat, dialogue] : open_) {
    parley::Json variables = parley::Json::object();
    for (const auto& [name, value] : dialogue.variables) variables.set(name, value);
    parley::Json one = parley::Json::object();
    one.set("user", seat.user).set("channel", seat.channel).set("name", dialogue.name);
    one.set("deadline", dialogue.deadline).set("russian", dialogue.russian);
    one.set("variables", variables);
    all.push(one);
  }
  return all;
}

void Dialogues::load(parley::JsonView all) {
  for (const parley::JsonView one : all.items()) {
    Dialogue dialogue{.name = one["name"].or_else(""),
                      .deadline = one["deadline"].or_else(std::int64_t{0}),
                      .russian = one["russian"].or_else(false)};
    for (const auto& [name, value] : one["variables"].members())
      dialogue.variables[std::string(name)] = value.or_else("");
    open({one["user"].or_else(""), one["channel"].or_else("")}, std::move(dialogue));
  }
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
