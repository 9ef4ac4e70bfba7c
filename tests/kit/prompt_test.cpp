// SPDX-License-Identifier: Apache-2.0
// The prompt that talks to one plugin: what is typed, and what is shown.
#include "prompt.h"

#include <chrono>
#include <optional>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kit/ran.h"

namespace parley::kit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A little of everything that a prompt shows.
class Probe : public Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "push:all", "filter:*"};

  explicit Probe(Host host) : Plugin(host) {
    command("add", "Adds two numbers", &Probe::add)
        .argument<std::int64_t>("a", "One")
        .argument<std::int64_t>("b", "The other")
        .range(0, 10);
    command("wake", "Answers later", &Probe::wake);
    on_message({.stage = Stage::kFilter}, [](const Message& message) {
      if (message.text() == "spam") return Verdict::deny("no \x1b[31mspam");
      return message.text() == "darn" ? Verdict::replace("d***") : Verdict::pass();
    });
    on_event(EventKind::kJoined,
             [this](const Event& event) { log_info(std::string(event.user().name()) + " came"); });
  }

 private:
  void add(Request& request) {
    request.reply("sum", {{"total", request.argument<std::int64_t>("a") +
                                        request.argument<std::int64_t>("b")},
                          {"for", request.user().name()}});
  }
  void wake(Request& request) {
    sleeper_.emplace(request.defer());
    alarm_ = timers().after(30s, [this] {
      sleeper_->reply("woken");
      push().send({.to = Target::all(), .type = "bell", .data = {{"rings", 3}}});
    });
  }
  std::optional<Deferred> sleeper_;
  Timer alarm_;
};

class Prompts : public ::testing::Test {
 protected:
  Prompts() { host_.set_request_budget(60s); }
  // What is shown for one line.
  std::string say(const std::string& line) {
    out_.str("");
    prompt_.take(line);
    return out_.str();
  }

  testing::FakeHost host_{{.plugin = testing::entry_of<Probe>()}};
  std::ostringstream out_;
  Prompt prompt_{host_, out_};
};

TEST_F(Prompts, ACommandLineIsReadAsTheServerReadsIt) {
  EXPECT_EQ(say("/add 2 3"), R"({"type":"sum","data":{"total":5,"for":"Neo"}})"
                             "\n");
  EXPECT_THAT(say("/add 2 --b=4"), HasSubstr(R"("total":6)"));
  EXPECT_FALSE(prompt_.failed());
  EXPECT_THAT(say("/add 2"), HasSubstr("usage: /add <a> <b>"));
  EXPECT_THAT(say("/add two 3"), HasSubstr("usage: /add <a> <b>"));
  EXPECT_THAT(say("/add 2 11"), HasSubstr("10"));
  EXPECT_THAT(say("/divide 1 2"), HasSubstr("there is no command /divide"));
  EXPECT_TRUE(prompt_.failed());
}

TEST_F(Prompts, JsonIsTakenAsAClientSendsIt) {
  EXPECT_THAT(say(R"({"action":"add","id":7,"a":1,"b":2})"), HasSubstr(R"("total":3)"));
  EXPECT_THAT(say(R"({"action":"add","a":"1"})"), HasSubstr("invalid_args"));
  EXPECT_THAT(say(R"({"a":1})"), HasSubstr("write {"));
  EXPECT_THAT(say(R"({"action":"add",)"), HasSubstr("write {"));
}

TEST_F(Prompts, WhatIsSaidGoesThroughTheFilters) {
  EXPECT_EQ(say("hello"), "#global 1: Neo: hello\n");
  EXPECT_EQ(say("darn"), "#global 2: Neo: d***   (replaced)\n");
  EXPECT_EQ(say("spam"), "denied (denied): no \\x1b[31mspam\n") << "control characters are shown";
  EXPECT_EQ(say("//wave"), "#global 3: Neo: /wave\n");
}

