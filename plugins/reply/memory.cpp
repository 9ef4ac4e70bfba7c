// SPDX-License-Identifier: Apache-2.0
#include "memory.h"

#include <algorithm>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

#include "words.h"

namespace reply {

std::optional<std::string> Memory::get(const std::string& user, std::string_view variable) const {
  const auto person = users_.find(user);
  if (person == users_.end()) return std::nullopt;
  const auto value = person->second.variables.find(std::string(variable));
  return value == person->second.variables.end() ? std::nullopt : std::optional(value->second);
}

bool Memory::set(const std::string& user, const std::string& variable, std::string value,
                 std::int64_t now) {
  Person& person = users_[user];
  person.at = now;
  const bool known = person.variables.count(variable) > 0;
  if (!known && person.variables.size() >= limits_.variables) return false;
  person.variables[variable] = cut(std::move(value), limits_.characters);
  return true;
}

void Memory::unset(const std::string& user, const std::string& variable) {
  const auto person = users_.find(user);
  if (person == users_.end()) return;
  person->second.variables.erase(variable);
  if (person->second.variables.empty()) users_.erase(person);
}

void Memory::move(const std::string& from, const std::string& to) {
  auto person = users_.extract(from);
  if (person.empty()) return;
  person.key() = to;
  users_.insert(std::move(person));
}

std::optional<std::string> Memory::take_surplus() {
  if (users_.size() <= limits_.users) return std::nullopt;
  const auto oldest =
      std::min_element(users_.begin(), users_.end(),
                       [](const auto& a, const auto& b) { return a.second.at < b.second.at; });
  return users_.extract(oldest).key();
}

std::string Memory::record(const std::string& user) const {
  const auto person = users_.find(user);
  if (person == users_.end()) return {};
  auto variables = parley::Json::object();
  for (const auto& [name, value] : person->second.variables) variables.set(name, value);
  return parley::Json::object({{"at", person->second.at}, {"variables", variables}}).text();
}

bool Memory::load(const std::string& user, std::string_view record) {
  const parley::JsonView view(record);
  const auto at = view["at"].as<std::int64_t>();
  if (!at || !view["variables"].is_object()) return false;
  Person person{.at = *at};
  for (const auto& [name, value] : view["variables"].members()) {
    person.variables[name] = value.or_else("");
  }
  users_.insert_or_assign(user, std::move(person));
  return true;
}

}  // namespace reply
