// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>

#include "ctl/words.h"

namespace parley::ctl {

void add_try_words(CLI::App& app, const AddVerb& verb) {
  const auto words = std::make_shared<TryCommand>();
  verb(app, "commands", "every command, for whom it is and whose",
       [](Context& c) { return commands(c); });
  auto* tried = verb(app, "try", "run a command as somebody, and see the answer",
                     [words](Context& c) { return try_command(c, *words); });
  tried->add_option("LINE", words->line, "as people type it, in quotes")->required();
  tried->add_option("--as", words->user, "a name or an id; without it a passing guest")
      ->type_name("USER");
  tried->add_option("--channel", words->channel, "typed in this channel")->type_name("CHANNEL");
}

}  // namespace parley::ctl
