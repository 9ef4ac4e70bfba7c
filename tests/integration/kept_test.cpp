// SPDX-License-Identifier: Apache-2.0
// What outlives a session: what plugins keep in it, and the channels of an account.
#include <filesystem>
#include <fstream>
#include <optional>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

constexpr const char* kPassword = "there-is-no-spoon-77";

Json enrol(Client& client, const std::string& name) {
  return client.ask({{"action", "register"}, {"name", name}, {"password", kPassword}}, "enrol");
}
Json log_in(Client& client, const std::string& name) {
  return client.ask({{"action", "login"}, {"name", name}, {"password", kPassword}}, "login");
}

class Notes : public ::testing::TestWithParam<const char*> {
 protected:
  Notes() {
    std::ofstream(settings_.path() / "notes.yaml")
        << "permissions: [commands]\nisolation: " << GetParam() << "\n";
    server_.emplace(ServerOptions{.set = {"plugins.settings=" + settings_.path().string()}});
    load();
  }
  ServerProcess& server() { return *server_; }
  void load() {
    Ctl(server()).must({"plugin", "load", "notes", "--from",
                        std::string(PARLEY_BINARY_DIR) + "/fixtures/notes.so"});
  }
  // Never one that was used before: a resumed session says again what was answered.
  static int next_id() {
    static int last = 0;
    return ++last;
  }
  static void keep(Client& client, const std::string& text) {
    const auto kept =
        client.ask({{"action", "noteSet"}, {"name", "room"}, {"text", text}}, next_id());
    ASSERT_EQ(kept.at("type"), "kept") << kept;
    ASSERT_EQ(kept.at("data").at("ok"), true) << kept;
  }
  static std::string kept(Client& client) {
    const auto note = client.ask({{"action", "noteGet"}, {"name", "room"}}, next_id());
    return note.at("type") == "note" ? note.at("data").at("text").get<std::string>() : note.dump();
  }

 private:
  TempFolder settings_;
  std::optional<ServerProcess> server_;
};

TEST_P(Notes, ComeBackWithTheSessionAfterACutAndARestart) {
  Json place;
  {
    Client neo(server().port());
    place = neo.enter("NeoKeeps").at("data");
    keep(neo, "cellar");
    neo.hang_up();
  }
  const auto resume = [&](Client& client) {
    const auto welcome = client.ask({{"action", "resume"},
                                     {"session", place.at("session")},
                                     {"resume", place.at("resume")},
                                     {"seq", 0}},
                                    "resume");
    ASSERT_EQ(welcome.at("type"), "welcome") << welcome;
    place = welcome.at("data");
  };
  {
    Client cut(server().port());
    resume(cut);
    EXPECT_EQ(kept(cut), "cellar");
    keep(cut, "roof");
  }
  ASSERT_EQ(server().stop(), 0);
  server().start_again();
  load();
  Client restarted(server().port());
  resume(restarted);
  EXPECT_EQ(kept(restarted), "roof");
}

TEST_P(Notes, GoFromTheGuestToTheAccountAndIntoItsNextSession) {
  Client trinity(server().port());
  trinity.enter("Trinity");
  keep(trinity, "cellar");
  ASSERT_EQ(enrol(trinity, "Trinity").at("type"), "welcome");
  EXPECT_EQ(kept(trinity), "cellar");
  keep(trinity, "roof");
  ASSERT_EQ(trinity.ask({{"action", "logout"}}, "out").at("type"), "ok");
  Client next(server().port()), stranger(server().port());
  ASSERT_EQ(log_in(next, "Trinity").at("type"), "welcome");
  EXPECT_EQ(kept(next), "roof");
  stranger.enter("Stranger");
  EXPECT_EQ(kept(stranger), "-");
  const auto copy = next.ask({{"action", "mydata"}, {"what", "export"}}, "copy");
  EXPECT_NE(copy.dump().find("roof"), std::string::npos) << copy;
}

INSTANTIATE_TEST_SUITE_P(Kept, Notes, ::testing::Values("in-process", "process"),
                         [](const auto& one) {
                           return std::string(one.param) == "process" ? "InAChild" : "InProcess";
                         });

class KeptChannels : public SharedServer {
 protected:
  static Json join(const std::string& channel) {
    return {{"action", "subscribe"}, {"channel", channel}};
  }
};

TEST_F(KeptChannels, AnotherDeviceIsInWhatTheAccountHasJoined) {
  Client phone(server().port());
  phone.enter("Tank");
  ASSERT_EQ(phone.ask(join("hovercraft"), 1).at("type"), "subscribed");
  ASSERT_EQ(enrol(phone, "Tank").at("type"), "welcome");
  ASSERT_EQ(phone.ask(join("zion"), 2).at("type"), "subscribed");
  {
    Client desk(server().port());
    const auto channels = log_in(desk, "Tank").at("data").at("channels");
    EXPECT_TRUE(channels.contains("hovercraft")) << channels;
    EXPECT_TRUE(channels.contains("zion")) << channels;
    ASSERT_EQ(desk.ask({{"action", "unsubscribe"}, {"channel", "zion"}}, 3).at("type"),
              "unsubscribed");
  }
  Client third(server().port());
  const auto channels = log_in(third, "Tank").at("data").at("channels");
  EXPECT_TRUE(channels.contains("hovercraft")) << channels;
  EXPECT_FALSE(channels.contains("zion")) << channels;
}

// session.variables is of all plugins together, and follows a reload of the configuration.
TEST(NotesOfAllPlugins, ASessionHasARoomThatReloads) {
  TempFolder folder;
  const auto file = (folder.path() / "parley.yaml").string();
  const auto write = [&](const std::string& room) {
    std::ofstream(file) << "session:\n  variables: " << room << "\n";
  };
  const auto settings = folder.path() / "plugins.d";
  std::filesystem::create_directory(settings);
  std::ofstream(settings / "notes.yaml") << "permissions: [commands]\n";
  write("0");
  ServerProcess server({.set = {"plugins.settings=" + settings.string()}, .config = file});
  Ctl(server).must(
      {"plugin", "load", "notes", "--from", std::string(PARLEY_BINARY_DIR) + "/fixtures/notes.so"});
  Client neo(server.port());
  neo.enter("NeoNotes");
  const auto is_kept = [&](int id) {
    return neo.ask({{"action", "noteSet"}, {"name", "room"}, {"text", "cellar"}}, id)
        .at("data")
        .at("ok");
  };
  EXPECT_EQ(is_kept(1), false);
  write("1 KiB");
  Ctl(server).must({"config", "reload"});
  EXPECT_EQ(is_kept(2), true);
}

}  // namespace
}  // namespace parley::test
