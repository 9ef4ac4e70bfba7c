// SPDX-License-Identifier: Apache-2.0
#include "command/key_ledger.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::command {
namespace {

// Old keys that are looked at for each new one: more than one, so that they go faster than they come.
constexpr int kSweepEach = 4;
// Users with nothing but running commands that are passed over in search of a key that can go.
constexpr std::size_t kPassedOver = 256;
// Places of keys that are gone, before they are looked for.
constexpr std::size_t kGoneAtMost = 1024;

}  // namespace

KeyLedger::KeyLedger(storage::Store& store, const Clock& clock, const config::Config& config)
    : store_(store), clock_(clock) {
  configure(config);
}

void KeyLedger::configure(const config::Config& config) {
  const MutexLock lock(mutex_);
  keep_ = config.session.keys;
  most_of_user_ = static_cast<std::size_t>(std::max(config.session.keys_per_user, 1));
  most_ = std::max<std::size_t>(config.session.keys_total, 1);
}

Status KeyLedger::load() {
  const std::int64_t now = clock_.wall_ms();
  auto kept =
      store_.read_blocking([now](storage::Reader& reader) { return reader.command_keys(now); });
  if (!kept) return kept.status();
  const MutexLock lock(mutex_);
  for (storage::CommandKeyRecord& record : *kept) {
    Entry entry;
    entry.fingerprint = std::move(record.fingerprint);
    entry.state = record.reply_json.empty() ? State::kUnknown : State::kAnswered;
    entry.expires_at = record.expires_at;
    add(record.user_id, record.key, std::move(entry));
  }
  return Status::ok();
}

// --- one command ---

KeyLedger::Answer KeyLedger::begin(Keyed::Setup command, CallId waiter) {
  const std::int64_t now = clock_.wall_ms();
  const MutexLock lock(mutex_);
  sweep(now);
  Entry* entry = entry_of(command.user, command.key);
  if (entry && entry->state != State::kRunning && entry->expires_at <= now) {
    erase(command.user, command.key);
    entry = nullptr;
  }
  if (entry) {
    if (entry->fingerprint != command.fingerprint) return {Verdict::kConflict, {}};
    ++repeated_;
    if (entry->state == State::kAnswered) return {Verdict::kReplay, {}};
    if (entry->state == State::kUnknown) return {Verdict::kUnknown, {}};
    entry->waiters.push_back(waiter);
    return {Verdict::kWait, {}};
  }
  if (!make_room_for(command.user) || !make_room(command.user)) return {Verdict::kFull, {}};
  Entry fresh;
  fresh.fingerprint = command.fingerprint;
  add(command.user, command.key, std::move(fresh));
  auto keyed = std::make_shared<Keyed>(std::move(command), clock_, keep_);
  running_.push_back(keyed);
  running_count_ = running_.size();
  return {Verdict::kRun, std::move(keyed)};
}

std::vector<CallId> KeyLedger::finish(const KeyedPtr& keyed) {
  const MutexLock lock(mutex_);
  left(keyed);
  Entry* entry = entry_of(keyed->user(), keyed->key());
  if (!entry) return {};
  entry->state = keyed->is_stored() ? State::kAnswered : State::kUnknown;
  entry->expires_at = keyed->expires_at();
  return std::exchange(entry->waiters, {});
}

std::vector<CallId> KeyLedger::drop(const KeyedPtr& keyed) {
  if (keyed->is_marked() && keyed->remembers()) return finish(keyed);
  if (keyed->is_announced()) erase_stored(keyed->user(), keyed->key());
  const MutexLock lock(mutex_);
  left(keyed);
  Entry* entry = entry_of(keyed->user(), keyed->key());
  if (!entry) return {};
  std::vector<CallId> waiters = std::move(entry->waiters);
  erase(keyed->user(), keyed->key());
  return waiters;
}

void KeyLedger::left(const KeyedPtr& keyed) {
  std::erase(running_, keyed);
  running_count_ = running_.size();
}

// --- what the store knows ---

void KeyLedger::mark_running(std::string_view plugin) {
  if (running_count_ == 0) return;
  std::vector<KeyedPtr> open;
  {
    const MutexLock lock(mutex_);
    std::copy_if(running_.begin(), running_.end(), std::back_inserter(open),
                 [&](const KeyedPtr& one) { return one->plugin() == plugin; });
  }
  for (const KeyedPtr& one : open) Keyed::mark(one, store_);
}

void KeyLedger::find(std::string_view user, std::string_view key, FoundDone done) {
  const auto answer = std::make_shared<FoundDone>(std::move(done));
  const Status queued = store_.read(
      [user = std::string(user), key = std::string(key), answer](storage::Reader& reader) {
        const auto record = reader.command_key(user, key);
        if (!record) return (*answer)(record.status());
        (*answer)(StoredReply::from_json(record->reply_json));
      });
  if (!queued) (*answer)(queued);
}

void KeyLedger::store(const KeyedPtr& keyed, const StoredReply& reply, StatusDone done) {
  store_.write([keyed, reply](storage::Writer& writer) { return keyed->store(writer, reply); },
               [keyed, done = std::move(done)](Status status) mutable {
                 if (status) keyed->stored();
                 done(std::move(status));
               });
}

