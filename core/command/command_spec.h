// SPDX-License-Identifier: Apache-2.0
// What a command declares about itself: names, help, arguments, who may run it and how. Parsing,
// help, completion, error texts and bridges all follow from this one declaration.
//
// Ownership: plain values. Thread: immutable once published. Failure: validate() names the field
// that is wrong and what is allowed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/status.h"

namespace parley::command {

// A text in the languages the server speaks. An empty `ru` falls back to `en`.
struct LocalText {
  std::string en;
  std::string ru;
  const std::string& in(std::string_view locale) const {
    return locale == "ru" && !ru.empty() ? ru : en;
  }
  bool operator==(const LocalText&) const = default;
};

enum class ArgumentType { kString, kInt, kNumber, kBool, kUser, kChannel, kJson };
std::string_view argument_type_name(ArgumentType type);  // "string", "int", …
std::optional<ArgumentType> parse_argument_type(std::string_view name);

struct ArgumentSpec {
  std::string name;  // [A-Za-z][A-Za-z0-9_]*, up to 64 bytes, not one of `action data key as`
  ArgumentType type = ArgumentType::kString;
  bool required = false;
  bool secret = false;  // refused in command lines; never logged or echoed
  bool rest = false;    // in a command line it takes the rest as it was written; last one only
  bool command_line =
      false;  // a text that begins with `/` runs that command instead; one, a string
  std::vector<std::string> choices;   // strings and integers only; empty: anything
  std::optional<double> min, max;     // of a number's value, or of a text's length in characters
  std::optional<std::string> preset;  // value when absent, written as in a command line
  LocalText help;
  bool operator==(const ArgumentSpec&) const = default;
};

struct CommandSpec {
  std::string name;                  // action-name grammar, protocol.md section 1
  std::vector<std::string> aliases;  // the same grammar
  LocalText help;
  std::vector<ArgumentSpec> args;
  std::vector<std::string> roles;  // any one of these; empty: everybody who has a session
  bool anonymous = false;          // may be called before authentication
  bool concurrent = false;         // overtakes the session's other commands
  bool read_only = false;          // its reply carries no seq and is not kept for resume
  bool clickable = false;          // may stand behind a button
  bool bridged = false;            // may be called under `as`
  bool external = false;           // has effects outside the server
  bool secret_reply = false;       // its reply is never remembered
  // Changes nothing but the caller's own session or connection, so that doing it again does no harm
  // and not doing it again would: an idempotency key is ignored.
  bool own_session = false;
  bool open = false;    // undeclared arguments are passed on in the raw JSON
  bool hidden = false;  // part of the protocol, not of what people are offered
  Millis cooldown{0};   // between two calls by one user; 0: none
  // How long the answer may take once the handler said it comes later. 0: no deadline at all.
  Millis deferred_budget{60'000};
  // Filled in by whoever publishes:
  std::string plugin;  // "core" for the server's own
  std::string version;
  std::uint32_t generation = 0;  // counts the loads of that plugin

  const ArgumentSpec* argument(std::string_view argument_name) const;
};

inline constexpr std::string_view kCorePlugin = "core";

Status validate(const CommandSpec& spec);

// Whether what was prepared for one can be given to the other: the same arguments.
bool same_form(const CommandSpec& one, const CommandSpec& other);

}  // namespace parley::command
