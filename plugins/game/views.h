// SPDX-License-Identifier: Apache-2.0
// The world in words and JSON, in one language: what the frames carry.
//
//   playerStateUpdate  {name, x, y, hp, maxHp, mana, maxMana, level, score, inventory, room, text?}
//   room               {id, name, description, exits: [direction], items: [{id, name, count?}],
//                       players: [{id, name, hp, maxHp}], creatures: [{id, name, hp, maxHp}]}
//   combatResult       {attacker, target, damage, targetHp, targetMaxHp, hit, defeated, spell?, text};
//                      a target that is nobody has targetMaxHp 0
//   scoreBoard         {scores: [{place, name, score, level}], you: {...}, text}
//
// A pushed playerStateUpdate may carry x, y, room and text alone: others changed, not the reader.
#pragma once

#include <string>
#include <string_view>

#include <parley/json.hpp>

#include "world.h"

namespace game {

struct Viewer {
  const World& world;
  std::string_view locale;
  int crowd;  // people listed in a room, at most

  // text may be empty.
  parley::Json state(const Player& player, const std::string& text) const;
  parley::Json surroundings(const std::string& room, const std::string& text) const;
  parley::Json combat(const Blow& blow) const;
  parley::Json board(const Player& reader, int size) const;

  std::string describe(const std::string& room, std::string_view reader) const;
  std::string carried(const Player& player) const;
  std::string notes(const std::vector<Note>& notes) const;
  std::string refusal(Refusal refusal, const Player& player, std::string_view said) const;
  std::string thing(const std::string& id) const;
  std::string creature(const std::string& id) const;

 private:
  std::string name(const Being& being) const;
  std::string said(const Blow& blow) const;
  std::string note(const Note& note) const;
  std::string exits(const Room& room) const;
  std::string place(const Player& player) const;  // the name of the room
  std::string no_exit(const Player& player, std::string_view direction) const;
  std::string spells() const;
  parley::Json room(const std::string& id) const;
  parley::Json things(const std::vector<std::string>& ids) const;
};

}  // namespace game
