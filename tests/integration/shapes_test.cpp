// SPDX-License-Identifier: Apache-2.0
// The seven message shapes of the protocol's first section, sent and awaited as they stand there.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

class Shapes : public SharedServer {};

TEST_F(Shapes, MoveAnswersWithPlayerStateUpdate) {
  Client neo(server().port());
  neo.enter("Mover");
  neo.send(R"({"action":"move","direction":"north"})");
  const auto state = neo.read_until("playerStateUpdate");
  EXPECT_TRUE(state.at("data").is_object()) << state;
  EXPECT_FALSE(state.contains("id")) << "no id was given";
}

TEST_F(Shapes, CastSpellAnswersWithCombatResult) {
  Client neo(server().port());
  neo.enter("Caster");
  neo.send(R"({"action":"castSpell","spellId":123,"target":"player_456"})");
  const auto result = neo.read_until("combatResult");
  EXPECT_TRUE(result.at("data").is_object()) << result;
}

TEST_F(Shapes, SendChatArrivesAsChatMessage) {
  Client neo(server().port());
  neo.enter("Talker");
  neo.send(R"({"action":"sendChat","message":"Привет мир!","channel":"global"})");
  const auto message = neo.read_until("chatMessage");
  EXPECT_EQ(message.at("data").at("from"), "Talker");
  EXPECT_EQ(message.at("data").at("text"), "Привет мир!");
}

TEST_F(Shapes, WorldEventHasItsNameBesideTheType) {
  Client neo(server().port());
  neo.enter("Quaker");
  neo.send(R"({"action":"castSpell","spellId":123,"target":"player_456"})");
  const auto event = neo.read_until("worldEvent");
  EXPECT_EQ(event.at("event"), "earthquake");
  EXPECT_FALSE(event.contains("data")) << event;
}

TEST_F(Shapes, DataHoldsTheArgumentsWhenItIsThere) {
  Client neo(server().port());
  neo.enter("Nester");
  neo.send(R"({"action":"sendChat","id":"a","message":"ignored",
               "data":{"message":"taken","channel":"global"}})");
  EXPECT_EQ(neo.read_reply("a")["type"], "ok");
  EXPECT_EQ(neo.read_until("chatMessage").at("data").at("text"), "taken");
}

TEST_F(Shapes, SlashLineIsTheSameCommand) {
  Client neo(server().port());
  neo.enter("Slasher");
  neo.send(R"({"action":"sendChat","id":5,"channel":"global","message":"/move north"})");
  EXPECT_EQ(neo.read_reply(5)["type"], "playerStateUpdate");
  neo.send(R"({"action":"sendChat","id":6,"channel":"global","message":"/roll 2d6"})");
  EXPECT_EQ(neo.read_reply(6)["type"], "diceRolled");
  neo.send(R"({"action":"sendChat","id":7,"channel":"global","message":"/nonesuch"})");
  EXPECT_EQ(error_code(neo.read_reply(7)), "unknown_action");

  const auto published = [](const Json& frame) { return frame.value("type", "") == "chatMessage"; };
  EXPECT_TRUE(neo.hears_nothing_of(published)) << "a command line is never published";
}

TEST_F(Shapes, DoubleSlashIsText) {
  Client neo(server().port());
  neo.enter("Escaper");
  neo.send(R"({"action":"sendChat","id":1,"channel":"global","message":"//move north"})");
  EXPECT_EQ(neo.read_reply(1)["type"], "ok");
  EXPECT_EQ(neo.read_until("chatMessage").at("data").at("text"), "/move north");
}

}  // namespace
}  // namespace parley::test
