// SPDX-License-Identifier: Apache-2.0
// What the bot remembers about people: variables per user. The plugin stores each person's record
// under its user id.
//
// Ownership: values. Thread: the plugin's. Failure: what is too much is not taken, and set() says
// so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace reply {

struct MemoryLimits {
  std::size_t users = 10000;     // above that whoever was heard longest ago is forgotten
  std::size_t variables = 20;    // of one user
  std::size_t characters = 200;  // of one value; longer ones are cut
};

class Memory {
 public:
  explicit Memory(const MemoryLimits& limits) : limits_(limits) {}

  void set_limits(const MemoryLimits& limits) { limits_ = limits; }

  std::optional<std::string> get(const std::string& user, std::string_view variable) const;
  // False: this user has as many variables as may be.
  bool set(const std::string& user, const std::string& variable, std::string value,
           std::int64_t now);
  void unset(const std::string& user, const std::string& variable);
  void forget(const std::string& user) { users_.erase(user); }
  // What a guest has told stays known when the guest registers.
  void move(const std::string& from, const std::string& to);
  // Who goes, when there are more than may be; call it until nobody does.
  std::optional<std::string> take_surplus();

  // One person as JSON, {"at": ms, "variables": {...}}; empty: nothing is known.
  std::string record(const std::string& user) const;
  // False: the text is no such record.
  bool load(const std::string& user, std::string_view record);
  std::size_t users() const { return users_.size(); }

 private:
  struct Person {
    std::int64_t at = 0;
    std::map<std::string, std::string> variables = {};
  };

  MemoryLimits limits_;
  std::map<std::string, Person> users_;
};

}  // namespace reply
