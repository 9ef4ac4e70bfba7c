// SPDX-License-Identifier: Apache-2.0
// Every service through the wrapper, each with what goes wrong.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::Json;
using parley::JsonView;
using parley::Outcome;
using parley::Request;
using parley::Target;
using parley::testing::Caller;
using parley::testing::entry_of;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

namespace {

template <typename Class>
HostOptions options(HostOptions base = {}) {
  base.plugin = entry_of<Class>();
  return base;
}

// ---- storage

class Keeper : public parley::Plugin {
 public:
  explicit Keeper(parley::Host host) : Plugin(host) {
    command("keep", "Keep", [this](Request& request) {
      storage().put_and_reply(request, "note", request.argument<std::string>("text"), "kept");
    }).argument<std::string>("text", "Text");
    command("show", "Show", [this](Request& request) {
      storage().get("note",
                    [later = request.defer()](Outcome outcome, std::string_view value) mutable {
                      if (!is_ok(outcome)) return later.fail(outcome);
                      later.ok({{"text", value}});
                    });
    });
    command("both", "Put, then get", [this](Request& request) {
      storage().put("note", "new");
      storage().get("note", [later = request.defer()](Outcome, std::string_view value) mutable {
        later.ok({{"text", value}});
      });
    });
    command("swap", "Compare and set", [this](Request& request) {
      auto batch = parley::Batch();
      batch.replace("note", request.argument<std::string>("old"), "swapped").put("count", "1");
      storage().write_and_reply(request, batch, "swapped");
    }).argument<std::string>("old", "What should be there");
    command("pages", "Scan", [this](Request& request) {
      storage().scan(
          "k:",
          [later = request.defer()](Outcome, const parley::Page& page) mutable {
            later.ok({{"keys", static_cast<int>(page.items.size())},
                      {"more", page.more},
                      {"first", page.items[0].second}});
          },
          "k:1", 2);
    });
    command("block", "Blocks where it must not", [this](Request& request) {
      storage().get_now("note");
      request.ok();
    });
  }
  void on_start() override { loaded = storage().scan_now("k:"); }
  static inline std::map<std::string, std::string> loaded;
};

TEST(Storage, AnswersOnlyOnceTheWriteIsDone) {
  FakeHost host(options<Keeper>());
  host.hold();
  const auto reply = host.call("keep", {{"text", "milk"}});
  EXPECT_FALSE(reply.answered());
  EXPECT_TRUE(host.storage().empty());
  host.settle();
  EXPECT_EQ(reply.type(), "kept");
  EXPECT_EQ(host.storage()["note"], "milk");
}

TEST(Storage, TellsTheUserWhenTheWriteFailed) {
  FakeHost host(options<Keeper>());
  host.fail_next_write(Outcome::kBusy);
  EXPECT_EQ(host.call("keep", {{"text", "milk"}}).code(), "overloaded");
  EXPECT_TRUE(host.storage().empty());
}

TEST(Storage, SaysWhatIsMissing) {
  FakeHost host(options<Keeper>());
  EXPECT_EQ(host.call("show").code(), "not_found");
  host.call("keep", {{"text", "bread"}});
  EXPECT_EQ(host.call("show").data()["text"].or_else(""), "bread");
}

TEST(Storage, AGetSeesThePutBeforeIt) {
  FakeHost host(options<Keeper>());
  EXPECT_EQ(host.call("both").data()["text"].or_else(""), "new");
}

TEST(Storage, ABatchHappensWholeOrNotAtAll) {
  FakeHost host(options<Keeper>({.storage = {{"note", "milk"}}}));
  EXPECT_EQ(host.call("swap", {{"old", "bread"}}).code(), "conflict");
  EXPECT_EQ(host.storage().count("count"), 0u);
  EXPECT_EQ(host.call("swap", {{"old", "milk"}}).type(), "swapped");
  EXPECT_EQ(host.storage()["count"], "1");
}

TEST(Storage, ScansByPages) {
  FakeHost host(options<Keeper>(
      {.storage = {{"k:1", "a"}, {"k:2", "b"}, {"k:3", "c"}, {"k:4", "d"}, {"z", "z"}}}));
  EXPECT_EQ(Keeper::loaded.size(), 4u);
  EXPECT_EQ(host.call("pages").data().text(), R"({"keys":2,"more":true,"first":"b"})");
}

TEST(Storage, DoesNotBlockThePluginsThread) {
  FakeHost host(options<Keeper>());
  EXPECT_EQ(host.call("block").code(), "plugin_error");
  EXPECT_TRUE(host.logged("reading 'note': called from a thread where it is not allowed"));
}

TEST(Storage, OutlivesARestart) {
  FakeHost host(options<Keeper>());
  host.call("keep", {{"text", "milk"}});
  host.restart();
  EXPECT_EQ(host.call("show").data()["text"].or_else(""), "milk");
}

// ---- timers

class Clockwork : public parley::Plugin {
 public:
  explicit Clockwork(parley::Host host) : Plugin(host) {
    command("start", "Start", [this](Request& request) {
      tick_ = timers().every(1s, [] { ++ticks; });
      once_ = timers().after(2500ms, [this] { tick_.cancel(); });
      request.ok();
    });
    command("again", "Set a name twice", [this](Request& request) {
      named_ = timers().set({.name = "n", .delay = 1s, .payload = "old"},
                            [](std::string_view p) { said = p; });
      other_ = timers().set({.name = "n", .delay = 2s, .payload = "new"},
                            [](std::string_view p) { said = p; });
      request.ok();
    });
    command("bad", "Too fast", [this](Request& request) {
      bad_ = timers().every(1ms, [] {});
      request.ok({{"active", bad_.active()}});
    });
  }
  static inline int ticks = 0;
  static inline std::string said;

