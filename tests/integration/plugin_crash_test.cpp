// SPDX-License-Identifier: Apache-2.0
// Plugins in processes of their own that are killed under load: what was on its way is answered, who
// has nothing to do with it notices nothing. `scripts/soak crash` runs the first of these for longer
// and from more connections.
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <future>
#include <map>
#include <mutex>

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

using namespace std::chrono_literals;

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::atoi(text) : otherwise;
}

// The fixture in a sandboxed process; the bundled plugins where the configuration has them.
class IsolatedKeeper {
 public:
  IsolatedKeeper() {
    std::ofstream(settings_.path() / "keeper.yaml")
        << "permissions: [commands, metrics]\nisolation: process\n";
    server_.emplace(ServerOptions{
        .set = {"limits.rate=0", "limits.connections_per_user=0", "limits.new_connections=0",
                "plugins.settings=" + settings_.path().string(),
                // A busy machine must not add time-outs to what a kill costs.
                "plugins.limits.hard_budget=10m", "plugins.isolation.hello=1m",
                "plugins.isolation.restart_first=10ms", "plugins.isolation.restart_max=20ms",
                "plugins.isolation.crashes=1000"}});
    Ctl(*server_).must({"plugin", "load", "keeper", "--from",
                        std::string(PARLEY_BINARY_DIR) + "/fixtures/keeper.so"});
  }
  ServerProcess& server() { return *server_; }
  Json info() { return Ctl(*server_).must({"-o", "json", "plugin", "info", "keeper"}).json(); }
  // The process that serves, which is another one than `before`.
  pid_t serving(pid_t before) {
    for (const auto deadline = within(kPatience); Clock::now() < deadline;) {
      const auto now = info();
      const auto pid = now.value("pid", 0);
      if (now.value("state", "") == "active" && pid != before && pid > 1) return pid;
    }
    throw TestFailure("keeper did not come back; the log:\n" + server_->log());
  }

 private:
  TempFolder settings_;
  std::optional<ServerProcess> server_;
};

struct Tally {
  int sent = 0;
  std::map<std::string, int> answers;  // by type, failures by their code
  bool twice = false;
};

// Rung once, when it is enough.
class Bell {
 public:
  void ring() {
    {
      const std::lock_guard lock(mutex_);
      rung_ = true;
    }
    heard_.notify_all();
  }
  bool rung_within(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return heard_.wait_for(lock, time, [&] { return rung_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable heard_;
  bool rung_ = false;
};

// Who is told to try again in a moment does so, rather than to take the processor from what comes
// back.
constexpr std::chrono::milliseconds kMoment{5};

Tally keep_asking(std::uint16_t port, std::string name, std::string action, Bell& enough) {
  Tally tally;
  Client client(port);
  client.enter(name);
  for (auto pause = 0ms; !enough.rung_within(pause);) {
    const auto reply = client.ask({{"action", action}}, ++tally.sent);
    const auto type =
        reply.at("type") == "error" ? error_code(reply) : reply.at("type").get<std::string>();
    ++tally.answers[type];
    pause = type == "plugin_unavailable" ? kMoment : 0ms;
  }
  tally.twice = !client.hears_nothing_of([](const Json& frame) { return frame.contains("id"); });
  return tally;
}

TEST(PluginCrash, KilledUnderLoadItCostsWhatWasOnItsWayAndNothingElse) {
  const int kills = from_environment("PARLEY_SOAK_KILLS", 10);
  const int askers = from_environment("PARLEY_SOAK_CLIENTS", 8);
  IsolatedKeeper keeper;
  const auto port = keeper.server().port();
  Bell enough;
  std::vector<std::future<Tally>> asking;
  for (int i = 0; i < askers; ++i) {
    asking.push_back(std::async(std::launch::async, keep_asking, port, "Asker" + std::to_string(i),
                                "keeperAdd", std::ref(enough)));
  }
  auto elsewhere =
      std::async(std::launch::async, keep_asking, port, "Elsewhere", "inventory", std::ref(enough));
  const struct Ending {
    Bell& enough;
    ~Ending() { enough.ring(); }
  } ending{enough};  // also when keeper stays away: whoever asks must not ask for ever
  pid_t pid = 0;
  for (int i = 0; i < kills; ++i) {
    pid = keeper.serving(pid);
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
  }
  pid = keeper.serving(pid);
  enough.ring();

  std::map<std::string, int> answers;
  int sent = 0, answered = 0;
  for (auto& one : asking) {
    const auto tally = one.get();  // throws when an answer did not come
    EXPECT_FALSE(tally.twice);
    sent += tally.sent;
    for (const auto& [type, count] : tally.answers) {
      answers[type] += count;
      answered += count;
    }
  }
  const auto other = elsewhere.get();
  EXPECT_EQ(answered, sent);
  EXPECT_GT(answers["counted"], 0);
  EXPECT_EQ(answers["counted"] + answers["plugin_crashed"] + answers["plugin_unavailable"], sent)
      << Json(answers).dump();
  EXPECT_EQ(other.answers, (std::map<std::string, int>{{"playerStateUpdate", other.sent}}))
      << "another plugin's user notices";
  EXPECT_FALSE(other.twice);
  const auto info = keeper.info();
  EXPECT_EQ(info.at("restarts"), kills);
  EXPECT_EQ(info.at("last_exit"), "signal 9 (Killed)");
  std::printf(
      "killed %d times, %d connections: %d commands sent, %d answered (%d served, %d "
      "plugin_crashed, %d plugin_unavailable), lost %d, twice 0; another plugin: %d sent, all "
      "served\n",
      kills, askers, sent, answered, answers["counted"], answers["plugin_crashed"],
      answers["plugin_unavailable"], sent - answered, other.sent);
}

TEST(PluginCrash, TheOperatorSeesItsProcessAndHowItEnded) {
  IsolatedKeeper keeper;
  const auto first = keeper.info();
  EXPECT_EQ(first.at("isolation"), "process");
  EXPECT_EQ(first.at("restarts"), 0);
  EXPECT_EQ(first.at("last_exit"), "");
  EXPECT_NE(first.at("sandbox").get<std::string>().find("seccomp"), std::string::npos);
  const auto pid = keeper.serving(0);
  ASSERT_EQ(::kill(pid, SIGABRT), 0);  // sanitizers make other signals an exit of their own
  EXPECT_NE(keeper.serving(pid), pid);
  EXPECT_EQ(keeper.info().at("last_exit"), "signal 6 (Aborted)");
  const auto metrics = Http::tcp(keeper.server().operator_port()).get("/metrics").body;
  EXPECT_NE(metrics.find("parley_plugin_restarts_total{plugin=\"keeper\"} 1"), std::string::npos);
}

TEST(PluginCrash, TheServersEndIsTheirs) {
  IsolatedKeeper keeper;
  const int child = static_cast<int>(::syscall(SYS_pidfd_open, keeper.serving(0), 0));
  ASSERT_GE(child, 0);
  keeper.server().kill();
  pollfd ended{child, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 10'000), 1) << "it outlives its server";
  ::close(child);
}

}  // namespace
}  // namespace parley::test
