// SPDX-License-Identifier: Apache-2.0
// What an operation on a plugin did, step by step, for the one who asked for it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "config/problem.h"

namespace parley::plugin {

struct Step {
  std::string name;
  double ms = 0;
  bool ok = true;
  std::string detail;
};

// Told of each step as it ends, on the thread that runs the operation: for who wants to see them
// before the whole is done. Empty: nobody listens.
using StepHeard = std::function<void(const Step&)>;
inline thread_local const StepHeard* step_heard = nullptr;

// What runs on this thread is heard by `heard` while this lives.
class StepListening {
 public:
  explicit StepListening(const StepHeard& heard) { step_heard = heard ? &heard : nullptr; }
  ~StepListening() { step_heard = nullptr; }
  StepListening(const StepListening&) = delete;
  StepListening& operator=(const StepListening&) = delete;
};

struct Operation {
  Status status = Status::ok();
  std::vector<Step> steps;
  std::vector<config::Problem> problems;  // of a configuration: file, line, path
  std::vector<std::string> missing;       // plugins that are needed and do not serve

  // Runs and records one step. False: the operation ends here with the step's status.
  template <typename F>
  bool step(std::string name, F&& run) {
    const auto begin = std::chrono::steady_clock::now();
    status = run();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    steps.push_back({std::move(name), took.count(), status.is_ok(), status.message()});
    if (step_heard != nullptr) (*step_heard)(steps.back());
    return status.is_ok();
  }
};

// The line in the log: how long it took, step by step, or why it was refused.
void report(const std::string& id, const std::string& verb, const Operation& operation);

}  // namespace parley::plugin
