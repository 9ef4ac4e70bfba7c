// SPDX-License-Identifier: Apache-2.0
// The kit's programs, run as an author runs them.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "integration/support/child.h"

namespace parley::test {

struct Ran {
  int exit_code = -1;
  std::string out, err;
  std::string text() const { return std::to_string(exit_code) + "\n" + out + err; }
};

inline const std::string kBin = PARLEY_BINARY_DIR "/bin/";

inline std::string built(const std::string& id) {
  return PARLEY_BINARY_DIR "/plugins/" + id + ".so";
}
inline std::string fixture(const std::string& name) {
  return PARLEY_BINARY_DIR "/fixtures/" + name + ".so";
}

// `input` comes through a file on standard input.
inline Ran run(const std::vector<std::string>& words, const std::string& input = "") {
  const TempFolder folder;
  const auto file = [&](const char* name) { return folder.path() / name; };
  std::ofstream(file("in")) << input;
  std::vector<std::string> command{"/bin/sh", "-c", "in=$1; shift; exec \"$@\" <\"$in\"", "sh",
                                   file("in").string()};
  command.insert(command.end(), words.begin(), words.end());
  Child child(command, file("out"), file("err"));
  const auto code = child.wait(std::chrono::minutes(2));
  return {code.value_or(-1), contents(file("out")), contents(file("err"))};
}

}  // namespace parley::test
