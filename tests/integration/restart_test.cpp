// SPDX-License-Identifier: Apache-2.0
// What survives a restart, a crash and a second start on the same state.
#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

Json chat(const std::string& text) {
  return {{"action", "sendChat"}, {"channel", "global"}, {"message", text}};
}

Json whole_history(Client& client) {
  return client.ask({{"action", "history"}, {"channel", "global"}, {"limit", 200}}, "history")
      .at("data")
      .at("messages");
}

void expect_texts(const Json& messages, const std::vector<std::string>& texts) {
  std::vector<std::string> found;
  for (const auto& message : messages)
    if (!message.at("data").value("bot", false)) found.push_back(message["data"]["text"]);
  EXPECT_EQ(found, texts);
}

TEST(Restart, ChannelsAreCountedWhoeverIsInThem) {
  ServerProcess server;
  {
    Client neo(server.port());
    neo.enter("Neo");
    ASSERT_EQ(neo.ask(chat("here"), 1).at("type"), "ok");
  }
  ASSERT_EQ(server.stop(), 0) << server.log();
  server.start_again();
  const auto rows = Ctl(server).must({"channels", "-o", "json"}).json().at("channels").size();
  EXPECT_GE(rows, 1u);
  EXPECT_EQ(Ctl(server).must({"status", "-o", "json"}).json().at("channels"), rows);
}

TEST(Restart, KilledServerKeepsWhatItAcknowledged) {
  ServerProcess server;
  std::vector<std::string> said;
  int last_offset = 0;
  {
    Client neo(server.port());
    neo.enter("Victim");
    for (int i = 0; i < 20; ++i) {
      said.push_back("acknowledged " + std::to_string(i));
      const auto reply = neo.ask(chat(said.back()), i);
      ASSERT_EQ(reply.at("type"), "ok") << reply;
      last_offset = reply.at("data").at("offset");
    }
    server.kill();
    EXPECT_EQ(neo.read_close(), 1006);
  }
  server.start_again();

  Client back(server.port());
  back.enter("Survivor");
  expect_texts(whole_history(back), said);
  EXPECT_GT(back.ask(chat("and on"), "next").at("data").at("offset").get<int>(), last_offset);
}

TEST(Restart, AccountsSurvive) {
  ServerProcess server;
  const Json login{{"action", "login"}, {"name", "lasting"}, {"password", "remember-me-99"}};
  {
    Client neo(server.port());
    auto enroll = login;
    enroll["action"] = "register";
    ASSERT_EQ(neo.ask(enroll, 1)["type"], "welcome");
  }
  EXPECT_EQ(server.stop(), 0) << server.log();
  server.start_again();
  Client back(server.port());
  EXPECT_EQ(back.ask(login, 1)["type"], "welcome");
}

TEST(Restart, SecondServerOnTheSameStateIsRefused) {
  ServerProcess server;
  TempFolder folder;
  Child second(
      {PARLEY_BINARY_DIR "/bin/parleyd", "--config", PARLEY_SOURCE_DIR "/config/parley.yaml",
       "--state", server.state(), "--listen", "127.0.0.1:0", "--operator", "127.0.0.1:0"},
      folder.path() / "out", folder.path() / "err");
  const auto code = second.wait(kPatience);
  ASSERT_TRUE(code.has_value()) << "the second server runs";
  EXPECT_EQ(*code, 1);
  EXPECT_FALSE(contents(folder.path() / "err").empty()) << "a refusal says why";
  EXPECT_EQ(contents(folder.path() / "out"), "");
  expect_goes_on(server);
}

TEST(Restart, BackupIsTakenWhileServing) {
  ServerProcess server;
  Client neo(server.port());
  neo.enter("Archivist");
  ASSERT_EQ(neo.ask(chat("kept"), 1)["type"], "ok");
  const auto copy = server.state() / "copy.db";
  Ctl(server).must({"backup", copy});
  EXPECT_EQ(contents(copy).substr(0, 15), "SQLite format 3");
  EXPECT_EQ(neo.ask(chat("goes on"), 2)["type"], "ok");
}

}  // namespace
}  // namespace parley::test
