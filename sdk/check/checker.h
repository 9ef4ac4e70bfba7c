// SPDX-License-Identifier: Apache-2.0
// Makes the checks, each in a child process of its own.
//
// Thread: one; nothing else may run in this process, because children are forked. Failure: none; a
// check that crashes, hangs or ends its process is a finding that says what it was doing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "check_list.h"

namespace parley::kit {

enum class Verdict { kHeld, kWarning, kNotApplicable, kBroken, kNotMade };
std::string_view verdict_name(Verdict verdict);

struct Finding {
  std::string_view check;
  std::string_view promise;
  Verdict verdict = Verdict::kNotMade;
  std::string text;
  double ms = 0;
};

struct CheckerOptions {
  int reloads = 1000;
  Millis timeout{60'000};              // for one check
  std::vector<std::string> only = {};  // names; empty: all
  bool show_output = false;            // what the plugin prints itself
};

// One for each check, in order. After one that decides, what depends on it is not made.
std::vector<Finding> check_plugin(const Subject& subject, const CheckerOptions& options);

bool all_held(const std::vector<Finding>& findings);

}  // namespace parley::kit
