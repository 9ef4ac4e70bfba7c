// SPDX-License-Identifier: Apache-2.0
#include "rule_book.h"

#include <set>
#include <stdexcept>

#include <re2/re2.h>

#include <parley/text.hpp>

#include "section.h"

namespace reply {
namespace {

constexpr int kMostPriority = 1'000'000;
constexpr std::string_view kReserved[] = {"user", "channel", "text", "time", "date", "random"};

// Reads one book. Everything it refuses is thrown as a Fault.
class Reader {
 public:
  explicit Reader(const BookLimits& limits) : limits_(limits) {}

  RuleBook read(const YAML::Node& root) {
    const Section file(root, "the book", {"name", "called", "dialogues", "rules"});
    book_.name = file.text_or("name", book_.name);
    book_.called = phrases(file, "called");
    book_.called.push_back(phrase(book_.name, root, "the book.name"));
    if (const auto dialogues = file.find("dialogues")) {
      for (const auto& [name, node] : Section(*dialogues, "dialogues").entries()) {
        book_.dialogues[name] =
            dialogue(Section(node, "dialogue '" + name + "'", {"timeout", "expired"}));
      }
    }
    for (const auto& node : file.list("rules")) add_rule(node);
    if (book_.rules.empty()) refuse(root, "the book has no rules");
    return std::move(book_);
  }

 private:
  void add_rule(const YAML::Node& node) {
    if (book_.rules.size() >= limits_.rules) {
      refuse(node, "more than " + std::to_string(limits_.rules) + " rules: raise `rules`");
    }
    const Section section(node, "rule " + std::to_string(book_.rules.size() + 1),
                          {"id", "priority", "ambient", "where", "language", "roles", "dialogue",
                           "if", "says", "keywords", "fuzzy", "typos", "pattern", "set", "unset",
                           "answer", "buttons", "run", "next"});
    const std::string id = section.text("id");
    if (!ids_.insert(id).second) refuse(section.need("id"), "two rules are called '" + id + "'");
    book_.rules.push_back(rule(Section(node, "rule '" + id + "'")));
  }

  Rule rule(const Section& section) {
    Rule rule;
    rule.id = section.text("id");
    rule.line = section.node().Mark().line + 1;
    rule.priority = section.number_or("priority", -kMostPriority, kMostPriority, 0);
    rule.ambient = section.flag("ambient");
    read_when(section, rule);
    read_what(section, rule);
    read_actions(section, rule);
    if (rule.ambient && rule.answers_anything()) {
      refuse(section.need("ambient"), section.name() +
                                          " answers anything, so it must not be ambient: say what "
                                          "it answers to, or take `ambient` away");
    }
    return rule;
  }

  void read_when(const Section& section, Rule& rule) {
    for (const auto& [place, node] : section.texts("where")) rule.where.push_back(place);
    for (const auto& [role, node] : section.texts("roles")) rule.roles.push_back(role);
    for (const auto& [text, node] : section.texts("if")) {
      rule.conditions.push_back(made<Condition>(text, node, section.path("if")));
    }
    rule.dialogue = known_dialogue(section, "dialogue");
    const std::string language = section.text_or("language", "");
    if (language == "en") rule.language = Language::kEnglish;
    if (language == "ru") rule.language = Language::kRussian;
    if (!language.empty() && !rule.language) {
      refuse(section.need("language"), section.path("language") + " must be en or ru");
    }
  }

  void read_what(const Section& section, Rule& rule) {
    rule.says = phrases(section, "says");
    rule.keywords = phrases(section, "keywords");
    rule.fuzzy = phrases(section, "fuzzy");
    constexpr int kMostTypos = 5;
    rule.typos = static_cast<std::size_t>(section.number_or("typos", 1, kMostTypos, 1));
    for (const auto& [text, node] : section.texts("fuzzy")) {
      if (parley::characters(text) <= 2 * rule.typos) {
        refuse(node, section.path("fuzzy") + ": '" + text + "' is too short for " +
                         std::to_string(rule.typos) + " typing errors");
      }
    }
    for (const auto& [text, node] : section.texts("pattern")) {
      rule.patterns.push_back(pattern(text, node, section.path("pattern")));
    }
  }

  void read_actions(const Section& section, Rule& rule) {
    rule.next = known_dialogue(section, "next");
    if (const auto answer = section.find("answer")) {
      rule.answer = variants(*answer, section.path("answer"));
    }
    if (const auto set = section.find("set")) {
      for (const auto& [name, node] : Section(*set, section.path("set")).entries()) {
        check_variable(name, node, section, rule);
        rule.set.emplace_back(name, made<Template>(Section::scalar(node, name), node, name));
      }
    }
    for (const auto& [name, node] : section.texts("unset")) rule.unset.push_back(name);
    for (const auto& node : section.list("buttons")) rule.buttons.push_back(button(node, section));
    if (const auto run = section.find("run")) rule.run = command(*run, section.path("run"));
    if (rule.answer.empty() && !rule.run) {
      refuse(section.node(), section.name() + ": `answer` or `run` is missing");
    }
    if (!rule.buttons.empty() && rule.answer.empty()) {
      refuse(section.need("buttons"), section.name() + ": buttons stand below an `answer`");
    }
  }

