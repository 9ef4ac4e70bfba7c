// SPDX-License-Identifier: Apache-2.0
#include "net/admission.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace parley::net {

std::size_t Admission::Hash::operator()(const IpAddress& address) const {
  const auto& bytes = address.bytes();
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Admission::Admission(Options options, const Clock& clock)
    : admit_(std::move(options.admit)),
      connections_(options.connections),
      new_connections_(options.new_connections),
      clock_(clock) {}

std::optional<Refusal> Admission::enter(const IpAddress& peer, bool trusted_proxy) {
  const int most = connections_;
  if (admit_ && !admit_(peer)) return Refusal::kHook;
  if (most > 0 && open() >= most) return Refusal::kTotal;
  if (!trusted_proxy && !within_rate(peer)) return Refusal::kRate;
  const int before = open_.fetch_add(1, std::memory_order_relaxed);
  if (most <= 0 || before < most) return std::nullopt;
  leave();  // several shards were here at once
  return Refusal::kTotal;
}

// A second's worth may come at once; the bucket then fills at the rate.
double Admission::tokens_of(const Bucket& bucket, Clock::TimePoint now) const {
  const double rate = new_connections_;
  const std::chrono::duration<double> passed = now - bucket.at;
  return std::min(std::max(1.0, rate), bucket.tokens + passed.count() * rate);
}

bool Admission::within_rate(const IpAddress& peer) {
  if (new_connections_ <= 0 || !peer.known()) return true;
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= sweep_at_) forget_idle(now);
  auto [found, fresh] = buckets_.try_emplace(peer.limit_key());
  Bucket& bucket = found->second;
  bucket.tokens = fresh ? std::max(1.0, new_connections_.load()) : tokens_of(bucket, now);
  bucket.at = now;
  if (bucket.tokens < 1.0) return false;
  bucket.tokens -= 1.0;
  return true;
}

// A full bucket says no more than none.
void Admission::forget_idle(Clock::TimePoint now) {
  const double most = std::max(1.0, new_connections_.load());
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_of(entry.second, now) >= most; });
  sweep_at_ = std::max<std::size_t>(1024, buckets_.size() * 2);
}

}  // namespace parley::net
