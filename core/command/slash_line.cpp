// SPDX-License-Identifier: Apache-2.0
#include "command/slash_line.h"

#include <utility>

namespace parley::command {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trim_left(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

std::string_view trim(std::string_view text) {
  text = trim_left(text);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// Takes words from the front of a line.
class Words {
 public:
  explicit Words(std::string_view text) : left_(trim(text)) {}

  bool done() const { return left_.empty(); }
  std::string_view rest() const { return left_; }
  bool unclosed() const { return unclosed_; }
  bool begins_with(std::string_view start) const { return left_.substr(0, start.size()) == start; }
  void skip(std::size_t count) { left_ = left_.substr(count); }
  void skip_blanks() { left_ = trim_left(left_); }

  // Up to the next blank; a part that begins with a quote reaches to the closing one.
  std::string word() {
    std::string out;
    const bool quoted = begins_with("\"");
    if (quoted) skip(1);
    while (!left_.empty() && !ends(quoted)) out += character(quoted);
    if (quoted) close_quote();
    skip_blanks();
    return out;
  }

  // The name of an option, up to `=` or a blank.
  std::string_view option_name() {
    const auto end = left_.find_first_of("= \t\r\n");
    const auto name = left_.substr(0, end);
    skip(name.size());
    return name;
  }

 private:
  bool ends(bool quoted) const {
    return quoted ? left_[0] == '"' : kBlanks.find(left_[0]) != std::string_view::npos;
  }
  char character(bool quoted) {
    const bool escape =
        quoted && left_.size() > 1 && left_[0] == '\\' && (left_[1] == '"' || left_[1] == '\\');
    if (escape) skip(1);
    const char c = left_[0];
    skip(1);
    return c;
  }
  void close_quote() {
    unclosed_ = unclosed_ || left_.empty();
    if (!left_.empty()) skip(1);
  }

  std::string_view left_;
  bool unclosed_ = false;
};

class Splitter {
 public:
  Splitter(const CommandSpec& spec, std::string_view rest) : spec_(spec), words_(rest) {
    result_.words.resize(spec.args.size());
  }

  SplitLine run() {
    while (!words_.done() && result_.errors.empty()) {
      if (options_ && words_.begins_with("--"))
        take_option();
      else
        take_positional();
    }
    if (words_.unclosed()) complain("", "a quote \" is not closed");
    refuse_missing_secrets();
    return std::move(result_);
  }

 private:
  void complain(std::string_view field, std::string sentence) {
    result_.errors.add(field, std::move(sentence));
  }

  void take_option() {
    words_.skip(2);
    const auto name = words_.option_name();
    if (name.empty()) {
      options_ = false;
      return words_.skip_blanks();
    }
    const auto index = index_of(name);
    if (!index)
      return complain("", "/" + spec_.name + " takes no --" + std::string(name) +
                              "; write -- before text that begins with --. Usage: " + usage(spec_));
    if (spec_.args[*index].secret) return refuse_secret(*index);
    if (result_.words[*index]) return complain(name, "is given twice");
    result_.words[*index] = option_value(*index);
  }

  std::string option_value(std::size_t index) {
    if (words_.begins_with("=")) {
      words_.skip(1);
      return words_.word();
    }
    words_.skip_blanks();
    if (spec_.args[index].type == ArgumentType::kBool) return "true";
    complain(spec_.args[index].name, "write --" + spec_.args[index].name + "=value");
    return {};
  }

  void take_positional() {
    const auto index = next_positional();
    // What is one too many may well be the password: it is not repeated.
    if (const auto hidden = secret(); !index && hidden) return refuse_secret(*hidden);
    if (!index)
      return complain("", "too many words: \"" + std::string(words_.rest().substr(0, kShown)) +
                              "\" fits no argument. Usage: " + usage(spec_));
    if (!spec_.args[*index].rest) {
      result_.words[*index] = words_.word();
      return;
    }
    result_.words[*index] = std::string(words_.rest());
    words_.skip(words_.rest().size());
  }

  std::optional<std::size_t> next_positional() const {
    for (std::size_t i = 0; i < spec_.args.size(); ++i)
      if (!result_.words[i] && !spec_.args[i].secret && !is_left_out(i)) return i;
    return std::nullopt;
  }

  // Before free text a channel that may be left out is told from other words by its mark.
  bool is_left_out(std::size_t index) const {
    const auto& argument = spec_.args[index];
    return argument.type == ArgumentType::kChannel && !argument.required &&
           spec_.args.back().rest && !words_.begins_with("#");
  }

  std::optional<std::size_t> index_of(std::string_view name) const {
    for (std::size_t i = 0; i < spec_.args.size(); ++i)
      if (spec_.args[i].name == name) return i;
    return std::nullopt;
  }

  std::optional<std::size_t> secret() const {
    for (std::size_t i = 0; i < spec_.args.size(); ++i)
      if (spec_.args[i].secret) return i;
    return std::nullopt;
  }
  void refuse_secret(std::size_t index) {
    complain(spec_.args[index].name,
             "is secret and not accepted in a command line: use the form that asks for it");
  }
  void refuse_missing_secrets() {
    if (!result_.errors.empty()) return;
    for (std::size_t i = 0; i < spec_.args.size(); ++i)
      if (spec_.args[i].secret && spec_.args[i].required) refuse_secret(i);
  }

  static constexpr std::size_t kShown = 40;  // of what was typed, in an error
  const CommandSpec& spec_;
  Words words_;
  SplitLine result_;
  bool options_ = true;
};

}  // namespace

Line read_line(std::string_view text) {
  const auto begin = trim_left(text);
  if (begin.empty() || begin[0] != '/') return {};
  if (begin.size() > 1 && begin[1] == '/') return {LineKind::kEscaped, {}, begin.substr(1)};
  const auto command = begin.substr(1);
  const auto name = command.substr(0, command.find_first_of(kBlanks));
  return {LineKind::kCommand, name, trim(command.substr(name.size()))};
}

SplitLine split_line(const CommandSpec& spec, std::string_view rest) {
  return Splitter(spec, rest).run();
}

std::string usage(const CommandSpec& spec) {
  std::string text = "/" + spec.name;
  for (const auto& argument : spec.args) {
    if (argument.secret) continue;
    text += argument.required ? " <" + argument.name : " [" + argument.name;
    if (argument.rest) text += "…";
    text += argument.required ? ">" : "]";
  }
  return text;
}

}  // namespace parley::command
