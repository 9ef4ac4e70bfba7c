// SPDX-License-Identifier: Apache-2.0
#include "prompt.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include "command/slash_line.h"
#include "declared_specs.h"

namespace parley::kit {
namespace {

using testing::DeclaredCommand;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

// "90", "90s", "250ms", "5m", "2h", "1d"; empty: none of these.
std::optional<std::chrono::milliseconds> duration_of(std::string_view text) {
  static constexpr std::pair<std::string_view, std::int64_t> kUnits[] = {
      {"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count < 0 || count > 1'000'000'000) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kUnits) {
    if (name == unit) return std::chrono::milliseconds(count * factor);
  }
  return std::nullopt;
}

// A plugin may send anything; the terminal shows control characters instead of obeying them.
std::string shown(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      ((out += "\\x") += kHex[byte >> 4]) += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out;
}

std::string_view scope_name(std::uint32_t scope) {
  static constexpr std::string_view kNames[] = {"nobody",  "session", "user",
                                                "channel", "role",    "all"};
  return scope < std::size(kNames) ? kNames[scope] : "?";
}

std::string_view level_name(parley_log_level level) {
  static constexpr std::string_view kNames[] = {"trace",   "debug", "info",
                                                "warning", "error", "misbehaving"};
  return level < std::size(kNames) ? kNames[level] : "?";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? " " : ", ") + name;
  return text;
}

constexpr std::pair<std::string_view, EventKind> kEvents[] = {
    {"opened", EventKind::kSessionOpened},
    {"resumed", EventKind::kSessionResumed},
    {"detached", EventKind::kSessionDetached},
    {"closed", EventKind::kSessionClosed},
    {"joined", EventKind::kJoined},
    {"left", EventKind::kLeft},
    {"registered", EventKind::kUserRegistered}};

}  // namespace

const std::vector<Prompt::Verb>& Prompt::verbs() {
  static const std::vector<Verb> kVerbs{
      {".help", "these lines", &Prompt::help},
      {".commands", "what the plugin declared", &Prompt::commands},
      {".as", "NAME [ROLE...]  who speaks from now on", &Prompt::speak_as},
      {".locale", "en|ru  the speaker's language", &Prompt::speak_language},
      {".channel", "NAME  where the speaker is", &Prompt::go_to},
      {".advance", "250ms|90s|5m|2h|1d  move the clock, which stands still otherwise",
       &Prompt::advance},
      {".timers", "when the next one is due", &Prompt::timers},
      {".event", "opened|resumed|detached|closed|joined|left|registered", &Prompt::happen},
      {".config", "JSON  offer new settings", &Prompt::change_config},
      {".storage", "[PREFIX]  what the plugin has stored", &Prompt::storage},
      {".restart", "stop and start it: storage stays, memory does not", &Prompt::restart},
      {".quit", "end (or Ctrl+D)", nullptr},
  };
  return kVerbs;
}

Prompt::Prompt(testing::FakeHost& host, std::ostream& out) : host_(host), out_(out) {
  caller_.channel = "global";
  caller_.roles = {"user", "moderator", "admin"};
}

void Prompt::greet(std::string_view title) {
  out_ << title << "\nYou are " << caller_.name << " in #" << caller_.channel
       << "; the clock stands still. .help lists what can be done here.\n";
  commands({});
  show_doings();
}

bool Prompt::take(std::string_view line) {
  line = trimmed(line);
  if (line == ".quit") return false;
  if (line.empty()) return true;
  if (line[0] == '.') {
    run_verb(line);
  } else if (line[0] == '{') {
    run_json(line);
  } else if (const auto read = command::read_line(line); read.kind == command::LineKind::kCommand) {
    run_command_line(read.name, read.rest);
  } else {
    say(read.kind == command::LineKind::kEscaped ? read.rest : line);
  }
  show_answers();
  show_doings();
  return true;
}

// ---- what is said to the plugin

void Prompt::run_command_line(std::string_view name, std::string_view rest) {
  for (const DeclaredCommand& declared : host_.commands()) {
    const bool meant = declared.name == name || std::ranges::count(declared.aliases, name) > 0;
    if (!meant) continue;
    const auto spec = spec_of(declared);
    const auto split = command::split_line(spec, rest);
    command::Arguments values;
    std::string json;
    const auto errors =
        split.errors.empty() ? command::read_words(spec, split.words, values, json) : split.errors;
    if (!errors.empty())
      return refuse(errors.status().message() + "; usage: " + command::usage(spec));
    return call(name, Json::raw(json));
  }
  refuse("there is no command /" + std::string(name) + "; .commands lists them");
}

void Prompt::run_json(std::string_view text) {
  const JsonView message(text);
  const auto action = message["action"].as<std::string>();
  if (!testing::JsonCheck::object(text) || !action)
    return refuse(R"(write {"action": "...", and its arguments beside it})");
  Json arguments = Json::object();
  for (const auto& [name, value] : message.members()) {
    if (name != "action" && name != "id") arguments.set(name, Json::raw(value.text()));
  }
  call(*action, arguments);
}

void Prompt::call(std::string_view action, const Json& arguments) {
  const auto reply = host_.call(action, arguments, caller_);
  open_.emplace(reply.id(), reply);
}

void Prompt::say(std::string_view text) {
  const auto said = host_.say(text, caller_, caller_.channel);
  if (said.denied) {
    out_ << "denied (" << shown(said.code) << "): " << shown(said.reason) << '\n';
  } else {
    out_ << '#' << caller_.channel << ' ' << said.offset << ": " << caller_.name << ": "
         << shown(said.text) << (said.text == text ? "" : "   (replaced)") << '\n';
  }
}

// ---- the prompt's own verbs

void Prompt::run_verb(std::string_view line) {
  const auto end = std::min(line.find(' '), line.size());
  for (const Verb& verb : verbs()) {
    if (verb.name == line.substr(0, end) && verb.run != nullptr)
      return (this->*verb.run)(trimmed(line.substr(end)));
  }
  refuse(std::string(line.substr(0, end)) + " is no verb of this prompt; .help lists them");
}

void Prompt::help(std::string_view) {
  out_ << "/COMMAND ...   run a command line      {\"action\": ...}   the same as a client's JSON\n"
          "anything else  said in the channel\n";
  for (const Verb& verb : verbs()) out_ << verb.name << ' ' << verb.help << '\n';
}

void Prompt::commands(std::string_view) {
  for (const DeclaredCommand& declared : host_.commands()) {
    const auto spec = spec_of(declared);
    out_ << "  " << command::usage(spec) << "   " << spec.help.in(caller_.locale) << '\n';
  }
}

void Prompt::speak_as(std::string_view rest) {
  const auto words = words_of(rest);
  if (words.empty()) return refuse("write .as NAME [ROLE...]");
  caller_.name = words[0];
  std::string key;
  for (const char c : words[0]) key += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  caller_.id = "u_" + key;
  caller_.session = "s_" + key;
  if (words.size() > 1) caller_.roles.assign(words.begin() + 1, words.end());
  out_ << "you are " << caller_.name << ", roles" << listed(caller_.roles) << '\n';
}

void Prompt::speak_language(std::string_view rest) {
  if (rest.empty()) return refuse("write .locale en or .locale ru");
  caller_.locale = rest;
}

void Prompt::go_to(std::string_view rest) {
  if (!rest.empty() && rest[0] == '#') rest.remove_prefix(1);
  if (rest.empty()) return refuse("write .channel NAME");
  caller_.channel = rest;
  host_.channels()[caller_.channel];
}

void Prompt::advance(std::string_view rest) {
  const auto time = duration_of(rest);
  if (!time) return refuse("write .advance with a time: 250ms, 90s, 5m, 2h or 1d");
  host_.advance(*time);
}

void Prompt::timers(std::string_view) {
  const auto next = host_.next_timer_at();
  if (!next) {
    out_ << "no timer is set\n";
    return;
  }
  out_ << host_.timers() << " set, the next in " << static_cast<double>(*next - host_.now()) / 1000
       << " s\n";
}

void Prompt::happen(std::string_view rest) {
  for (const auto& [name, kind] : kEvents) {
    if (name == rest) return host_.happen(kind, caller_, caller_.channel);
  }
  std::string known;
  for (const auto& [name, kind] : kEvents) (known += known.empty() ? "" : ", ") += name;
  refuse("write .event and one of " + known);
}

void Prompt::change_config(std::string_view rest) {
  if (!testing::JsonCheck::object(rest)) return refuse("write .config and a JSON object");
  const auto refusal = host_.change_config(std::string(rest));
  out_ << (refusal ? "refused: " + shown(*refusal) : std::string("taken")) << '\n';
}

void Prompt::storage(std::string_view rest) {
  for (const auto& [key, value] : host_.storage()) {
    if (key.starts_with(rest)) out_ << shown(key) << " = " << shown(value) << '\n';
  }
}

void Prompt::restart(std::string_view) {
  host_.restart();
  out_ << "started again\n";
}

// ---- what the plugin did

void Prompt::show_answers() {
  for (auto entry = open_.begin(); entry != open_.end();) {
    const auto& [id, reply] = *entry;
    std::size_t& seen = shown_progress_[id];
    for (; seen < reply.progress().size(); ++seen)
      out_ << "... " << shown(reply.progress()[seen].text()) << '\n';
    if (!reply.answered()) {
      ++entry;
      continue;
    }
    out_ << shown(reply.text()) << '\n';
    failed_ = failed_ || reply.failed();
    shown_progress_.erase(id);
    entry = open_.erase(entry);
  }
  if (!open_.empty())
    out_ << open_.size() << " not answered yet; .advance lets timers fire and deadlines pass\n";
}

void Prompt::show_doings() {
  for (const auto& push : host_.pushes()) {
    out_ << "push to " << scope_name(push.scope) << shown(listed(push.targets)) << ": "
         << shown(push.frame.text()) << '\n';
  }
  for (const auto& message : host_.published()) {
    const std::string name = message.from.empty() ? "the plugin" : message.from;
    out_ << '#' << shown(message.channel) << ' ' << message.offset << ": " << shown(name) << ": "
         << shown(message.text)
         << (message.buttons.empty() ? "" : "   buttons " + shown(message.buttons))
         << (message.card.empty() ? "" : "   card " + shown(message.card)) << '\n';
  }
  for (const auto& ran : host_.ran())
    out_ << "runs /" << shown(ran.action) << ' ' << shown(ran.arguments) << " as the speaker\n";
  for (const auto& line : host_.logs())
    out_ << "log " << level_name(line.level) << ": " << shown(line.text) << '\n';
  host_.forget();
}

void Prompt::refuse(std::string_view why) {
  out_ << shown(why) << '\n';
  failed_ = true;
}

}  // namespace parley::kit