void KeyLedger::mark(const KeyedPtr& keyed, StatusDone done) {
  Keyed::mark(keyed, store_, std::move(done));
}

void KeyLedger::announce(const KeyedPtr& keyed, StatusDone done) {
  store_.write([keyed](storage::Writer& writer) { return keyed->announce(writer); },
               std::move(done));
}

void KeyLedger::erase_stored(const std::string& user, const std::string& key) {
  store_.write(
      [user, key](storage::Writer& writer) { return writer.delete_command_key(user, key); }, {});
}

// --- how many there may be ---

KeyLedger::Entry* KeyLedger::entry_of(const std::string& user, const std::string& key) {
  const auto keys = users_.find(user);
  if (keys == users_.end()) return nullptr;
  const auto entry = keys->second.entries.find(key);
  return entry == keys->second.entries.end() ? nullptr : &entry->second;
}

void KeyLedger::add(const std::string& user, const std::string& key, Entry entry) {
  entry.serial = ++last_serial_;
  UserKeys& keys = users_[user];
  loads_.erase(load_of(user, keys));
  keys.order.emplace(entry.serial, key);
  order_.push_back({user, key, entry.serial});
  keys.entries.insert_or_assign(key, std::move(entry));
  loads_.insert(load_of(user, keys));
  ++size_;
  if (order_.size() > 2 * size_ + kGoneAtMost) tidy_up();
}

void KeyLedger::tidy_up() {
  std::erase_if(order_, [this](const Place& place) {
    const auto keys = users_.find(place.user);
    return keys == users_.end() || !keys->second.order.contains(place.serial);
  });
}

void KeyLedger::erase(const std::string& user, const std::string& key) {
  const auto keys = users_.find(user);
  if (keys == users_.end()) return;
  const auto entry = keys->second.entries.find(key);
  if (entry == keys->second.entries.end()) return;
  loads_.erase(load_of(user, keys->second));
  keys->second.order.erase(entry->second.serial);
  keys->second.entries.erase(entry);
  --size_;
  if (keys->second.entries.empty()) return void(users_.erase(keys));
  loads_.insert(load_of(user, keys->second));
}

// `user` and `key` may be part of what is erased.
void KeyLedger::evict(const std::string& user, const std::string& key) {
  erase_stored(user, key);
  erase(std::string(user), std::string(key));
}

bool KeyLedger::evict_oldest_of(const std::string& user) {
  const auto keys = users_.find(user);
  if (keys == users_.end()) return false;
  const auto& order = keys->second.order;
  const auto oldest = std::find_if(order.begin(), order.end(), [&](const auto& place) {
    return keys->second.entries.at(place.second).state != State::kRunning;
  });
  if (oldest == order.end()) return false;
  evict(user, oldest->second);
  return true;
}

bool KeyLedger::make_room_for(const std::string& user) {
  for (auto keys = users_.find(user);
       keys != users_.end() && keys->second.entries.size() >= most_of_user_;
       keys = users_.find(user)) {
    if (!evict_oldest_of(user)) return false;
  }
  return true;
}

// Whoever has most gives way, the new key counted with those of its user.
bool KeyLedger::make_room(const std::string& wanted_by) {
  while (size_ >= most_) {
    const auto own = users_.find(wanted_by);
    const std::size_t with_new = own == users_.end() ? 1 : own->second.entries.size() + 1;
    const std::size_t largest = loads_.empty() ? 0 : loads_.begin()->keys;
    if (with_new > largest && evict_oldest_of(wanted_by)) continue;
    const auto tried =
        static_cast<std::ptrdiff_t>(std::min<std::size_t>(loads_.size(), kPassedOver));
    const auto found = std::find_if(loads_.begin(), std::next(loads_.begin(), tried),
                                    [this](const Load& load)
                                        PARLEY_REQUIRES(mutex_) { return may_give(load.user); });
    if (found == std::next(loads_.begin(), tried)) return false;
    evict_oldest_of(std::string(found->user));
  }
  return true;
}

bool KeyLedger::may_give(const std::string& user) const {
  const auto& entries = users_.at(user).entries;
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& one) { return one.second.state != State::kRunning; });
}

// The expired ones go as new ones come; the store's own go with its retention.
void KeyLedger::sweep(std::int64_t now) {
  for (int i = 0; i < kSweepEach; ++i) {
    const Entry* oldest = at_front();
    if (!oldest) return;
    if (oldest->state == State::kRunning) {
      front_to_back();
    } else if (oldest->expires_at <= now) {
      const Place place = order_.front();
      erase(place.user, place.key);
    } else {
      return;
    }
  }
}

// The oldest key there is, or nothing.
KeyLedger::Entry* KeyLedger::at_front() {
  for (; !order_.empty(); order_.pop_front()) {
    Entry* entry = entry_of(order_.front().user, order_.front().key);
    if (entry && entry->serial == order_.front().serial) return entry;
  }
  return nullptr;
}

void KeyLedger::front_to_back() {
  order_.push_back(std::move(order_.front()));
  order_.pop_front();
}

}  // namespace parley::command
