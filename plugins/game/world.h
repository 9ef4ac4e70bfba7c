// SPDX-License-Identifier: Apache-2.0
// World: the players, things and creatures on a map, and what they can do. Pure: no clock, no
// chance, no storage of its own; times (milliseconds since 1970) and the dice are handed in.
//
// Ownership: it owns all state; pointers it gives out live until the next call that adds or forgets
// a player. Thread: one. Failure: an action that cannot be done returns a Refusal and changes
// nothing. What an action did change is collected until take_changes(): records to store, rooms
// whose visitors see something new.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "world_map.h"

namespace game {

using Random = std::function<int(int least, int most)>;

// Each has a key of the same name in the plugin's settings; times in milliseconds here.
struct Rules {
  int hp = 30;
  int mana = 50;
  int damage = 6;
  int hit_percent = 80;
  int victory = 5;  // score for defeating a player
  int level = 50;   // score per level
  int inventory = 20;
  int floor = 50;
  int players = 10000;
  int regenerate = 5;
  bool duels = true;
  std::int64_t respawn = 60'000;
  std::int64_t restock = 120'000;
};

struct Player {
  std::string id = {};
  std::string name = {};
  std::string locale = {};
  std::string room = {};
  int hp = 0;
  int mana = 0;
  std::int64_t score = 0;
  std::int64_t seen = 0;
  std::vector<std::string> inventory = {};  // ids of things, in the order they were taken
  bool here = false;                        // in the world now; not stored
};

struct Floor {
  std::vector<std::string> items = {};
  std::int64_t restock_at = 0;  // 0: nothing is missing
};

struct Creature {
  int hp = 0;
  std::int64_t back_at = 0;  // 0: alive
};

enum class Refusal {
  kNone,
  kWorldFull,
  kNoExit,
  kNoSuchItem,
  kNotCarried,
  kHandsFull,
  kFloorFull,
  kNoTarget,
  kNeedsTarget,
  kYourself,
  kNoDuels,
  kNoSpell,
  kNoMana,
};

// Why people in a room see something new.
struct Note {
  enum class Kind { kArrived, kLeft, kTook, kDropped, kReturned };
  Kind kind;
  std::string who;   // a player's name, or a creature's id
  std::string what;  // direction or thing, where there is one
};

struct Changes {
  std::set<std::string> players = {};  // records to store; a forgotten one has no player any more
  std::set<std::string> floors = {};
  std::set<std::string> creatures = {};
  std::map<std::string, std::vector<Note>> rooms = {};  // room -> what its visitors see
  std::vector<std::string> returned = {};               // creatures that came back to life
};

struct Being {
  enum class Kind { kNobody, kPlayer, kCreature };
  Kind kind = Kind::kNobody;
  std::string id = {};  // of the player or the creature
};

struct Blow {
  Being attacker = {};
  Being target = {};
  std::string room = {};
  std::int64_t spell = 0;  // 0: by hand
  int damage = 0;
  int hp = 0;
  int max_hp = 0;
  bool hit = false;
  bool defeated = false;
};

struct Fight {
  Refusal refusal = Refusal::kNone;
  // The first one is the actor's own. A spell over an area has one for each creature it struck, or a
  // single one at nobody.
  std::vector<Blow> blows = {};
};

class World {
 public:
  World(WorldMap map, Rules rules, Random random);

  const WorldMap& map() const { return map_; }
  const Rules& rules() const { return rules_; }
  // Players whose room is gone stand in the start room; everything else stays as it is.
  void set_map(WorldMap map);
  void set_rules(Rules rules) { rules_ = rules; }

  // What was stored before; call before anybody plays.
  void restore(Player player);
  void restore(const std::string& room, Floor floor);
  void restore(const std::string& creature, Creature state);
  // Puts what storage holds in the place of what could not be stored. Nothing: back to what the map
  // says, and a player who was never stored is gone.
  void revert_player(const std::string& id, std::optional<Player> stored);
  void revert_floor(const std::string& room, std::optional<Floor> stored);
  void revert_creature(const std::string& id, std::optional<Creature> stored);

  // Coming and going. nullptr: the world is full of people who are all here.
  Player* enter(std::string_view id, std::string_view name, std::string_view locale,
                std::int64_t now);
  void leave(const std::string& id, std::int64_t now);
  // Somebody who is here and was here before a reload: nobody sees them come.
  void resume(Player player);
  void forget(const std::string& id);

  Refusal move(Player& player, const std::string& direction);
  Refusal take(Player& player, std::string_view item, std::int64_t now);
  Refusal drop(Player& player, std::string_view item);
  Fight attack(Player& player, std::string_view target, std::int64_t now);
  // target may be empty; a spell over an area does not look at a target that is not here.
  Fight cast(Player& player, std::int64_t spell, std::string_view target, std::int64_t now);
  // Time passes: wounds heal, creatures come back, floors are restocked.
  void pulse(std::int64_t now);

  Changes take_changes() { return std::exchange(changes_, {}); }

  // Looking.
  const Player* player(const std::string& id) const;
  const Floor& floor(const std::string& room) const { return floors_.at(room); }
  const Creature& creature(const std::string& id) const { return creatures_.at(id); }
  int creature_hp(const std::string& id) const;
  std::vector<const Player*> visitors(const std::string& room) const;  // who is here, by id
  std::vector<const Player*> present() const;                          // everybody who is here
  std::vector<std::string> living(const std::string& room) const;      // creatures
  std::vector<const Player*> all() const;
  int level(const Player& player) const {
    return 1 + static_cast<int>(player.score / rules_.level);
  }

 private:
  void settle_map();
  std::optional<Being> find(const Player& player, std::string_view name) const;
  bool make_room_for_one();
  void note(const std::string& room, Note::Kind kind, std::string who, std::string what = {});
  void place(Player& player, const std::string& room);
  void touch(const Player& player) { changes_.players.insert(player.id); }
  int strength(const Player& player) const;
  Refusal may_fight(const Player& player, const Being& target) const;
  bool hits() { return random_(1, 100) <= rules_.hit_percent; }
  void strike(Player& by, Blow& blow, std::int64_t now);
  void hurt_creature(Player& by, Blow& blow, std::int64_t now);
  void hurt_player(Blow& blow);
  void strike_back(Fight& fight);
  std::vector<Blow> strike_all(Player& by, std::int64_t spell, std::int64_t now);
  void regenerate();
  void restock(std::int64_t now);
  void bring_back(std::int64_t now);

  WorldMap map_;
  Rules rules_;
  Random random_;
  std::map<std::string, Player> players_;
  std::set<std::string> present_;              // ids of those who are here
  std::map<std::string, Floor> floors_;        // one for each room, and of rooms that once were
  std::map<std::string, Creature> creatures_;  // likewise
  Changes changes_;
};

}  // namespace game
