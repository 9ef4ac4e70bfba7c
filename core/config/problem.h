// SPDX-License-Identifier: Apache-2.0
// What is wrong with a configuration, where, and what is allowed.
#pragma once

#include <string>
#include <vector>

namespace parley::config {

struct Problem {
  std::string file;  // the file, or "environment", "--set"; empty: a default, or what was just sent
  int line = 0;      // 1 is the first; 0: no line
  std::string path;  // "limits.rate", or a JSON pointer's dotted form below a plugin's config
  std::string message;  // what is wrong, what is allowed
  // The keyword of a schema that does not hold, and what stands in the message beside it: for who
  // says it in other words.
  std::string rule = {};
  std::vector<std::string> values = {};
  // Of what was just sent: where that stands which stays in force, "FILE:12".
  std::string stays = {};

  // "config/parley.yaml:12: limits.rate: -1 is too small, allowed: 0 to 1000000"
  std::string sentence() const;
};

std::string sentences(
    const std::vector<Problem>& problems);  // one a line, each ended by a line feed

// ". Did you mean `rate`?" for the nearest of `known`, or nothing when none is near.
std::string suggestion(const std::string& unknown, const std::vector<std::string>& known);

}  // namespace parley::config
