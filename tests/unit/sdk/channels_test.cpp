// SPDX-License-Identifier: Apache-2.0
// Pushes, channels, accounts, commands, messages and events through the wrapper.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "own_plugin.h"

using namespace std::chrono_literals;
using parley::Outcome;
using parley::Request;
using parley::Target;
using parley::testing::Caller;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using ::testing::ElementsAre;

namespace {

// ---- pushes, channels, accounts

class Talker : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {
      "commands", "push:all",      "push:channel",   "dm",
      "buttons",  "accounts.read", "accounts.write", "metrics"};

  explicit Talker(parley::Host host)
      : Plugin(host), sent_(metrics().counter("sent", "Messages sent")) {
    command("quake", "Quake", [this](Request& request) {
      push().send({.to = Target::all(), .type = "worldEvent", .fields = {{"event", "earthquake"}}});
      request.ok();
    });
    command("typing", "Typing", [this](Request& request) {
      push().send({.to = Target::channel("global"),
                   .type = "typing",
                   .data = {{"from", request.user().name()}},
                   .except = {std::string(request.session())},
                   .may_drop = true,
                   .conflate = "typing:1",
                   .ttl = 3s});
      request.ok();
    });
    command("whisper", "Not granted", [this](Request& request) {
      request.ok({{"denied",
                   push().send({.to = Target::user("u_ann"), .type = "x"}) == Outcome::kDenied}});
    });
    command("say", "Say",
            [this](Request& request) {
              channels().publish(
                  request,
                  {.channel = request.argument<std::string>("channel"),
                   .user = std::string(request.user().id()),
                   .text = request.argument<std::string>("text")},
                  [this](Outcome outcome, std::int64_t) { sent_.add(is_ok(outcome) ? 1 : 0); });
            })
        .argument<parley::ChannelName>("channel", "Where")
        .argument<std::string>("text", "What")
        .rest();
    command("tell", "Direct message", [this](Request& request) {
      accounts().lookup(
          request.argument<std::string_view>("name"),
          [this, from = std::string(request.user().id()), later = request.defer()](
              Outcome outcome, const parley::Account& to) mutable {
            if (!is_ok(outcome)) return later.fail(outcome);
            channels().publish(
                later, {.channel = channels().direct(from, to.id), .user = from, .text = "psst"});
          });
    }).argument<parley::UserName>("name", "To whom");
    command("bot", "Speak as the bot", [this](Request& request) {
      channels().publish(
          {.channel = "global",
           .from = "Bot",
           .text = "pick one",
           .format = parley::Format::kMarkdown,
           .buttons = {{.label = "Roll", .command = {{"action", "roll"}}, .style = "primary"}}});
      request.ok();
    });
    command("topic", "Set the topic", [this](Request& request) {
      channels().ensure("lobby", "first");
      channels().set_topic("lobby", "second");
      channels().subscribe("lobby", request.user().id());
      channels().is_member(
          "lobby", request.user().id(), [this, later = request.defer()](Outcome member) mutable {
            channels().info("lobby", [member, later = std::move(later)](
                                         Outcome, const parley::ChannelInfo& info) mutable {
              later.ok(
                  {{"member", is_ok(member)}, {"topic", info.topic}, {"members", info.members}});
            });
          });
    });
    command("keepOut", "Ban, list, let in again", [this](Request& request) {
      const std::string user(request.user().id());
      channels().ban({.channel = "lobby", .user = "u_ann", .until = 1});
      channels().ban({.channel = "lobby", .user = user, .reason = "rude", .by = "u_ann"});
      channels().ban({.channel = "hall", .user = user});
      channels().bans(
          [this, user, later = request.defer()](Outcome, const parley::Bans& first) mutable {
            channels().bans(
                [this, user, first, later = std::move(later)](Outcome,
                                                              const parley::Bans& next) mutable {
                  channels().unban("lobby", user,
                                   [first, next, later = std::move(later)](Outcome lifted) mutable {
                                     later.ok({{"first", first.list.at(0).channel},
                                               {"more", first.more},
                                               {"next", next.list.at(0).channel},
                                               {"by", next.list.at(0).by},
                                               {"reason", next.list.at(0).reason},
                                               {"name", next.list.at(0).name},
                                               {"rest", next.more},
                                               {"lifted", is_ok(lifted)}});
                                   });
                },
                {}, first.list.at(0), 5);
          },
          {}, {}, 1);
    });
    command("login", "Log in",
            [this](Request& request) {
              accounts().login(request, request.argument<std::string_view>("name"),
                               request.argument<std::string_view>("password"));
            })
        .argument<std::string>("name", "Name")
        .argument<std::string>("password", "Password")
        .secret()
        .secret_reply();
    command("click", "Run as the speaker", [this](Request& request) {
      commands().run(request.session(), "roll", {{"dice", "2d6"}});
      request.ok();
    });
  }

