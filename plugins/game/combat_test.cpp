// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "views.h"
#include "world_fixture.h"

namespace game {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(WorldTest, BlowHurtsAndTheCreatureStrikesBack) {
  Player& neo = enter_yard("Neo");
  die_ = 3;
  const Fight fight = world_.attack(neo, "Wolf", now_);
  ASSERT_EQ(fight.refusal, Refusal::kNone);
  ASSERT_EQ(fight.blows.size(), 2u);
  EXPECT_EQ(fight.blows[0].damage, 3);
  EXPECT_EQ(fight.blows[0].hp, 11);
  EXPECT_EQ(fight.blows[0].max_hp, 14);
  EXPECT_EQ(fight.blows[1].target.id, "u_Neo");
  EXPECT_EQ(neo.hp, rules_.hp - 3);
}

TEST_F(WorldTest, ThePeacefulDoNotStrikeBack) {
  Player& neo = enter_yard("Neo");
  EXPECT_EQ(world_.attack(neo, "курица", now_).blows.size(), 1u);
}

TEST_F(WorldTest, MissDoesNothing) {
  Player& neo = enter_yard("Neo");
  world_.take_changes();
  die_ = 100;
  const Fight fight = world_.attack(neo, "hen", now_);
  EXPECT_FALSE(fight.blows[0].hit);
  EXPECT_EQ(fight.blows[0].damage, 0);
  EXPECT_EQ(fight.blows[0].hp, 3);
  EXPECT_TRUE(world_.take_changes().creatures.empty());
}

TEST_F(WorldTest, WeaponsAndLevelsAddToTheHeaviestBlow) {
  Player& neo = enter_yard("Neo");
  die_ = 80;  // still hits
  EXPECT_EQ(world_.attack(neo, "wolf", now_).blows[0].damage, rules_.damage);
  ASSERT_EQ(world_.take(neo, "sword", now_), Refusal::kNone);
  neo.score = rules_.level;  // level 2
  const int before = world_.creature_hp("wolf");
  EXPECT_EQ(world_.attack(neo, "wolf", now_).blows[0].damage, rules_.damage + 4 + 1);
  EXPECT_EQ(world_.creature_hp("wolf"), std::max(0, before - rules_.damage - 5));
}

TEST_F(WorldTest, DefeatedCreatureCountsAndComesBackLater) {
  Player& neo = enter_yard("Neo");
  die_ = 3;
  const Fight fight = world_.attack(neo, "hen", now_);
  EXPECT_TRUE(fight.blows[0].defeated);
  EXPECT_EQ(neo.score, 1);
  EXPECT_THAT(world_.living("yard"), Not(Contains("hen")));
  EXPECT_EQ(world_.attack(neo, "hen", now_).refusal, Refusal::kNoTarget);
  world_.pulse(now_ + rules_.respawn - 1);
  EXPECT_THAT(world_.living("yard"), Not(Contains("hen")));
  world_.take_changes();
  world_.pulse(now_ + rules_.respawn);
  EXPECT_THAT(world_.living("yard"), Contains("hen"));
  EXPECT_THAT(world_.take_changes().returned, ::testing::ElementsAre("hen"));
}

TEST_F(WorldTest, DefeatedPlayerWakesUpAtTheStart) {
  Player& neo = enter_yard("Neo");
  Player& ann = enter_yard("Ann");
  ann.hp = 2;
  die_ = 2;
  const Fight fight = world_.attack(neo, "@ann", now_);
  ASSERT_EQ(fight.blows.size(), 1u);
  EXPECT_TRUE(fight.blows[0].defeated);
  EXPECT_EQ(fight.blows[0].hp, 0);
  EXPECT_EQ(ann.room, "hall");
  EXPECT_EQ(ann.hp, rules_.hp);
  EXPECT_EQ(neo.score, rules_.victory);
}

TEST_F(WorldTest, WolfCanDefeatItsAttacker) {
  Player& neo = enter_yard("Neo");
  neo.hp = 1;
  const Fight fight = world_.attack(neo, "wolf", now_);
  ASSERT_EQ(fight.blows.size(), 2u);
  EXPECT_TRUE(fight.blows[1].defeated);
  EXPECT_EQ(neo.room, "hall");
}

TEST_F(WorldTest, NobodyFightsThemselvesTheAbsentOrWhereDuelsAreOff) {
  Player& neo = enter_yard("Neo");
  enter("Ann");
  EXPECT_EQ(world_.attack(neo, "neo", now_).refusal, Refusal::kYourself);
  EXPECT_EQ(world_.attack(neo, "Ann", now_).refusal, Refusal::kNoTarget);
  enter_yard("Eve");
  rules_.duels = false;
  world_.set_rules(rules_);
  EXPECT_EQ(world_.attack(neo, "Eve", now_).refusal, Refusal::kNoDuels);
  EXPECT_EQ(world_.cast(neo, 1, "Eve", now_).refusal, Refusal::kNoDuels);
}

TEST_F(WorldTest, SpellNeverMissesAndTakesMana) {
  Player& neo = enter_yard("Neo");
  die_ = 100;
  const Fight fight = world_.cast(neo, 1, "wolf", now_);
  ASSERT_EQ(fight.refusal, Refusal::kNone);
  EXPECT_EQ(fight.blows[0].damage, 6);
  EXPECT_EQ(fight.blows[0].hp, 8);
  EXPECT_EQ(neo.mana, rules_.mana - 5);
  neo.mana = 4;
  EXPECT_EQ(world_.cast(neo, 1, "wolf", now_).refusal, Refusal::kNoMana);
  EXPECT_EQ(world_.cast(neo, 2, "wolf", now_).refusal, Refusal::kNoSpell);
  EXPECT_EQ(world_.cast(neo, 1, "", now_).refusal, Refusal::kNeedsTarget);
  EXPECT_EQ(world_.cast(neo, 1, "player_456", now_).refusal, Refusal::kNoTarget);
  EXPECT_EQ(neo.mana, 4);
}

TEST_F(WorldTest, AreaSpellStrikesEveryCreatureAndNobodyElse) {
  Player& neo = enter_yard("Neo");
  const Player& ann = enter_yard("Ann");
  const Fight fight = world_.cast(neo, 123, "player_456", now_);
  ASSERT_EQ(fight.refusal, Refusal::kNone);
  ASSERT_EQ(fight.blows.size(), 2u);
  EXPECT_EQ(fight.blows[0].target.id, "hen");
  EXPECT_TRUE(fight.blows[0].defeated);
  EXPECT_EQ(fight.blows[1].target.id, "wolf");
  EXPECT_EQ(fight.blows[1].damage, 8);
  EXPECT_EQ(fight.blows[1].hp, 6);
  EXPECT_EQ(fight.blows[1].max_hp, 14);
  EXPECT_FALSE(fight.blows[1].defeated);
  EXPECT_EQ(ann.hp, rules_.hp);
  EXPECT_EQ(neo.score, 1);
  EXPECT_TRUE(world_.cast(neo, 123, "", now_).blows[0].defeated);
}

TEST_F(WorldTest, AreaSpellWhereNobodyIsNamesNoTarget) {
  Player& neo = enter("Neo");
  const Fight fight = world_.cast(neo, 123, "", now_);
  ASSERT_EQ(fight.blows.size(), 1u);
  const auto said = Viewer{world_, "en", 50}.combat(fight.blows[0]);
  EXPECT_THAT(said.text(), HasSubstr("Nobody here is hurt."));
  EXPECT_THAT(said.text(), HasSubstr("\"target\":\"nobody\""));
  EXPECT_THAT(said.text(), HasSubstr("\"hit\":false"));
}

TEST_F(WorldTest, WordsTellWhatABlowDid) {
  Player& neo = enter_yard("Neo");
  die_ = 3;
  const Fight fight = world_.attack(neo, "wolf", now_);
  const auto en = Viewer{world_, "en", 50}.combat(fight.blows[0]);
  EXPECT_THAT(en.text(), HasSubstr("Neo hits wolf: 3 damage, 11 of 14 left."));
  const auto ru = Viewer{world_, "ru", 50}.combat(fight.blows[0]);
  EXPECT_THAT(ru.text(), HasSubstr("Neo нападает, цель: волк. Урон: 3, осталось 11 из 14."));
}

}  // namespace
}  // namespace game
