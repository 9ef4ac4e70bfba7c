// SPDX-License-Identifier: Apache-2.0
#include "users/passwords.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include <sodium.h>

#include "base/thread_annotations.h"

namespace parley::users {
namespace {

using Work = absl::AnyInvocable<void()>;

Status too_busy() {
  return Status::overloaded("Too many people are logging in right now. Try again in a moment.");
}

Result<std::string> make_hash(const std::string& password, const PasswordOptions& options) {
  char text[crypto_pwhash_STRBYTES] = {};
  const int failed = crypto_pwhash_str_alg(text, password.data(), password.size(),
                                           static_cast<unsigned long long>(options.operations),
                                           options.memory, crypto_pwhash_ALG_ARGON2ID13);
  if (failed == 0) return std::string(text);
  return Status::overloaded(
      "There is not enough memory to check passwords now. Try again in a moment.");
}

bool usable(const std::string& stored, const PasswordOptions& options) {
  return stored.size() < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_needs_rehash(stored.c_str(),
                                        static_cast<unsigned long long>(options.operations),
                                        options.memory) >= 0;
}

}  // namespace

PasswordOptions password_options(const config::Auth& auth) {
  PasswordOptions options;
  options.memory = auth.password_memory;
  options.operations = auth.password_ops;
  options.queue = auth.password_queue;
  return options;
}

void wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

struct PasswordHasher::Impl {
  struct Job {
    Work run;
    Work refuse;
  };

  explicit Impl(PasswordOptions given) : options(given) {
    if (sodium_init() < 0) std::abort();
    std::string nobody = "no one has this password";
    if (auto made = make_hash(nobody, options)) dummy = *made;
    for (int i = 0; i < std::max(1, options.threads); ++i) threads.emplace_back([this] { work(); });
  }

  ~Impl() {
    std::map<std::string, std::deque<Job>> left;
    {
      MutexLock lock(mutex);
      stopping = true;
      left.swap(lines);
      waiting = 0;
    }
    changed.notify_all();
    for (auto& thread : threads) thread.join();
    for (auto& [client, line] : left) {
      for (Job& job : line) job.refuse();
    }
  }

  // One line per client; the turn goes round the lines by name, starting behind the last one
  // served.
  void add(const std::string& client, Job job) {
    {
      MutexLock lock(mutex);
      if (!stopping && waiting < static_cast<std::size_t>(std::max(1, options.queue)) &&
          fair_share(client)) {
        lines[client].push_back(std::move(job));
        ++waiting;
        changed.notify_one();
        return;
      }
    }
    job.refuse();
  }

  // When the queue is half full, nobody new may be kept out by one client's long line.
  bool fair_share(const std::string& client) PARLEY_REQUIRES(mutex) {
    const auto half = static_cast<std::size_t>(std::max(1, options.queue)) / 2;
    const auto line = lines.find(client);
    return half == 0 || line == lines.end() || line->second.size() < half;
  }

  bool take(Job& job) {
    MutexLock lock(mutex);
    while (waiting == 0 && !stopping) changed.wait(mutex);
    if (waiting == 0) return false;
    auto line = lines.upper_bound(last_client);
    if (line == lines.end()) line = lines.begin();
    last_client = line->first;
    job = std::move(line->second.front());
    line->second.pop_front();
    if (line->second.empty()) lines.erase(line);
    --waiting;
    return true;
  }

  void work() {
    for (;;) {
      Job job;  // of this turn only: what it captured is let go before the next wait
      if (!take(job)) return;
      job.run();
    }
  }

  // Looks the same from outside whether there is a stored hash or not.
  Result<PasswordVerdict> check(const std::string& password, const std::string& stored) const {
    const bool real = usable(stored, options);
    const std::string& against = real ? stored : dummy;
    const bool equal =
        crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
    const bool old =
        real && crypto_pwhash_str_needs_rehash(stored.c_str(),
                                               static_cast<unsigned long long>(options.operations),
                                               options.memory) != 0;
    return PasswordVerdict{real && equal, real && equal && old};
  }

  const PasswordOptions options;
  std::string dummy;
  mutable Mutex mutex;
  CondVar changed;
  std::map<std::string, std::deque<Job>> lines PARLEY_GUARDED_BY(mutex);
  std::size_t waiting PARLEY_GUARDED_BY(mutex) = 0;
  bool stopping PARLEY_GUARDED_BY(mutex) = false;
  std::string last_client PARLEY_GUARDED_BY(mutex);
  std::vector<std::thread> threads;
};

PasswordHasher::PasswordHasher(PasswordOptions options) : impl_(std::make_unique<Impl>(options)) {}
PasswordHasher::~PasswordHasher() = default;

void PasswordHasher::hash(std::string password, std::string client, HashDone done) {
  auto shared = std::make_shared<HashDone>(std::move(done));
  auto secret = std::make_shared<std::string>(std::move(password));
  impl_->add(client, {[impl = impl_.get(), secret, shared] {
                        auto result = make_hash(*secret, impl->options);
                        wipe(*secret);
                        (*shared)(std::move(result));
                      },
                      [secret, shared] {
                        wipe(*secret);
                        (*shared)(too_busy());
                      }});
}

void PasswordHasher::verify(std::string password, std::string stored, std::string client,
                            VerifyDone done) {
  auto shared = std::make_shared<VerifyDone>(std::move(done));
  auto secret = std::make_shared<std::string>(std::move(password));
  impl_->add(client, {[impl = impl_.get(), secret, shared, stored = std::move(stored)] {
                        auto verdict = impl->check(*secret, stored);
                        wipe(*secret);
                        (*shared)(std::move(verdict));
                      },
                      [secret, shared] {
                        wipe(*secret);
                        (*shared)(too_busy());
                      }});
}

std::size_t PasswordHasher::waiting() const {
  MutexLock lock(impl_->mutex);
  return impl_->waiting;
}

}  // namespace parley::users