 private:
  parley::Timer tick_, once_, named_, other_, bad_;
};

TEST(Timers, TickUntilTheirHandleIsCancelled) {
  Clockwork::ticks = 0;
  FakeHost host(options<Clockwork>());
  host.call("start");
  host.advance(999ms);
  EXPECT_EQ(Clockwork::ticks, 0);
  host.advance(1ms);
  EXPECT_EQ(Clockwork::ticks, 1);
  host.advance(10s);
  EXPECT_EQ(Clockwork::ticks, 2);
  EXPECT_EQ(host.timers(), 0u);
}

TEST(Timers, OfOneNameReplaceEachOther) {
  FakeHost host(options<Clockwork>());
  host.call("again");
  EXPECT_EQ(host.timers(), 1u);
  host.advance(1s);
  EXPECT_EQ(Clockwork::said, "");
  host.advance(1s);
  EXPECT_EQ(Clockwork::said, "new");
}

TEST(Timers, ThatTheHostRefusesAreNotActive) {
  FakeHost host(options<Clockwork>());
  EXPECT_EQ(host.call("bad").data()["active"].as<bool>(), false);
  EXPECT_TRUE(host.logged("timer '#1'"));
}

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

// ---- config, files, background

class Settings : public parley::Plugin {
 public:
  static constexpr std::string_view kConfigSchema =
      R"({"type":"object","properties":{"greeting":{"type":"string","default":"hello"},
          "book":{"type":"string"}}})";

  explicit Settings(parley::Host host) : Plugin(host) {
    command("greet", "Greet", [this](Request& request) {
      request.ok({{"text", config()["greeting"].or_else("")}});
    });
    command("book", "Book", [this](Request& request) {
      request.ok({{"text", book_}, {"changes", changes_}});
    });
    command("sum", "Sum", [this](Request& request) {
      background().run([] { return 40 + 2; },
                       [later = request.defer()](Outcome, std::optional<int> sum) mutable {
                         later.ok({{"sum", *sum}});
                       });
    });
    command("broken", "Work that throws", [this](Request& request) {
      background().run([]() -> int { throw std::runtime_error("no disk"); },
                       [later = request.defer()](Outcome outcome, std::optional<int>) mutable {
                         later.fail(outcome);
                       });
    });
    command("thread", "From a thread of its own", [this](Request& request) {
      std::thread own([this, later = std::make_shared<parley::Deferred>(request.defer())] {
        background().post([later] { later->ok(); });
      });
      own.join();
    });
  }
  void on_start() override {
    book_ = files().read_now("book.yaml");
    watch_ = files().watch("book.yaml", [this](std::string_view path) {
      files().read(path, [this](Outcome outcome, std::string_view text) {
        ++changes_;
        if (is_ok(outcome)) book_ = text;
      });
    });
  }
  std::optional<std::string> on_config(JsonView next) override {
    if (next["greeting"].or_else("").empty()) return "greeting: must not be empty";
    if (next["book"].exists()) book_ = files().read_now(next["book"].or_else(""));
    return std::nullopt;
  }

 private:
  std::string book_;
  int changes_ = 0;
  parley::Watch watch_;
};

class Config : public ::testing::Test {
 protected:
  FakeHost host_{options<Settings>({.files = {{"book.yaml", "one"}, {"/etc/secret", "no"}}})};
};

TEST_F(Config, ComesWithItsDefaults) {
  EXPECT_EQ(host_.call("greet").data()["text"].or_else(""), "hello");
}

TEST_F(Config, ChangesWhileItRuns) {
  EXPECT_EQ(host_.change_config(R"({"greeting":"hi"})"), std::nullopt);
  EXPECT_EQ(host_.call("greet").data()["text"].or_else(""), "hi");
}

TEST_F(Config, ThatIsRefusedLeavesTheOldOne) {
  EXPECT_EQ(host_.change_config(R"({"greeting":""})"), "greeting: must not be empty");
  EXPECT_EQ(host_.change_config(R"({"greeting":"x","book":"gone.yaml"})"),
            "reading file gone.yaml: not found");
  EXPECT_EQ(host_.call("greet").data()["text"].or_else(""), "hello");
}

TEST_F(Config, MayNotReadWhatWasNotGranted) {
  const auto refusal = host_.change_config(R"({"greeting":"x","book":"/etc/secret"})");
  ASSERT_TRUE(refusal);
  EXPECT_THAT(*refusal, HasSubstr("not permitted"));
  EXPECT_THAT(*host_.change_config(R"({"greeting":"x","book":"../x"})"),
              HasSubstr("not permitted"));
}

TEST_F(Config, FilesAreReadAgainWhenTheyChange) {
  host_.write_file("book.yaml", "two");
  EXPECT_EQ(host_.call("book").data().text(), R"({"text":"two","changes":1})");
  host_.remove_file("book.yaml");
  EXPECT_EQ(host_.call("book").data().text(), R"({"text":"two","changes":2})");
}

TEST(Files, MissingAtTheStartRefuseIt) {
  try {
    FakeHost host(options<Settings>());
    FAIL() << "started";
  } catch (const std::runtime_error& refusal) {
    EXPECT_STREQ(refusal.what(), "start: reading file book.yaml: not found");
  }
}

TEST_F(Config, BackgroundWorkComesBackWithItsResult) {
  EXPECT_EQ(host_.call("sum").data()["sum"].as<int>(), 42);
}

TEST_F(Config, BackgroundWorkThatThrowsIsAFailure) {
  EXPECT_EQ(host_.call("broken").code(), "internal");
  EXPECT_TRUE(host_.logged("background work: no disk"));
}

TEST_F(Config, AThreadOfThePluginsOwnFindsItsWayBack) {
  EXPECT_EQ(host_.call("thread").type(), "ok");
}

}  // namespace
