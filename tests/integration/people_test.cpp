// SPDX-License-Identifier: Apache-2.0
// What people do with their own accounts: come by invitation, look at their sessions, log out
// everywhere, take a copy of their data and delete it.
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>

#include "integration/support/dialogue.h"

namespace parley::test {
namespace {

constexpr const char* kPassword = "there-is-no-spoon-77";

Json enrol(Client& client, const std::string& name, const std::string& invitation = "") {
  Json request{{"action", "register"}, {"name", name}, {"password", kPassword}};
  if (!invitation.empty()) request["invitation"] = invitation;
  return client.ask(request, "enrol");
}
Json log_in(Client& client, const std::string& name) {
  return client.ask({{"action", "login"}, {"name", name}, {"password", kPassword}}, "login");
}

std::string code_from(const ServerProcess& server, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words{"invitation", "make"};
  words.insert(words.end(), more.begin(), more.end());
  const auto out = Ctl(server).must(words).out;
  return out.substr(0, out.find('\n'));
}

TEST(Invitations, OneCodeOneAccount) {
  ServerProcess server({.set = {"auth.registration=invitation"}});
  Client neo(server.port());
  const auto refused = enrol(neo, "neo");
  EXPECT_EQ(error_code(refused), "forbidden");
  EXPECT_EQ(refused["data"]["invitation"], true) << "a form can ask for the code";
  EXPECT_EQ(error_code(enrol(neo, "neo", "not-a-code")), "unauthorized");
  const auto code = code_from(server, {"--note", "for neo", "--for", "1h"});
  EXPECT_NE(Ctl(server).must({"invitation", "list"}).out.find("for neo"), std::string::npos);
  EXPECT_EQ(enrol(neo, "neo", code)["type"], "welcome");
  Client trinity(server.port());
  EXPECT_EQ(error_code(enrol(trinity, "trinity", code)), "unauthorized");
  EXPECT_EQ(Ctl(server).must({"invitation", "list"}).out, "no invitations\n");

  const auto logs = server.log() + contents(server.state() / "logs/parley.jsonl");
  EXPECT_EQ(logs.find(code), std::string::npos) << "codes are secrets";
}

TEST(Invitations, OneThatIsTakenBackOpensNothing) {
  ServerProcess server({.set = {"auth.registration=invitation"}});
  const auto made = Ctl(server).must({"-o", "json", "invitation", "make"}).json();
  Ctl(server).must({"invitation", "revoke", made.at("id")});
  EXPECT_EQ(Ctl(server).run({"invitation", "revoke", made.at("id")}).exit_code, 1);
  Client neo(server.port());
  EXPECT_EQ(error_code(enrol(neo, "neo", made.at("code"))), "unauthorized");
}

class People : public SharedServer {};

TEST_F(People, AGuestWhoRegistersKeepsTheirId) {
  Client client(server().port());
  const auto guest = client.enter("Switch");
  const auto user = enrol(client, "Switch");
  ASSERT_EQ(user["type"], "welcome") << user;
  EXPECT_EQ(user["data"]["user"]["id"], guest["data"]["user"]["id"]);
  EXPECT_EQ(user["data"]["user"]["kind"], "user");
}

TEST_F(People, AProgramKeepsItsNameWhenAGuestRegisters) {
  Client client(server().port());
  const Json guest{
      {"action", "auth"}, {"guest", "Ghost"}, {"client", {{"name", "telnet"}, {"version", "2.0"}}}};
  ASSERT_EQ(client.ask(guest, 1)["type"], "welcome");
  ASSERT_EQ(enrol(client, "Ghost")["type"], "welcome");
  EXPECT_EQ(client.ask({{"action", "sessions"}}, 2)["data"]["sessions"][0]["client"], "telnet 2.0");
}

TEST_F(People, WhoeverLogsInOrRegistersMaySayWithWhatProgram) {
  const auto with = [](const char* action, const char* program) {
    return Json{{"action", action},
                {"name", "niobe"},
                {"password", kPassword},
                {"client", {{"name", program}, {"version", "2.0"}}}};
  };
  Client here(server().port()), there(server().port());
  ASSERT_EQ(here.ask(with("register", "telnet"), 1)["type"], "welcome");
  ASSERT_EQ(there.ask(with("login", "phone"), 1)["type"], "welcome");
  std::set<std::string> programs;
  const auto answer = here.ask({{"action", "sessions"}}, 2);
  for (const auto& one : answer.at("data").at("sessions"))
    programs.insert(one.at("client").get<std::string>());
  EXPECT_EQ(programs, (std::set<std::string>{"telnet 2.0", "phone 2.0"}));
}

TEST_F(People, AGuestsNameIsFreeAfterTheLogout) {
  Client bane(server().port()), other(server().port());
  bane.enter("Bane");
  ASSERT_EQ(bane.ask({{"action", "logout"}}, 1)["type"], "ok");
  EXPECT_EQ(other.enter("Bane")["type"], "welcome");
}

TEST_F(People, ANewPasswordEndsTheOtherSessionsAndKeepsThisOne) {
  Client there(server().port());
  auto here = std::make_unique<Client>(server().port());
  ASSERT_EQ(enrol(*here, "ballard")["type"], "welcome");
  const auto mine = log_in(*here, "ballard");
  ASSERT_EQ(log_in(there, "ballard")["type"], "welcome");
  const auto changed = here->ask({{"action", "changePassword"},
                                  {"oldPassword", kPassword},
                                  {"newPassword", "there-is-a-spoon-78"}},
                                 1);
  ASSERT_EQ(changed["type"], "ok") << changed;
  there.expect_close(4500);
  EXPECT_EQ(here->ask({{"action", "whoami"}}, 2)["data"]["name"], "ballard");

  here.reset();  // a cut connection
  Client back(server().port());
  const auto resumed = back.ask({{"action", "resume"},
                                 {"session", mine["data"]["session"]},
                                 {"resume", mine["data"]["resume"]},
                                 {"seq", 0}},
                                3);
  EXPECT_EQ(resumed["type"], "welcome") << resumed;
  Client device(server().port());
  EXPECT_EQ(device.ask({{"action", "auth"}, {"refresh", changed["data"]["refresh"]}}, 1)["type"],
            "welcome")
      << "and the device is known the next time too";
}

TEST_F(People, SessionsAreListedAndEndedOneByOne) {
  Client here(server().port()), there(server().port()), stranger(server().port());
  ASSERT_EQ(enrol(here, "tank")["type"], "welcome");
  const auto other = log_in(there, "tank");
  const auto foreign = stranger.enter("Stranger");

  const auto list = here.ask({{"action", "sessions"}}, 1).at("data").at("sessions");
  ASSERT_EQ(list.size(), 2u) << list;
  EXPECT_EQ(list[0].at("current").get<bool>() + list[1].at("current").get<bool>(), 1);
  EXPECT_EQ(list[0].at("address"), "127.0.0.1");

  const auto end = [&](const Json& session) {
    return here.ask({{"action", "endSession"}, {"session", session}}, "end");
  };
  EXPECT_EQ(error_code(end("s_nothing")), "not_found");
  EXPECT_EQ(error_code(end(foreign["data"]["session"])), "not_found") << "somebody else's";
  EXPECT_EQ(end(other["data"]["session"])["type"], "ok");
  there.expect_close(4500);
  Client again(server().port());
  EXPECT_EQ(error_code(again.ask({{"action", "auth"}, {"refresh", other["data"]["refresh"]}}, 1)),
            "unauthorized")
      << "it does not come back by itself";
}

TEST_F(People, LoggingOutEverywhereEndsTheOthersToo) {
  Client here(server().port()), there(server().port());
  ASSERT_EQ(enrol(here, "dozer")["type"], "welcome");
  const auto other = log_in(there, "dozer");
  EXPECT_EQ(here.ask({{"action", "logout"}, {"where", "all"}}, 1)["type"], "ok");
  there.expect_close(4500);
  EXPECT_EQ(error_code(here.ask({{"action", "auth"}, {"token", other["data"]["token"]}}, 2)),
            "token_revoked");
  EXPECT_EQ(error_code(here.ask({{"action", "auth"}, {"refresh", other["data"]["refresh"]}}, 3)),
            "unauthorized");
  EXPECT_EQ(log_in(here, "dozer")["type"], "welcome") << "and then they log in again";
}

TEST_F(People, ACopyHasWhoOneIsAndWhatOneSaid) {
  Client apoc(server().port());
  ASSERT_EQ(enrol(apoc, "apoc")["type"], "welcome");
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(apoc.ask({{"action", "sendChat"},
                        {"channel", "global"},
                        {"message", "copied " + std::to_string(i)}},
                       i)["type"],
              "ok");
  }
  const auto copy = apoc.ask({{"action", "mydata"}, {"what", "export"}}, "copy");
  ASSERT_EQ(copy["type"], "myData") << copy;
  EXPECT_EQ(copy["data"]["user"]["name"], "apoc");
  ASSERT_EQ(copy["data"]["messages"].size(), 3u);
  EXPECT_EQ(copy["data"]["messages"][2]["data"]["text"], "copied 2");
  EXPECT_FALSE(copy["data"].contains("next"));
  EXPECT_EQ(copy.dump().find("argon2"), std::string::npos);
}

TEST(ManyWords, ACopyComesInPages) {
  constexpr int kSaid = 205;
  ServerProcess server({.set = {"limits.rate=0"}});
  Client cypher(server.port());
  ASSERT_EQ(enrol(cypher, "cypher")["type"], "welcome");
  for (int i = 0; i < kSaid; ++i) {
    const Json words{{"action", "sendChat"}, {"channel", "global"}, {"message", "word"}};
    ASSERT_EQ(cypher.ask(words, i)["type"], "ok");
  }
  const auto first = cypher.ask({{"action", "mydata"}, {"what", "export"}}, "first").at("data");
  const auto second = cypher.ask_patiently(
      {{"action", "mydata"}, {"what", "export"}, {"after", first.at("next")}}, "second")["data"];
  EXPECT_TRUE(first.contains("user"));
  EXPECT_FALSE(second.contains("user")) << "once is enough";
  EXPECT_FALSE(second.contains("next"));
  std::set<std::int64_t> offsets;
  for (const auto& page : {first, second})
    for (const auto& message : page.at("messages"))
      offsets.insert(message.at("offset").get<std::int64_t>());
  EXPECT_EQ(offsets.size(), static_cast<std::size_t>(kSaid)) << "each once, none left out";
  EXPECT_EQ(first["messages"].size() + second["messages"].size(), offsets.size());
}

TEST_F(People, AGuestIsForgottenWithoutAPassword) {
  Client rhineheart(server().port());
  rhineheart.enter("Rhineheart");
  EXPECT_EQ(rhineheart.ask({{"action", "mydata"}, {"what", "forget"}, {"confirm", "Rhineheart"}},
                           1)["type"],
            "ok");
  rhineheart.expect_close(4500);
  Client again(server().port());
  EXPECT_EQ(again.enter("Rhineheart")["type"], "welcome") << "the name is free";
}

TEST(LastAdmin, TheLastAdminCannotLeave) {
  ServerProcess server;
  Client oracle(server.port());
  ASSERT_EQ(enrol(oracle, "oracle")["type"], "welcome");
  Ctl(server).must({"user", "role", "add", "oracle", "admin"});
  const auto refused = oracle.ask(
      {{"action", "mydata"}, {"what", "forget"}, {"password", kPassword}, {"confirm", "oracle"}},
      1);
  EXPECT_EQ(error_code(refused), "forbidden");
  EXPECT_EQ(oracle.ask({{"action", "whoami"}}, 2)["data"]["name"], "oracle");
}

TEST_F(People, WhoeverIsForgottenIsGoneAndTheirWordsToo) {
  Client mouse(server().port()), reader(server().port());
  const auto made = enrol(mouse, "mouse");
  ASSERT_EQ(made["type"], "welcome");
  reader.enter("Reader");
  const auto said = mouse.ask(
      {{"action", "sendChat"}, {"channel", "global"}, {"message", "tastes like chicken"}}, 1);
  const auto forget = [&](const std::string& password, const std::string& confirm) {
    return mouse.ask_patiently(
        {{"action", "mydata"}, {"what", "forget"}, {"password", password}, {"confirm", confirm}},
        "forget");
  };
  EXPECT_EQ(error_code(forget(kPassword, "mice")), "invalid_args");
  EXPECT_EQ(error_code(forget("wrong", "mouse")), "unauthorized");
  ASSERT_EQ(mouse.ask({{"action", "topic"}, {"channel", "global"}, {"text", "chicken"}}, 2)["type"],
            "topic");
  EXPECT_EQ(reader.read_until("topic")["data"]["topic"], "chicken");
  EXPECT_EQ(forget(kPassword, "mouse")["type"], "ok");
  mouse.expect_close(4500);

  const auto offset = said["data"]["offset"].get<std::int64_t>();
  const auto heard = reader.read_where(
      [&](const Json& frame) {
        return frame.value("type", "") == "chatDeleted" && frame["data"]["offset"] == offset;
      },
      "that the message is gone");
  EXPECT_EQ(heard["data"]["from"], "deleted");
  EXPECT_EQ(reader.read_until("topic")["data"]["topic"], "");
  const auto page = reader.ask(
      {{"action", "history"}, {"channel", "global"}, {"after", offset - 1}, {"limit", 1}}, 1);
  const auto& tombstone = page["data"]["messages"][0];
  EXPECT_EQ(tombstone["offset"], offset);
  EXPECT_EQ(tombstone.dump().find("chicken"), std::string::npos);
  EXPECT_EQ(tombstone.dump().find("mouse"), std::string::npos);
  Client again(server().port());
  EXPECT_EQ(error_code(log_in(again, "mouse")), "unauthorized");
  EXPECT_EQ(error_code(again.ask({{"action", "auth"}, {"token", made["data"]["token"]}}, 2)),
            "token_revoked");
  EXPECT_EQ(enrol(again, "mouse")["type"], "welcome") << "the name is free";
}

TEST(PeopleLimits, OneUserIsCountedOverAllConnections) {
  ServerProcess server({.set = {"limits.rate=0.01", "limits.burst=4", "limits.user_rate=0.01",
                                "limits.user_burst=5"}});
  Client one(server.port()), other(server.port());
  const auto made = enrol(one, "twohands");
  ASSERT_EQ(other.ask({{"action", "auth"}, {"token", made["data"]["token"]}}, 1)["type"],
            "welcome");
  int refused = 0;
  for (int i = 0; i < 3; ++i) {
    refused += one.ask({{"action", "ping"}, {"t", i}}, 100 + i)["type"] == "error" ? 1 : 0;
    refused += other.ask({{"action", "ping"}, {"t", i}}, 200 + i)["type"] == "error" ? 1 : 0;
  }
  EXPECT_GE(refused, 1) << "each connection alone would have been allowed all of it";
  const auto metrics = Http::tcp(server.operator_port()).get("/metrics").body;
  EXPECT_NE(metrics.find("parley_rate_limited_total{by=\"user\"}"), std::string::npos);
}

TEST(PeopleLimits, ACommandHasARateOfItsOwn) {
  ServerProcess server({.set = {"limits.commands=register=2/1h"}});
  Client client(server.port());
  EXPECT_EQ(enrol(client, "first")["type"], "welcome");
  Client second(server.port()), third(server.port());
  EXPECT_EQ(enrol(second, "second")["type"], "welcome");
  const auto refused = enrol(third, "third");
  EXPECT_EQ(error_code(refused), "rate_limited");
  EXPECT_GT(refused["data"]["retryAfterMs"].get<std::int64_t>(), 0);
  EXPECT_EQ(third.enter("Third")["type"], "welcome") << "other commands go on";
}

TEST(PeopleLimits, AReloadedRateHoldsAtOnce) {
  const TempFolder folder;
  const auto file = (folder.path() / "parley.yaml").string();
  std::ofstream(file) << "limits: {commands: {whoami: 1000/1h}}\n";
  ServerProcess server({.config = file});
  Client client(server.port());
  client.enter("Hasty");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(client.ask({{"action", "whoami"}}, i)["type"], "whoami") << i;
  std::ofstream(file) << "limits: {commands: {whoami: 1/1h}}\n";
  Ctl(server).must({"config", "reload"});
  EXPECT_EQ(client.ask({{"action", "whoami"}}, "first")["type"], "whoami");
  EXPECT_EQ(error_code(client.ask({{"action", "whoami"}}, "second")), "rate_limited");
  const auto metrics = Http::tcp(server.operator_port()).get("/metrics").body;
  EXPECT_NE(metrics.find("parley_rate_limited_total{by=\"command\"} 1"), std::string::npos)
      << metrics;
}

TEST(PeopleLimits, AnAddressHasSoManyConnections) {
  ServerProcess server({.set = {"limits.connections_per_address=2"}});
  Client first(server.port());
  first.enter("Firstborn");
  {
    Client second(server.port());
    second.enter("Second");
    Client third(server.port());
    third.expect_close(4505);
  }
}

}  // namespace
}  // namespace parley::test
