// SPDX-License-Identifier: Apache-2.0
#include "command/arguments.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/escape.h"
#include "protocol/catalogue.h"
#include "protocol/envelope.h"
#include "protocol/json_writer.h"
#include "session/channel_rights.h"

namespace parley::command {
namespace {

using protocol::JsonView;

constexpr std::size_t kMaxUser = 64;  // characters of a name or id; what exists is others' to say

std::string shown(double value) {
  std::string out;
  protocol::append_json_number(out, value);
  return out;
}

// "" when it is within, else "must be …" with the bounds there are.
std::string out_of_range(const ArgumentSpec& spec, double value, const char* unit) {
  const bool low = spec.min && value < *spec.min, high = spec.max && value > *spec.max;
  if (!low && !high) return {};
  const std::string of = unit;
  if (spec.min && spec.max) return "must be " + shown(*spec.min) + " to " + shown(*spec.max) + of;
  return low ? "must be at least " + shown(*spec.min) + of
             : "must be at most " + shown(*spec.max) + of;
}

std::string no_choice(const ArgumentSpec& spec, std::string_view text) {
  if (spec.choices.empty() ||
      std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end())
    return {};
  std::string list;
  for (const auto& choice : spec.choices) list += (list.empty() ? "" : ", ") + choice;
  return "must be one of: " + list;
}

std::string check_text(const ArgumentSpec& spec, std::string_view text) {
  if (auto why = no_choice(spec, text); !why.empty()) return why;
  return out_of_range(spec, static_cast<double>(characters(text)), " characters long");
}

std::string check_user(const ArgumentSpec& spec, std::string_view text) {
  if (text.empty() || characters(text) > kMaxUser) return "must be a user's name or id";
  return check_text(spec, text);
}

std::string check_channel(const ArgumentSpec& spec, std::string_view text) {
  const auto name = session::parse_channel_name(text);
  return name ? check_text(spec, text) : name.status().message();
}

// People write @neo and #global; the marks are not part of the names.
std::string_view without_mark(ArgumentType type, std::string_view text) {
  const char mark = type == ArgumentType::kUser ? '@' : type == ArgumentType::kChannel ? '#' : '\0';
  if (mark != '\0' && text.size() > 1 && text.front() == mark) text.remove_prefix(1);
  return text;
}

std::string take_text(const ArgumentSpec& spec, std::string_view written, ArgumentValue& value) {
  const auto text = without_mark(spec.type, written);
  value.text.assign(text);
  switch (spec.type) {
    case ArgumentType::kUser:
      return check_user(spec, text);
    case ArgumentType::kChannel:
      return check_channel(spec, text);
    default:
      return check_text(spec, text);
  }
}

std::string take_int(const ArgumentSpec& spec, std::int64_t number, ArgumentValue& value) {
  value.integer = number;
  value.number = static_cast<double>(number);
  if (!spec.choices.empty())
    if (auto why = no_choice(spec, std::to_string(number)); !why.empty()) return why;
  return out_of_range(spec, value.number, "");
}

std::string take_number(const ArgumentSpec& spec, double number, ArgumentValue& value) {
  value.number = number;
  return out_of_range(spec, number, "");
}

std::string wrong_type(std::string_view wanted, JsonView got) {
  return "must be " + std::string(wanted) + ", this is " +
         std::string(protocol::json_type_name(got.type()));
}

// The functions below fill `value` and answer "" or what is wrong.
std::string take_json(const ArgumentSpec& spec, JsonView json, ArgumentValue& value) {
  switch (spec.type) {
    case ArgumentType::kInt:
      if (const auto number = json.as_int()) return take_int(spec, *number, value);
      return json.as_double() ? "must be a whole number" : wrong_type("a whole number", json);
    case ArgumentType::kNumber:
      if (const auto number = json.as_double()) return take_number(spec, *number, value);
      return wrong_type("a number", json);
    case ArgumentType::kBool:
      if (const auto flag = json.as_bool()) return value.boolean = *flag, std::string();
      return wrong_type("true or false", json);
    case ArgumentType::kJson:
      value.text.clear();
      json.append_to(value.text);
      return {};
    default:
      if (const auto text = json.as_string()) return take_text(spec, *text, value);
      return wrong_type("a string", json);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::optional<bool> parse_bool(std::string_view word) {
  const auto text = lower(word);
  for (const char* yes : {"true", "yes", "on", "1", "да"})
    if (text == yes) return true;
  for (const char* no : {"false", "no", "off", "0", "нет"})
    if (text == no) return false;
  return std::nullopt;
}

template <typename Number>
std::optional<Number> parse_number(std::string_view word) {
  Number number{};
  const auto end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>)
    if (!std::isfinite(number)) return std::nullopt;
  return number;
}

std::string take_json_word(std::string_view word, ArgumentValue& value) {
  // Rare: a reader of its own, so that the message being handled stays readable.
  thread_local protocol::JsonReader reader({.depth = 32, .keys = 256, .size = 16 * 1024});
  const auto json = reader.parse(word);
  if (!json) return json.status().message();
  value.text.clear();
  json->append_to(value.text);
  return {};
}

std::string take_word(const ArgumentSpec& spec, std::string_view word, ArgumentValue& value) {
  switch (spec.type) {
    case ArgumentType::kInt:
      if (const auto number = parse_number<std::int64_t>(word))
        return take_int(spec, *number, value);
      return "must be a whole number";
    case ArgumentType::kNumber:
      if (const auto number = parse_number<double>(word)) return take_number(spec, *number, value);
      return "must be a number";
    case ArgumentType::kBool:
      if (const auto flag = parse_bool(word)) return value.boolean = *flag, std::string();
      return "must be yes or no";
    case ArgumentType::kJson:
      return take_json_word(word, value);
    default:
      return take_text(spec, word, value);
  }
}

void take_absent(const ArgumentSpec& spec, ArgumentValue& value, FieldErrors& errors) {
  if (spec.required) return errors.add(spec.name, "is required");
  if (!spec.preset) return;
  value.present = true;
  if (auto why = take_word(spec, *spec.preset, value); !why.empty())
    errors.add(spec.name, "the preset " + *spec.preset + " " + why);
}

// Of a line such as "/join Foo Bar": words that were to be a number and are none belong to the name,
// so that one sentence about the channel says it all. Nothing: the line was about something else.
std::optional<std::string> meant_channel(const CommandSpec& spec,
                                         std::span<const std::optional<std::string>> words,
                                         const FieldErrors& errors) {
  const auto is_wrong = [&errors](std::string_view field) {
    return std::ranges::any_of(errors.list(),
                               [field](const auto& error) { return error.first == field; });
  };
  for (std::size_t i = 0; i < spec.args.size() && i < words.size(); ++i) {
    const auto& channel = spec.args[i];
    if (channel.type != ArgumentType::kChannel || !channel.required || !words[i]) continue;
    std::string name = lower(without_mark(ArgumentType::kChannel, *words[i]));
    bool about_it = is_wrong(channel.name);
    for (std::size_t next = i + 1; next < spec.args.size() && next < words.size(); ++next) {
      const auto& number = spec.args[next];
      const bool stray = words[next] && number.type == ArgumentType::kInt && !number.required &&
                         !parse_number<std::int64_t>(*words[next]);
      if (!stray) break;
      name += "-" + lower(*words[next]);
      about_it = true;
    }
    if (!about_it) return std::nullopt;
    std::ranges::replace(name, ' ', '-');
    const bool of_ids = name.find_first_of(":@") != std::string::npos;  // their case counts
    if (of_ids) return std::string();
    return session::parse_channel_name(name) ? "#" + name : std::string();
  }
  return std::nullopt;
}

// The same errors, or the one about the channel.
FieldErrors said_once(const CommandSpec& spec, std::span<const std::optional<std::string>> words,
                      FieldErrors errors) {
  const auto meant = meant_channel(spec, words, errors);
  if (!meant) return errors;
  const auto channel = std::ranges::find(spec.args, ArgumentType::kChannel, &ArgumentSpec::type);
  const auto rule =
      std::ranges::find(errors.list(), channel->name, &std::pair<std::string, std::string>::first);
  FieldErrors one;
  if (!meant->empty())
    one.add(channel->name,
            "a channel's name has small letters only and no spaces: perhaps you mean " + *meant);
  else if (rule != errors.list().end())
    one.add(channel->name, rule->second);
  return one.empty() ? errors : one;
}

void append_value(std::string& out, const ArgumentValue& value) {
  switch (value.type) {
    case ArgumentType::kInt:
      return protocol::append_json_number(out, value.integer);
    case ArgumentType::kNumber:
      return protocol::append_json_number(out, value.number);
    case ArgumentType::kBool:
      out += value.boolean ? "true" : "false";
      return;
    case ArgumentType::kJson:
      out += value.text;
      return;
    default:
      return protocol::append_json_string(out, value.text);
  }
}

void append_declared(const CommandSpec& spec, const Arguments& values,
                     protocol::ObjectWriter& object) {
  for (std::size_t i = 0; i < spec.args.size(); ++i)
    if (values[i].present) append_value(object.key(spec.args[i].name), values[i]);
}

void append_undeclared(const CommandSpec& spec, JsonView args, bool flat,
                       protocol::ObjectWriter& object) {
  args.each_member([&](std::string_view name, JsonView value) {
    if (spec.argument(name) || (flat && protocol::is_reserved_argument(name))) return true;
    value.append_to(object.key(name));
    return true;
  });
}

// Clears what an earlier call left, but keeps the memory of its text.
ArgumentValue& fresh(Arguments& values, std::size_t i, const ArgumentSpec& spec) {
  auto& value = values[i];
  value.type = spec.type;
  value.present = value.boolean = false;
  value.integer = 0;
  value.number = 0;
  value.text.clear();
  return value;
}

}  // namespace

void Arguments::reset(std::size_t count) {
  if (values_.size() < count) values_.resize(count);
  count_ = count;
}

void FieldErrors::add(std::string_view field, std::string sentence) {
  errors_.emplace_back(std::string(field), std::move(sentence));
}

void FieldErrors::translate(std::string_view locale) {
  for (auto& [field, sentence] : errors_) sentence = protocol::in_language(locale, sentence);
}

Status FieldErrors::status() const {
  if (errors_.empty()) return {};
  std::string all;
  for (const auto& [field, sentence] : errors_) {
    if (!all.empty()) all += "; ";
    all += field.empty() ? sentence : field + ": " + sentence;
  }
  return Status::invalid_args(std::move(all));
}

std::string FieldErrors::details_json() const {
  std::string out;
  protocol::ObjectWriter details(out);
  {
    protocol::ObjectWriter fields(details.key("fields"));
    for (const auto& [field, sentence] : errors_)
      if (!field.empty()) fields.field(field, sentence);
  }
  details.close();
  return out;
}

FieldErrors read_arguments(const CommandSpec& spec, JsonView args, bool flat, Arguments& values,
                           std::string& raw_json, std::optional<std::string_view> line_text) {
  FieldErrors errors;
  values.reset(spec.args.size());
  for (std::size_t i = 0; i < spec.args.size(); ++i) {
    const auto& argument = spec.args[i];
    auto& value = fresh(values, i, argument);
    const auto json = args.find(argument.name);
    if (!json.exists() || json.is_null()) {
      take_absent(argument, value, errors);
      continue;
    }
    value.present = true;
    auto why = line_text && argument.command_line ? take_text(argument, *line_text, value)
                                                  : take_json(argument, json, value);
    if (!why.empty()) errors.add(argument.name, std::move(why));
  }
  raw_json.clear();
  if (!errors.empty()) return errors;
  protocol::ObjectWriter object(raw_json);
  append_declared(spec, values, object);
  if (spec.open) append_undeclared(spec, args, flat, object);
  return errors;
}

FieldErrors read_words(const CommandSpec& spec, std::span<const std::optional<std::string>> words,
                       Arguments& values, std::string& raw_json) {
  FieldErrors errors;
  values.reset(spec.args.size());
  for (std::size_t i = 0; i < spec.args.size(); ++i) {
    const auto& argument = spec.args[i];
    auto& value = fresh(values, i, argument);
    if (i >= words.size() || !words[i]) {
      take_absent(argument, value, errors);
      continue;
    }
    value.present = true;
    if (auto why = take_word(argument, *words[i], value); !why.empty())
      errors.add(argument.name, std::move(why));
  }
  raw_json.clear();
  if (!errors.empty()) return said_once(spec, words, std::move(errors));
  protocol::ObjectWriter object(raw_json);
  append_declared(spec, values, object);
  return errors;
}

}  // namespace parley::command
