// SPDX-License-Identifier: Apache-2.0
// Settings, files and background work through the wrapper.
#include <optional>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "own_plugin.h"

using parley::JsonView;
using parley::Outcome;
using parley::Request;
using parley::testing::FakeHost;
using ::testing::HasSubstr;

namespace {

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
