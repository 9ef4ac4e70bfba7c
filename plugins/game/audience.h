// SPDX-License-Identifier: Apache-2.0
// Audience: who has which sessions, and reads which language, as events and commands told. Thread:
// the plugin's.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace game {

class Audience {
 public:
  void opened(std::string_view user, std::string_view session, std::string_view locale) {
    Listener& listener = listeners_[std::string(user)];
    listener.sessions.emplace(session);
    if (!locale.empty()) listener.locale = locale;
  }
  // True when that was the user's last session, or none of theirs was known.
  bool closed(std::string_view user, std::string_view session) {
    const auto found = listeners_.find(std::string(user));
    if (found == listeners_.end()) return true;
    found->second.sessions.erase(std::string(session));
    if (!found->second.sessions.empty()) return false;
    listeners_.erase(found);
    return true;
  }
  // For the next version of the plugin, which hears of no session that is open already.
  parley::Json to_json() const {
    parley::Json all = parley::Json::object();
    for (const auto& [user, listener] : listeners_) {
      const std::vector<std::string> sessions(listener.sessions.begin(), listener.sessions.end());
      parley::Json one = parley::Json::object();
      one.set("sessions", parley::Json::array_of(sessions)).set("locale", listener.locale);
      all.set(user, one);
    }
    return all;
  }
  void load(parley::JsonView all) {
    for (const auto& [user, one] : all.members()) {
      for (const parley::JsonView session : one["sessions"].items())
        opened(user, session.or_else(""), one["locale"].or_else(""));
    }
  }
  bool knows(const std::string& user) const { return listeners_.count(user) > 0; }
  bool has_several(const std::string& user) const {
    const auto found = listeners_.find(user);
    return found != listeners_.end() && found->second.sessions.size() > 1;
  }

  static bool russian(std::string_view locale) { return locale.substr(0, 2) == "ru"; }
  std::vector<std::string> russians() const {
    std::vector<std::string> result;
    for (const auto& [id, listener] : listeners_) {
      if (russian(listener.locale)) result.push_back(id);
    }
    return result;
  }

 private:
  struct Listener {
    std::set<std::string> sessions;
    std::string locale;
  };
  std::map<std::string, Listener> listeners_;
};

}  // namespace game
