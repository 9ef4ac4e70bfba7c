// SPDX-License-Identifier: Apache-2.0
#include "base/escape.h"
#include "ctl/verbs.h"

namespace parley::ctl {

std::optional<int> ask_first(Context& context, const std::string& question) {
  if (context.yes || !context.terminal.ask) return std::nullopt;
  const auto answer = context.terminal.ask(terminal_escaped(question) + " [y/N] ");
  if (answer == "y" || answer == "Y" || answer == "yes") return std::nullopt;
  context.terminal.err << "parleyctl: nothing was done\n";
  return kRefused;
}

}  // namespace parley::ctl
