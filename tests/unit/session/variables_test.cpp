// SPDX-License-Identifier: Apache-2.0
// What plugins keep in sessions: how much, and where it is again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr SessionVariables::Quota kMost{.plugin = 100, .all = 1000};

std::string value(const SessionVariables& variables, std::string_view name,
                  std::string_view plugin = "game") {
  const auto found = variables.get(plugin, name);
  return found ? *found : "none";
}

TEST(SessionVariablesTest, EachPluginHasItsOwn) {
  SessionVariables variables({});
  ASSERT_TRUE(variables.set("game", "room", "cellar", kMost));
  ASSERT_TRUE(variables.set("reply", "room", "any", kMost));
  ASSERT_TRUE(variables.set("game", "at", "3", kMost));
  EXPECT_EQ(value(variables, "room"), "cellar");
  EXPECT_EQ(value(variables, "room", "reply"), "any");
  EXPECT_THAT(variables.names("game"), ElementsAre("at", "room"));
  EXPECT_THAT(variables.names("chat"), IsEmpty());
  EXPECT_TRUE(variables.erase("game", "room"));
  EXPECT_EQ(variables.get("game", "room").status().code(), ErrorCode::kNotFound);
  EXPECT_EQ(variables.erase("game", "room").code(), ErrorCode::kNotFound);
  EXPECT_EQ(variables.erase("chat", "room").code(), ErrorCode::kNotFound);
}

TEST(SessionVariablesTest, APluginHasAQuotaOfNamesAndValues) {
  SessionVariables variables({});
  EXPECT_TRUE(variables.set("game", "a", std::string(49, 'x'), kMost));
  EXPECT_TRUE(variables.set("game", "b", std::string(49, 'x'), kMost));
  const auto refused = variables.set("game", "c", "", kMost);
  EXPECT_EQ(refused.code(), ErrorCode::kTooLarge);
  EXPECT_THAT(refused.message(), HasSubstr("plugins.limits.variables"));
  EXPECT_TRUE(variables.set("game", "b", std::string(48, 'y'), kMost)) << "in its own place";
  EXPECT_TRUE(variables.set("game", "c", "", kMost));
  EXPECT_TRUE(variables.set("reply", "a", std::string(99, 'x'), kMost));
}

TEST(SessionVariablesTest, AllPluginsTogetherHaveAQuota) {
  SessionVariables variables({});
  SessionVariables::Quota quota{.plugin = 100, .all = 150};
  EXPECT_TRUE(variables.set("game", "a", std::string(99, 'x'), quota));
  const auto refused = variables.set("reply", "a", std::string(50, 'x'), quota);
  EXPECT_EQ(refused.code(), ErrorCode::kTooLarge);
  EXPECT_THAT(refused.message(), HasSubstr("session.variables"));
  EXPECT_EQ(value(variables, "a", "reply"), "none");
  EXPECT_TRUE(variables.set("reply", "a", std::string(49, 'x'), quota));
  EXPECT_TRUE(variables.set("reply", "a", std::string(49, 'y'), quota)) << "in its own place";
  quota.all = 0;
  EXPECT_FALSE(variables.set("reply", "a", "", quota)) << "lowered by a reload";
  EXPECT_TRUE(variables.erase("reply", "a"));
}

TEST(SessionVariablesTest, TellsOnceOfWhatIsToBeSaved) {
  int told = 0;
  SessionVariables variables([&] { ++told; });
  EXPECT_EQ(variables.snapshot(), "");
  EXPECT_TRUE(variables.set("game", "room", "1", kMost));
  EXPECT_TRUE(variables.set("game", "room", "2", kMost));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(variables.snapshot(), R"({"game":{"room":"2"}})");
  EXPECT_EQ(variables.snapshot(), "");
  EXPECT_TRUE(variables.set("game", "room", "2", kMost));
  EXPECT_EQ(told, 1) << "nothing changed";
  EXPECT_TRUE(variables.erase("game", "room"));
  EXPECT_EQ(told, 2);
  EXPECT_EQ(variables.snapshot(), "{}");
}

TEST(SessionVariablesTest, ComeBackAsTheyWere) {
  SessionVariables before({}), after({});
  const std::string text = "a \"quoted\" line\nи другая \xE2\x80\xAE";
  EXPECT_TRUE(before.set("game", "note", text, kMost));
  after.restore(before.to_json());
  EXPECT_EQ(value(after, "note"), text);
  after.restore(R"({"game":{"note":"older"}})");
  EXPECT_EQ(value(after, "note"), text) << "what is there stays";
  SessionVariables none({});
  for (const char* nonsense : {"", "{", "[]", R"({"game":1})", R"({"game":{"a":1}})"})
    none.restore(nonsense);
  EXPECT_TRUE(none.empty());
}

// --- with sessions and a store ---

