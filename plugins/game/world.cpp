// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>

#include "fold.h"

namespace game {
namespace {

bool is_called(std::string_view said, std::string_view id, const Text& name) {
  return said == id || same_name(said, name.en) || same_name(said, name.ru);
}

// The thing among `items` that is meant by what somebody typed.
std::vector<std::string>::iterator pick(std::vector<std::string>& items, std::string_view said,
                                        const WorldMap& map) {
  return std::find_if(items.begin(), items.end(), [&](const std::string& id) {
    const auto thing = map.items.find(id);
    return thing != map.items.end() && is_called(said, id, thing->second.name);
  });
}

}  // namespace

World::World(WorldMap map, Rules rules, Random random)
    : map_(std::move(map)), rules_(rules), random_(std::move(random)) {
  settle_map();
}

void World::set_map(WorldMap map) {
  map_ = std::move(map);
  settle_map();
}

void World::settle_map() {
  for (const auto& [id, room] : map_.rooms) floors_.try_emplace(id, Floor{room.items});
  for (const auto& [id, kind] : map_.creatures) creatures_.try_emplace(id, Creature{kind.hp});
  for (auto& [id, player] : players_) {
    if (map_.rooms.count(player.room) == 0) place(player, map_.start);
    if (player.here) changes_.rooms[player.room];
  }
}

void World::restore(Player player) {
  if (map_.rooms.count(player.room) == 0) player.room = map_.start;
  std::string id = player.id;
  players_.insert_or_assign(std::move(id), std::move(player));
}
void World::resume(Player player) {
  player.here = true;
  present_.insert(player.id);
  restore(std::move(player));
}
void World::restore(const std::string& room, Floor floor) {
  floors_.insert_or_assign(room, std::move(floor));
}
void World::restore(const std::string& creature, Creature state) {
  creatures_.insert_or_assign(creature, state);
}

void World::revert_player(const std::string& id, std::optional<Player> stored) {
  const auto found = players_.find(id);
  if (!stored) {
    players_.erase(id);
    present_.erase(id);
    return;
  }
  stored->here = found != players_.end() && found->second.here;
  restore(std::move(*stored));
}
void World::revert_floor(const std::string& room, std::optional<Floor> stored) {
  floors_.erase(room);
  if (stored) restore(room, std::move(*stored));
  settle_map();
}
void World::revert_creature(const std::string& id, std::optional<Creature> stored) {
  creatures_.erase(id);
  if (stored) restore(id, *stored);
  settle_map();
}

// ---- coming and going

Player* World::enter(std::string_view id, std::string_view name, std::string_view locale,
                     std::int64_t now) {
  const std::string key(id);
  auto found = players_.find(key);
  if (found == players_.end()) {
    if (!make_room_for_one()) return nullptr;
    Player fresh;
    fresh.id = key;
    fresh.room = map_.start;
    fresh.hp = rules_.hp;
    fresh.mana = rules_.mana;
    found = players_.emplace(key, std::move(fresh)).first;
  }
  Player& player = found->second;
  if (!player.here || player.name != name) touch(player);
  player.name = name;
  player.locale = locale;
  player.seen = now;
  if (!std::exchange(player.here, true)) note(player.room, Note::Kind::kArrived, player.name);
  present_.insert(key);
  return &player;
}

// Forgets whoever was not seen for the longest time.
bool World::make_room_for_one() {
  if (players_.size() < static_cast<std::size_t>(rules_.players)) return true;
  const Player* oldest = nullptr;
  for (const auto& [id, player] : players_) {
    if (!player.here && (oldest == nullptr || player.seen < oldest->seen)) oldest = &player;
  }
  if (oldest == nullptr) return false;
  forget(std::string(oldest->id));
  return true;
}

void World::leave(const std::string& id, std::int64_t now) {
  const auto found = players_.find(id);
  if (found == players_.end() || !std::exchange(found->second.here, false)) return;
  found->second.seen = now;
  present_.erase(id);
  touch(found->second);
  note(found->second.room, Note::Kind::kLeft, found->second.name);
}

void World::forget(const std::string& id) {
  const auto found = players_.find(id);
  if (found == players_.end()) return;
  if (found->second.here) note(found->second.room, Note::Kind::kLeft, found->second.name);
  touch(found->second);
  present_.erase(id);
  players_.erase(found);
}

// ---- doing

Refusal World::move(Player& player, const std::string& direction) {
  const auto& exits = map_.rooms.at(player.room).exits;
  const auto exit = exits.find(direction);
  if (exit == exits.end()) return Refusal::kNoExit;
  note(player.room, Note::Kind::kLeft, player.name, direction);
  player.room = exit->second;
  note(player.room, Note::Kind::kArrived, player.name);
  touch(player);
  return Refusal::kNone;
}

Refusal World::take(Player& player, std::string_view item, std::int64_t now) {
  Floor& here = floors_.at(player.room);
  const auto found = pick(here.items, item, map_);
  if (found == here.items.end()) return Refusal::kNoSuchItem;
  if (player.inventory.size() >= static_cast<std::size_t>(rules_.inventory)) {
    return Refusal::kHandsFull;
  }
  note(player.room, Note::Kind::kTook, player.name, *found);
  player.inventory.push_back(std::move(*found));
  here.items.erase(found);
  if (here.restock_at == 0) here.restock_at = now + rules_.restock;
  changes_.floors.insert(player.room);
  touch(player);
  return Refusal::kNone;
}

Refusal World::drop(Player& player, std::string_view item) {
  const auto found = pick(player.inventory, item, map_);
  if (found == player.inventory.end()) return Refusal::kNotCarried;
  Floor& here = floors_.at(player.room);
  if (here.items.size() >= static_cast<std::size_t>(rules_.floor)) return Refusal::kFloorFull;
  note(player.room, Note::Kind::kDropped, player.name, *found);
  here.items.push_back(std::move(*found));
  player.inventory.erase(found);
  changes_.floors.insert(player.room);
  touch(player);
  return Refusal::kNone;
}

// ---- time

void World::pulse(std::int64_t now) {
  regenerate();
  bring_back(now);
  restock(now);
}

void World::regenerate() {
  for (const std::string& id : present_) {
    Player& player = players_.at(id);
    if (player.hp >= rules_.hp && player.mana >= rules_.mana) continue;
    player.hp = std::min(rules_.hp, player.hp + rules_.regenerate);
    player.mana = std::min(rules_.mana, player.mana + rules_.regenerate);
    touch(player);
  }
}

void World::bring_back(std::int64_t now) {
  for (const auto& [id, kind] : map_.creatures) {
    Creature& creature = creatures_.at(id);
    if (creature.back_at == 0 || creature.back_at > now) continue;
    creature = Creature{kind.hp};
    changes_.creatures.insert(id);
    changes_.returned.push_back(id);
    note(kind.room, Note::Kind::kReturned, id);
  }
}

void World::restock(std::int64_t now) {
  for (const auto& [id, room] : map_.rooms) {
    Floor& floor = floors_.at(id);
    if (floor.restock_at == 0 || floor.restock_at > now) continue;
    floor.restock_at = 0;
    changes_.floors.insert(id);
    for (const std::string& item : room.items) {
      if (std::count(floor.items.begin(), floor.items.end(), item) > 0) continue;
      floor.items.push_back(item);
      changes_.rooms[id];  // nobody did it: seen, without a note
    }
  }
}

// ---- looking

const Player* World::player(const std::string& id) const {
  const auto found = players_.find(id);
  return found == players_.end() ? nullptr : &found->second;
}

std::vector<const Player*> World::visitors(const std::string& room) const {
  std::vector<const Player*> result;
  for (const std::string& id : present_) {
    const Player& player = players_.at(id);
    if (player.room == room) result.push_back(&player);
  }
  return result;
}

std::vector<const Player*> World::present() const {
  std::vector<const Player*> result;
  for (const std::string& id : present_) result.push_back(&players_.at(id));
  return result;
}

// A map that was changed may allow a creature less than it had.
int World::creature_hp(const std::string& id) const {
  return std::min(creatures_.at(id).hp, map_.creatures.at(id).hp);
}

std::vector<std::string> World::living(const std::string& room) const {
  std::vector<std::string> result;
  for (const auto& [id, kind] : map_.creatures) {
    if (kind.room == room && creatures_.at(id).back_at == 0) result.push_back(id);
  }
  return result;
}

std::vector<const Player*> World::all() const {
  std::vector<const Player*> result;
  for (const auto& [id, player] : players_) result.push_back(&player);
  return result;
}

// Whoever is called that in the player's room: creatures first, then people.
std::optional<Being> World::find(const Player& player, std::string_view name) const {
  for (const std::string& id : living(player.room)) {
    if (is_called(name, id, map_.creatures.at(id).name)) {
      return Being{Being::Kind::kCreature, id};
    }
  }
  const std::string_view plain = name.substr(0, 1) == "@" ? name.substr(1) : name;
  for (const Player* other : visitors(player.room)) {
    if (other->id == plain || same_name(other->name, plain)) {
      return Being{Being::Kind::kPlayer, other->id};
    }
  }
  return std::nullopt;
}

// ---- keeping books

void World::place(Player& player, const std::string& room) {
  player.room = room;
  touch(player);
  if (player.here) note(room, Note::Kind::kArrived, player.name);
}

void World::note(const std::string& room, Note::Kind kind, std::string who, std::string what) {
  changes_.rooms[room].push_back({kind, std::move(who), std::move(what)});
}

}  // namespace game
