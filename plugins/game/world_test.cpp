// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <gmock/gmock.h>

#include "records.h"
#include "world_fixture.h"

namespace game {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(WorldTest, NewcomersStandInTheStartRoom) {
  const Player& neo = enter("Neo");
  EXPECT_EQ(neo.room, "hall");
  EXPECT_EQ(neo.hp, rules_.hp);
  const Changes changes = world_.take_changes();
  EXPECT_THAT(changes.players, ElementsAre("u_Neo"));
  ASSERT_EQ(changes.rooms.at("hall").size(), 1u);
  EXPECT_EQ(changes.rooms.at("hall")[0].kind, Note::Kind::kArrived);
}

TEST_F(WorldTest, SecondCommandOfTheSamePersonChangesNothing) {
  enter("Neo");
  world_.take_changes();
  enter("Neo");
  EXPECT_THAT(world_.take_changes().players, IsEmpty());
}

TEST_F(WorldTest, MovesThroughExitsOnly) {
  Player& neo = enter("Neo");
  world_.take_changes();
  EXPECT_EQ(world_.move(neo, "west"), Refusal::kNoExit);
  EXPECT_EQ(neo.room, "hall");
  EXPECT_THAT(world_.take_changes().players, IsEmpty());
  EXPECT_EQ(world_.move(neo, "north"), Refusal::kNone);
  EXPECT_EQ(neo.room, "yard");
  EXPECT_EQ(world_.take_changes().rooms.size(), 2u);
}

TEST_F(WorldTest, TakesAThingByItsNameInEitherLanguageAndPutsItDown) {
  Player& neo = enter_yard("Neo");
  EXPECT_EQ(world_.take(neo, "key", now_), Refusal::kNoSuchItem);
  EXPECT_EQ(world_.take(neo, "СТАРЫЙ меч", now_), Refusal::kNone);
  EXPECT_THAT(neo.inventory, ElementsAre("sword"));
  EXPECT_THAT(world_.floor("yard").items, IsEmpty());
  EXPECT_EQ(world_.take(neo, "sword", now_), Refusal::kNoSuchItem);
  EXPECT_EQ(world_.drop(neo, "key"), Refusal::kNotCarried);
  EXPECT_EQ(world_.drop(neo, "Old Sword"), Refusal::kNone);
  EXPECT_THAT(neo.inventory, IsEmpty());
  EXPECT_THAT(world_.floor("yard").items, ElementsAre("sword"));
}

TEST_F(WorldTest, KeepsInventoryAndFloorWithinTheirBounds) {
  rules_.inventory = 1;
  rules_.floor = 1;
  world_.set_rules(rules_);
  Player& neo = enter("Neo");
  ASSERT_EQ(world_.take(neo, "key", now_), Refusal::kNone);
  ASSERT_EQ(world_.move(neo, "north"), Refusal::kNone);
  EXPECT_EQ(world_.take(neo, "sword", now_), Refusal::kHandsFull);
  EXPECT_EQ(world_.drop(neo, "key"), Refusal::kFloorFull);
  EXPECT_THAT(neo.inventory, ElementsAre("key"));
}

TEST_F(WorldTest, ThingsThatWereTakenLieThereAgainLater) {
  Player& neo = enter("Neo");
  ASSERT_EQ(world_.take(neo, "key", now_), Refusal::kNone);
  world_.pulse(now_ + rules_.restock - 1);
  EXPECT_THAT(world_.floor("hall").items, IsEmpty());
  world_.pulse(now_ + rules_.restock);
  EXPECT_THAT(world_.floor("hall").items, ElementsAre("key"));
  world_.pulse(now_ + 10 * rules_.restock);
  EXPECT_THAT(world_.floor("hall").items, ElementsAre("key"));
}

TEST_F(WorldTest, HealsThoseWhoAreHereAndNobodyBeyondTheirHealth) {
  Player& neo = enter("Neo");
  neo.hp = rules_.hp - 7;
  world_.pulse(now_);
  EXPECT_EQ(neo.hp, rules_.hp - 2);
  world_.pulse(now_);
  EXPECT_EQ(neo.hp, rules_.hp);
  neo.hp = 1;
  world_.leave("u_Neo", now_);
  world_.pulse(now_);
  EXPECT_EQ(neo.hp, 1);
}

TEST_F(WorldTest, ShowsOnlyThoseWhoAreHere) {
  enter("Neo");
  enter("Ann");
  EXPECT_EQ(world_.visitors("hall").size(), 2u);
  world_.leave("u_Neo", now_);
  ASSERT_EQ(world_.visitors("hall").size(), 1u);
  EXPECT_EQ(world_.visitors("hall")[0]->name, "Ann");
  EXPECT_NE(world_.player("u_Neo"), nullptr);
  world_.forget("u_Neo");
  EXPECT_EQ(world_.player("u_Neo"), nullptr);
}

TEST_F(WorldTest, ForgetsTheLongestAbsentWhenItIsFullAndNeverThePresent) {
  rules_.players = 2;
  world_.set_rules(rules_);
  enter("Neo");
  enter("Ann");
  EXPECT_EQ(world_.enter("u_Eve", "Eve", "en", now_), nullptr);
  world_.leave("u_Neo", now_);
  EXPECT_NE(world_.enter("u_Eve", "Eve", "en", now_), nullptr);
  EXPECT_EQ(world_.player("u_Neo"), nullptr);
  EXPECT_NE(world_.player("u_Ann"), nullptr);
}

TEST_F(WorldTest, NewMapBringsTheStrandedToItsStart) {
  Player& neo = enter_yard("Neo");
  ASSERT_EQ(world_.take(neo, "sword", now_), Refusal::kNone);
  WorldMap smaller = small_map();
  smaller.rooms.erase("yard");
  smaller.rooms["hall"].exits.clear();
  smaller.creatures.clear();
  smaller.items.erase("sword");
  world_.set_map(smaller);
  EXPECT_EQ(neo.room, "hall");
  EXPECT_EQ(world_.drop(neo, "sword"), Refusal::kNotCarried);
  world_.set_map(small_map());
  EXPECT_THAT(neo.inventory, ElementsAre("sword"));
}

TEST_F(WorldTest, TakesBackWhatWasNotStored) {
  Player& neo = enter("Neo");
  const Player before = neo;
  ASSERT_EQ(world_.take(neo, "key", now_), Refusal::kNone);
  world_.revert_player("u_Neo", before);
  world_.revert_floor("hall", std::nullopt);
  EXPECT_THAT(world_.player("u_Neo")->inventory, IsEmpty());
  EXPECT_TRUE(world_.player("u_Neo")->here);
  EXPECT_THAT(world_.floor("hall").items, ElementsAre("key"));
  world_.revert_player("u_Neo", std::nullopt);
  EXPECT_THAT(world_.visitors("hall"), IsEmpty());
}

TEST(Records, KeepEverything) {
  Player player{"u_1", "Нео \"the\" one", "ru", "yard", 3, 4, 5, 6, {"key", "key"}};
  const auto read = read_player("u_1", to_record(player));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_record(*read), to_record(player));
  EXPECT_EQ(read->name, player.name);
  EXPECT_EQ(read->inventory, player.inventory);
  const auto floor = read_floor(to_record(Floor{{"key"}, 77}));
  ASSERT_TRUE(floor);
  EXPECT_THAT(floor->items, ElementsAre("key"));
  EXPECT_EQ(floor->restock_at, 77);
  const auto creature = read_creature(to_record(Creature{0, 99}));
  ASSERT_TRUE(creature);
  EXPECT_EQ(creature->back_at, 99);
}

TEST(Records, RefuseWhatIsNoRecord) {
  EXPECT_FALSE(read_player("u_1", ""));
  EXPECT_FALSE(read_player("u_1", "[1]"));
  EXPECT_FALSE(read_floor("7"));
  EXPECT_FALSE(read_creature("\"x\""));
}

}  // namespace
}  // namespace game
