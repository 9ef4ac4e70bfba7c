// SPDX-License-Identifier: Apache-2.0
#include "ctl/completion.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>

namespace parley::ctl {
namespace {

using Words = std::vector<std::string>;

// "TEXT:{table,json}" -> table, json
Words choices_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  const auto open = type.find('{'), close = type.find('}', open);
  if (open == type.npos || close == type.npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

// "PLUGIN:…" -> PLUGIN
std::string kind_of(const CLI::Option& option) {
  const auto type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

bool takes_value(const CLI::Option& option) {
  return option.get_items_expected_max() > 0;
}

// Options of the groups above a verb may stand after it too.
std::vector<const CLI::Option*> options_within(const CLI::App* app) {
  std::vector<const CLI::Option*> found;
  for (; app != nullptr; app = app->get_parent()) {
    for (const auto* option : app->get_options())
      if (option->nonpositional() && !option->get_group().empty()) found.push_back(option);
  }
  return found;
}

const CLI::Option* option_called(const CLI::App* app, const std::string& word) {
  for (const auto* option : options_within(app)) {
    if (option->check_name(word)) return option;
  }
  return nullptr;
}

// Where the words before the last one lead.
struct Place {
  const CLI::App* app;
  const CLI::Option* awaits_value = nullptr;
  std::size_t positionals = 0;
  std::string state_dir = {};
  bool only_positionals = false;  // after --
};

void step(Place& place, const std::string& word) {
  if (place.awaits_value != nullptr) {
    if (place.awaits_value->check_name("--state")) place.state_dir = word;
    place.awaits_value = nullptr;
    return;
  }
  if (word == "--") {
    place.only_positionals = true;
    return;
  }
  if (word.starts_with('-') && !place.only_positionals) {
    const auto equals = word.find('=');
    const auto* option = option_called(place.app, word.substr(0, equals));
    if (option == nullptr || !takes_value(*option)) return;
    if (equals == word.npos) place.awaits_value = option;
    if (equals != word.npos && option->check_name("--state"))
      place.state_dir = word.substr(equals + 1);
    return;
  }
  const auto below =
      place.app->get_subcommands([&word](const CLI::App* app) { return app->get_name() == word; });
  if (!below.empty() && !place.only_positionals) {
    place.app = below.front();
    place.positionals = 0;
  } else {
    ++place.positionals;
  }
}

std::vector<Candidate> values_of(const CLI::Option& option, const std::string& state_dir,
                                 const NamesOf& names_of) {
  const auto kind = kind_of(option);
  if (kind == "FILE") return {{std::string(kFiles)}};
  if (kind == "DIR") return {{std::string(kFolders)}};
  std::vector<Candidate> found;
  for (auto& choice : choices_of(option)) found.push_back({std::move(choice)});
  if (found.empty()) found = names_of(kind, state_dir);
  return found;
}

const CLI::Option* positional(const CLI::App& app, std::size_t index) {
  const auto all = app.get_options([](const CLI::Option* o) { return o->get_positional(); });
  if (all.empty()) return nullptr;
  if (index < all.size()) return all[index];
  return all.back()->get_items_expected_max() > 1 ? all.back() : nullptr;
}

std::vector<Candidate> options_of(const CLI::App& app) {
  std::vector<Candidate> found;
  for (const auto* option : options_within(&app)) {
    const auto& names = option->get_lnames();
    const auto name = names.empty() ? "-" + option->get_snames().front() : "--" + names.front();
    const auto same = [&name](const Candidate& one) { return one.text == name; };
    if (std::ranges::none_of(found, same)) found.push_back({name, option->get_description()});
  }
  return found;
}

std::vector<Candidate> verbs_of(const CLI::App& app) {
  std::vector<Candidate> found;
  for (const auto* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!verb->get_group().empty()) found.push_back({verb->get_name(), verb->get_description()});
  }
  return found;
}

std::vector<Candidate> all_at(const Place& place, const std::string& last,
                              const NamesOf& names_of) {
  if (place.awaits_value != nullptr)
    return values_of(*place.awaits_value, place.state_dir, names_of);
  if (last.starts_with('-') && !place.only_positionals) return options_of(*place.app);
  if (auto verbs = verbs_of(*place.app); !verbs.empty()) return verbs;
  const auto* next = positional(*place.app, place.positionals);
  return next == nullptr ? std::vector<Candidate>() : values_of(*next, place.state_dir, names_of);
}

constexpr std::string_view kBash =
    R"sh(# parleyctl completion for bash:  source <(parleyctl completion bash)
_parleyctl() {
  local line word=${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
      :folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
      *) COMPREPLY+=("$(printf %q "${line%%$'\t'*}")") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _parleyctl parleyctl
)sh";

constexpr std::string_view kZsh =
    R"sh(#compdef parleyctl
# parleyctl completion for zsh:  source <(parleyctl completion zsh)
_parleyctl() {
  local line
  local -a found shown
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files) _files ;;
      :folders) _files -/ ;;
      *) found+=("${line%%$'\t'*}"); shown+=("${line/$'\t'/  -- }") ;;
    esac
  done
  (( ${#found} )) && compadd -l -d shown -a found
}
if [[ ${funcstack[1]} == _parleyctl ]]; then _parleyctl "$@"; else compdef _parleyctl parleyctl; fi
)sh";

constexpr std::string_view kFish =
    R"sh(# parleyctl completion for fish:  parleyctl completion fish | source
function __parleyctl_complete
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  for line in (command $words[1] __complete $words[2..-1] "$word" 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path "$word"
      case :folders
        __fish_complete_directories "$word"
      case '*'
        echo $line
    end
  end
end
complete -c parleyctl -f -a '(__parleyctl_complete)'
)sh";

}  // namespace

std::vector<Candidate> candidates(const CLI::App& tree, const Words& words,
                                  const NamesOf& names_of) {
  if (words.empty()) return {};
  Place place{.app = &tree};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) step(place, words[i]);
  const auto& last = words.back();
  auto found = all_at(place, last, names_of);
  std::erase_if(found, [&last](const Candidate& one) {
    return !one.text.starts_with(':') && !one.text.starts_with(last);
  });
  return found;
}

std::optional<std::string_view> completion_script(std::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  return std::nullopt;
}

}  // namespace parley::ctl