TEST_F(Prompts, TheClockStandsStillUntilItIsMoved) {
  EXPECT_THAT(say("/wake"), HasSubstr("1 not answered yet"));
  EXPECT_EQ(say(".timers"),
            "1 set, the next in 30 s\n1 not answered yet; .advance lets timers fire "
            "and deadlines pass\n");
  EXPECT_THAT(say(".advance 29s"), HasSubstr("1 not answered yet"));
  EXPECT_EQ(say(".advance 1000ms"),
            "{\"type\":\"woken\"}\npush to all: "
            "{\"type\":\"bell\",\"data\":{\"rings\":3}}\n");
  EXPECT_EQ(say(".timers"), "no timer is set\n");
  for (const char* nonsense : {".advance", ".advance soon", ".advance -5s", ".advance 5 weeks"})
    EXPECT_THAT(say(nonsense), StartsWith("write .advance with a time")) << nonsense;
}

TEST_F(Prompts, ADeadlinePassesToo) {
  host_.set_request_budget(20s);
  say("/wake");
  EXPECT_THAT(say(".advance 20s"), HasSubstr("plugin_timeout"));
}

TEST_F(Prompts, ARestartForgetsWhatWasInMemory) {
  say("/wake");
  EXPECT_THAT(say(".restart"), HasSubstr("started again"));
  EXPECT_THAT(say(".timers"), StartsWith("no timer is set"));
}

TEST_F(Prompts, SomebodyElseSpeaks) {
  EXPECT_EQ(say(".as Trinity user dj"), "you are Trinity, roles user, dj\n");
  EXPECT_THAT(say("/add 1 1"), HasSubstr("Trinity"));
  say(".channel #lounge");
  EXPECT_EQ(say("hi"), "#lounge 1: Trinity: hi\n");
  EXPECT_EQ(say(".event joined"), "log info: Trinity came\n");
  EXPECT_THAT(say(".event slept"), HasSubstr("joined, left"));
}

TEST_F(Prompts, HelpNamesEveryVerbAndEveryCommand) {
  const auto help = say(".help");
  for (const char* verb :
       {".commands", ".as", ".advance", ".event", ".config", ".storage", ".quit"})
    EXPECT_THAT(help, HasSubstr(verb));
  EXPECT_THAT(say(".commands"), HasSubstr("/add <a> <b>   Adds two numbers"));
  EXPECT_THAT(say(".dance"), HasSubstr("no verb of this prompt"));
  EXPECT_FALSE(prompt_.take(".quit"));
}

TEST(PluginRun, TalksThroughAPipe) {
  const auto ran = test::run({test::kBin + "parleyctl", "plugin", "run", test::built("dice")},
                             "/roll 1d2\n/roll 3d1\n.quit\n/roll 1d2\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.text();
  EXPECT_THAT(ran.out, HasSubstr("dice 1.0.0: Rolls dice"));
  EXPECT_THAT(ran.out, HasSubstr("> /roll 1d2\n{\"type\":\"diceRolled\""));
  EXPECT_THAT(ran.out, HasSubstr("rate_limited")) << "its cooldown of a second holds";
}

TEST(PluginRun, StrictTurnsAnErrorIntoAnExitCode) {
  const std::string program = test::kBin + "parley-plugin-run";
  EXPECT_EQ(test::run({program, "--strict", test::built("dice")}, "/roll nonsense\n").exit_code, 1);
  EXPECT_EQ(test::run({program, "--strict", test::built("dice")}, "/roll 2d6\n").exit_code, 0);
}

TEST(PluginRun, WithoutAGrantItSaysWhatThePluginSays) {
  const auto ran =
      test::run({test::kBin + "parley-plugin-run", test::built("dice"), "--grant", "metrics"});
  EXPECT_EQ(ran.exit_code, 1) << ran.text();
  EXPECT_THAT(ran.err, HasSubstr("dice does not start"));
  EXPECT_EQ(test::run({test::kBin + "parley-plugin-run", "/nowhere.so"}).exit_code, 2);
}

}  // namespace
}  // namespace parley::kit
