// SPDX-License-Identifier: Apache-2.0
// From what was said to what is answered: finds the rule, moves the dialogue on, changes variables
// and fills the templates in. Sends and stores nothing.
//
// Ownership: borrows settings, book, memory and dialogues, which outlive it. Thread: the plugin's.
// Failure: too many dialogues or variables are said to `warn`, and the answer is made without.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "dialogues.h"
#include "matcher.h"
#include "memory.h"
#include "rule_book.h"
#include "settings.h"
#include "spoken.h"

namespace reply {

class Answerer {
 public:
  using Clock = std::function<std::int64_t()>;  // milliseconds since 1970
  using Warn = std::function<void(const std::string&)>;

  Answerer(const Settings& settings, const RuleBook& book, Memory& memory, Dialogues& dialogues,
           Clock now, Warn warn);

  std::optional<Match> look_up(const Spoken& spoken);
  // match: of this book, which has not changed since.
  Answer act(const Match& match, const Spoken& spoken);
  // Says to whom a dialogue waited for that it waits no more.
  std::string farewell(const Spoken& spoken, const Dialogue& dialogue, const DialogueRule& rule);

 private:
  Sources sources(const Spoken& spoken);
  std::optional<std::string> value(const Spoken& spoken, std::string_view name);
  std::string clock(const char* format) const;
  Dialogue* move_dialogue(const Rule& rule, const Spoken& spoken);
  bool set_variables(const Rule& rule, const Spoken& spoken, const Sources& all);
  void remember(const Spoken& spoken, const std::string& name, std::string text);
  const Template& chosen(const Variants& variants, Language language);
  int chance(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  const Settings& settings_;
  const RuleBook& book_;
  Memory& memory_;
  Dialogues& dialogues_;
  const Clock now_;
  const Warn warn_;
  const Template silence_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace reply
