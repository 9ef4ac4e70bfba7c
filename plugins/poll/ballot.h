// SPDX-License-Identifier: Apache-2.0
// One poll: the question, what can be chosen, and who chose what. Memory only; poll.cpp stores it.
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

namespace poll {

struct Ballot {
  std::int64_t number = 0;
  std::string author = {};  // user id
  std::string channel = {};
  std::string locale = {};  // of its author: the result is said in it
  std::string question = {};
  std::vector<std::string> options = {};
  std::int64_t closes = 0;                                     // milliseconds since 1970
  std::map<std::string, std::size_t, std::less<>> votes = {};  // user id -> index of the option

  std::vector<std::size_t> counts() const;
  // One line for each option, the best first: "Tea — 3 (60 %)".
  std::string result() const;
};

struct Question {
  std::string question;
  std::vector<std::string> options;
};
// "Tea or coffee? | Tea | Coffee". The parts are trimmed; empty ones are left out.
Question split_question(std::string_view text);

// Without the votes, which are stored one by one; and with them, for the next version.
parley::Json to_record(const Ballot& ballot);
parley::Json to_state(const Ballot& ballot);
// Takes either; nothing when it cannot be read.
std::optional<Ballot> read_ballot(parley::JsonView json);

}  // namespace poll
