// SPDX-License-Identifier: Apache-2.0
// An author at work: a plugin is written, and every save is served by the running server.
#include <fstream>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

namespace fs = std::filesystem;

// The compiler runs in here, on a machine that may have other things to do.
constexpr std::chrono::minutes kBuildPatience{3};

const std::string kCtl = PARLEY_BINARY_DIR "/bin/parleyctl";

class Dev : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(plugins_d());
    fs::permissions(work_.path(), fs::perms::owner_all);
    Child writing({kCtl, "plugin", "new", "greeter", source()}, out(), err());
    ASSERT_EQ(writing.wait(kPatience), 0) << contents(err());
    fs::copy_file(source() / "greeter.yaml", plugins_d() / "greeter.yaml");
  }

  fs::path source() const { return work_.path() / "greeter"; }
  fs::path plugins_d() const { return work_.path() / "plugins.d"; }
  fs::path out() const { return work_.path() / "out"; }
  fs::path err() const { return work_.path() / "err"; }

  // Replaces `old_text` in the plugin's source, as an editor saves: a new file takes the old one's place.
  void edit(const std::string& old_text, const std::string& new_text) {
    const fs::path file = source() / "greeter.cpp";
    std::string text = contents(file);
    const auto at = text.find(old_text);
    ASSERT_NE(at, text.npos) << old_text;
    text.replace(at, old_text.size(), new_text);
    std::ofstream(source() / ".greeter.new") << text;
    fs::rename(source() / ".greeter.new", file);
  }
  // Until `words` stand `count` times in what `dev` wrote to standard output.
  void await(Child& dev, const std::string& words, int count) {
    const auto until = within(kBuildPatience);
    for (;;) {
      const bool running = dev.running();  // looked at first, so that last words are read
      const std::string text = contents(out());
      int found = 0;
      for (auto at = text.find(words); at != text.npos; at = text.find(words, at + 1)) ++found;
      if (found >= count) return;
      if (!running || !dev.wait_for_output(until))
        throw TestFailure("waited for '" + words + "' in\n" + contents(out()) + contents(err()));
    }
  }

  TempFolder work_;
};

// Asked by a newcomer each time: a client that waits for a compiler answers no pings.
std::string greeting(ServerProcess& server) {
  static int newcomers = 0;
  Client client(server.port());
  client.enter("Author" + std::to_string(++newcomers));
  const auto reply = client.ask({{"action", "greeter"}, {"to", "Ann"}}, 1);
  return reply.contains("data") ? reply["data"].value("text", reply.dump()) : reply.dump();
}

TEST_F(Dev, EverySaveIsServedAndABrokenOneIsNot) {
  ServerProcess server({.set = {"plugins.settings=" + plugins_d().string()}});

  Child dev({kCtl, "--state", server.state(), "dev", source()}, out(), err());
  await(dev, "watching", 1);
  ASSERT_EQ(greeting(server), "Hello, Ann! Greeted so far: 1.") << contents(err());

  edit("Hello, {0}!", "Good day, {0}!");
  await(dev, "watching", 2);
  EXPECT_EQ(greeting(server), "Good day, Ann! Greeted so far: 1.") << contents(err());

  edit("++greeted_;", "++greeted_");
  await(dev, "watching", 3);
  EXPECT_NE(contents(err()).find("error: expected"), std::string::npos) << contents(err());
  EXPECT_EQ(greeting(server), "Good day, Ann! Greeted so far: 2.");

  edit("++greeted_", "greeted_ += 10;");
  await(dev, "watching", 4);
  EXPECT_EQ(greeting(server), "Good day, Ann! Greeted so far: 10.") << contents(err());
}

TEST_F(Dev, WithoutAGrantItSaysWhatIsMissing) {
  fs::remove(plugins_d() / "greeter.yaml");
  ServerProcess server({.set = {"plugins.settings=" + plugins_d().string()}});
  const auto refused = Ctl(server).run({"dev", "--once", source().parent_path()});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("parley_add_plugin"), std::string::npos) << refused.text();

  Child dev({kCtl, "--state", server.state(), "dev", "--once", source()}, out(), err());
  EXPECT_EQ(dev.wait(kBuildPatience), 1) << contents(err());
  EXPECT_NE(contents(err()).find("plugins.d/greeter.yaml"), std::string::npos) << contents(err());
}

}  // namespace
}  // namespace parley::test
