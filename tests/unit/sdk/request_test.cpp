// SPDX-License-Identifier: Apache-2.0
// Commands through the wrapper: declarations, arguments, answers, what goes wrong.
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::ChannelName;
using parley::Json;
using parley::JsonView;
using parley::Phrase;
using parley::Request;
using parley::UserName;
using parley::testing::Caller;
using parley::testing::entry_of;
using parley::testing::FakeHost;
using ::testing::HasSubstr;

namespace {

class Probe : public parley::Plugin {
 public:
  static constexpr std::string_view kPermissions[] = {"commands", "anonymous"};

  explicit Probe(parley::Host host) : Plugin(host) {
    command("all", Phrase("Every type", "Все типы"), &Probe::all)
        .argument<std::string>("word", Phrase("A word", "Слово"))
        .choices({"red", "green"})
        .argument<int>("count", "How many")
        .range(1, 10)
        .fallback(3)
        .argument<double>("ratio", "Share")
        .optional()
        .argument<bool>("loud", "Loud?")
        .fallback(true)
        .argument<UserName>("who", "Whom")
        .optional()
        .argument<ChannelName>("where", "Where")
        .optional()
        .argument<JsonView>("extra", "Anything")
        .optional()
        .alias("everything");
    command("wide", "Keeps what it does not know", [](Request& request) {
      request.ok(Json::raw(request.raw().text()));
    }).open();
    command("admin", "For admins", [](Request& request) { request.ok(); }).role("admin");
    command("hello", "For everybody", [](Request& request) {
      request.ok({{"guest", request.user().is_guest()}});
    }).anonymous();
    command("throws", "Throws", [](Request&) { throw std::runtime_error("boom"); });
    command("silent", "Does not answer", [](Request&) {});
    command("twice", "Answers twice", [](Request& request) {
      request.reply("first");
      request.reply("second");
    });
    command("misspelt", "Asks for what it did not declare", [](Request& request) {
      request.ok({{"x", request.argument<int>("nothing")}});
    });
    command("later", "Answers later",
            [this](Request& request) { waiting_.push_back(request.defer()); });
    command("answer", "Answers all that wait", [this](Request& request) {
      for (auto& waiting : waiting_)
        waiting.reply("late", {{"n", static_cast<int>(waiting_.size())}});
      waiting_.clear();
      request.ok();
    });
    command("drop", "Forgets all that wait", [this](Request& request) {
      waiting_.clear();
      request.ok();
    });
    command("stream", "Streams", [](Request& request) {
      request.progress({{"append", "one "}});
      request.progress({{"append", "two"}});
      request.reply(parley::BotMessage{.from = "Bot", .text = "one two", .only = true});
    });
    command("fields", "Top-level fields", [](Request& request) {
      request.reply("worldEvent", {}, {{"event", "earthquake"}});
    });
    command("reserved", "A field of the server's", [](Request& request) {
      request.reply("x", {}, {{"seq", 1}});
    });
    command("badlater", "Answers later with what the host refuses", [](Request& request) {
      auto later = request.defer();
      later.reply("x", {}, {{"seq", 1}});
    });
    command("fails", "Fails", [](Request& request) {
      request.fail("empty", "there is nothing here", {{"room", "cave"}}, 700ms);
    });
  }

  static inline std::vector<parley_id> cancelled;

 private:
  void all(Request& request) {
    request.ok(
        {{"word", request.argument<std::string_view>("word")},
         {"count", request.argument<int>("count")},
         {"ratio", request.argument<std::optional<double>>("ratio").value_or(-1)},
         {"loud", request.argument<bool>("loud")},
         {"who", request.argument<std::string>("who")},
         {"where", request.has("where") ? request.argument<std::string_view>("where") : "nowhere"},
         {"extra", Json::raw(request.argument<JsonView>("extra").exists()
                                 ? request.argument<JsonView>("extra").text()
                                 : "null")},
         {"by", request.action()}});
  }
  void on_cancel(parley_id request, parley::CancelReason) override { cancelled.push_back(request); }

