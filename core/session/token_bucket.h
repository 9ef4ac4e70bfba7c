// SPDX-License-Identifier: Apache-2.0
// A rate with a burst: config::Limits.rate and burst of one connection.
//
// Ownership: a value. Thread: one. Units: tokens, tokens per second. Failure: none; a rate of 0 is
// no limit, as everywhere in `limits`. Time is handed in, so that a whole turn shares one reading.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace parley::session {

class TokenBucket {
 public:
  TokenBucket() = default;
  TokenBucket(double rate, double burst, Clock::TimePoint now)
      : rate_(rate), burst_(std::max(burst, 1.0)), tokens_(burst_), filled_at_(now) {}

  bool take(Clock::TimePoint now) {
    if (rate_ <= 0) return true;
    fill(now);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

  // How long until take() succeeds; what an error's retryAfterMs says.
  Millis retry_after(Clock::TimePoint now) {
    if (rate_ <= 0) return Millis(0);
    fill(now);
    if (tokens_ >= 1) return Millis(0);
    return Millis(static_cast<Millis::rep>((1 - tokens_) * 1000 / rate_) + 1);
  }

  // A reloaded configuration; what was saved up is kept as far as the new burst allows.
  void configure(double rate, double burst) {
    rate_ = rate;
    burst_ = std::max(burst, 1.0);
    tokens_ = std::min(tokens_, burst_);
  }

 private:
  void fill(Clock::TimePoint now) {
    const std::chrono::duration<double> passed = now - filled_at_;
    tokens_ = std::min(burst_, tokens_ + passed.count() * rate_);
    filled_at_ = now;
  }

  double rate_ = 0;
  double burst_ = 1;
  double tokens_ = 1;
  Clock::TimePoint filled_at_{};
};

}  // namespace parley::session