class KeptVariablesTest : public ::testing::Test {
 protected:
  KeptVariablesTest() {
    for (const char* id : {"u_neo", "u_tri"}) {
      const storage::UserRecord user{.id = id, .name = id, .skeleton = id};
      EXPECT_TRUE(world.disk.store->write_blocking(
          [user](storage::Writer& writer) { return writer.insert_user(user); }));
    }
  }
  // As Identity opens one.
  World::Client& enter(int shard, UserPtr user) {
    auto& client = world.enter(shard, std::move(user));
    world.on(client, [&](Session& session) {
      session.renew_resume_secret();
      world.keeper.begin(session, [](const Status&) {});
    });
    world.run();
    return client;
  }
  void set(World::Client& client, const std::string& name, const std::string& text) {
    ASSERT_TRUE(world.registry.variables_of(client.session->id())->set("game", name, text, kMost));
    world.run();
  }
  std::string get(World::Client& client, const std::string& name) {
    return value(*client.session->variables(), name);
  }
  void tick(World::Client& client) {
    world.clock.advance(Millis(1'500));
    world.on(client.shard, [&] { world.keeper.tick(); });
    world.run();
  }
  std::string saved(const std::string& session_id) {
    std::string json = "not asked";
    world.keeper.find(session_id, [&](Result<SavedSession> found) {
      json = found ? found->variables_json : found.status().message();
    });
    world.run();
    return json;
  }

  World world;
};

TEST_F(KeptVariablesTest, ASessionThatIsNotThereHasNone) {
  EXPECT_EQ(world.registry.variables_of("s_nobody"), nullptr);
  auto& neo = enter(0, person("u_neo", "Neo"));
  const std::string id = neo.session->id();
  EXPECT_NE(world.registry.variables_of(id), nullptr);
  world.close(neo);
  EXPECT_EQ(world.registry.variables_of(id), nullptr);
}

TEST_F(KeptVariablesTest, AreSavedWithTheirSessionWithinASecond) {
  auto& neo = enter(0, person("u_neo", "Neo"));
  set(neo, "room", "cellar");
  tick(neo);
  EXPECT_EQ(saved(neo.session->id()), R"({"game":{"room":"cellar"}})");
}

TEST_F(KeptVariablesTest, AnAccountsNextSessionBeginsWithThem) {
  auto& neo = enter(0, person("u_neo", "Neo"));
  set(neo, "room", "cellar");
  world.close(neo);
  world.run();
  auto& again = enter(1, person("u_neo", "Neo"));
  EXPECT_EQ(get(again, "room"), "cellar");
  auto& trinity = enter(0, person("u_tri", "Trinity"));
  EXPECT_TRUE(trinity.session->variables()->empty());
}

TEST_F(KeptVariablesTest, TheLastThatWasLeftCounts) {
  auto& here = enter(0, person("u_neo", "Neo"));
  auto& there = enter(1, person("u_neo", "Neo"));
  set(here, "room", "cellar");
  EXPECT_TRUE(there.session->variables()->empty()) << "each session has its own";
  set(there, "room", "roof");
  tick(there);
  tick(here);
  EXPECT_EQ(get(enter(0, person("u_neo", "Neo")), "room"), "cellar");
  world.on(here,
           [&](Session& session) { EXPECT_TRUE(session.variables()->erase("game", "room")); });
  world.run();
  tick(here);
  world.close(there);
  world.run();
  EXPECT_TRUE(enter(1, person("u_neo", "Neo")).session->variables()->empty());
}

TEST_F(KeptVariablesTest, AGuestLeavesNothingBehind) {
  const auto guest = std::make_shared<users::User>(users::User{"g_1", "Smith", "guest", {}});
  auto& smith = enter(0, guest);
  set(smith, "room", "cellar");
  tick(smith);
  EXPECT_EQ(saved(smith.session->id()), R"({"game":{"room":"cellar"}})");
  world.close(smith);
  world.run();
  EXPECT_TRUE(enter(0, guest).session->variables()->empty());
}

TEST_F(KeptVariablesTest, NothingIsKeptOfWhoIsGone) {
  auto& neo = enter(0, person("u_neo", "Neo"));
  set(neo, "room", "cellar");
  ASSERT_TRUE(world.disk.store->write_blocking(
      [](storage::Writer& writer) { return writer.delete_user("u_neo"); }));
  world.close(neo);
  world.run();
  const auto left = world.disk.store->read_blocking(
      [](storage::Reader& reader) { return reader.kv_naming("u_neo"); });
  EXPECT_TRUE(left->empty());
}

TEST_F(KeptVariablesTest, AreInTheCopyOfOnesData) {
  auto& neo = enter(0, person("u_neo", "Neo"));
  set(neo, "room", "cellar");
  tick(neo);
  const auto found = world.disk.store->read_blocking(
      [](storage::Reader& reader) { return reader.kv_naming("u_neo"); });
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->front().value, R"({"game":{"room":"cellar"}})");
}

TEST_F(KeptVariablesTest, WhatCouldNotBeSavedIsSavedNextTime) {
  auto& neo = enter(0, person("u_neo", "Neo"));
  set(neo, "room", "cellar");
  world.store.fail = true;
  tick(neo);
  world.store.fail = false;
  tick(neo);
  EXPECT_EQ(saved(neo.session->id()), R"({"game":{"room":"cellar"}})");
  EXPECT_EQ(get(enter(1, person("u_neo", "Neo")), "room"), "cellar");
}

}  // namespace
}  // namespace parley::session
