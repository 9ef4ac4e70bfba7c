// SPDX-License-Identifier: Apache-2.0
// /metrics: what docs/operate.md lists is served and nothing else, and it moves with what happens.
#include <functional>
#include <regex>
#include <set>
#include <sstream>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

using Names = std::set<std::string>;

class Scrape {
 public:
  explicit Scrape(const ServerProcess& server)
      : text_(Http::tcp(server.operator_port()).get("/metrics").body) {}

  // Families, by their TYPE lines.
  Names names() const {
    Names found;
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string hash, type, name;
      words >> hash >> type >> name;
      if (hash == "#" && type == "TYPE") found.insert(name);
    }
    return found;
  }
  // All samples of that name whose labels hold `label`, together.
  double sum(const std::string& name, const std::string& label) const {
    double total = 0;
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) {
      const auto end = line.find_first_of("{ ");
      if (line.substr(0, end) != name || line.find(label) == line.npos) continue;
      total += std::stod(line.substr(line.rfind(' ') + 1));
    }
    return total;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The names in the first cells of the manual's table; plugins' own have a <> in them, and rows with
// "only" are not always there.
Names documented() {
  static const std::regex kName("`(parley_[a-z_]+)`");
  std::istringstream lines(contents(PARLEY_SOURCE_DIR "/docs/operate.md"));
  Names found;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `parley_") || line.find("| only ") != line.npos) continue;
    const auto cell = line.substr(0, line.find('|', 1));
    for (std::sregex_iterator at(cell.begin(), cell.end(), kName), end; at != end; ++at)
      found.insert((*at)[1]);
  }
  return found;
}

class Metrics : public ::testing::Test {
 protected:
  // Waits until the sum has grown by what `act` did.
  void expect_moves(const std::string& name, const std::string& label,
                    const std::function<void()>& act) {
    const auto before = Scrape(server_).sum(name, label);
    act();
    const auto deadline = within(kPatience);
    double now = before;
    while (now <= before && Clock::now() < deadline) now = Scrape(server_).sum(name, label);
    EXPECT_GT(now, before) << name << '{' << label << '}';
  }
  Client entered(const std::string& name) {
    Client client(server_.port());
    client.enter(name);
    return client;
  }

  ServerProcess server_{
      {.set = {"limits.noise=3", "limits.abuse=1", "limits.rate=20", "limits.burst=20",
               "limits.auth_timeout=3s", "limits.connections_per_user=2"}}};
};

TEST_F(Metrics, TheManualAndTheServerNameTheSame) {
  auto neo = entered("Named");
  ASSERT_EQ(neo.ask({{"action", "roll"}, {"dice", "1d6"}}, 1)["type"], "diceRolled");
  const auto served = Scrape(server_).names();
  const auto wanted = documented();
  EXPECT_GT(wanted.size(), 35u);
  for (const auto& name : wanted) EXPECT_TRUE(served.contains(name)) << name << " is not served";
  for (const auto& name : served) {
    const bool of_a_plugin = name.starts_with("parley_plugin_");
    EXPECT_TRUE(of_a_plugin || wanted.contains(name)) << name << " is not in docs/operate.md";
  }
}

TEST_F(Metrics, TrafficMovesTheNetworksCounters) {
  const auto connect = [this] { Client(server_.port()).hang_up(); };
  expect_moves("parley_connections_accepted_total", "", connect);
  expect_moves("parley_http_requests_total", "",
               [this] { Http::tcp(server_.port()).get("/nothing"); });
  auto neo = entered("Traffic");
  const auto ping = [&neo] { neo.ask({{"action", "ping"}, {"t", 1}}, "p"); };
  for (const std::string direction : {"in", "out"}) {
    expect_moves("parley_messages_total", "direction=\"" + direction, ping);
    expect_moves("parley_bytes_total", "direction=\"" + direction, ping);
  }
  expect_moves("parley_turns_total", "", ping);
  // Several, because the connections that scrape are counted too, and end by themselves.
  std::vector<Client> held;
  const auto hold = [&] {
    for (int i = 0; i < 3; ++i) held.push_back(entered("Held" + std::to_string(held.size())));
  };
  expect_moves("parley_websockets", "", hold);
  expect_moves("parley_connections", "", hold);
  expect_moves("parley_sessions", "", hold);
  expect_moves("parley_unauthenticated_connections", "",
               [&] { held.emplace_back(server_.port()); });
}

TEST_F(Metrics, BrokenFramesMoveTheirCodes) {
  const auto sends = [this](Frame frame) {
    return [this, frame] {
      Client client(server_.port());
      client.send_frame(frame);
      client.read_close();
    };
  };
  const std::string label = "code=\"";
  expect_moves("parley_protocol_errors_total", label + "1002",
               sends({.payload = "{}", .masked = false}));
  expect_moves("parley_protocol_errors_total", label + "1007", sends({.payload = "\xff"}));
  expect_moves("parley_protocol_errors_total", label + "1009",
               sends({.payload = std::string(100'000, 'x')}));
}

TEST_F(Metrics, CommandsMoveTheirs) {
  auto neo = entered("Commander");
  int id = 0;
  const auto say = [&](Json command) { return [&neo, &id, command] { neo.ask(command, ++id); }; };
  const Json chat{{"action", "sendChat"}, {"channel", "global"}, {"message", "hello"}};
  expect_moves("parley_commands_total", "", say({{"action", "roll"}, {"dice", "1d6"}}));
  expect_moves("parley_command_seconds_count", "command=\"look\"", say({{"action", "look"}}));
  expect_moves("parley_commands_refused_total", "reason=\"other\"", say({{"action", "nonesuch"}}));
  expect_moves("parley_commands_refused_total", "reason=\"malformed\"", [&] { neo.send("{"); });
  expect_moves("parley_access_denied_total", "",
               say({{"action", "subscribe"}, {"channel", "dm:u_a:u_b"}}));
  expect_moves("parley_channel_frames_total", "", say(chat));
  expect_moves("parley_direct_frames_total", "", say(chat));
  expect_moves("parley_database_writes_total", "", say(chat));
  expect_moves("parley_database_batches_total", "", say(chat));
  expect_moves("parley_sessions_opened_total", "", [this] { entered("Opener"); });
}

TEST_F(Metrics, RulesThatCloseMoveTheirReason) {
  const std::string name = "parley_client_closes_total";
  expect_moves(name, "reason=\"noise\"", [this] {
    auto noisy = entered("Noisy");
    for (int i = 0; i < 3; ++i) noisy.send("{");
    noisy.expect_close(4510);
  });
  expect_moves(name, "reason=\"rate_abuse\"", [this] {
    auto hasty = entered("Hasty");
    std::string bytes;
    for (int i = 0; i < 200; ++i) bytes += Frame{.payload = R"({"action":"ping"})"}.bytes();
    hasty.send_raw_bytes(bytes);
    EXPECT_EQ(hasty.read_close(), 4506);
  });
  expect_moves(name, "reason=\"auth_timeout\"", [this] {
    Client silent(server_.port());
    silent.expect_close(4408);
  });
  expect_moves("parley_log_suppressed_total", "", [this] {
    auto noisy = entered("Noisier");
    for (int i = 0; i < 3; ++i) noisy.send("{");
    noisy.expect_close(4510);
  });
}

TEST_F(Metrics, PluginsMoveTheirs) {
  expect_moves("parley_plugin_transitions_total", "", [this] {
    Ctl(server_).must({"plugin", "reload", "dice"});
  });
  expect_moves("parley_plugin_generation", "plugin=\"dice\"", [this] {
    Ctl(server_).must({"plugin", "reload", "dice"});
  });
  expect_moves("parley_commands_revision", "", [this] {
    Ctl(server_).must({"plugin", "unload", "dice"});
  });
}

TEST_F(Metrics, ARefusedSessionIsCounted) {
  Client first(server_.port());
  const auto made =
      first.ask({{"action", "register"}, {"name", "Crowd"}, {"password", "one-two-three-44"}}, 1);
  const Json credential{{"action", "auth"}, {"token", made.at("data").at("token")}};
  Client second(server_.port());
  ASSERT_EQ(second.ask(credential, 1)["type"], "welcome");
  expect_moves("parley_sessions_refused_total", "", [&] {
    Client third(server_.port());
    third.send_json(credential);
    third.expect_close(4505);
  });
}

}  // namespace
}  // namespace parley::test
