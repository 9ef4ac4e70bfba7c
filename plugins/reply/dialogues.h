// SPDX-License-Identifier: Apache-2.0
// Dialogues under way: who is awaited where, until when, and what the dialogue keeps meanwhile.
//
// Ownership: values. Thread: the plugin's. Failure: open() is false when there are too many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace reply {

// One person in one place; place "": asked by the command, alone.
struct Seat {
  std::string user = {};
  std::string channel = {};
  auto operator<=>(const Seat&) const = default;  // NOLINT(modernize-use-nullptr): there is none
};

struct Dialogue {
  std::string name = {};
  std::int64_t deadline = 0;  // milliseconds since 1970
  bool russian = false;       // the language it was last spoken in
  std::map<std::string, std::string> variables = {};
};

class Dialogues {
 public:
  explicit Dialogues(std::size_t most) : most_(most) {}

  void set_most(std::size_t most) { most_ = most; }
  // nullptr when none waits.
  Dialogue* find(const Seat& seat);
  // Replaces the one that waits there.
  bool open(const Seat& seat, Dialogue dialogue);
  void close(const Seat& seat) { open_.erase(seat); }
  void forget(std::string_view user);

  // For the next version of the plugin. load: what is no such state is nothing.
  parley::Json to_json() const;
  void load(parley::JsonView all);

  // The nearest deadline.
  std::optional<std::int64_t> next_deadline() const;
  // Takes out those whose time is over.
  std::vector<std::pair<Seat, Dialogue>> take_expired(std::int64_t now);

 private:
  std::size_t most_;
  std::map<Seat, Dialogue> open_;
};

}  // namespace reply