  void check_variable(const std::string& name, const YAML::Node& at, const Section& section,
                      const Rule& rule) const {
    for (const auto taken : kReserved) {
      if (name == taken) refuse(at, section.path("set") + ": '" + name + "' has a meaning already");
    }
    if (name[0] >= '0' && name[0] <= '9') {
      refuse(at, section.path("set") + ": '" + name + "' would hide a capture");
    }
    if (is_local(name) && rule.next.empty()) {
      refuse(at, section.path("set") + ": '" + name +
                     "' belongs to a dialogue and would be forgotten at once: add `next`");
    }
  }

  DialogueRule dialogue(const Section& section) const {
    DialogueRule rule;
    rule.timeout = section.number_or("timeout", 1, limits_.dialogue, limits_.default_dialogue);
    if (const auto expired = section.find("expired")) {
      rule.expired = variants(*expired, section.path("expired"));
    }
    return rule;
  }

  std::string known_dialogue(const Section& section, std::string_view key) const {
    const std::string name = section.text_or(key, "");
    if (!name.empty() && book_.dialogues.count(name) == 0) {
      refuse(section.need(key), section.path(key) + ": there is no dialogue '" + name + "'");
    }
    return name;
  }

  // One text, a list of variants, or {en: ..., ru: ...} of these.
  Variants variants(const YAML::Node& node, const std::string& name) const {
    Variants result;
    if (!node.IsMap()) {
      result.english = templates(Section::texts_in(node, name), name);
      return result;
    }
    const Section both(node, name, {"en", "ru"});
    result.english = templates(both.texts("en"), both.path("en"));
    result.russian = templates(both.texts("ru"), both.path("ru"));
    if (result.empty()) refuse(node, name + " has no text");
    return result;
  }

  std::vector<Template> templates(const Section::Entries& texts, const std::string& name) const {
    std::vector<Template> result;
    for (const auto& [text, node] : texts) {
      if (parley::characters(text) > limits_.answer) {
        refuse(node, name + " is longer than " + std::to_string(limits_.answer) + " characters");
      }
      result.push_back(made<Template>(text, node, name));
    }
    return result;
  }

  ButtonRule button(const YAML::Node& node, const Section& rule) const {
    const Section section(node, rule.path("buttons"), {"label", "style", "command"});
    ButtonRule result{variants(section.need("label"), section.path("label")),
                      section.text_or("style", ""),
                      command(section.need("command"), section.path("command"))};
    if (!result.style.empty() && result.style != "primary" && result.style != "danger") {
      refuse(section.need("style"), section.path("style") + " must be primary or danger");
    }
    return result;
  }

  static CommandCall command(const YAML::Node& node, const std::string& name) {
    const Section section(node, name);
    CommandCall call{section.text("action")};
    for (const auto& [argument, value] : section.entries()) {
      if (argument == "action") continue;
      if (!value.IsScalar()) refuse(value, section.path(argument) + " must be a text or a number");
      const bool plain = value.Tag() == "?";  // not in quotes
      const bool raw = plain && (number(value.Scalar()) || value.Scalar() == "true" ||
                                 value.Scalar() == "false");
      call.arguments.push_back(
          {argument, made<Template>(value.Scalar(), value, section.path(argument)), raw});
    }
    return call;
  }

  std::vector<Words> phrases(const Section& section, std::string_view key) const {
    std::vector<Words> result;
    for (const auto& [text, node] : section.texts(key)) {
      result.push_back(phrase(text, node, section.path(key)));
    }
    return result;
  }
  static Words phrase(const std::string& text, const YAML::Node& node, const std::string& name) {
    Words words = split(text);
    if (words.empty()) refuse(node, name + ": '" + text + "' has no word");
    return words;
  }

  std::shared_ptr<const re2::RE2> pattern(const std::string& text, const YAML::Node& node,
                                          const std::string& name) const {
    if (parley::characters(text) > limits_.pattern) {
      refuse(node, name + " is longer than " + std::to_string(limits_.pattern) + " characters");
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_case_sensitive(false);
    options.set_max_mem(static_cast<std::int64_t>(limits_.pattern_memory));
    auto made = std::make_shared<const re2::RE2>(text, options);
    if (!made->ok()) refuse(node, name + " '" + text + "': " + made->error());
    return made;
  }

  template <typename T>
  static T made(const std::string& text, const YAML::Node& node, const std::string& name) {
    try {
      return T(text);
    } catch (const std::invalid_argument& error) {
      refuse(node, name + ": " + error.what());
    }
  }

  const BookLimits& limits_;
  RuleBook book_;
  std::set<std::string> ids_;
};

}  // namespace

LoadedBook load_book(const std::string& yaml, const std::string& file, const BookLimits& limits) {
  const auto problem = [&](int line, const std::string& reason) {
    return LoadedBook{std::nullopt, file + ":" + std::to_string(line) + ": " + reason};
  };
  if (yaml.size() > limits.size) {
    return problem(
        1, "the book is larger than " + std::to_string(limits.size) + " bytes: raise `book_size`");
  }
  try {
    return {Reader(limits).read(YAML::Load(yaml)), {}};
  } catch (const Fault& fault) {
    return problem(fault.line, fault.reason);
  } catch (const YAML::Exception& error) {
    return problem(error.mark.line + 1, error.msg);
  }
}

}  // namespace reply
