// SPDX-License-Identifier: Apache-2.0
#include "users/login_guard.h"

#include <algorithm>
#include <deque>
#include <list>
#include <unordered_map>

#include <arpa/inet.h>

#include "base/thread_annotations.h"

namespace parley::users {
namespace {

using TimePoint = Clock::TimePoint;

constexpr Millis kFirstDelay{250};
constexpr int kFreeFailures = 3;  // typing errors that cost nothing

// Times of failures under a key; the key that was touched longest ago is forgotten when there are
// too many.
class FailureTable {
 public:
  explicit FailureTable(std::size_t most) : most_(std::max<std::size_t>(1, most)) {}

  std::deque<TimePoint>& touch(const std::string& key) {
    if (auto found = index_.find(key); found != index_.end()) {
      order_.splice(order_.end(), order_, found->second);
      return found->second->times;
    }
    if (index_.size() >= most_) erase(order_.front().key);
    order_.push_back({key, {}});
    index_.emplace(key, std::prev(order_.end()));
    return order_.back().times;
  }

  const std::deque<TimePoint>* find(const std::string& key) const {
    const auto found = index_.find(key);
    return found == index_.end() ? nullptr : &found->second->times;
  }

  void erase(std::string key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return;
    order_.erase(found->second);
    index_.erase(found);
  }

  std::size_t size() const { return index_.size(); }

 private:
  struct Entry {
    std::string key;
    std::deque<TimePoint> times;
  };
  std::size_t most_;
  std::list<Entry> order_;
  std::unordered_map<std::string, std::list<Entry>::iterator> index_;
};

std::string pair_key(std::string_view account, std::string_view address) {
  return std::string(account) + '\0' + address_group(address);
}

std::string as_text(int family, const void* bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  return inet_ntop(family, bytes, text, sizeof text) ? text : "";
}

}  // namespace

LoginGuardOptions login_guard_options(const config::Auth& auth) {
  LoginGuardOptions options;
  options.tries = auth.login_tries;
  options.window = auth.login_window;
  return options;
}

std::string address_group(std::string_view address) {
  const std::string text(address.substr(0, address.find('%')));
  in6_addr v6{};
  if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return std::string(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return as_text(AF_INET, v6.s6_addr + 12);
  std::fill(v6.s6_addr + 8, v6.s6_addr + 16, 0);
  return as_text(AF_INET6, &v6) + "/64";
}

struct LoginGuard::Impl {
  Impl(LoginGuardOptions given, const Clock& source)
      : clock(source), options(given), pairs(given.max_entries), accounts(given.max_entries) {}

  void drop_old(std::deque<TimePoint>& times) const PARLEY_REQUIRES(mutex) {
    while (!times.empty() && times.front() + options.window <= clock.now()) times.pop_front();
  }

  std::size_t recent(const std::deque<TimePoint>* times) const PARLEY_REQUIRES(mutex) {
    if (!times) return 0;
    return static_cast<std::size_t>(
        std::count_if(times->begin(), times->end(),
                      [&](TimePoint time) { return time + options.window > clock.now(); }));
  }

  const Clock& clock;
  mutable Mutex mutex;
  LoginGuardOptions options PARLEY_GUARDED_BY(mutex);
  FailureTable pairs PARLEY_GUARDED_BY(mutex);
  FailureTable accounts PARLEY_GUARDED_BY(mutex);
};

LoginGuard::LoginGuard(LoginGuardOptions options, const Clock& clock)
    : impl_(std::make_unique<Impl>(options, clock)) {}
LoginGuard::~LoginGuard() = default;

void LoginGuard::configure(LoginGuardOptions options) {
  const MutexLock lock(impl_->mutex);
  impl_->options.tries = options.tries;
  impl_->options.window = options.window;
}

Status LoginGuard::begin(std::string_view account, std::string_view address) {
  constexpr std::size_t kCounted = 64;  // more failures than that change no delay
  MutexLock lock(impl_->mutex);
  auto& pair = impl_->pairs.touch(pair_key(account, address));
  impl_->drop_old(pair);
  if (impl_->options.tries > 0 && pair.size() >= static_cast<std::size_t>(impl_->options.tries)) {
    return {ErrorCode::kRateLimited,
            "Too many failed tries for this name from your address. Wait a while."};
  }
  if (impl_->options.tries > 0) pair.push_back(impl_->clock.now());
  auto& all = impl_->accounts.touch(std::string(account));
  impl_->drop_old(all);
  all.push_back(impl_->clock.now());
  if (all.size() > kCounted) all.pop_front();
  return Status::ok();
}

// Takes back the pair's tries whole, of the account only this one: others' failures still delay
// them.
void LoginGuard::succeeded(std::string_view account, std::string_view address) {
  MutexLock lock(impl_->mutex);
  impl_->pairs.erase(pair_key(account, address));
  auto& all = impl_->accounts.touch(std::string(account));
  if (!all.empty()) all.pop_back();
  if (all.empty()) impl_->accounts.erase(std::string(account));
}

void LoginGuard::cancelled(std::string_view account, std::string_view address) {
  MutexLock lock(impl_->mutex);
  auto& pair = impl_->pairs.touch(pair_key(account, address));
  if (!pair.empty()) pair.pop_back();
  auto& all = impl_->accounts.touch(std::string(account));
  if (!all.empty()) all.pop_back();
}

Millis LoginGuard::delay(std::string_view account) const {
  MutexLock lock(impl_->mutex);
  const std::size_t failures = impl_->recent(impl_->accounts.find(std::string(account)));
  if (failures <= kFreeFailures) return Millis{0};
  const std::size_t doublings = std::min<std::size_t>(failures - kFreeFailures - 1, 16);
  return std::min(impl_->options.max_delay, kFirstDelay * (1 << doublings));
}

Millis LoginGuard::retry_after(std::string_view account, std::string_view address) const {
  MutexLock lock(impl_->mutex);
  const auto* times = impl_->pairs.find(pair_key(account, address));
  if (!times ||
      impl_->recent(times) < static_cast<std::size_t>(std::max(1, impl_->options.tries))) {
    return Millis{0};
  }
  const auto left = times->front() + impl_->options.window - impl_->clock.now();
  return std::max(Millis{0}, std::chrono::ceil<Millis>(left));
}

std::size_t LoginGuard::entries() const {
  MutexLock lock(impl_->mutex);
  return impl_->pairs.size() + impl_->accounts.size();
}

}  // namespace parley::users
