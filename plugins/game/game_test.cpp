// SPDX-License-Identifier: Apache-2.0
// The plugin as people meet it, on the shipped map.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::EventKind;
using parley::Json;
using parley::JsonView;
using parley::testing::Caller;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using parley::testing::Pushed;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace {

const Caller kNeo{};
const Caller kAnn{.id = "u_ann", .name = "Ann", .session = "s_ann"};
const Caller kIvan{.id = "u_ivan", .name = "Иван", .session = "s_ivan", .locale = "ru"};

std::string shipped_map() {
  std::ifstream file(PARLEY_PLUGIN_DATA "/map.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

HostOptions options(const std::string& config = R"({"event_every":0})") {
  return {.config = config, .files = {{"map.yaml", shipped_map()}}};
}

std::vector<std::string> names(JsonView list) {
  std::vector<std::string> result;
  for (const JsonView one : list.items()) {
    result.push_back(one.is_string() ? one.or_else("") : one["name"].or_else(""));
  }
  return result;
}

// What one user was pushed, of one type.
std::vector<Pushed> pushed(const FakeHost& host, const std::string& type, const std::string& user) {
  std::vector<Pushed> result;
  for (const Pushed& push : host.pushes()) {
    const bool all = push.scope == PARLEY_PUSH_ALL;
    const bool his = std::count(push.targets.begin(), push.targets.end(), user) > 0;
    const bool except = std::count(push.except.begin(), push.except.end(), user) > 0;
    if (push.frame.type == type && (all || his) && !except) result.push_back(push);
  }
  return result;
}

TEST(Game, LookShowsTheWholeState) {
  FakeHost host(options());
  const auto reply = host.call("look");
  ASSERT_EQ(reply.type(), "playerStateUpdate") << reply.text();
  const JsonView data = reply.data();
  EXPECT_EQ(data["name"].or_else(""), "Neo");
  EXPECT_EQ(data["hp"].or_else(0), 30);
  EXPECT_EQ(data["maxMana"].or_else(0), 50);
  EXPECT_EQ(data["x"].or_else(-9), 0);
  EXPECT_EQ(data["level"].or_else(0), 1);
  EXPECT_EQ(data["room"]["id"].or_else(""), "square");
  EXPECT_THAT(names(data["room"]["exits"]), Contains("north"));
  EXPECT_THAT(names(data["room"]["items"]), ElementsAre("lantern"));
  EXPECT_THAT(names(data["room"]["players"]), ElementsAre("Neo"));
  EXPECT_TRUE(data["inventory"].is_array());
  EXPECT_THAT(data["text"].or_else(""), HasSubstr("Village square. An old well"));
}

TEST(Game, SpeaksRussian) {
  FakeHost host(options());
  const auto reply = host.call("look", {}, kIvan);
  EXPECT_EQ(reply.data()["room"]["name"].or_else(""), "Площадь");
  EXPECT_THAT(reply.data()["text"].or_else(""), HasSubstr("Выходы: север, юг"));
  EXPECT_EQ(host.call("take", {{"item", "топор"}}, kIvan).message(),
            "здесь (Площадь) нет такой вещи: топор. Что есть, покажет /look");
  EXPECT_EQ(host.call("take", {{"item", "Фонарь"}}, kIvan).data()["text"].or_else(""),
            "Вы берёте: фонарь.");
}

// {"action":"move","direction":"north"}
TEST(Game, MovesAsTheProtocolSays) {
  FakeHost host(options());
  const auto reply = host.call("move", {{"direction", "north"}});
  ASSERT_EQ(reply.type(), "playerStateUpdate");
  EXPECT_EQ(reply.data()["room"]["id"].or_else(""), "forest");
  EXPECT_EQ(reply.data()["y"].or_else(0), 1);
  EXPECT_THAT(names(reply.data()["room"]["creatures"]), ElementsAre("wolf"));
  EXPECT_EQ(host.call("move", {{"direction", "west"}}).code(), "not_found");
  EXPECT_EQ(host.call("move", {{"direction", "sideways"}}).code(), "invalid_args");
  EXPECT_EQ(host.call("s").data()["room"]["id"].or_else(""), "square");
  EXPECT_EQ(host.call("west").data()["room"]["id"].or_else(""), "tower");
  EXPECT_EQ(host.call("up").data()["room"]["id"].or_else(""), "study");
}

// The buttons of a card outlive the room it shows.
TEST(Game, AButtonOfARoomThatWasLeftSaysWhereOneIsNow) {
  FakeHost host(options());
  host.call("look");
  host.call("north");
  EXPECT_EQ(host.call("move", {{"direction", "west"}}).message(),
            "you are at: Dark forest. There is no way west from here; exits: north, south");
  EXPECT_EQ(host.call("take", {{"item", "lantern"}}).message(),
            "there is no 'lantern' on the ground at: Dark forest. /look shows what is there");
  EXPECT_THAT(host.call("drop", {{"item", "lantern"}}).message(), HasSubstr("/inventory"));
  host.call("south");
  EXPECT_EQ(host.call("attack", {{"target", "wolf"}}).message(),
            "there is no 'wolf' at: Village square. /look shows who is there");
}

// {"action":"castSpell","spellId":123,"target":"player_456"}
TEST(Game, CastsTheEarthquakeAsTheProtocolSays) {
  FakeHost host(options());
  host.call("look", {}, kIvan);
  host.forget();
  const auto reply = host.call("castSpell", {{"spellId", 123}, {"target", "player_456"}});
  ASSERT_EQ(reply.type(), "combatResult") << reply.text();
  EXPECT_EQ(reply.data()["attacker"].or_else(""), "Neo");
  EXPECT_EQ(reply.data()["target"].or_else(""), "nobody");  // the square is empty
  EXPECT_FALSE(reply.data()["hit"].or_else(true));
  EXPECT_EQ(reply.data()["damage"].or_else(-1), 0);
  const auto heard = pushed(host, "worldEvent", "u_neo");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].scope, std::uint32_t{PARLEY_PUSH_ALL});
  EXPECT_EQ(heard[0].frame.fields()["event"].or_else(""), "earthquake");
  EXPECT_TRUE(heard[0].frame.data_text.empty());
  const auto russian = pushed(host, "worldEvent", "u_ivan");
  ASSERT_EQ(russian.size(), 1u);
  EXPECT_THAT(russian[0].frame.text(), HasSubstr("Земля дрожит"));
}

TEST(Game, RefusesSpellsWithASentence) {
  FakeHost host(options());
  EXPECT_EQ(host.call("castSpell", {{"spellId", 1}, {"target", "player_456"}}).code(), "not_found");
  EXPECT_EQ(host.call("castSpell", {{"spellId", 1}}).code(), "invalid_args");
  const auto unknown = host.call("cast", {{"spellId", 7}});
  EXPECT_EQ(unknown.code(), "not_found");
  EXPECT_THAT(unknown.message(), HasSubstr("123 earthquake"));
  EXPECT_EQ(host.call("castSpell", {{"spellId", "boom"}}).code(), "invalid_args");
  for (int i = 0; i < 5; ++i) host.call("castSpell", {{"spellId", 123}});
  EXPECT_THAT(host.call("castSpell", {{"spellId", 123}}).code(), HasSubstr("no_mana"));
  host.advance(20s);
  EXPECT_EQ(host.call("castSpell", {{"spellId", 123}}).type(), "combatResult");
}

TEST(Game, OthersSeeWhoComesAndGoes) {
  FakeHost host(options());
  host.call("look");
  host.call("look", {}, kAnn);
  const auto arrived = pushed(host, "playerStateUpdate", "u_neo");
  ASSERT_EQ(arrived.size(), 1u);
  EXPECT_THAT(names(arrived[0].frame.data()["room"]["players"]), Contains("Ann"));
  EXPECT_EQ(arrived[0].frame.data()["text"].or_else(""), "Ann arrives.");
  host.forget();
  host.call("move", {{"direction", "north"}}, kAnn);
  const auto left = pushed(host, "playerStateUpdate", "u_neo");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_THAT(names(left[0].frame.data()["room"]["players"]), Not(Contains("Ann")));
  EXPECT_THAT(pushed(host, "playerStateUpdate", "u_ann"), IsEmpty());
}

TEST(Game, LeavesWithTheLastSessionOnly) {
  FakeHost host(options());
  Caller second = kAnn;
  second.session = "s_ann2";
  host.happen(EventKind::kSessionOpened, kAnn);
  host.happen(EventKind::kSessionOpened, second);
  host.call("look");
  host.call("look", {}, kAnn);
  host.forget();
  host.happen(EventKind::kSessionClosed, kAnn);
  EXPECT_THAT(pushed(host, "playerStateUpdate", "u_neo"), IsEmpty());
  host.happen(EventKind::kSessionClosed, second);
  EXPECT_EQ(pushed(host, "playerStateUpdate", "u_neo").size(), 1u);
  EXPECT_THAT(names(host.call("look").data()["room"]["players"]), ElementsAre("Neo"));
}

TEST(Game, OtherSessionsOfTheActorSeeTheWholeState) {
  FakeHost host(options());
  Caller second = kNeo;
  second.session = "s_neo2";
  host.happen(EventKind::kSessionOpened, kNeo);
  host.happen(EventKind::kSessionOpened, second);
  host.call("take", {{"item", "lantern"}});
  const auto seen = pushed(host, "playerStateUpdate", "u_neo");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_THAT(seen[0].except, ElementsAre("s_neo"));
  EXPECT_THAT(names(seen[0].frame.data()["inventory"]), ElementsAre("lantern"));
}

TEST(Game, FightIsSeenByThoseWhoAreThereAndByTheVictim) {
  FakeHost host(options());
  host.call("look", {}, kIvan);
  host.call("north", {}, kAnn);
  host.forget();
  const auto reply = host.call("attack", {{"target", "иван"}});
  ASSERT_EQ(reply.type(), "combatResult") << reply.text();
  EXPECT_EQ(reply.data()["target"].or_else(""), "Иван");
  EXPECT_EQ(reply.data()["targetMaxHp"].or_else(0), 30);
  const auto seen = pushed(host, "combatResult", "u_ivan");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_THAT(seen[0].frame.data()["text"].or_else(""), HasSubstr("цель: Иван"));
  EXPECT_THAT(pushed(host, "combatResult", "u_ann"), IsEmpty());
  for (const Pushed& push : pushed(host, "combatResult", "u_neo")) {
    EXPECT_THAT(push.except, ElementsAre("s_neo"));  // has it as the answer
  }
}

TEST(Game, FighterSeesTheirOwnStateAfterTheBlow) {
  FakeHost host(options());
  host.call("north");
  host.forget();
  ASSERT_EQ(host.call("castSpell", {{"spellId", 1}, {"target", "wolf"}}).type(), "combatResult");
  const auto seen = pushed(host, "playerStateUpdate", "u_neo");
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_THAT(seen[0].except, IsEmpty());
  EXPECT_EQ(seen[0].frame.data()["mana"].or_else(0), 45);
  EXPECT_EQ(seen[0].frame.data()["room"]["creatures"].items().at(0)["hp"].or_else(0), 8);
}

TEST(Game, ListsExitsAsACompassDoes) {
  FakeHost host(options());
  const auto reply = host.call("look");
  std::vector<std::string> exits;
  for (const auto& one : reply.data()["room"]["exits"].items()) exits.push_back(one.or_else(""));
  EXPECT_THAT(exits, ElementsAre("north", "south", "east", "west"));
  EXPECT_THAT(reply.data()["text"].or_else(""), HasSubstr("Exits: north, south, east, west."));
}

TEST(Game, PeopleAndTheirSessionsOutliveAReload) {
  FakeHost host(options());
  Caller second = kAnn;
  second.session = "s_ann2";
  host.happen(EventKind::kSessionOpened, kAnn);
  host.happen(EventKind::kSessionOpened, second);
  host.call("take", {{"item", "lantern"}});
  host.call("look", {}, kAnn);
  host.forget();
  host.reload();
  EXPECT_THAT(host.pushes(), IsEmpty()) << "nobody came or went";
  host.happen(EventKind::kSessionClosed, kAnn);
  EXPECT_THAT(pushed(host, "playerStateUpdate", "u_neo"), IsEmpty()) << "she has another session";
  const auto reply = host.call("look");
  EXPECT_THAT(names(reply.data()["room"]["players"]), ElementsAre("Ann", "Neo"));
  EXPECT_THAT(names(reply.data()["inventory"]), ElementsAre("lantern"));
  host.happen(EventKind::kSessionClosed, second);
  EXPECT_EQ(pushed(host, "playerStateUpdate", "u_neo").size(), 1u);
}

TEST(Game, StateOutlivesARestart) {
  FakeHost host(options());
  host.call("take", {{"item", "lantern"}});
  host.call("north");
  host.call("castSpell", {{"spellId", 1}, {"target", "wolf"}});
  host.restart();
  const auto reply = host.call("look");
  EXPECT_EQ(reply.data()["room"]["id"].or_else(""), "forest");
  EXPECT_THAT(names(reply.data()["inventory"]), ElementsAre("lantern"));
  EXPECT_EQ(reply.data()["mana"].or_else(0), 45);
  EXPECT_EQ(reply.data()["room"]["creatures"].items().at(0)["hp"].or_else(0), 8);
  EXPECT_THAT(names(host.call("south").data()["room"]["items"]), IsEmpty());
}

TEST(Game, AnswersOnlyWhenItIsOnDisk) {
  FakeHost host(options());
  host.call("look");
  host.call("look", {}, kAnn);
  host.forget();
  host.hold();
  const auto reply = host.call("north");
  EXPECT_FALSE(reply.answered());
  EXPECT_THAT(host.pushes(), IsEmpty());
  host.settle();
  EXPECT_EQ(reply.type(), "playerStateUpdate");
  EXPECT_THAT(host.pushes(), Not(IsEmpty()));
}

TEST(Game, TakesBackWhatCouldNotBeStored) {
  FakeHost host(options());
  host.call("look");
  host.call("look", {}, kAnn);
  host.forget();
  host.fail_next_write(parley::Outcome::kLimit);
  EXPECT_TRUE(host.call("take", {{"item", "lantern"}}).failed());
  EXPECT_THAT(host.pushes(), IsEmpty());
  const auto reply = host.call("look");
  EXPECT_THAT(names(reply.data()["room"]["items"]), ElementsAre("lantern"));
  EXPECT_THAT(names(reply.data()["inventory"]), IsEmpty());
}

TEST(Game, BadMapIsLoggedWithItsLineAndTheOldOneStays) {
  FakeHost host(options());
  host.call("look");
  host.write_file("map.yaml", "start: nowhere\nrooms: {}\n");
  EXPECT_TRUE(host.logged("map.yaml:1: start: there is no room 'nowhere'"));
  EXPECT_EQ(host.call("look").data()["room"]["id"].or_else(""), "square");
  host.remove_file("map.yaml");
  EXPECT_TRUE(host.logged("the old map stays"));
}

TEST(Game, GoodMapIsReadAtOnce) {
  FakeHost host(options());
  host.call("look");
  host.forget();
  host.write_file("map.yaml",
                  "start: moon\nrooms:\n  moon: {name: {en: Moon}, description: {en: Dust.}}\n");
  EXPECT_EQ(pushed(host, "playerStateUpdate", "u_neo").size(), 1u);
  EXPECT_EQ(host.call("look").data()["room"]["name"].or_else(""), "Moon");
}

TEST(Game, DoesNotStartOnABadMap) {
  const HostOptions bad{.files = {{"map.yaml", "start: [\n"}}};
  try {
    FakeHost host(bad);
    FAIL() << "started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("map.yaml:"));
  }
}

TEST(Game, SettingsChangeWhileItRuns) {
  FakeHost host(options());
  EXPECT_FALSE(host.change_config(R"({"mana": 20, "event_every": 60})"));
  host.advance(60s);
  EXPECT_THAT(pushed(host, "worldEvent", "u_neo"), Not(IsEmpty()));
  EXPECT_EQ(host.call("look").data()["maxMana"].or_else(0), 20);
  EXPECT_TRUE(host.change_config(R"({"map": "missing.yaml"})"));
  EXPECT_EQ(host.call("look").data()["room"]["id"].or_else(""), "square");
}

TEST(Game, CreatureComesBackAndThePresentHearOfIt) {
  FakeHost host(options());
  host.call("south");
  for (int i = 0; i < 2; ++i) host.call("castSpell", {{"spellId", 1}, {"target", "scarecrow"}});
  EXPECT_THAT(names(host.call("look").data()["room"]["creatures"]), IsEmpty());
  host.forget();
  host.advance(70s);
  const auto heard = pushed(host, "worldEvent", "u_neo");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].frame.fields()["event"].or_else(""), "creatureReturned");
  EXPECT_EQ(heard[0].frame.fields()["room"].or_else(""), "field");
  EXPECT_THAT(names(host.call("look").data()["room"]["creatures"]), ElementsAre("scarecrow"));
}

