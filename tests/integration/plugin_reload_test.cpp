// SPDX-License-Identifier: Apache-2.0
// Reloads under traffic: every command is answered exactly once, the state goes along, and nothing
// stays behind. `scripts/soak reload` runs the first of these for longer and from more connections.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <future>
#include <set>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

namespace fs = std::filesystem;

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

std::string fixture(const std::string& name) {
  return std::string(PARLEY_BINARY_DIR) + "/fixtures/" + name + ".so";
}

// A server that grants the fixture what it asks for.
class KeeperServer {
 public:
  KeeperServer() {
    std::ofstream(settings_.path() / "keeper.yaml") << placed("permissions: [commands, metrics]\n");
    server_.emplace(ServerOptions{.set = {"limits.rate=0", "limits.connections_per_user=0",
                                          "limits.new_connections=0",
                                          "plugins.settings=" + settings_.path().string()}});
    ctl({"plugin", "load", "keeper", "--from", fixture("keeper")});
  }
  ServerProcess& server() { return *server_; }
  void ctl(const std::vector<std::string>& arguments) { Ctl(*server_).must(arguments); }

  long resident_kib() const {
    std::ifstream status("/proc/" + std::to_string(server_->pid()) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.rfind("VmRSS:", 0) == 0) return std::atol(line.c_str() + 6);
    }
    return 0;
  }
  // Nothing when this user may not look: the server is not dumpable.
  std::optional<std::set<std::string>> mapped_images() const {
    std::set<std::string> images;
    for (const auto& process : server_and_children()) {
      std::ifstream maps("/proc/" + process + "/maps");
      if (maps.peek() == std::ifstream::traits_type::eof()) return std::nullopt;
      for (std::string line; std::getline(maps, line);) {
        const auto at = line.find("/staged/keeper-");
        if (at != std::string::npos) images.insert(line.substr(at));
      }
    }
    return images;
  }

 private:
  std::vector<std::string> server_and_children() const {
    std::vector<std::string> all{std::to_string(server_->pid())};
    for (const auto& thread : fs::directory_iterator("/proc/" + all.front() + "/task")) {
      std::ifstream children(thread.path() / "children");
      for (std::string pid; children >> pid;) all.push_back(pid);
    }
    return all;
  }

  TempFolder settings_;
  std::optional<ServerProcess> server_;
};

struct Tally {
  std::size_t sent = 0;
  std::vector<int> counts;
  std::vector<std::string> errors;
  std::set<std::string> versions;
  bool twice = false;
};

// One person who asks and asks, each time as soon as the last answer is there.
Tally keep_asking(std::uint16_t port, int number, const std::atomic<bool>& enough) {
  Tally tally;
  Client client(port);
  client.enter("Asker" + std::to_string(number));
  for (int id = 1; !enough; ++id) {
    ++tally.sent;
    const auto reply = client.ask({{"action", "keeperAdd"}}, id);
    if (reply.at("type") == "counted") {
      tally.counts.push_back(reply.at("data").at("count").get<int>());
      tally.versions.insert(reply.at("data").at("version").get<std::string>());
    } else {
      tally.errors.push_back(reply.dump());
    }
  }
  tally.twice = !client.hears_nothing_of(
      [](const Json& frame) { return frame.value("type", "") == "counted"; });
  return tally;
}

TEST(PluginReload, UnderTrafficEveryCommandIsAnsweredOnceAndTheStateGoesAlong) {
  const int reloads = from_environment("PARLEY_SOAK_RELOADS", 50);
  const int askers = from_environment("PARLEY_SOAK_CLIENTS", 8);
  KeeperServer keeper;
  std::atomic<bool> enough{false};
  std::vector<std::future<Tally>> asking;
  for (int i = 0; i < askers; ++i) {
    asking.push_back(
        std::async(std::launch::async, keep_asking, keeper.server().port(), i, std::cref(enough)));
  }
  long warm = 0;
  for (int i = 1; i <= reloads; ++i) {
    keeper.ctl(
        {"plugin", "reload", "keeper", "--from", fixture(i % 2 == 1 ? "keeper-2" : "keeper")});
    if (i == std::min(20, reloads / 2)) warm = keeper.resident_kib();
  }
  enough = true;
  std::set<int> counts;
  std::size_t sent = 0, answers = 0, refused = 0, twice = 0;
  std::set<std::string> versions;
  for (auto& one : asking) {
    const auto tally = one.get();
    EXPECT_TRUE(tally.errors.empty()) << tally.errors.size() << ", first " << tally.errors.front();
    EXPECT_FALSE(tally.twice);
    sent += tally.sent;
    answers += tally.counts.size();
    refused += tally.errors.size();
    twice += tally.twice;
    counts.insert(tally.counts.begin(), tally.counts.end());
    versions.insert(tally.versions.begin(), tally.versions.end());
  }
  // Counted by a member of the plugin: a lost state would begin anew, a lost or doubled call would
  // leave a gap.
  EXPECT_EQ(counts.size(), answers) << "a count came twice";
  ASSERT_FALSE(counts.empty());
  EXPECT_EQ(*counts.begin(), 1);
  EXPECT_EQ(static_cast<std::size_t>(*counts.rbegin()), answers) << "a count is missing";
  EXPECT_EQ(versions, (std::set<std::string>{"1", "2"}));
  const long grown = keeper.resident_kib() - warm;
#ifndef __SANITIZE_ADDRESS__  // which keeps what was given back, to see who still uses it
  EXPECT_LT(grown, 8 * 1024) << "KiB after " << reloads << " reloads";
#endif
  EXPECT_EQ(sent, answers + refused);
  const auto images = keeper.mapped_images();
  if (images) {
    EXPECT_EQ(images->size(), 1u) << Json(*images) << "\n" << keeper.server().log();
  }
  std::printf(
      "%d reloads, %d connections: sent %zu, answered once %zu, refused %zu, lost %zu, doubled on "
      "%zu "
      "connections; counted to %d in %zu steps; memory %ld KiB at reload %d, %ld KiB at the end; "
      "images mapped %s\n",
      reloads, askers, sent, answers, refused, sent - answers - refused, twice, *counts.rbegin(),
      counts.size(), warm, std::min(20, reloads / 2), warm + grown,
      images ? std::to_string(images->size()).c_str() : "unknown");
}

