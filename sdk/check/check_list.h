// SPDX-License-Identifier: Apache-2.0
// The conformance checks: what a plugin promises by being one.
//
// Each runs in a process of its own, because it may crash, hang or leave threads behind. A check
// returns when the promise holds, throws Broken when it does not, NotApplicable when the plugin
// promises no such thing. What it is about to do is noted first, so that a crash can be told from
// where it happened.
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "samples.h"
#include "subject.h"

namespace parley::kit {

struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct NotApplicable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Bench {
  const Subject& subject;
  int reloads;  // for `memory`
  std::function<void(const std::string&)> doing;
};

// What was seen, in one line; `warning` when it holds and the author should still know.
struct Seen {
  std::string text;
  bool warning = false;
};

struct Check {
  std::string_view name;
  std::string_view promise;
  Seen (*run)(const Bench&);
  bool decides = false;  // without it nothing else can be checked
};

// In the order they are made.
const std::vector<Check>& all_checks();

// ---- shared by the checks; each throws Broken with the reason

std::unique_ptr<Image> open_image(const Bench& bench);
// Everything granted, unless `permissions` says less.
testing::HostOptions options_for(const Bench& bench, const Image& image);
std::unique_ptr<testing::FakeHost> start_plugin(const Bench& bench,
                                                const testing::HostOptions& options);

// Calls every command once with such arguments, and looks for answers that no plugin may give.
// Returns how many there were.
std::size_t call_all(const Bench& bench, testing::FakeHost& host, SampleKind kind);

// Whether the plugin broke the contract so far, by the host's own log.
void expect_behaved(const testing::FakeHost& host);

// "3 commands", "1 command"
std::string counted(std::size_t count, std::string_view noun);

// image_checks.cpp
Seen check_file(const Bench& bench);
Seen check_symbols(const Bench& bench);
Seen check_entry(const Bench& bench);
Seen check_settings(const Bench& bench);
Seen check_unmapped(const Bench& bench);
Seen check_memory(const Bench& bench);
// life_checks.cpp
Seen check_commands(const Bench& bench);
Seen check_start_stop(const Bench& bench);
Seen check_denied(const Bench& bench);
Seen check_state(const Bench& bench);
Seen check_threads_left(const Bench& bench);
Seen check_late_answers(const Bench& bench);
// call_checks.cpp
Seen check_calls(const Bench& bench);
Seen check_largest(const Bench& bench);
Seen check_empty(const Bench& bench);
Seen check_not_utf8(const Bench& bench);
Seen check_threads(const Bench& bench);

}  // namespace parley::kit
