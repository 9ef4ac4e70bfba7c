// SPDX-License-Identifier: Apache-2.0
#include "ctl/misuse.h"

#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "base/escape.h"
#include "config/problem.h"

namespace parley::ctl {
namespace {

using Names = std::vector<std::string>;

std::vector<const CLI::App*> verbs_below(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

Names names_of(const std::vector<const CLI::App*>& apps) {
  Names names;
  for (const auto* app : apps) names.push_back(app->get_name());
  return names;
}

std::string program_and(const std::string& path) {
  return path.empty() ? "parleyctl" : "parleyctl " + path;
}

// Verbs of this name in any group: who types `load` means `plugin load`.
void find_elsewhere(const CLI::App& app, const std::string& name, Names& paths) {
  for (const auto* below : verbs_below(app)) {
    if (below->get_name() == name) paths.push_back(path_of(*below));
    find_elsewhere(*below, name, paths);
  }
}

std::string unknown_verb(const CLI::App& app, const CLI::App& group, const std::string& word) {
  std::string text = fmt::format("there is no verb {}", terminal_escaped(word));
  if (const auto path = path_of(group); !path.empty()) text += " of " + path;
  const Names known = names_of(verbs_below(group));
  if (const auto near = config::suggestion(word, known); !near.empty()) return text + near;
  Names elsewhere;
  find_elsewhere(app, word, elsewhere);
  if (!elsewhere.empty())
    return text + fmt::format(". Did you mean `{}`?", fmt::join(elsewhere, "` or `"));
  return text + fmt::format(": there are {}", fmt::join(known, ", "));
}

// A word that the group was to take as a verb; options are not.
std::string unknown_word(const CLI::App& app) {
  for (const auto& word : app.remaining()) {
    if (!word.starts_with('-')) return word;
  }
  return {};
}

bool is_about_the_verb(const CLI::ParseError& error) {
  return error.get_name() == "RequiredError" || error.get_name() == "ExtrasError";
}

std::string complaint(const CLI::App& app, const CLI::App& typed, const CLI::ParseError& error) {
  const bool awaits_verb = !verbs_below(typed).empty();
  if (!awaits_verb || !is_about_the_verb(error)) return error.what();
  const auto word = unknown_word(app);
  if (!word.empty()) return unknown_verb(app, typed, word);
  if (!app.remaining().empty()) return error.what();
  return fmt::format("{} needs a verb: {}", program_and(path_of(typed)),
                     fmt::join(names_of(verbs_below(typed)), ", "));
}

}  // namespace

const CLI::App& typed_verb(const CLI::App& app) {
  const CLI::App* at = &app;
  for (auto below = at->get_subcommands(); !below.empty(); below = at->get_subcommands())
    at = below.front();
  return *at;
}

std::string path_of(const CLI::App& app) {
  if (app.get_parent() == nullptr) return {};
  const auto above = path_of(*app.get_parent());
  return above.empty() ? app.get_name() : above + " " + app.get_name();
}

std::string misuse(const CLI::App& app, const CLI::ParseError& error) {
  const auto& typed = typed_verb(app);
  const auto path = path_of(typed);
  std::string text = complaint(app, typed, error) + "\n";
  if (!path.empty() && verbs_below(typed).empty())
    text += CLI::Formatter().make_usage(&typed, "parleyctl " + path);
  while (text.ends_with("\n\n")) text.pop_back();
  return text + program_and(path) +
         (path.empty() ? " --help shows the verbs.\n" : " --help shows it with examples.\n");
}

}  // namespace parley::ctl
