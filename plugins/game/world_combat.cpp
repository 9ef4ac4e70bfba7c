// SPDX-License-Identifier: Apache-2.0
// Blows, by hand and by spell.
#include <algorithm>

#include "world.h"

namespace game {

Refusal World::may_fight(const Player& player, const Being& target) const {
  if (target.kind != Being::Kind::kPlayer) return Refusal::kNone;
  if (target.id == player.id) return Refusal::kYourself;
  return rules_.duels ? Refusal::kNone : Refusal::kNoDuels;
}

// The heaviest blow by hand: the best thing carried counts, and every level.
int World::strength(const Player& player) const {
  int best = 0;
  for (const std::string& item : player.inventory) {
    const auto thing = map_.items.find(item);
    if (thing != map_.items.end()) best = std::max(best, thing->second.damage);
  }
  return rules_.damage + best + level(player) - 1;
}

Fight World::attack(Player& player, std::string_view target, std::int64_t now) {
  const auto found = find(player, target);
  if (!found) return {Refusal::kNoTarget};
  if (const auto refusal = may_fight(player, *found); refusal != Refusal::kNone) return {refusal};
  Blow blow{{Being::Kind::kPlayer, player.id}, *found, player.room};
  blow.hit = hits();
  if (blow.hit) blow.damage = random_(1, strength(player));
  strike(player, blow, now);
  Fight fight{Refusal::kNone, {blow}};
  strike_back(fight);
  return fight;
}

Fight World::cast(Player& player, std::int64_t id, std::string_view target, std::int64_t now) {
  const auto spell = map_.spells.find(id);
  if (spell == map_.spells.end()) return {Refusal::kNoSpell};
  const auto found = find(player, target);
  if (!found && !spell->second.area) {
    return {target.empty() ? Refusal::kNeedsTarget : Refusal::kNoTarget};
  }
  if (player.mana < spell->second.mana) return {Refusal::kNoMana};
  if (!spell->second.area) {
    const auto refusal = may_fight(player, *found);
    if (refusal != Refusal::kNone) return {refusal};
  }
  player.mana -= spell->second.mana;
  touch(player);
  if (spell->second.area) return {Refusal::kNone, strike_all(player, id, now)};
  Blow blow{{Being::Kind::kPlayer, player.id}, *found, player.room, id};
  blow.hit = true;
  blow.damage = spell->second.damage;
  strike(player, blow, now);
  return {Refusal::kNone, {blow}};
}

void World::strike(Player& by, Blow& blow, std::int64_t now) {
  if (blow.target.kind == Being::Kind::kCreature) {
    hurt_creature(by, blow, now);
    return;
  }
  hurt_player(blow);
  if (!blow.defeated) return;
  by.score += rules_.victory;
  touch(by);
}

void World::hurt_creature(Player& by, Blow& blow, std::int64_t now) {
  const CreatureKind& kind = map_.creatures.at(blow.target.id);
  Creature& creature = creatures_.at(blow.target.id);
  creature.hp = std::max(0, creature_hp(blow.target.id) - blow.damage);
  blow.hp = creature.hp;
  blow.max_hp = kind.hp;
  blow.defeated = creature.hp == 0;
  if (!blow.hit) return;
  changes_.creatures.insert(blow.target.id);
  changes_.rooms[kind.room];
  if (!blow.defeated) return;
  creature.back_at = now + rules_.respawn;
  by.score += kind.score;
  touch(by);
}

// The defeated wake up where everybody begins, in good health.
void World::hurt_player(Blow& blow) {
  Player& victim = players_.at(blow.target.id);
  victim.hp = std::max(0, victim.hp - blow.damage);
  blow.hp = victim.hp;
  blow.max_hp = rules_.hp;
  blow.defeated = victim.hp == 0;
  if (blow.hit) touch(victim);
  if (!blow.defeated) return;
  victim.hp = rules_.hp;
  note(victim.room, Note::Kind::kLeft, victim.name);
  place(victim, map_.start);
}

void World::strike_back(Fight& fight) {
  const Blow first = fight.blows.front();
  if (first.target.kind != Being::Kind::kCreature || first.defeated) return;
  const int most = map_.creatures.at(first.target.id).damage;
  if (most == 0) return;
  Blow blow{first.target, first.attacker, first.room};
  blow.hit = hits();
  if (blow.hit) blow.damage = random_(1, most);
  hurt_player(blow);
  fight.blows.push_back(blow);
}

// Every creature of the room is hurt, each by a blow of its own.
std::vector<Blow> World::strike_all(Player& by, std::int64_t spell, std::int64_t now) {
  std::vector<Blow> blows;
  for (const std::string& id : living(by.room)) {
    Blow& one = blows.emplace_back(
        Blow{{Being::Kind::kPlayer, by.id}, {Being::Kind::kCreature, id}, by.room, spell});
    one.hit = true;
    one.damage = map_.spells.at(spell).damage;
    hurt_creature(by, one, now);
  }
  if (blows.empty()) blows.push_back({{Being::Kind::kPlayer, by.id}, {}, by.room, spell});
  return blows;
}

}  // namespace game
