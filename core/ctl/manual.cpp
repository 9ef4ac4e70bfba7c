// SPDX-License-Identifier: Apache-2.0
#include "ctl/manual.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "config/flags.h"
#include "config/keys.h"
#include "ctl/examples.h"
#include "ctl/roff.h"

namespace parley::ctl {
namespace {

constexpr std::string_view kExit =
    "0 done; 1 refused, and a sentence on standard error says why and what to do; 2 the command "
    "line itself is wrong.";

std::string plain(std::string text) {
  for (auto& c : text) {
    if (c == '\n') c = ' ';
  }
  return text;
}

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text = plain(std::move(text));
  if (text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text.ends_with('.') ? text : text + ".";
}

bool shown(const CLI::Option* option) {
  return !option->get_group().empty();
}

// "TEXT:{table,json}" -> "{table,json}", "FILE" -> "FILE"
std::string value_word(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto open = type.find('{');
  return open == type.npos ? type.substr(0, type.find(':')) : type.substr(open);
}

std::string option_term(const CLI::Option& option) {
  std::string names;
  for (const auto& name : option.get_snames()) names += (names.empty() ? "-" : ", -") + name;
  for (const auto& name : option.get_lnames()) names += (names.empty() ? "--" : ", --") + name;
  return option.get_items_expected_max() > 0 ? names + " " + value_word(option) : names;
}

std::string option_text(const CLI::Option& option) {
  auto text = sentence(option.get_description());
  if (!option.get_default_str().empty())
    text += fmt::format(" Default: {}.", option.get_default_str());
  if (!option.get_envname().empty()) text += fmt::format(" Environment: {}.", option.get_envname());
  return text;
}

void add_options(Roff& page, const CLI::App& app) {
  for (const auto* option : app.get_options(shown)) {
    if (option->nonpositional() && !option->check_name("--help"))
      page.item(option_term(*option), option_text(*option));
  }
}

std::string synopsis(const std::string& path, const CLI::App& verb) {
  std::string line = path;
  for (const auto* option : verb.get_options(shown)) {
    if (!option->get_positional()) continue;
    const bool many = option->get_items_expected_max() > 1;
    const auto word = option->get_single_name() + (many ? "..." : "");
    line += option->get_required() ? " " + word : " [" + word + "]";
  }
  return line;
}

void add_arguments(Roff& page, const CLI::App& verb) {
  for (const auto* option : verb.get_options(shown)) {
    const bool says_more = !option->get_description().empty() || value_word(*option).front() == '{';
    if (option->get_positional() && says_more) {
      const auto word = value_word(*option);
      page.item(option->get_single_name(),
                word.front() == '{' ? sentence("One of " + word.substr(1, word.size() - 2)) + " " +
                                          sentence(option->get_description())
                                    : sentence(option->get_description()));
    }
  }
}

void add_verbs(Roff& page, const CLI::App& app, const std::string& above) {
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (verb->get_group().empty()) continue;
    const auto path = above.empty() ? verb->get_name() : above + " " + verb->get_name();
    if (!verb->get_subcommands([](const CLI::App*) { return true; }).empty()) {
      add_verbs(page, *verb, path);
      continue;
    }
    page.subsection(synopsis(path, *verb)).paragraph(sentence(verb->get_description()));
    add_arguments(page, *verb);
    add_options(page, *verb);
    if (const auto examples = examples_of(path); !examples.empty()) page.literal(examples);
  }
}

std::string parleyctl_page(const CLI::App& tree) {
  Roff page("parleyctl", 1, "looks after a running Parley server");
  page.section("Synopsis").paragraph("parleyctl [OPTIONS] VERB [ARGUMENTS]");
  page.section("Description")
      .paragraph(
          "Speaks to the server over the Unix socket admin.sock in its state folder: run it as the "
          "server's user or as root. What changes something is in the audit.");
  page.section("Options");
  add_options(page, tree);
  page.section("Verbs");
  add_verbs(page, tree, "");
  page.section("Exit status").paragraph(kExit);
  page.section("Output").paragraph(
      "With -o json standard output is one JSON value, times are milliseconds since 1970, and a "
      "refusal is the server's own error object.");
  page.section("See also").paragraph("parleyd(8), parley.yaml(5)");
  return page.take();
}

std::string parleyd_page() {
  Roff page("parleyd", 8, "chat-bot server with plugins that are reloaded while it runs");
  page.section("Synopsis").paragraph("parleyd [OPTIONS]");
  page.section("Description")
      .paragraph(
          "Serves the chat page and WebSockets on the client port, health, metrics and the admin "
          "API on the operator port. Standard output carries two lines, `ready URL` and `operator "
          "URL`, when it accepts; logs go to standard error and to the state folder.");
  page.section("Options");
  for (const auto& flag : config::flags())
    page.item(flag.value.empty() ? flag.name : flag.name + " " + flag.value,
              sentence(flag.meaning));
  page.section("Environment")
      .item("PARLEY_STATE", "The state folder, as --state.")
      .item(
          "PARLEY_SECTION_KEY",
          "Any key of the configuration: PARLEY_LIMITS_RATE=50 is limits.rate. A flag is stronger, "
          "the file weaker.");
  page.section("Signals")
      .item("SIGHUP",
            "Reads configuration, plugin settings and certificates again. A file with a mistake "
            "changes nothing.")
      .item("SIGTERM, SIGINT",
            "Ends in order within drain.deadline: clients are told when to come back, what is "
            "queued is stored. A second one ends the waiting, not the storing.");
  page.section("Exit status").paragraph(kExit);
  page.section("See also").paragraph("parleyctl(1), parley.yaml(5)");
  return page.take();
}

std::string section_of(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == path.npos ? "top" : std::string(path.substr(0, dot));
}

std::string key_text(const config::Key& key) {
  return fmt::format("{} Default: {}. Allowed: {}. Changes {}.{}",
                     sentence(std::string(key.meaning)), config::show(key, config::Config{}),
                     config::allowed(key), key.live ? "on reload" : "at the next start",
                     key.secret ? " A secret: given as file:PATH or by the environment." : "");
}

std::string yaml_page() {
  Roff page("parley.yaml", 5, "configuration of parleyd");
  page.section("Description")
      .paragraph(
          "YAML. Every key has a default; a key that does not exist, a wrong type or a value out "
          "of "
          "range is refused with file and line. Flags go over the environment, that over the file. "
          "parleyd --check-config says whether a file is good, parleyctl config print what is in "
          "force and where it comes from.");
  std::string section;
  for (const auto& key : config::all_keys()) {
    if (auto now = section_of(key.path); now != section) {
      section = now;
      page.section(section == "top" ? "Top level" : section);
    }
    page.item(key.path, key_text(key));
  }
  page.section("See also").paragraph("parleyd(8), parleyctl(1)");
  return page.take();
}

}  // namespace

std::optional<std::string> manual_page(std::string_view page, const CLI::App& tree) {
  if (page == "parleyctl") return parleyctl_page(tree);
  if (page == "parleyd") return parleyd_page();
  if (page == "parley.yaml") return yaml_page();
  return std::nullopt;
}

}  // namespace parley::ctl
