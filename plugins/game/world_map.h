// SPDX-License-Identifier: Apache-2.0
// WorldMap: what the map's author laid down: rooms, things, creatures, spells. Values; immutable
// once loaded. map_file.h reads one; world.h lives in it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace game {

// One text in the languages of the map; without Russian, English stands in.
struct Text {
  std::string en = {};
  std::string ru = {};
  const std::string& in(std::string_view locale) const {
    return locale.substr(0, 2) == "ru" && !ru.empty() ? ru : en;
  }
};

struct Thing {
  Text name = {};
  int damage = 0;  // added to its bearer's blows
};

struct CreatureKind {
  Text name = {};
  std::string room = {};
  int hp = 1;
  int damage = 0;  // of its heaviest blow; 0: it never strikes back
  int score = 0;   // for whoever defeats it
};

struct Spell {
  Text name = {};
  int mana = 0;
  int damage = 0;
  bool area = false;       // strikes every creature of the room, and needs no target
  std::string event = {};  // a world event that everybody hears of; empty: none
  Text text = {};          // what the event says
};

struct Room {
  Text name = {};
  Text description = {};
  int x = 0;
  int y = 0;
  std::map<std::string, std::string> exits = {};  // direction -> room
  std::vector<std::string> items = {};            // what lies here in the beginning
};

// Something that happens now and then by itself.
struct Happening {
  std::string event = {};
  Text text = {};
};

struct WorldMap {
  std::string start = {};
  std::map<std::string, Room> rooms = {};
  std::map<std::string, Thing> items = {};
  std::map<std::string, CreatureKind> creatures = {};
  std::map<std::int64_t, Spell> spells = {};
  std::vector<Happening> happenings = {};
};

}  // namespace game
