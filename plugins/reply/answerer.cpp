// SPDX-License-Identifier: Apache-2.0
#include "answerer.h"

#include <ctime>
#include <utility>
#include <vector>

namespace reply {
namespace {

parley::Json command_json(const CommandCall& call, const Sources& sources, bool with_action) {
  parley::Json command = parley::Json::object();
  if (with_action) command.set("action", call.action);
  for (const auto& [name, text, raw] : call.arguments) {
    const std::string value = text.expand(sources);
    command.set(name, raw ? parley::Json::raw(value) : parley::Json(value));
  }
  return command;
}

}  // namespace

Answerer::Answerer(const Settings& settings, const RuleBook& book, Memory& memory,
                   Dialogues& dialogues, Clock now, Warn warn)
    : settings_(settings),
      book_(book),
      memory_(memory),
      dialogues_(dialogues),
      now_(std::move(now)),
      warn_(std::move(warn)) {}

std::optional<Match> Answerer::look_up(const Spoken& spoken) {
  const Dialogue* dialogue = dialogues_.find(spoken.seat());
  return find_rule(book_,
                   {.text = spoken.text,
                    .place = spoken.direct ? "direct" : spoken.channel,
                    .roles = spoken.roles,
                    .language = spoken.language,
                    .addressed = spoken.addressed,
                    .dialogue = dialogue != nullptr ? dialogue->name : std::string()},
                   sources(spoken));
}

Answer Answerer::act(const Match& match, const Spoken& spoken) {
  const Rule& rule = *match.rule;
  const Sources base = sources(spoken);
  const Sources all = with_captures(base, match.captures);
  Answer answer;
  answer.remembers = set_variables(rule, spoken, all);
  answer.text = cut(chosen(rule.answer, spoken.language).expand(all, escape_markdown),
                    settings_.limits.answer);
  for (const ButtonRule& one : rule.buttons) {
    answer.buttons.push_back({chosen(one.label, spoken.language).expand(all),
                              command_json(one.command, all, true), one.style});
  }
  if (rule.run) answer.run = Run{rule.run->action, command_json(*rule.run, all, false)};
  if (!rule.dialogue.empty() && rule.next.empty()) dialogues_.close(spoken.seat());
  return answer;
}

std::string Answerer::farewell(const Spoken& spoken, const Dialogue& dialogue,
                               const DialogueRule& rule) {
  const Sources outer = sources(spoken);
  return cut(chosen(rule.expired, spoken.language)
                 .expand(with_captures(outer, dialogue.variables), escape_markdown),
             settings_.limits.answer);
}

Sources Answerer::sources(const Spoken& spoken) {
  return {.value = [this, &spoken](std::string_view name) { return value(spoken, name); },
          .chance = [this](int least, int most) { return chance(least, most); }};
}

std::optional<std::string> Answerer::value(const Spoken& spoken, std::string_view name) {
  if (name == "user") return spoken.name;
  if (name == "channel") return spoken.channel;
  if (name == "text") return spoken.text;
  if (name == "time") return clock("%H:%M");
  if (name == "date") return clock("%Y-%m-%d");
  if (!is_local(name)) return memory_.get(spoken.user, name);
  const Dialogue* dialogue = dialogues_.find(spoken.seat());
  if (dialogue == nullptr) return std::nullopt;
  const auto found = dialogue->variables.find(std::string(name));
  return found == dialogue->variables.end() ? std::nullopt : std::optional(found->second);
}

std::string Answerer::clock(const char* format) const {
  const std::time_t seconds = now_() / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, format, &utc));
}

// All values are made before the dialogue moves on: they may speak of what it kept so far. True when
// the speaker's record has changed.
bool Answerer::set_variables(const Rule& rule, const Spoken& spoken, const Sources& all) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [name, text] : rule.set) values.emplace_back(name, text.expand(all));
  Dialogue* dialogue = move_dialogue(rule, spoken);
  bool remembers = false;
  for (auto& [name, text] : values) {
    if (!is_local(name)) {
      remembers = true;
      remember(spoken, name, std::move(text));
    } else if (dialogue != nullptr) {
      dialogue->variables[name] = cut(std::move(text), settings_.memory.characters);
    }
  }
  for (const std::string& name : rule.unset) {
    remembers = true;
    memory_.unset(spoken.user, name);
  }
  return remembers;
}

// The dialogue that waits from now on; nullptr: none, or there are too many. One that ends stays
// until its last answer is made, which may speak of its variables.
Dialogue* Answerer::move_dialogue(const Rule& rule, const Spoken& spoken) {
  if (rule.next.empty()) return nullptr;
  const Dialogue* before = dialogues_.find(spoken.seat());
  const bool goes_on = before != nullptr && !rule.dialogue.empty();
  const int seconds = book_.dialogues.at(rule.next).timeout;
  const bool opened = dialogues_.open(
      spoken.seat(),
      {.name = rule.next,
       .deadline = now_() + seconds * std::int64_t{1000},
       .russian = spoken.language == Language::kRussian,
       .variables = goes_on ? before->variables : std::map<std::string, std::string>()});
  if (!opened) warn_("too many dialogues are under way: raise `dialogues`");
  return opened ? dialogues_.find(spoken.seat()) : nullptr;
}

void Answerer::remember(const Spoken& spoken, const std::string& name, std::string text) {
  if (!memory_.set(spoken.user, name, std::move(text), now_())) {
    warn_("user " + spoken.user + " has too many variables: '" + name +
          "' is not remembered, raise `variables`");
  }
}

const Template& Answerer::chosen(const Variants& variants, Language language) {
  const auto& all = variants.in(language);
  if (all.empty()) return silence_;
  return all[static_cast<std::size_t>(chance(0, static_cast<int>(all.size()) - 1))];
}

}  // namespace reply
