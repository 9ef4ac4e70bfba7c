// SPDX-License-Identifier: Apache-2.0
#include "users/token_keys.h"

#include <algorithm>
#include <set>
#include <utility>

#include <sys/stat.h>

#include "base/log.h"
#include "users/token_service.h"

namespace parley::users {

namespace fs = std::filesystem;

TokenKeys::TokenKeys(config::Auth auth, fs::path state_dir)
    : state_dir_(std::move(state_dir)), auth_(std::move(auth)) {}

TokenKeys::Stamp TokenKeys::stamp_of(const fs::path& file) {
  constexpr std::int64_t kNanos = 1'000'000'000;
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return {0, -1};
  return {info.st_mtim.tv_sec * kNanos + info.st_mtim.tv_nsec, info.st_size};
}

Status TokenKeys::read_own(const config::Auth& auth) {
  Keys keys;
  const auto add = [&keys](TokenKey key) {
    auto made = JwtKey::make(std::move(key));
    if (made) keys.push_back(std::move(made).value());
    return made.status();
  };
  auto own = load_token_key(auth, state_dir_);
  if (!own) return own.status();
  const std::string kid = own->kid;
  if (Status status = add(std::move(*own)); !status) return status;
  auto previous = load_previous_key(auth, state_dir_);
  if (!previous && previous.status().code() != ErrorCode::kNotFound) return previous.status();
  if (previous && previous->kid == kid)
    return Status::conflict("There are two token keys named " + kid + ".");
  if (previous) {
    if (Status status = add(std::move(*previous)); !status) return status;
  }
  own_ = std::move(keys);
  return Status::ok();
}

// What one entry of the file says, or what the same issuer said before.
void TokenKeys::take(IssuerKeys read) {
  for (const auto& note : read.skipped)
    log::info("users", "{}: the key {}: it is passed over", read.issuer, note);
  for (const auto& key : read.damaged)
    problems_.push_back({read.issuer, key.kid, read.issuer + ": " + key.why + " It is left out."});
  if (read.status) {
    last_good_.insert_or_assign(read.issuer, std::move(read));
    return;
  }
  const bool known = last_good_.contains(read.issuer);
  problems_.push_back({read.issuer, "",
                       read.status.message() + (known ? " Its keys of before stay in use."
                                                      : " Nobody comes in with its tokens.")});
}

Status TokenKeys::read_issuers(const config::Auth& auth) {
  problems_.clear();
  // Stamped before they are read, so that a later change is seen. Those of an earlier reading are
  // watched after a bad one too: what is mended may be any of them.
  auto stamps = std::exchange(seen_, {});
  for (auto& [file, stamp] : stamps) stamp = stamp_of(file);
  if (auth.issuers.empty()) {
    last_good_.clear();
    return Status::ok();
  }
  seen_[auth.issuers] = stamp_of(auth.issuers);
  auto loaded = load_issuers(auth.issuers);
  if (!loaded) {
    seen_.merge(stamps);
    const char* so = last_good_.empty() ? "" : " The issuers' keys of before stay in use.";
    problems_.push_back({"", "", loaded.status().message() + so});
    return loaded.status();
  }
  for (const auto& file : loaded->files) {
    const auto before = stamps.find(file);
    seen_.insert_or_assign(file, before != stamps.end() ? before->second : stamp_of(file));
  }
  // An entry with a mistake in its name may be any of those that seem to be gone.
  const bool all_named =
      std::ranges::all_of(loaded->issuers, [](const auto& one) { return !one.issuer.empty(); });
  std::set<std::string> named;
  for (const auto& one : loaded->issuers) named.insert(one.issuer);
  if (all_named)
    std::erase_if(last_good_, [&](const auto& one) { return !named.contains(one.first); });
  for (auto& one : loaded->issuers) take(std::move(one));
  return Status::ok();
}

void TokenKeys::log_problems() const {
  for (const auto& problem : problems_) log::error("users", "token keys: {}", problem.sentence);
}

KeyRing TokenKeys::ring() const {
  KeyRing ring({.longest = std::max(auth_.token_max, auth_.access_token)});
  const auto add = [&ring](const std::shared_ptr<const JwtKey>& key) {
    if (Status status = ring.add(key); !status) log::error("users", "{}", status.message());
  };
  for (const auto& key : own_) add(key);
  for (const auto& [issuer, read] : last_good_) {
    for (const auto& key : read.keys) add(key);
  }
  return ring;
}

Result<KeyRing> TokenKeys::load() {
  const MutexLock lock(mutex_);
  if (Status status = read_own(auth_); !status) return status;
  if (Status status = read_issuers(auth_); !status) return status;
  log_problems();
  return ring();
}

void TokenKeys::serve(TokenService& service) {
  const MutexLock lock(mutex_);
  service_ = &service;
}

std::vector<KeyProblem> TokenKeys::problems() const {
  const MutexLock lock(mutex_);
  return problems_;
}

void TokenKeys::replace() {
  if (service_ != nullptr) service_->replace_keys(ring());
}

Status TokenKeys::verdict() const {
  std::string all;
  for (const auto& problem : problems_) all += (all.empty() ? "" : " ") + problem.sentence;
  return all.empty() ? Status::ok() : Status::invalid_args(all);
}

Status TokenKeys::use(const config::Auth& auth) {
  const MutexLock lock(mutex_);
  const Status own = read_own(auth);
  (void)read_issuers(auth);  // what went wrong is among problems_
  auth_ = auth;  // also with a mistake in the files: they are watched, and taken when it is mended
  if (!own) {
    problems_.push_back({"", "", own.message() + " The server's own keys of before stay in use."});
  }
  replace();
  return verdict();
}

void TokenKeys::look() {
  const MutexLock lock(mutex_);
  bool changed = false;
  for (const auto& [file, stamp] : seen_) changed |= stamp_of(file) != stamp;
  if (!changed) return;
  (void)read_issuers(auth_);
  log::info("users", "the keys of {} were read again", auth_.issuers);
  log_problems();
  replace();
}

Status TokenKeys::rotate() {
  const MutexLock lock(mutex_);
  if (Status status = rotate_token_key(auth_, state_dir_); !status) return status;
  if (Status status = read_own(auth_); !status) return status;
  replace();
  return Status::ok();
}

}  // namespace parley::users
