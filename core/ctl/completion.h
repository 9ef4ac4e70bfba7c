// SPDX-License-Identifier: Apache-2.0
// Completion in the shell: the script a shell loads, and what it asks parleyctl for at each TAB.
//
// Words come from the same tree of verbs that reads the command line; names of plugins, people,
// sessions, channels and components come from the running server, when it answers at once. Failure:
// no server, no names; nothing is ever printed as an error while someone types.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace parley::ctl {

struct Candidate {
  std::string text;
  std::string meaning = {};  // shown beside it by shells that can; may be empty
};

// What a value is, by the word that stands for it in --help: PLUGIN, USER, SESSION, CHANNEL,
// COMPONENT. `state_dir` is the one typed, or empty.
using NamesOf = std::function<std::vector<Candidate>(std::string_view kind, std::string state_dir)>;

// What may stand in place of the last of `words` (those after "parleyctl"), which may be empty. A
// single ":files" or ":folders" asks the shell for its own.
std::vector<Candidate> candidates(const CLI::App& tree, const std::vector<std::string>& words,
                                  const NamesOf& names_of);

inline constexpr std::string_view kFiles = ":files", kFolders = ":folders";

// bash, zsh or fish; nothing for another.
std::optional<std::string_view> completion_script(std::string_view shell);

}  // namespace parley::ctl
