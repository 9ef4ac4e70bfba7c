// SPDX-License-Identifier: Apache-2.0
#include "users/token_keys.h"

#include <algorithm>
#include <utility>

#include <sys/stat.h>

#include "base/log.h"
#include "users/issuers.h"
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

// Own keys first: the first of them signs, and none of an issuer's may take its kid.
Result<KeyRing> TokenKeys::read(const config::Auth& auth) {
  auto own = load_token_key(auth, state_dir_);
  if (!own) return own.status();
  KeyRing ring({.longest = std::max(auth.token_max, auth.access_token)});
  if (Status status = ring.add(std::move(*own)); !status) return status;
  auto previous = load_previous_key(auth, state_dir_);
  if (!previous && previous.status().code() != ErrorCode::kNotFound) return previous.status();
  if (previous) {
    if (Status status = ring.add(std::move(*previous)); !status) return status;
  }
  if (auth.issuers.empty()) return ring;
  seen_[auth.issuers] = stamp_of(auth.issuers);  // before it is read: a later change is seen
  auto issuers = load_issuers(auth.issuers);
  if (!issuers) return issuers.status();
  for (const auto& file : issuers->files) seen_.try_emplace(file, stamp_of(file));
  for (auto& key : issuers->keys) {
    if (Status status = ring.add(std::move(key)); !status) return status;
  }
  for (const auto& note : issuers->notes) log::info("users", "{} is passed over", note);
  return ring;
}

Result<KeyRing> TokenKeys::load() {
  const MutexLock lock(mutex_);
  return read(auth_);
}

void TokenKeys::serve(TokenService& service) {
  const MutexLock lock(mutex_);
  service_ = &service;
}

Status TokenKeys::replace(const config::Auth& auth) {
  // Stamped before they are read, so that a later change is seen. Those of the last good reading are
  // watched after a bad one too: what is mended may be any of them.
  auto stamps = std::exchange(seen_, {});
  for (auto& [file, stamp] : stamps) stamp = stamp_of(file);
  auto ring = read(auth);
  for (const auto& [file, stamp] : stamps) {
    if (!ring || seen_.contains(file)) seen_.insert_or_assign(file, stamp);
  }
  if (!ring) return ring.status();
  if (service_ != nullptr) service_->replace_keys(std::move(*ring));
  return Status::ok();
}

Status TokenKeys::use(const config::Auth& auth) {
  const MutexLock lock(mutex_);
  Status status = replace(auth);
  auth_ = auth;  // also with a mistake in the files: they are watched, and taken when it is mended
  return status;
}

void TokenKeys::look() {
  const MutexLock lock(mutex_);
  bool changed = false;
  for (const auto& [file, stamp] : seen_) changed |= stamp_of(file) != stamp;
  if (!changed) return;
  const Status status = replace(auth_);
  if (status)
    log::info("users", "the keys of {} were read again", auth_.issuers);
  else
    log::error("users", "the token keys were not changed, those before stay in use: {}",
               status.message());
}

Status TokenKeys::rotate() {
  const MutexLock lock(mutex_);
  if (Status status = rotate_token_key(auth_, state_dir_); !status) return status;
  return replace(auth_);
}

}  // namespace parley::users