 private:
  parley::Counter sent_;
};

HostOptions talker() {
  HostOptions base;
  base.accounts = {{.user = {.id = "u_ann", .name = "Ann"}, .password = "secret"}};
  return options<Talker>(base);
}

TEST(Pushes, CarryFieldsWithoutData) {
  FakeHost host(talker());
  host.call("quake");
  ASSERT_EQ(host.pushes().size(), 1u);
  EXPECT_EQ(host.pushes()[0].frame.text(), R"({"type":"worldEvent","event":"earthquake"})");
  EXPECT_EQ(host.pushes()[0].scope, static_cast<std::uint32_t>(PARLEY_PUSH_ALL));
}

TEST(Pushes, CarryTheirOptions) {
  FakeHost host(talker());
  host.call("typing");
  const auto& push = host.pushes().at(0);
  EXPECT_THAT(push.targets, ElementsAre("global"));
  EXPECT_THAT(push.except, ElementsAre("s_neo"));
  EXPECT_TRUE(push.may_drop);
  EXPECT_EQ(push.conflate, "typing:1");
  EXPECT_EQ(push.ttl, 3000);
}

TEST(Pushes, NeedTheScopeGranted) {
  FakeHost host(talker());
  EXPECT_EQ(host.call("whisper").data()["denied"].as<bool>(), true);
  EXPECT_TRUE(host.pushes().empty());
}

TEST(Channels, AnswerThePublisherWithTheOffset) {
  FakeHost host(talker());
  EXPECT_EQ(host.call("say", {{"channel", "global"}, {"text", "hi"}}).text(),
            R"({"type":"ok","data":{"offset":1}})");
  EXPECT_EQ(host.call("say", {{"channel", "nowhere"}, {"text", "hi"}}).code(), "not_found");
  host.fail_next_write(Outcome::kInternal);
  EXPECT_EQ(host.call("say", {{"channel", "global"}, {"text", "hi"}}).code(), "internal");
  EXPECT_EQ(host.published().size(), 1u);
  EXPECT_EQ(host.metric("sent"), 1);
}

TEST(Channels, CarryADirectMessageFromALookup) {
  FakeHost host(talker());
  EXPECT_EQ(host.call("tell", {{"name", "Ann"}}).type(), "ok");
  EXPECT_EQ(host.published().at(0).channel, "dm:u_ann:u_neo");
  EXPECT_EQ(host.call("tell", {{"name", "Nobody"}}).code(), "not_found");
}

TEST(Channels, TakeButtonsFromTheBot) {
  FakeHost host(talker());
  host.call("bot");
  const auto& message = host.published().at(0);
  EXPECT_EQ(message.user, "");
  EXPECT_EQ(message.buttons, R"([{"label":"Roll","style":"primary","command":{"action":"roll"}}])");
}

TEST(Channels, RefuseButtonsWithoutPermission) {
  auto without = talker();
  without.permissions = std::vector<std::string>{"commands", "push:channel"};
  FakeHost host(without);
  host.call("bot");
  EXPECT_TRUE(host.published().empty());
}

TEST(Channels, KeepPeopleOut) {
  FakeHost host(talker());
  host.accounts()["u_neo"] = {.user = {.id = "u_neo", .name = "Neo"}};
  EXPECT_EQ(host.call("keepOut").data().text(),
            R"({"first":"hall","more":true,"next":"lobby","by":"Ann","reason":"rude","name":"Neo",)"
            R"("rest":false,"lifted":true})");
  EXPECT_EQ(host.say("hello", {}, "hall").code, "forbidden");
  EXPECT_FALSE(host.say("hello", {}, "lobby").denied);
}

