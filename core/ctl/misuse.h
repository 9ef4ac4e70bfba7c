// SPDX-License-Identifier: Apache-2.0
// What is said to somebody who typed a command line that is none: what was wrong, what was meant
// perhaps, and how the verb they had come to is written.
//
// Thread: one. Failure: none.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace parley::ctl {

// The verb or group that the words led to; `app` itself when they led nowhere.
const CLI::App& typed_verb(const CLI::App& app);
// "plugin load"; the program itself is "".
std::string path_of(const CLI::App& app);

// Of the command line that `app` has just refused: lines for the terminal, the last one says where
// to look.
std::string misuse(const CLI::App& app, const CLI::ParseError& error);

}  // namespace parley::ctl
