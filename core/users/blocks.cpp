// SPDX-License-Identifier: Apache-2.0
#include "users/blocks.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::users {

Result<std::unique_ptr<Blocks>> Blocks::open(storage::Store& store, std::size_t most) {
  auto all = store.read_blocking([](storage::Reader& reader) { return reader.blocks(); });
  if (!all) return all.status();
  std::unique_ptr<Blocks> blocks(new Blocks(store, most));
  for (const auto& one : *all) blocks->apply(one, true);
  return blocks;
}

void Blocks::add(const std::string& user, const std::string& blocked, Done done) {
  if (user == blocked) return done(Status::invalid_args("Nobody can block themselves."));
  if (!has(user, blocked) && most_ > 0 && of(user).size() >= most_)
    return done(Status::conflict("You have blocked " + std::to_string(most_) +
                                 " people, which is the limit. Unblock somebody first."));
  store_then_apply({user, blocked}, true, std::move(done));
}

void Blocks::remove(const std::string& user, const std::string& blocked, Done done) {
  store_then_apply({user, blocked}, false, std::move(done));
}

// In memory after the commit, in the order of commits: what is refused is on disk.
void Blocks::store_then_apply(storage::BlockRecord block, bool blocked, Done done) {
  store_.write(
      [block, blocked](storage::Writer& writer) {
        return blocked ? writer.put_block(block) : writer.delete_block(block);
      },
      [this, block, blocked, done = std::move(done)](Status status) mutable {
        if (status) apply(block, blocked);
        done(std::move(status));
      });
}

void Blocks::apply(const storage::BlockRecord& block, bool blocked) {
  const MutexLock lock(mutex_);
  auto& list = by_user_[block.user_id];
  std::erase(list, block.blocked_id);
  if (blocked) list.push_back(block.blocked_id);
  if (list.empty()) by_user_.erase(block.user_id);
}

void Blocks::forget(const std::string& user) {
  const MutexLock lock(mutex_);
  by_user_.erase(user);
  for (auto one = by_user_.begin(); one != by_user_.end();) {
    std::erase(one->second, user);
    one = one->second.empty() ? by_user_.erase(one) : std::next(one);
  }
}

bool Blocks::has(std::string_view user, std::string_view blocked) const {
  const MutexLock lock(mutex_);
  const auto found = by_user_.find(std::string(user));
  return found != by_user_.end() &&
         std::find(found->second.begin(), found->second.end(), blocked) != found->second.end();
}

std::vector<std::string> Blocks::of(std::string_view user) const {
  const MutexLock lock(mutex_);
  const auto found = by_user_.find(std::string(user));
  return found == by_user_.end() ? std::vector<std::string>{} : found->second;
}

Status Blocks::may_write(std::string_view from, std::string_view to) const {
  if (has(from, to))
    return Status::forbidden("You have blocked this person. Unblock them to write to them.");
  if (has(to, from)) return Status::forbidden("This person does not take messages from you.");
  return Status::ok();
}

}  // namespace parley::users
