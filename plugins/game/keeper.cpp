// SPDX-License-Identifier: Apache-2.0
#include "keeper.h"

#include <utility>

#include "records.h"

namespace game {
namespace {

using parley::Outcome;

bool begins_with(const std::string& text, std::string_view prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

}  // namespace

int Keeper::load_now() {
  int strange = 0;
  for (const auto& [key, record] : storage_.scan_now(kPlayers)) {
    auto player = read_player(key.substr(kPlayers.size()), record);
    player ? world_.restore(std::move(*player)) : void(++strange);
  }
  for (const auto& [key, record] : storage_.scan_now(kFloors)) {
    auto floor = read_floor(record);
    floor ? world_.restore(key.substr(kFloors.size()), std::move(*floor)) : void(++strange);
  }
  for (const auto& [key, record] : storage_.scan_now(kCreatures)) {
    const auto creature = read_creature(record);
    creature ? world_.restore(key.substr(kCreatures.size()), *creature) : void(++strange);
  }
  return strange;
}

parley::Batch Keeper::batch_of(const Changes& changes, Keys& keys) const {
  parley::Batch batch;
  const auto put = [&](std::string_view prefix, const std::string& id, const std::string& record) {
    keys.push_back(key(prefix, id));
    batch.put(keys.back(), record);
  };
  for (const std::string& id : changes.players) {
    if (const Player* player = world_.player(id)) {
      put(kPlayers, id, to_record(*player));
    } else {
      keys.push_back(key(kPlayers, id));
      batch.erase(keys.back());
    }
  }
  for (const std::string& id : changes.floors) put(kFloors, id, to_record(world_.floor(id)));
  for (const std::string& id : changes.creatures) {
    put(kCreatures, id, to_record(world_.creature(id)));
  }
  return batch;
}

void Keeper::write_and_reply(parley::Responder& request, const Changes& changes,
                             std::string_view type, const parley::Json& data, Then then) {
  Keys keys;
  parley::Batch batch = batch_of(changes, keys);
  began(keys);
  storage_.write_and_reply(
      request, batch, type, data, {},
      [this, keys, then = std::move(then)](Outcome outcome) { ended(keys, outcome, then); });
}

void Keeper::write(const Changes& changes, Then then) {
  Keys keys;
  parley::Batch batch = batch_of(changes, keys);
  if (batch.empty()) return then();
  began(keys);
  storage_.write(
      batch, [this, keys, then = std::move(then)](Outcome outcome) { ended(keys, outcome, then); });
}

void Keeper::began(const Keys& keys) {
  for (const std::string& key : keys) ++under_way_[key];
}

void Keeper::ended(const Keys& keys, Outcome outcome, const Then& then) {
  for (const std::string& key : keys) {
    if (--under_way_[key] == 0) under_way_.erase(key);
  }
  if (is_ok(outcome)) return then();
  for (const std::string& key : keys) take_back(key);
}

// A record with a later write under way is left to that one: it succeeds, and memory is right, or it
// fails and comes here itself.
void Keeper::take_back(const std::string& key) {
  storage_.get(key, [this, key](Outcome outcome, std::string_view record) {
    if (under_way_.count(key) > 0) return;
    if (is_ok(outcome)) revert(key, record);
    if (outcome == Outcome::kNotFound) revert(key, std::nullopt);
  });
}

void Keeper::revert(const std::string& key, std::optional<std::string_view> stored) {
  const std::string_view record = stored.value_or("");
  if (begins_with(key, kPlayers)) {
    const std::string id = key.substr(kPlayers.size());
    world_.revert_player(id, read_player(id, record));
  } else if (begins_with(key, kFloors)) {
    world_.revert_floor(key.substr(kFloors.size()), read_floor(record));
  } else {
    world_.revert_creature(key.substr(kCreatures.size()), read_creature(record));
  }
}

}  // namespace game
