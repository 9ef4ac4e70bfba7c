// SPDX-License-Identifier: Apache-2.0
// The kit itself: its clock, its deadlines, and what it does with a plugin that lacks a half.
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::Deferred;
using parley::Request;
using parley::testing::entry_of;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using ::testing::ElementsAre;

namespace {

// Writes down when things happen, in milliseconds since its start.
class Diary : public parley::Plugin {
 public:
  explicit Diary(parley::Host host) : Plugin(host) {
    command("wait", "Never answers in time",
            [this](Request& request) { waiting_.push_back(request.defer()); });
    command("late", "Answers what it let wait", [this](Request& request) {
      for (Deferred& one : waiting_) one.ok();
      waiting_.clear();
      request.ok();
    });
    command("tick", "Sets a timer", [this](Request& request) {
      timer_ = timers().after(2500ms, [this] { note("tick"); });
      request.ok();
    });
    command("read", "The diary", [this](Request& request) {
      request.reply("diary", parley::Json{{"lines", parley::Json::array_of(lines_)}});
    });
  }

 private:
  void on_cancel(parley_id, parley::CancelReason) override { note("cancelled"); }
  void note(const std::string& what) {
    lines_.push_back(what + " at " + std::to_string(host().now() - began_));
  }

  std::int64_t began_ = host().now();
  std::vector<Deferred> waiting_;
  parley::Timer timer_;
  std::vector<std::string> lines_;
};

std::vector<std::string> lines(FakeHost& host) {
  std::vector<std::string> result;
  const auto reply = host.call("read");
  for (const auto& line : reply.data()["lines"].items()) result.push_back(line.or_else(""));
  return result;
}

TEST(FakeClock, TimersAndDeadlinesSeeTheInstantTheyWereDueAt) {
  FakeHost host({.plugin = entry_of<Diary>()});
  host.call("tick");
  const auto waiting = host.call("wait");
  EXPECT_FALSE(waiting.answered());
  EXPECT_EQ(host.next_timer_at(), host.now() + 2500);
  host.advance(1h);
  EXPECT_EQ(waiting.code(), "plugin_timeout");
  EXPECT_THAT(lines(host), ElementsAre("cancelled at 2000", "tick at 2500"));
  EXPECT_EQ(host.next_timer_at(), std::nullopt);
}

TEST(FakeClock, TheWallClockCanBeSetWithoutTouchingWhatIsLeft) {
  FakeHost host({.plugin = entry_of<Diary>()});
  const auto began = host.now();
  host.call("tick");
  const auto waiting = host.call("wait");
  host.set_clock(began - 86'400'000);
  host.advance(1999ms);
  EXPECT_FALSE(waiting.answered());
  host.advance(1ms);
  EXPECT_EQ(waiting.code(), "plugin_timeout");
  host.advance(500ms);
  EXPECT_THAT(lines(host), ElementsAre("cancelled at -86398000", "tick at -86397500"));
}

TEST(FakeClock, TheBudgetOfARequestCanBeChosen) {
  FakeHost host({.plugin = entry_of<Diary>()});
  host.set_request_budget(10ms);
  const auto waiting = host.call("wait");
  host.advance(10ms);
  EXPECT_EQ(waiting.code(), "plugin_timeout");
}

TEST(FakeHost, CountsAnswersThatComeTooLate) {
  FakeHost host({.plugin = entry_of<Diary>()});
  host.call("wait");
  host.call("wait");
  host.advance(2s);
  EXPECT_EQ(host.late_answers(), 0u);
  EXPECT_EQ(host.call("late").type(), "ok");
  EXPECT_EQ(host.late_answers(), 2u);
}

TEST(FakeHost, ServesThePluginFromAnotherThread) {
  FakeHost host({.plugin = entry_of<Diary>()});
  std::string there;
  std::thread([&] {
    host.move_to_this_thread();
    there = host.call("tick").type();
  }).join();
  EXPECT_EQ(there, "ok");
  host.move_to_this_thread();
  EXPECT_EQ(host.call("tick").type(), "ok");
  EXPECT_TRUE(host.logs().empty());
}

// The bare ABI: no half of any extension, as a plugin in C may have it.
const parley_plugin* create_bare(const parley_host* given, const parley_sink*) {
  static const parley_host* host;
  host = given;
  static const parley_plugin plugin{
      sizeof(parley_plugin),
      0,
      nullptr,
      [](void*, const parley_sink*) -> parley_status {
        const auto* commands = static_cast<const parley_host_commands*>(
            host->get_extension(host, parley::detail::to_abi(PARLEY_EXT_COMMANDS)));
        auto command = parley::detail::sized<parley_command>();
        command.name = parley::detail::to_abi("wait");
        return commands->add(host, &command);
      },
      [](void*) {},
      [](void*) {},
      [](void*, parley_token, const parley_request* request) -> parley_status {
        const auto* requests = static_cast<const parley_host_request*>(
            host->get_extension(host, parley::detail::to_abi(PARLEY_EXT_REQUEST)));
        return requests->defer(host, request->id);
      },
      [](void*, parley_string) -> const void* { return nullptr; }};
  return &plugin;
}

TEST(FakeHost, TellsAPluginWithoutHalvesNothing) {
  parley_plugin_entry entry = *entry_of<Diary>();
  entry.create = create_bare;
  FakeHost host({.plugin = &entry});
  const auto waiting = host.call("wait");
  host.advance(2s);
  EXPECT_EQ(waiting.code(), "plugin_timeout");
  EXPECT_EQ(host.change_config("{}"), "the plugin takes no new settings while it runs");
}

}  // namespace