TEST(PluginReload, CtlShowsEachStepAndWhyAndThatTheOldVersionServesOn) {
  KeeperServer keeper;
  Client neo(keeper.server().port());
  neo.enter("Neo");
  ASSERT_EQ(neo.ask({{"action", "keeperAdd"}}, 1)["type"], "counted");
  const auto refused =
      Ctl(keeper.server())
          .run({"plugin", "reload", "keeper", "--from", fixture("keeper-throws-in-load")});
  EXPECT_EQ(refused.exit_code, 1) << refused.text();
  for (const char* part : {"freeze", "save", "load", "failed", "no luck in load",
                           "version 1.0.0 (generation 1) serves on"})
    EXPECT_NE(refused.text().find(part), std::string::npos) << part << "\n" << refused.text();
  EXPECT_EQ(neo.ask({{"action", "keeperAdd"}}, 2).at("data").at("count"), 2);
  keeper.ctl({"plugin", "reload", "keeper", "--from", fixture("keeper-2")});
  EXPECT_EQ(neo.ask({{"action", "keeperAdd"}}, 3).at("data"),
            (Json{{"count", 3}, {"version", "2"}}));
  keeper.ctl({"plugin", "rollback", "keeper"});
  EXPECT_EQ(neo.ask({{"action", "keeperAdd"}}, 4).at("data"),
            (Json{{"count", 4}, {"version", "1"}}));
}

TEST(PluginReload, EveryBundledPluginIsReloaded) {
  ServerProcess server;
  const auto done = Ctl(server).must({"plugin", "reload", "--all"});
  for (const char* plugin : {"account", "chat", "reply", "game", "dice"})
    EXPECT_NE(done.out.find("reload " + std::string(plugin) + ": done"), std::string::npos)
        << done.text();
  expect_goes_on(server);
}

TEST(PluginReload, AFileThatCrashesTheServerTwiceIsNotLoadedAThirdTime) {
  TempFolder settings;
  std::ofstream(settings.path() / "crashes-in-call.yaml") << "permissions: [commands]\n";
  ServerProcess server({.set = {"plugins.settings=" + settings.path().string()}});
  const std::vector<std::string> load = {"plugin", "load", "crashes-in-call", "--from",
                                         fixture("crashes-in-call")};
  for (int crash = 1; crash <= 2; ++crash) {
    Ctl(server).must(load);
    Client neo(server.port());
    neo.enter("Neo" + std::to_string(crash));  // the name of the first is kept over the crash
    EXPECT_EQ(neo.ask({{"action", "crashNot"}}, 1)["type"], "answered");
    neo.send_json({{"action", "crashNow"}, {"id", 2}});
    EXPECT_NE(server.wait_for_exit(), 0);
    server.start_again();
    EXPECT_NE(server.log().find("SIGSEGV in crashNow of plugin crashes-in-call 1.0.0"),
              std::string::npos)
        << server.log();
  }
  const auto refused = Ctl(server).run(load);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.text().find("ended the server 2 times"), std::string::npos) << refused.text();
  Ctl(server).must({"plugin", "release", "crashes-in-call"});
  Ctl(server).must(load);
}

