// SPDX-License-Identifier: Apache-2.0
// One command line run as somebody, on behalf of an admin who wants to see what comes of it.
//
// A trial is a session like any other, on a connection that ends here: the same roles, rules, limits
// and cooldowns hold, the person's channels are joined, and all of it is over with the answer. What
// the session is sent meanwhile is kept, apart from what goes to whole channels.
// Ownership: owns the trials that run; borrows dispatcher and table. Thread: run() any; each trial
// lives on the shard it was given, and `done` is called there. Lifetime: outlives the shards'
// threads. Failure: `conflict` when no plugin reads command lines, `overloaded` beyond kMostAtOnce
// of a shard, the sentence of the close code when the session ends before the answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <absl/functional/any_invocable.h>
#include <nlohmann/json.hpp>

#include "api/context.h"
#include "base/clock.h"
#include "base/status.h"

namespace parley::net {
class Shard;
}
namespace parley::users {
struct User;
}

namespace parley::api {

struct Trial {
  std::shared_ptr<const users::User> user;
  std::string line;     // "/roll 2d6"
  std::string channel;  // where it is typed; "": nowhere
  std::string locale;   // of what is said to the person; "": English
  std::string address;  // the admin's, whose limits it falls under
};

struct TrialOutcome {
  nlohmann::json answer;               // the terminal frame; null: none came within kLongest
  std::vector<nlohmann::json> frames;  // what came before it, in order
  std::size_t left_out = 0;            // frames beyond kMostFrames
  std::int64_t took_us = 0;
};

class CommandTrials {
 public:
  static constexpr Millis kLongest{120'000};  // for answers that a plugin may put off for ever
  static constexpr std::size_t kMostAtOnce = 8;
  static constexpr std::size_t kMostFrames = 50;
  using Done = absl::AnyInvocable<void(Result<TrialOutcome>)>;

  explicit CommandTrials(const Context& context);
  ~CommandTrials();

  void run(net::Shard& shard, Trial trial, Done done);

 private:
  class Running;
  using Here = std::unordered_map<std::uint64_t, std::unique_ptr<Running>>;

  void start(net::Shard& shard, Trial trial, Done done);

  const Context& context_;
  std::vector<Here> running_;  // by shard
};

}  // namespace parley::api
