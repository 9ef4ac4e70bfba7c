// SPDX-License-Identifier: Apache-2.0
// A dialogue with one plugin, without a server: each line is said to it, and what it does is shown.
//
//   /roll 2d6                  a command line, read as the server reads it
//   {"action":"roll", ...}     a command as a client sends it
//   hello                      something said in the channel
//   .help                      the prompt's own verbs: who speaks, the clock, events, settings
//
// Ownership: borrows the host. Thread: one. Failure: a line that cannot be understood is answered
// with what would be; a plugin that does not come back from `.restart` ends the dialogue (throws
// std::runtime_error).
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <parley/testing.hpp>

namespace parley::kit {

class Prompt {
 public:
  Prompt(testing::FakeHost& host, std::ostream& out);

  // False: the line ended the dialogue.
  bool take(std::string_view line);
  void greet(std::string_view title);
  bool failed() const { return failed_; }  // some line was answered with an error

 private:
  using Words = std::vector<std::string>;
  struct Verb {
    std::string_view name, help;
    void (Prompt::*run)(std::string_view rest);
  };
  static const std::vector<Verb>& verbs();

  void run_verb(std::string_view line);
  void run_command_line(std::string_view name, std::string_view rest);
  void run_json(std::string_view text);
  void call(std::string_view action, const Json& arguments);
  void say(std::string_view text);

  void help(std::string_view rest);
  void commands(std::string_view rest);
  void speak_as(std::string_view rest);
  void speak_language(std::string_view rest);
  void go_to(std::string_view rest);
  void advance(std::string_view rest);
  void timers(std::string_view rest);
  void happen(std::string_view rest);
  void change_config(std::string_view rest);
  void storage(std::string_view rest);
  void restart(std::string_view rest);

  void show_answers();
  void show_doings();
  void refuse(std::string_view why);

  testing::FakeHost& host_;
  std::ostream& out_;
  testing::Caller caller_;
  std::map<parley_id, testing::Reply> open_;         // not answered yet
  std::map<parley_id, std::size_t> shown_progress_;  // of those
  bool failed_ = false;
};

}  // namespace parley::kit
