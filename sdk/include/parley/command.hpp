// SPDX-License-Identifier: Apache-2.0
// Declaring a command, in the plugin's constructor:
//
//   command("roll", "Roll dice", &Dice::roll)
//       .argument<std::string>("dice", "NdM, for example 2d6").fallback("1d6")
//       .cooldown(1s);
//
// What follows an argument describes that argument until the next one; the command's own properties
// may stand anywhere. Ownership: builders refer to the declaration, which the Plugin keeps. Thread:
// [start]. Failure: what the server refuses (a name that is taken, an argument called `action`)
// refuses the load, with the reason in the log.
// Since 1.0.
#pragma once

#include <chrono>
#include <concepts>
#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "callback.hpp"
#include "ext/commands.h"
#include "json_view.hpp"
#include "phrase.hpp"
#include "request.hpp"

namespace parley {

// Argument types beside std::string, integers, double and bool; user and channel names are read as
// std::string_view.
struct UserName {};
struct ChannelName {};

namespace detail {

struct ArgumentSpec {
  std::string name;
  Phrase help = "";
  parley_type type = PARLEY_TYPE_STRING;
  std::uint32_t flags = PARLEY_ARGUMENT_REQUIRED;
  std::vector<std::string> choices = {};
  double minimum = 0;
  double maximum = 0;
  parley_value fallback = {};
  std::string fallback_text = {};
};

struct CommandSpec {
  std::string name;
  Phrase help = "";
  Callback<void(Request&)> handler;
  std::uint32_t flags = 0;
  std::vector<std::string> aliases = {};
  std::vector<std::string> roles = {};
  std::deque<ArgumentSpec> arguments = {};
  std::vector<std::string> argument_names = {};
  std::chrono::milliseconds cooldown{0};
};

template <typename T>
constexpr parley_type type_of() {
  if constexpr (std::same_as<T, bool>)
    return PARLEY_TYPE_BOOL;
  else if constexpr (std::integral<T>)
    return PARLEY_TYPE_INT;
  else if constexpr (std::floating_point<T>)
    return PARLEY_TYPE_NUMBER;
  else if constexpr (std::same_as<T, UserName>)
    return PARLEY_TYPE_USER;
  else if constexpr (std::same_as<T, ChannelName>)
    return PARLEY_TYPE_CHANNEL;
  else if constexpr (std::same_as<T, JsonView>)
    return PARLEY_TYPE_JSON;
  else {
    static_assert(std::convertible_to<T, std::string_view>, "no such argument type");
    return PARLEY_TYPE_STRING;
  }
}

}  // namespace detail

class ArgumentBuilder;

class CommandBuilder {
 public:
  explicit CommandBuilder(detail::CommandSpec& spec) : spec_(spec) {}

  // Required unless .optional() or .fallback() says otherwise.
  template <typename T>
  ArgumentBuilder argument(std::string_view name, const Phrase& help);

  CommandBuilder& alias(std::string_view name) { return spec_.aliases.emplace_back(name), *this; }
  // Any of the roles is enough.
  CommandBuilder& role(std::string_view name) { return spec_.roles.emplace_back(name), *this; }
  // Least time between two calls of one user.
  CommandBuilder& cooldown(std::chrono::milliseconds time) { return spec_.cooldown = time, *this; }

  CommandBuilder& anonymous() { return flag(PARLEY_COMMAND_ANONYMOUS); }
  CommandBuilder& concurrent() { return flag(PARLEY_COMMAND_CONCURRENT); }
  CommandBuilder& read_only() { return flag(PARLEY_COMMAND_READ_ONLY); }
  CommandBuilder& clickable() { return flag(PARLEY_COMMAND_CLICKABLE); }
  CommandBuilder& bridged() { return flag(PARLEY_COMMAND_BRIDGED); }
  CommandBuilder& external() { return flag(PARLEY_COMMAND_EXTERNAL); }
  CommandBuilder& open() { return flag(PARLEY_COMMAND_OPEN); }
  CommandBuilder& secret_reply() { return flag(PARLEY_COMMAND_SECRET_REPLY); }

 protected:
  CommandBuilder& flag(std::uint32_t bit) { return spec_.flags |= bit, *this; }

  detail::CommandSpec& spec_;
};

class ArgumentBuilder : public CommandBuilder {
 public:
  ArgumentBuilder(detail::CommandSpec& command, detail::ArgumentSpec& argument)
      : CommandBuilder(command), argument_(argument) {}

  ArgumentBuilder& optional() {
    return argument_.flags &= ~std::uint32_t{PARLEY_ARGUMENT_REQUIRED}, *this;
  }
  ArgumentBuilder& secret() { return mark(PARLEY_ARGUMENT_SECRET); }
  // Takes the rest of a slash line as it stands; for the last argument.
  ArgumentBuilder& rest() { return mark(PARLEY_ARGUMENT_REST); }
  // A text that begins with '/' is run as a command instead.
  ArgumentBuilder& command_line() { return mark(PARLEY_ARGUMENT_COMMAND_LINE); }
  ArgumentBuilder& choices(std::initializer_list<std::string_view> texts) {
    argument_.choices.assign(texts.begin(), texts.end());
    return *this;
  }
  // Numbers: the value; strings: characters.
  ArgumentBuilder& minimum(double value) {
    return argument_.minimum = value, mark(PARLEY_ARGUMENT_HAS_MIN);
  }
  ArgumentBuilder& maximum(double value) {
    return argument_.maximum = value, mark(PARLEY_ARGUMENT_HAS_MAX);
  }
  ArgumentBuilder& range(double least, double most) { return minimum(least).maximum(most); }
  // What an omitted argument stands for.
  template <typename T>
  ArgumentBuilder& fallback(const T& value) {
    set_fallback(value);
    return optional();
  }

 private:
  ArgumentBuilder& mark(std::uint32_t bit) { return argument_.flags |= bit, *this; }

  template <typename T>
  void set_fallback(const T& value) {
    argument_.fallback.type = argument_.type;
    if constexpr (std::convertible_to<T, std::string_view>) {
      argument_.fallback_text = std::string_view(value);
    } else if (argument_.type == PARLEY_TYPE_BOOL) {
      argument_.fallback.as.boolean = value ? 1 : 0;
    } else if (argument_.type == PARLEY_TYPE_NUMBER) {
      argument_.fallback.as.number = static_cast<double>(value);
    } else {
      argument_.fallback.as.integer = static_cast<std::int64_t>(value);
    }
  }

  detail::ArgumentSpec& argument_;
};

template <typename T>
ArgumentBuilder CommandBuilder::argument(std::string_view name, const Phrase& help) {
  spec_.argument_names.emplace_back(name);
  detail::ArgumentSpec& added = spec_.arguments.emplace_back();
  added.name = name;
  added.help = help;
  added.type = detail::type_of<T>();
  return ArgumentBuilder(spec_, added);
}

}  // namespace parley