TEST(Game, ScoreBoardNamesTheLeadersAndYou) {
  FakeHost host(options());
  host.call("look", {}, kAnn);
  host.call("south");
  for (int i = 0; i < 2; ++i) host.call("castSpell", {{"spellId", 1}, {"target", "scarecrow"}});
  const auto reply = host.call("score", {}, kAnn);
  ASSERT_EQ(reply.type(), "scoreBoard");
  EXPECT_THAT(names(reply.data()["scores"]), ElementsAre("Neo", "Ann"));
  EXPECT_EQ(reply.data()["you"]["place"].or_else(0), 2);
}

TEST(Game, ForgetsTheDeletedAndSendsIdleGuestsOfOtherRoadsHome) {
  FakeHost host(options());
  Caller bridged = kAnn;
  bridged.session = "";
  host.call("look", {}, bridged);
  host.call("look");
  host.advance(620s);
  EXPECT_THAT(names(host.call("look").data()["room"]["players"]), ElementsAre("Neo"));
  EXPECT_EQ(host.storage().count("player:u_ann"), 1u);
  host.happen(EventKind::kUserDeleted, kAnn);
  EXPECT_EQ(host.storage().count("player:u_ann"), 0u);
}

TEST(Game, NeverMisbehaves) {
  FakeHost host(options(R"({"event_every":30})"));
  for (const char* action : {"look", "n", "inv", "score"}) host.call(action);
  host.call("drop", {{"item", "moon"}});
  host.call("attack", {{"target", "wolf"}});
  host.advance(300s);
  for (const auto& line : host.logs()) EXPECT_LT(line.level, PARLEY_LOG_ERROR) << line.text;
}

}  // namespace
