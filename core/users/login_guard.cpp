// SPDX-License-Identifier: Apache-2.0
#include "users/login_guard.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

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
  options.waiting = static_cast<std::size_t>(std::max(0, auth.password_queue));
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

  // One pair's tries that are under way, and who waits for them to end.
  struct Flight {
    std::size_t running = 0;
    std::deque<std::pair<std::string, Then>> waiting;  // with the account
  };
  struct Turn {
    Result<Try> answer;
    Then then;
  };

  std::size_t recent(const std::deque<TimePoint>* times) const PARLEY_REQUIRES(mutex) {
    if (!times) return 0;
    return static_cast<std::size_t>(
        std::count_if(times->begin(), times->end(),
                      [&](TimePoint time) { return time + options.window > clock.now(); }));
  }
  // How many more of the pair may fail.
  std::size_t left(const std::string& pair) const PARLEY_REQUIRES(mutex) {
    if (options.tries <= 0) return std::numeric_limits<std::size_t>::max();
    const auto tries = static_cast<std::size_t>(options.tries);
    return tries - std::min(tries, recent(pairs.find(pair)));
  }
  void note_failure(FailureTable& table, const std::string& key) const PARLEY_REQUIRES(mutex) {
    constexpr std::size_t kCounted = 64;  // more failures than that change nothing
    auto& times = table.touch(key);
    while (!times.empty() && times.front() + options.window <= clock.now()) times.pop_front();
    times.push_back(clock.now());
    if (times.size() > std::max(kCounted, static_cast<std::size_t>(std::max(0, options.tries))))
      times.pop_front();
  }

  enum class Verdict { kSucceeded, kFailed, kCancelled };
  void end(const std::shared_ptr<Impl>& self, const std::string& account, const std::string& pair,
           Verdict verdict);
  std::vector<Turn> next_turns(const std::shared_ptr<Impl>& self, const std::string& pair)
      PARLEY_REQUIRES(mutex);

  const Clock& clock;
  mutable Mutex mutex;
  LoginGuardOptions options PARLEY_GUARDED_BY(mutex);
  FailureTable pairs PARLEY_GUARDED_BY(mutex);
  FailureTable accounts PARLEY_GUARDED_BY(mutex);
  std::unordered_map<std::string, Flight> flights PARLEY_GUARDED_BY(mutex);
};

namespace {

Status too_many_failures() {
  return {ErrorCode::kRateLimited,
          "Too many failed tries for this name from your address. Wait a while."};
}
Status too_many_at_once() {
  return Status::overloaded("Too many tries for this name from your address at once. Try again.");
}

}  // namespace

// Who is next, as far as failures are left; nobody when none is.
std::vector<LoginGuard::Impl::Turn> LoginGuard::Impl::next_turns(const std::shared_ptr<Impl>& self,
                                                                 const std::string& pair) {
  std::vector<Turn> turns;
  Flight& flight = flights[pair];
  const std::size_t most = left(pair);
  while (!flight.waiting.empty() && (most == 0 || flight.running < most)) {
    auto [account, then] = std::move(flight.waiting.front());
    flight.waiting.pop_front();
    if (most == 0) {
      turns.push_back({too_many_failures(), std::move(then)});
      continue;
    }
    ++flight.running;
    turns.push_back({Try(self, account, pair), std::move(then)});
  }
  if (flight.running == 0 && flight.waiting.empty()) flights.erase(pair);
  return turns;
}

void LoginGuard::Impl::end(const std::shared_ptr<Impl>& self, const std::string& account,
                           const std::string& pair, Verdict verdict) {
  std::vector<Turn> turns;
  {
    const MutexLock lock(mutex);
    if (verdict == Verdict::kSucceeded) pairs.erase(pair);
    if (verdict == Verdict::kFailed) {
      note_failure(pairs, pair);
      note_failure(accounts, account);
    }
    --flights[pair].running;
    turns = next_turns(self, pair);
  }
  for (auto& turn : turns) turn.then(std::move(turn.answer));
}

LoginGuard::Try::Try(std::shared_ptr<Impl> guard, std::string_view account, std::string_view pair)
    : guard_(std::move(guard)), account_(account), pair_(pair) {}

LoginGuard::Try& LoginGuard::Try::operator=(Try&& other) noexcept {
  failed();
  guard_ = std::move(other.guard_);
  account_ = std::move(other.account_);
  pair_ = std::move(other.pair_);
  return *this;
}

void LoginGuard::Try::succeeded() {
  if (const auto guard = std::exchange(guard_, nullptr))
    guard->end(guard, account_, pair_, Impl::Verdict::kSucceeded);
}
void LoginGuard::Try::failed() {
  if (const auto guard = std::exchange(guard_, nullptr))
    guard->end(guard, account_, pair_, Impl::Verdict::kFailed);
}
void LoginGuard::Try::cancelled() {
  if (const auto guard = std::exchange(guard_, nullptr))
    guard->end(guard, account_, pair_, Impl::Verdict::kCancelled);
}

LoginGuard::LoginGuard(LoginGuardOptions options, const Clock& clock)
    : impl_(std::make_shared<Impl>(options, clock)) {}
LoginGuard::~LoginGuard() = default;

void LoginGuard::configure(LoginGuardOptions options) {
  const MutexLock lock(impl_->mutex);
  impl_->options.tries = options.tries;
  impl_->options.window = options.window;
  impl_->options.waiting = options.waiting;
}

void LoginGuard::enter(std::string_view account, std::string_view address, Then then) {
  const std::string pair = pair_key(account, address);
  Result<Try> answer = too_many_failures();
  {
    const MutexLock lock(impl_->mutex);
    const std::size_t most = impl_->left(pair);
    if (most > 0) {
      auto& flight = impl_->flights[pair];
      if (flight.running < most) {
        ++flight.running;
        answer = Try(impl_, account, pair);
      } else if (flight.waiting.size() < impl_->options.waiting) {
        flight.waiting.emplace_back(std::string(account), std::move(then));
        return;
      } else {
        answer = too_many_at_once();
      }
    }
  }
  then(std::move(answer));
}

Status LoginGuard::wrong(std::string_view account, std::string_view address) {
  const std::string pair = pair_key(account, address);
  const MutexLock lock(impl_->mutex);
  if (impl_->left(pair) == 0)
    return {ErrorCode::kRateLimited, "Too many failed tries from your address. Wait a while."};
  impl_->note_failure(impl_->pairs, pair);
  return Status::ok();
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
  return impl_->pairs.size() + impl_->accounts.size() + impl_->flights.size();
}

}  // namespace parley::users
