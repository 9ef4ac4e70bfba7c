// SPDX-License-Identifier: Apache-2.0
// The promise of the ABI in one real server: plugins by this compiler, by clang with libc++, in C, in
// Rust, and one built with the frozen headers serve side by side.
#include <fstream>
#include <string>
#include <vector>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

namespace fs = std::filesystem;

const std::string kBuild = PARLEY_BINARY_DIR;

class Compilers : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::permissions(work_.path(), fs::perms::owner_all);
    fs::create_directories(work_.path() / "plugins.d");
    for (const auto& entry : fs::directory_iterator(PARLEY_SOURCE_DIR "/config/plugins.d"))
      fs::copy_file(entry.path(), work_.path() / "plugins.d" / entry.path().filename());
    grant("counter", "commands");
    grant("shout", "commands");
    grant("old", "commands, \"filter:*\", \"push:all\"");
  }
  void grant(const std::string& id, const std::string& permissions) const {
    std::ofstream(work_.path() / "plugins.d" / (id + ".yaml"))
        << "enabled: true\npermissions: [" << permissions << "]\n";
  }
  ServerOptions options() const {
    return {.set = {"plugins.settings=" + (work_.path() / "plugins.d").string(), "limits.rate=0"}};
  }

 private:
  TempFolder work_;
};

void load(ServerProcess& server, const std::string& id, const std::string& file) {
  Ctl(server).must({"plugin", "load", id, "--from", kBuild + "/" + file});
}

TEST_F(Compilers, ServeSideBySide) {
  ServerProcess server(options());
  load(server, "counter", "examples/counter.so");
  load(server, "old", "fixtures/abi/old-1.0.so");
  Client neo(server.port());
  neo.enter("Polyglot");
  EXPECT_EQ(neo.ask({{"action", "count"}, {"by", 2}}, 1)["data"]["total"], 2);
  EXPECT_EQ(neo.ask({{"action", "count"}}, 2)["data"]["total"], 3);
  EXPECT_EQ(neo.ask({{"action", "oldEcho"}, {"what", {1, 2}}}, 3)["data"], Json({1, 2}));
  EXPECT_EQ(neo.ask({{"action", "oldKeep"}, {"value", "here"}}, 4)["type"], "kept");
  EXPECT_EQ(neo.ask({{"action", "oldRecall"}}, 5)["data"], "here");
  EXPECT_EQ(error_code(neo.ask(
                {{"action", "sendChat"}, {"channel", "global"}, {"message", "old spam"}}, 6)),
            "old.spam");
  EXPECT_EQ(neo.ask({{"action", "roll"}, {"dice", "1d2"}}, 7)["type"], "diceRolled");

  Ctl(server).must({"plugin", "reload", "counter"});
  EXPECT_EQ(neo.ask({{"action", "count"}}, 8)["data"]["total"], 4) << "what is stored stays";
  for (const char* id : {"old", "counter"}) Ctl(server).must({"plugin", "unload", id});
  EXPECT_EQ(error_code(neo.ask({{"action", "count"}}, 9)), "unknown_action");
  EXPECT_EQ(server.log().find("retired-but-mapped"), std::string::npos) << server.log();
}

TEST_F(Compilers, APluginInRustServes) {
  if (!PARLEY_HAS_RUST) GTEST_SKIP() << "there is no rustc here: the example in Rust was not built";
  ServerProcess server(options());
  load(server, "shout", "examples/shout.so");
  Client neo(server.port());
  neo.enter("Rustacean");
  EXPECT_EQ(neo.ask({{"action", "shout"}, {"text", "привет \"\\"}}, 1)["data"]["text"],
            "ПРИВЕТ \"\\");
  Ctl(server).must({"plugin", "reload", "shout"});
  EXPECT_EQ(neo.ask({{"action", "shout"}, {"text", "x"}}, 2)["data"]["shouted"], 1);
  Ctl(server).must({"plugin", "unload", "shout"});
  EXPECT_EQ(server.log().find("retired-but-mapped"), std::string::npos) << server.log();
}

TEST_F(Compilers, LibcxxBesideLibstdcxx) {
  if (!PARLEY_HAS_LIBCXX)
    GTEST_SKIP()
        << "there is no clang++ with libc++ here (packages clang, libc++-dev, libc++abi-dev)";
  ServerProcess server(options());
  Client neo(server.port());
  neo.enter("Chimera");
  EXPECT_EQ(neo.ask_patiently({{"action", "roll"}, {"dice", "1d2"}}, 1)["type"], "diceRolled");
  // The other standard library takes over from the first, beside four that stay with theirs.
  Ctl(server).must({"plugin", "reload", "dice", "--from", kBuild + "/fixtures/libcxx/dice.so"});
  EXPECT_EQ(neo.ask_patiently({{"action", "roll"}, {"dice", "1d2"}}, 2)["type"], "diceRolled");
  EXPECT_EQ(error_code(neo.ask_patiently({{"action", "roll"}, {"dice", "x"}}, 3)), "invalid_args");
  EXPECT_EQ(
      neo.ask({{"action", "sendChat"}, {"channel", "global"}, {"message", "hello"}}, 4)["type"],
      "ok");
  Ctl(server).must({"plugin", "reload", "dice", "--from", kBuild + "/plugins/dice.so"});
  EXPECT_EQ(neo.ask_patiently({{"action", "roll"}, {"dice", "1d2"}}, 5)["type"], "diceRolled");
  EXPECT_EQ(server.log().find("retired-but-mapped"), std::string::npos) << server.log();
}

TEST_F(Compilers, ANewerPluginIsRefusedWithTheSentence) {
  ServerProcess server(options());
  const auto refused =
      Ctl(server).run({"plugin", "load", "old", "--from", kBuild + "/fixtures/abi/old-next.so"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.text().find("upgrade the server or build old with SDK "), std::string::npos)
      << refused.text();
  expect_goes_on(server);
}

}  // namespace
}  // namespace parley::test