TEST(PluginReload, AFileThatCrashedTheServerMayRunInAProcessAfterThat) {
  TempFolder settings;
  std::ofstream(settings.path() / "crashes-in-call.yaml")
      << "permissions: [commands]\nisolation: after-crash\nsandbox: prefer\n";
  ServerProcess server({.set = {"plugins.settings=" + settings.path().string()}});
  const std::vector<std::string> load = {"plugin", "load", "crashes-in-call", "--from",
                                         fixture("crashes-in-call")};
  const auto isolation = [&] {
    return Ctl(server)
        .must({"plugin", "info", "crashes-in-call", "-o", "json"})
        .json()
        .value("isolation", "");
  };
  Ctl(server).must(load);
  EXPECT_EQ(isolation(), "in-process");
  {
    Client neo(server.port());
    neo.enter("Neo");
    neo.send_json({{"action", "crashNow"}, {"id", 1}});
    EXPECT_NE(server.wait_for_exit(), 0);
  }
  server.start_again();
  Ctl(server).must(load);
  EXPECT_EQ(isolation(), "process");
  Client trinity(server.port());
  trinity.enter("Trinity");
  EXPECT_EQ(trinity.ask({{"action", "crashNot"}}, 1)["type"], "answered");
  EXPECT_EQ(error_code(trinity.ask({{"action", "crashNow"}}, 2)), "plugin_crashed");
  expect_goes_on(server);

  Ctl(server).must({"plugin", "release", "crashes-in-call"});
  Ctl(server).must({"plugin", "reload", "crashes-in-call"});
  EXPECT_EQ(isolation(), "in-process") << "forgiven";
}

TEST(PluginReload, AStackOverflowIsReportedToo) {
  TempFolder settings;
  std::ofstream(settings.path() / "overflows-in-call.yaml") << "permissions: [commands]\n";
  ServerProcess server({.set = {"plugins.settings=" + settings.path().string()}});
  Ctl(server).must({"plugin", "load", "overflows-in-call", "--from", fixture("overflows-in-call")});
  Client neo(server.port());
  neo.enter("Neo");
  neo.send_json({{"action", "overflow"}, {"id", 1}});
  EXPECT_NE(server.wait_for_exit(), 0);
  server.start_again();
  EXPECT_NE(server.log().find("SIGSEGV in overflow of plugin overflows-in-call 1.0.0"),
            std::string::npos)
      << server.log();
}

TEST(PluginReload, ACanaryServesSomeUntilItIsPromoted) {
  KeeperServer keeper;
  auto& server = keeper.server();
  Client neo(server.port()), trinity(server.port());
  neo.enter("Neo");
  trinity.enter("Trinity");
  const auto generation = [](Client& client, int id) {
    EXPECT_EQ(client.ask({{"action", "meta"}}, "meta" + std::to_string(id))["type"], "ok");
    const auto reply = client.ask_patiently({{"action", "roll"}, {"dice", "1d6"}}, id);
    return reply.at("meta").at("generation").get<int>();
  };
  EXPECT_EQ(generation(neo, 1), 1);
  keeper.ctl({"plugin", "canary", "dice", "user", "Neo"});
  EXPECT_EQ(generation(neo, 2), 2);
  EXPECT_EQ(generation(trinity, 1), 1);
  EXPECT_NE(
      Ctl(server).must({"plugin", "info", "dice"}).out.find("(generation 2) for the user Neo"),
      std::string::npos);
  keeper.ctl({"plugin", "promote", "dice"});
  EXPECT_EQ(generation(trinity, 2), 2);
  const auto refused = Ctl(server).run({"plugin", "canary", "keeper", "10%"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.text().find("keeps state"), std::string::npos) << refused.text();
}

TEST(PluginReload, AQuarantineIsPutAndEndedByHand) {
  KeeperServer keeper;
  Client neo(keeper.server().port());
  neo.enter("Neo");
  keeper.ctl({"plugin", "quarantine", "keeper"});
  EXPECT_EQ(error_code(neo.ask({{"action", "keeperAdd"}}, 1)), "plugin_unavailable");
  const auto listed = Ctl(keeper.server()).must({"plugin", "list", "-o", "json"}).json().dump();
  EXPECT_NE(listed.find("quarantined"), std::string::npos) << listed;
  EXPECT_NE(listed.find("an operator put it there"), std::string::npos) << listed;
  keeper.ctl({"plugin", "release", "keeper"});
  EXPECT_EQ(neo.ask({{"action", "keeperAdd"}}, 2)["type"], "counted");
}

// Its image cannot be unmapped under the thread, and the thread may come back at any moment.
TEST(PluginReload, AThreadThatWasLeftBehindDoesNotSpoilTheEnd) {
  TempFolder settings;
  std::ofstream(settings.path() / "keeper.yaml") << "permissions: [commands, metrics]\n";
  ServerProcess server({.set = {"plugins.settings=" + settings.path().string()}});
  Ctl(server).must({"plugin", "load", "keeper", "--from", fixture("keeper-leaves-a-thread")});
  Ctl(server).must({"plugin", "reload", "keeper", "--from", fixture("keeper-2")});
  EXPECT_EQ(server.stop(), 0) << server.log();
  EXPECT_NE(server.log().find("server: stopped"), std::string::npos) << server.log();
}

}  // namespace
}  // namespace parley::test
