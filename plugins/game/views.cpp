// SPDX-License-Identifier: Apache-2.0
#include "views.h"

#include <algorithm>

#include "catalogue.h"

namespace game {
namespace {

using parley::Json;

void add(std::string& list, const std::string& word) {
  if (!list.empty()) list += ", ";
  list += word;
}

Json named(const std::string& id, const std::string& name) {
  return Json::object({{"id", id}, {"name", name}});
}

// The ways out as a compass lists them; a map may have its own directions, which come last.
std::vector<std::string> directions(const Room& here) {
  std::vector<std::string> result;
  for (const say::Direction& one : say::kDirections) {
    if (here.exits.count(one.name) > 0) result.emplace_back(one.name);
  }
  for (const auto& [direction, to] : here.exits) {
    if (std::find(result.begin(), result.end(), direction) == result.end())
      result.push_back(direction);
  }
  return result;
}

// The best first; of equals the one whose id is smaller.
std::vector<const Player*> ranked(const World& world) {
  auto players = world.all();
  std::stable_sort(players.begin(), players.end(),
                   [](const Player* a, const Player* b) { return a->score > b->score; });
  return players;
}

}  // namespace

// ---- names

std::string Viewer::thing(const std::string& id) const {
  const auto found = world.map().items.find(id);
  return found == world.map().items.end() ? id : found->second.name.in(locale);
}
std::string Viewer::creature(const std::string& id) const {
  const auto found = world.map().creatures.find(id);
  return found == world.map().creatures.end() ? id : found->second.name.in(locale);
}
std::string Viewer::name(const Being& being) const {
  if (being.kind == Being::Kind::kNobody) return std::string(say::kNobody.in(locale));
  if (being.kind == Being::Kind::kCreature) return creature(being.id);
  const Player* player = world.player(being.id);
  return player == nullptr ? being.id : player->name;
}

// ---- frames

Json Viewer::state(const Player& player, const std::string& text) const {
  const Room& room_here = world.map().rooms.at(player.room);
  Json data = Json::object();
  data.set("name", player.name).set("x", room_here.x).set("y", room_here.y);
  data.set("hp", player.hp).set("maxHp", world.rules().hp);
  data.set("mana", player.mana).set("maxMana", world.rules().mana);
  data.set("level", world.level(player)).set("score", player.score);
  data.set("inventory", things(player.inventory)).set("room", room(player.room));
  if (!text.empty()) data.set("text", text);
  return data;
}

Json Viewer::surroundings(const std::string& id, const std::string& text) const {
  const Room& here = world.map().rooms.at(id);
  Json data = Json::object({{"x", here.x}, {"y", here.y}, {"room", room(id)}});
  if (!text.empty()) data.set("text", text);
  return data;
}

Json Viewer::room(const std::string& id) const {
  const Room& here = world.map().rooms.at(id);
  Json exits = Json::array(), players = Json::array(), creatures = Json::array();
  for (const std::string& direction : directions(here)) exits.push(direction);
  int listed = 0;
  for (const Player* player : world.visitors(id)) {
    if (++listed > crowd) break;
    players.push(
        named(player->id, player->name).set("hp", player->hp).set("maxHp", world.rules().hp));
  }
  for (const std::string& one : world.living(id)) {
    const int most = world.map().creatures.at(one).hp;
    creatures.push(named(one, creature(one)).set("hp", world.creature_hp(one)).set("maxHp", most));
  }
  Json result = named(id, here.name.in(locale));
  result.set("description", here.description.in(locale)).set("exits", exits);
  result.set("items", things(world.floor(id).items)).set("players", players);
  return result.set("creatures", creatures);
}

// Equal things stand in one line; what the map no longer knows is not shown.
Json Viewer::things(const std::vector<std::string>& ids) const {
  std::vector<std::pair<std::string, int>> counted;
  for (const std::string& id : ids) {
    if (world.map().items.count(id) == 0) continue;
    const auto found = std::find_if(counted.begin(), counted.end(),
                                    [&](const auto& one) { return one.first == id; });
    if (found == counted.end()) {
      counted.emplace_back(id, 1);
    } else {
      ++found->second;
    }
  }
  Json result = Json::array();
  for (const auto& [id, count] : counted) {
    Json one = named(id, thing(id));
    if (count > 1) one.set("count", count);
    result.push(one);
  }
  return result;
}

Json Viewer::combat(const Blow& blow) const {
  Json data = Json::object();
  data.set("attacker", name(blow.attacker)).set("target", name(blow.target));
  data.set("damage", blow.damage).set("targetHp", blow.hp).set("targetMaxHp", blow.max_hp);
  data.set("hit", blow.hit).set("defeated", blow.defeated);
  if (blow.spell != 0) data.set("spell", world.map().spells.at(blow.spell).name.in(locale));
  return data.set("text", said(blow));
}

Json Viewer::board(const Player& reader, int size) const {
  Json scores = Json::array(), you = Json::object();
  std::string text;
  int place = 0;
  for (const Player* player : ranked(world)) {
    ++place;
    const int level = world.level(*player);
    Json line = Json::object({{"place", place}, {"name", player->name}});
    line.set("score", player->score).set("level", level);
    if (place <= size) scores.push(line);
    if (player->id != reader.id) continue;
    you = line;
    text = say::kYourPlace.format(locale, place, player->score, level);
  }
  return Json::object({{"scores", scores}, {"you", you}, {"text", text}});
}

// ---- words

std::string Viewer::describe(const std::string& id, std::string_view reader) const {
  const Room& here = world.map().rooms.at(id);
  std::string beings, ground;
  for (const std::string& one : world.living(id)) add(beings, creature(one));
  int listed = 0;
  for (const Player* player : world.visitors(id)) {
    if (player->id != reader && ++listed <= crowd) add(beings, player->name);
  }
  for (const std::string& item : world.floor(id).items) {
    if (world.map().items.count(item) > 0) add(ground, thing(item));
  }
  std::string text = say::kRoom.format(locale, here.name.in(locale), here.description.in(locale));
  if (!here.exits.empty()) text += say::kExits.format(locale, exits(here));
  if (!beings.empty()) text += say::kHere.format(locale, beings);
  if (!ground.empty()) text += say::kOnGround.format(locale, ground);
  return text;
}

std::string Viewer::exits(const Room& here) const {
  std::string list;
  for (const std::string& one : directions(here)) add(list, say::direction(one, locale));
  return list;
}

std::string Viewer::spells() const {
  std::string list;
  for (const auto& [id, spell] : world.map().spells) {
    add(list, std::to_string(id) + " " + spell.name.in(locale));
  }
  return list;
}

std::string Viewer::carried(const Player& player) const {
  std::string list;
  for (const std::string& item : player.inventory) {
    if (world.map().items.count(item) > 0) add(list, thing(item));
  }
  return list.empty() ? std::string(say::kYouCarryNothing.in(locale))
                      : say::kYouCarry.format(locale, list);
}

std::string Viewer::notes(const std::vector<Note>& all) const {
  std::string text;
  for (const Note& one : all) (text += text.empty() ? "" : " ") += note(one);
  return text;
}

std::string Viewer::note(const Note& one) const {
  switch (one.kind) {
    case Note::Kind::kArrived:
      return say::kArrives.format(locale, one.who);
    case Note::Kind::kLeft:
      if (one.what.empty()) return say::kLeaves.format(locale, one.who);
      return say::kLeavesTo.format(locale, one.who, say::direction(one.what, locale));
    case Note::Kind::kTook:
      return say::kTakes.format(locale, one.who, thing(one.what));
    case Note::Kind::kDropped:
      return say::kDrops.format(locale, one.who, thing(one.what));
    case Note::Kind::kReturned:
      return say::kReturns.format(locale, creature(one.who));
  }
  return {};
}

std::string Viewer::said(const Blow& blow) const {
  const std::string by = name(blow.attacker), to = name(blow.target);
  if (blow.spell == 0) {
    if (!blow.hit) return say::kMisses.format(locale, by, to);
    if (blow.defeated) return say::kDefeats.format(locale, by, to, blow.damage);
    return say::kHits.format(locale, by, to, blow.damage, blow.hp, blow.max_hp);
  }
  const auto& spell = world.map().spells.at(blow.spell);
  const std::string text = say::kCasts.format(locale, by, spell.name.in(locale));
  if (blow.target.kind == Being::Kind::kNobody)
    return text + std::string(say::kNobodyHurt.in(locale));
  if (blow.defeated) return text + say::kCastDefeats.format(locale, to, blow.damage);
  return text + say::kCastHits.format(locale, to, blow.damage, blow.hp, blow.max_hp);
}

std::string Viewer::place(const Player& player) const {
  return world.map().rooms.at(player.room).name.in(locale);
}

std::string Viewer::no_exit(const Player& player, std::string_view direction) const {
  const Room& here = world.map().rooms.at(player.room);
  if (here.exits.empty()) return say::kNoWayOut.format(locale, place(player));
  return say::kNoExit.format(locale, say::direction(direction, locale), exits(here), place(player));
}

std::string Viewer::refusal(Refusal refusal, const Player& player, std::string_view word) const {
  const Rules& rules = world.rules();
  switch (refusal) {
    case Refusal::kNone:
      return {};
    case Refusal::kWorldFull:
      return std::string(say::kWorldFull.in(locale));
    case Refusal::kNoExit:
      return no_exit(player, word);
    case Refusal::kNoSuchItem:
      return say::kNoSuchItem.format(locale, word, place(player));
    case Refusal::kNotCarried:
      return say::kNotCarried.format(locale, word);
    case Refusal::kHandsFull:
      return say::kHandsFull.format(locale, rules.inventory);
    case Refusal::kFloorFull:
      return std::string(say::kFloorFull.in(locale));
    case Refusal::kNoTarget:
      return say::kNoTarget.format(locale, word, place(player));
    case Refusal::kNeedsTarget:
      return std::string(say::kNeedsTarget.in(locale));
    case Refusal::kYourself:
      return std::string(say::kYourself.in(locale));
    case Refusal::kNoDuels:
      return std::string(say::kNoDuels.in(locale));
    case Refusal::kNoSpell:
      return say::kNoSpell.format(locale, word, spells());
    case Refusal::kNoMana:
      return say::kNoMana.format(locale, player.mana, word);
  }
  return {};
}

}  // namespace game
