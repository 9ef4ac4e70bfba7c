// SPDX-License-Identifier: Apache-2.0
// A CommandSpec as the ABI's structs; they live for the length of one `add`.
#pragma once

#include <array>
#include <vector>

#include "../command.hpp"

namespace parley::detail {

// One or two languages of a phrase.
class AbiTexts {
 public:
  explicit AbiTexts(const Phrase& phrase)
      : texts_{{{to_abi("en"), to_abi(phrase.en())}, {to_abi("ru"), to_abi(phrase.ru())}}},
        count_(phrase.ru().empty() ? 1 : 2) {}
  const parley_text* data() const { return texts_.data(); }
  std::uint64_t size() const { return count_; }

 private:
  std::array<parley_text, 2> texts_;
  std::uint64_t count_;
};

inline std::vector<parley_string> abi_strings(const std::vector<std::string>& texts) {
  std::vector<parley_string> result;
  for (const std::string& text : texts) result.push_back(to_abi(text));
  return result;
}

class AbiArgument {
 public:
  explicit AbiArgument(const ArgumentSpec& spec)
      : help_(spec.help), choices_(abi_strings(spec.choices)) {
    abi_.type = spec.type;
    abi_.flags = spec.flags;
    abi_.name = to_abi(spec.name);
    abi_.help = help_.data();
    abi_.help_count = help_.size();
    abi_.choices = choices_.data();
    abi_.choice_count = choices_.size();
    abi_.minimum = spec.minimum;
    abi_.maximum = spec.maximum;
    abi_.fallback = spec.fallback;
    if (holds_text(spec.fallback)) abi_.fallback.as.string = to_abi(spec.fallback_text);
  }
  AbiArgument(const AbiArgument&) = delete;
  const parley_argument* get() const { return &abi_; }

 private:
  AbiTexts help_;
  std::vector<parley_string> choices_;
  parley_argument abi_ = sized<parley_argument>();
};

inline Outcome register_command(Host host, const parley_host_commands& table,
                                const CommandSpec& spec, parley_token handler) {
  std::deque<AbiArgument> arguments;
  std::vector<const parley_argument*> pointers;
  for (const ArgumentSpec& argument : spec.arguments)
    pointers.push_back(arguments.emplace_back(argument).get());
  const AbiTexts help(spec.help);
  const auto aliases = abi_strings(spec.aliases);
  const auto roles = abi_strings(spec.roles);

  auto command = sized<parley_command>();
  command.flags = spec.flags;
  command.handler = handler;
  command.name = to_abi(spec.name);
  command.aliases = aliases.data();
  command.alias_count = aliases.size();
  command.help = help.data();
  command.help_count = help.size();
  command.arguments = pointers.data();
  command.argument_count = pointers.size();
  command.roles = roles.data();
  command.role_count = roles.size();
  command.cooldown = spec.cooldown.count();
  return static_cast<Outcome>(table.add(host.abi(), &command));
}

}  // namespace parley::detail
