// SPDX-License-Identifier: Apache-2.0
// Command lines: `/move north`, `/say "two words" --to=neo`.
//
// Words are separated by blanks; "…" holds one together, with \" and \\ inside. `--name=value` or,
// for a bool, `--name` fills that argument, `--` ends this; all other words fill the arguments in
// declared order, secret ones left out, and optional channels before free text only with their `#`
// (`/ban neo #lab rude`, `/ban neo 2h rude`). An argument declared `rest` takes the rest as it was
// written. Ownership: values. Thread: any. Failure: sentences for the person who typed it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command/arguments.h"
#include "command/command_spec.h"

namespace parley::command {

enum class LineKind {
  kText,     // does not begin with `/`
  kEscaped,  // begins with `//`: text, with one `/` less
  kCommand,
};

struct Line {
  LineKind kind = LineKind::kText;
  std::string_view name;  // kCommand: what stands after `/`, perhaps empty
  std::string_view rest;  // kCommand: after the name, blanks trimmed; kEscaped: the text to use
};

// Looks at the first character that is not blank. Views point into `text`.
Line read_line(std::string_view text);

struct SplitLine {
  std::vector<std::optional<std::string>> words;  // one per declared argument
  FieldErrors errors;
};
SplitLine split_line(const CommandSpec& spec, std::string_view rest);

// "/roll <dice>", "/join <channel> [since]": optional ones in brackets, secret ones left out.
std::string usage(const CommandSpec& spec);

}  // namespace parley::command
