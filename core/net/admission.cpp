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
    : options_(std::move(options)), clock_(clock) {}

std::optional<Refusal> Admission::enter(const IpAddress& peer, bool trusted_proxy) {
  if (options_.admit && !options_.admit(peer)) return Refusal::kHook;
  if (options_.connections > 0 && open() >= options_.connections) return Refusal::kTotal;
  if (!trusted_proxy && !within_rate(peer)) return Refusal::kRate;
  const int before = open_.fetch_add(1, std::memory_order_relaxed);
  if (options_.connections <= 0 || before < options_.connections) return std::nullopt;
  leave();  // several shards were here at once
  return Refusal::kTotal;
}

// A second's worth may come at once; the bucket then fills at the rate.
double Admission::tokens_of(const Bucket& bucket, Clock::TimePoint now) const {
  const double most = std::max(1.0, options_.new_connections);
  const std::chrono::duration<double> passed = now - bucket.at;
  return std::min(most, bucket.tokens + passed.count() * options_.new_connections);
}

bool Admission::within_rate(const IpAddress& peer) {
  if (options_.new_connections <= 0 || !peer.known()) return true;
  const auto now = clock_.now();
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= sweep_at_) forget_idle(now);
  auto [found, fresh] = buckets_.try_emplace(peer.limit_key());
  Bucket& bucket = found->second;
  bucket.tokens = fresh ? std::max(1.0, options_.new_connections) : tokens_of(bucket, now);
  bucket.at = now;
  if (bucket.tokens < 1.0) return false;
  bucket.tokens -= 1.0;
  return true;
}

// A full bucket says no more than none.
void Admission::forget_idle(Clock::TimePoint now) {
  const double most = std::max(1.0, options_.new_connections);
  std::erase_if(buckets_, [&](const auto& entry) { return tokens_of(entry.second, now) >= most; });
  sweep_at_ = std::max<std::size_t>(1024, buckets_.size() * 2);
}

}  // namespace parley::net
