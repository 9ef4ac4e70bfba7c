// SPDX-License-Identifier: Apache-2.0
// Storage and timers through the wrapper, each with what goes wrong.
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "own_plugin.h"

using namespace std::chrono_literals;
using parley::Outcome;
using parley::Request;
using parley::testing::FakeHost;

namespace {

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

}  // namespace