  std::vector<parley::Deferred> waiting_;
};

class Requests : public ::testing::Test {
 protected:
  FakeHost host_{{.plugin = entry_of<Probe>()}};
};

TEST_F(Requests, HandOverEveryTypeOfArgument) {
  const auto reply = host_.call("all", {{"word", "red"},
                                        {"count", 5},
                                        {"ratio", 0.5},
                                        {"loud", false},
                                        {"who", "@ann"},
                                        {"where", "#global"},
                                        {"extra", {1, 2}}});
  EXPECT_EQ(reply.data().text(), R"({"word":"red","count":5,"ratio":0.5,"loud":false,)"
                                 R"("who":"ann","where":"global","extra":[1,2],"by":"all"})");
}

TEST_F(Requests, FillInWhatWasOmitted) {
  const auto reply = host_.call("everything", {{"word", "green"}});
  EXPECT_EQ(reply.data().text(), R"({"word":"green","count":3,"ratio":-1,"loud":true,)"
                                 R"("who":"","where":"nowhere","extra":null,"by":"everything"})");
}

TEST_F(Requests, WithBadArgumentsNeverReachThePlugin) {
  const auto field = [&](const Json& arguments, const char* name) {
    const auto reply = host_.call("all", arguments);
    EXPECT_EQ(reply.code(), "invalid_args");
    return reply.data()["fields"][name].or_else("");
  };
  EXPECT_EQ(field(Json::object(), "word"), "is missing");
  EXPECT_EQ(field({{"word", "blue"}}, "word"), "is not one of the choices");
  EXPECT_EQ(field({{"word", 7}}, "word"), "has the wrong type");
  EXPECT_EQ(field({{"word", "red"}, {"count", 11}}, "count"), "is out of range");
  EXPECT_EQ(field({{"word", "red"}, {"count", 1.5}}, "count"), "has the wrong type");
}

TEST_F(Requests, KeepUndeclaredArgumentsOnlyWhenOpen) {
  EXPECT_EQ(host_.call("wide", {{"x", 1}, {"y", "z"}}).data().text(), R"({"x":1,"y":"z"})");
}

TEST_F(Requests, AreForThoseWithTheRole) {
  EXPECT_EQ(host_.call("admin").code(), "forbidden");
  EXPECT_EQ(host_.call("admin", {}, Caller{.roles = {"user", "admin"}}).type(), "ok");
  EXPECT_EQ(host_.call("admin", {}, Caller{.kind = parley::UserKind::kNone}).code(),
            "unauthorized");
  EXPECT_EQ(
      host_.call("hello", {}, Caller{.kind = parley::UserKind::kGuest}).data()["guest"].as<bool>(),
      true);
}

TEST_F(Requests, ThatThrowAreAnsweredAndLogged) {
  EXPECT_EQ(host_.call("throws").code(), "plugin_error");
  EXPECT_TRUE(host_.logged("throws: boom"));
  EXPECT_EQ(host_.call("hello").type(), "ok") << "the plugin goes on";
}

TEST_F(Requests, LeftUnansweredAreAnErrorOfThePlugin) {
  EXPECT_EQ(host_.call("silent").code(), "plugin_error");
}

TEST_F(Requests, AreAnsweredOnce) {
  EXPECT_EQ(host_.call("twice").type(), "first");
}

TEST_F(Requests, ForAnUndeclaredArgumentSayWhichOne) {
  EXPECT_EQ(host_.call("misspelt").code(), "plugin_error");
  EXPECT_TRUE(host_.logged("command 'misspelt' declares no argument 'nothing'"));
}

TEST_F(Requests, MayBeAnsweredLater) {
  const auto first = host_.call("later");
  const auto second = host_.call("later");
  EXPECT_FALSE(first.answered());
  host_.call("answer");
  EXPECT_EQ(first.text(), R"({"type":"late","data":{"n":2}})");
  EXPECT_EQ(second.type(), "late");
}

TEST_F(Requests, ForgottenAreAnsweredByTheWrapper) {
  const auto waiting = host_.call("later");
  host_.call("drop");
  EXPECT_EQ(waiting.code(), "plugin_error");
}

TEST_F(Requests, PastTheirDeadlineAreAnsweredByTheHost) {
  Probe::cancelled.clear();
  const auto waiting = host_.call("later");
  host_.advance(3s);
  EXPECT_EQ(waiting.code(), "plugin_timeout");
  EXPECT_EQ(Probe::cancelled, std::vector{waiting.id()});
  host_.call("answer");
  EXPECT_EQ(waiting.code(), "plugin_timeout") << "a late answer is stale";
}

TEST_F(Requests, StreamProgressBeforeTheWholeAnswer) {
  const auto reply = host_.call("stream");
  ASSERT_EQ(reply.progress().size(), 2u);
  EXPECT_EQ(reply.progress()[1].text(), R"({"type":"progress","data":{"append":"two"}})");
  EXPECT_EQ(reply.type(), "botMessage");
  EXPECT_EQ(reply.data()["only"].as<bool>(), true);
}

TEST_F(Requests, CarryTopLevelFieldsButNotTheServersOwn) {
  EXPECT_EQ(host_.call("fields").text(), R"({"type":"worldEvent","event":"earthquake"})");
  EXPECT_EQ(host_.call("reserved").code(), "plugin_error");
  EXPECT_TRUE(host_.logged("reserved field"));
}

TEST_F(Requests, WithAMalformedAnswerDoNotWaitForTheDeadline) {
  EXPECT_EQ(host_.call("badlater").code(), "plugin_error");
}

TEST_F(Requests, FailWithDetailsAndATimeToTryAgain) {
  const auto reply = host_.call("fails");
  EXPECT_EQ(reply.code(), "empty");
  EXPECT_EQ(reply.data()["room"].or_else(""), "cave");
  EXPECT_EQ(reply.data()["retryAfterMs"].as<int>(), 700);
}

TEST_F(Requests, AreDeclaredInBothLanguages) {
  const auto& command = host_.commands().front();
  EXPECT_EQ(command.help[1], (std::pair<std::string, std::string>("ru", "Все типы")));
  EXPECT_EQ(command.arguments[0].help[1].second, "Слово");
  EXPECT_EQ(command.arguments[1].help.size(), 1u);
}

TEST(Start, NeedsThePermissionForCommands) {
  try {
    FakeHost host({.permissions = std::vector<std::string>{}, .plugin = entry_of<Probe>()});
    FAIL() << "started";
  } catch (const std::runtime_error& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("command 'all': not permitted"));
  }
}

class BadArgument : public parley::Plugin {
 public:
  explicit BadArgument(parley::Host host) : Plugin(host) {
    command("x", "X", [](Request& request) {
      request.ok();
    }).argument<std::string>("action", "Reserved");
  }
};
class Refuses : public parley::Plugin {
 public:
  explicit Refuses(parley::Host host) : Plugin(host) {
    throw parley::Error("the map has no rooms");
  }
};

TEST(Start, RefusesReservedArgumentNames) {
  EXPECT_THROW(FakeHost({.plugin = entry_of<BadArgument>()}), std::runtime_error);
}

TEST(Start, HandsTheReasonOfTheConstructorOn) {
  try {
    FakeHost host({.plugin = entry_of<Refuses>()});
    FAIL() << "started";
  } catch (const std::runtime_error& refusal) {
    EXPECT_STREQ(refusal.what(), "create: the map has no rooms");
  }
}

}  // namespace

PARLEY_PLUGIN(Probe, "probe", "1.0.0", "Tries every kind of command")