TEST(Channels, KeepTopicAndMembers) {
  FakeHost host(talker());
  EXPECT_EQ(host.call("topic").data().text(), R"({"member":true,"topic":"second","members":1})");
}

TEST(Accounts, AnswerALoginThemselves) {
  FakeHost host(talker());
  EXPECT_EQ(host.call("login", {{"name", "Ann"}, {"password", "secret"}}).type(), "welcome");
  EXPECT_EQ(host.call("login", {{"name", "Ann"}, {"password", "wrong"}}).code(), "unauthorized");
  auto without = talker();
  without.permissions = std::vector<std::string>{"commands"};
  FakeHost narrow(without);
  EXPECT_EQ(narrow.call("login", {{"name", "Ann"}, {"password", "secret"}}).code(), "forbidden");
}

TEST(Commands, RunAsTheSpeaker) {
  FakeHost host(talker());
  host.call("click");
  EXPECT_EQ(host.ran().at(0).session, "s_neo");
  EXPECT_EQ(host.ran().at(0).arguments, R"({"dice":"2d6"})");
}

// ---- messages and events

class Listener : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "filter:*", "dm"};

  explicit Listener(parley::Host host) : Plugin(host) {
    on_message({.stage = parley::Stage::kFilter, .priority = 10}, &Listener::check);
    on_message({.stage = parley::Stage::kFilter, .priority = 5},
               [](const parley::Message& message) {
                 return parley::Verdict::replace("[" + std::string(message.text()) + "]");
               });
    on_message({.channel = "*", .prefix = "["}, &Listener::heard);
    on_message({.channels = false, .direct = true}, &Listener::whispered);
    on_event(parley::EventKind::kJoined, [](const parley::Event& event) {
      seen.push_back("joined " + std::string(event.channel()) + " " +
                     std::string(event.user().id()));
    });
  }
  static inline std::vector<std::string> seen;

 private:
  parley::Verdict check(const parley::Message& message) {
    if (message.text() == "throw") throw std::runtime_error("filter broke");
    if (message.text() == "bad") return parley::Verdict::deny("not here", "rude");
    return parley::Verdict::pass();
  }
  void heard(const parley::Message& message) {
    seen.push_back("heard " + std::string(message.text()) + " at " +
                   std::to_string(message.offset()));
  }
  void whispered(const parley::Message& message) {
    seen.push_back("whispered " + std::string(message.text()));
  }
};

class Messages : public ::testing::Test {
 protected:
  Messages() { Listener::seen.clear(); }
  FakeHost host_{options<Listener>()};
};

TEST_F(Messages, AreReplacedThenPublishedThenHeard) {
  const auto said = host_.say("hello");
  EXPECT_EQ(said.text, "[hello]");
  EXPECT_THAT(Listener::seen, ElementsAre("heard [hello] at 1"));
}

TEST_F(Messages, AreDeniedWithAReason) {
  const auto said = host_.say("bad");
  EXPECT_TRUE(said.denied);
  EXPECT_EQ(said.code, "rude");
  EXPECT_EQ(said.reason, "not here");
  EXPECT_TRUE(Listener::seen.empty());
}

TEST_F(Messages, PassAFilterThatThrows) {
  EXPECT_EQ(host_.say("throw").text, "[throw]");
  EXPECT_TRUE(host_.logged("filter broke"));
}

TEST_F(Messages, OfOneKindReachOnlyWhoAskedForIt) {
  EXPECT_EQ(host_.say("psst", {}, "dm:u_ann:u_neo").text, "psst") << "filters of channels stay out";
  EXPECT_THAT(Listener::seen, ElementsAre("whispered psst"));
  EXPECT_EQ(host_.say("beep", Caller{.kind = parley::UserKind::kBot}).text, "beep");
  EXPECT_THAT(Listener::seen, ElementsAre("whispered psst"));
}

TEST_F(Messages, EventsReachTheirHandler) {
  host_.happen(parley::EventKind::kJoined, {}, "global");
  host_.happen(parley::EventKind::kLeft, {}, "global");
  EXPECT_THAT(Listener::seen, ElementsAre("joined global u_neo"));
}

}  // namespace
