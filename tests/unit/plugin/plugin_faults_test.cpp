// SPDX-License-Identifier: Apache-2.0
// Plugins that break the contract while they serve: the user is answered, the server goes on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plugin_world.h"

namespace parley::plugin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PluginFaultsTest, AThrowingCallIsAnsweredPluginError) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("throwsNow"), AllOf(HasSubstr("plugin_error"), Not(HasSubstr("no luck"))));
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("answered"));
  EXPECT_THAT(neo.call("throwsLate"), HasSubstr("answered")) << "the answer came before the throw";
  EXPECT_TRUE(eventually([&] { return world.plugin("throws-in-call")->faults().count() == 2; }));
}

TEST(PluginFaultsTest, TooManyFaultsMeanQuarantineForAWhile) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 5; ++i) EXPECT_THAT(neo.call("throwsNow"), HasSubstr("plugin_error")) << i;
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("plugin_unavailable"));
  EXPECT_THAT(world.manager().info("throws-in-call")->quarantine,
              HasSubstr("5 faults within 60 s, the last in throwsNow"));
  world.clock().advance(Millis(300'000));
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("answered"));
  EXPECT_EQ(world.manager().info("throws-in-call")->quarantine, "");
}

TEST(PluginFaultsTest, AnOperatorEndsAQuarantine) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 5; ++i) neo.call("throwsNow");
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("plugin_unavailable"));
  world.plugin("throws-in-call")->faults().release();
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("answered"));
}

TEST(PluginFaultsTest, AQuarantineByHandIsSeenAndReleasedOnce) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.release("throws-in-call").status.message(), HasSubstr("is not in quarantine"));
  EXPECT_TRUE(world.quarantine("throws-in-call").status);
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("plugin_unavailable"));
  const auto info = world.manager().info("throws-in-call");
  EXPECT_EQ(state_name(info->state), "quarantined");
  EXPECT_EQ(info->reason,
            "an operator put it there; for 300 s yet, or until `parleyctl plugin release "
            "throws-in-call`");
  EXPECT_TRUE(world.release("throws-in-call").status);
  EXPECT_EQ(world.state("throws-in-call"), PluginState::kActive);
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("answered"));
}

TEST(PluginFaultsTest, AQuarantineThatIsOverIsNotShown) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  EXPECT_TRUE(world.quarantine("throws-in-call").status);
  world.clock().advance(Millis(300'001));
  EXPECT_EQ(world.state("throws-in-call"), PluginState::kActive);
  EXPECT_EQ(world.manager().info("throws-in-call")->quarantine, "");
}

class LeftThreadsTest : public ::testing::TestWithParam<const char*> {};

TEST_P(LeftThreadsTest, AThreadThatACommandLeftBehindKeepsTheImage) {
  World world;
  ASSERT_EQ(world.bring("leaves-threads"), "");
  EXPECT_THAT(world.enter("Neo").call(GetParam()), HasSubstr("answered"));
  ASSERT_TRUE(eventually([&] { return world.trace().find("left behind") != std::string::npos; }));
  const auto unloaded = world.unload("leaves-threads");
  EXPECT_TRUE(unloaded.status);
#ifndef PARLEY_SANITIZED
  if (kInChild) {
    EXPECT_TRUE(eventually([&] { return world.images_of("leaves-threads") == 0; }))
        << "its process took the thread along";
    return;
  }
  EXPECT_EQ(world.state("leaves-threads"), PluginState::kRetiredButMapped);
  EXPECT_THAT(world.manager().info("leaves-threads")->reason,
              AllOf(HasSubstr("left 1 of its threads running"), HasSubstr("\"nobody\""),
                    HasSubstr("stays mapped")));
  EXPECT_EQ(world.images_of("leaves-threads"), 1);
  ASSERT_TRUE(world.load("leaves-threads").status) << "another copy loads beside it";
#endif
}

INSTANTIATE_TEST_SUITE_P(OfEitherKind, LeftThreadsTest, ::testing::Values("leaveStd", "leaveC"));

TEST(PluginFaultsTest, AThreadThatACommandJoinedIsNoFault) {
  World world;
  ASSERT_EQ(world.bring("leaves-threads"), "");
  EXPECT_THAT(world.enter("Neo").call("joinStd"), HasSubstr("answered"));
  EXPECT_TRUE(world.unload("leaves-threads").status);
#ifndef PARLEY_SANITIZED
  EXPECT_EQ(world.state("leaves-threads"), PluginState::kUnloaded);
#endif
}

TEST(PluginFaultsTest, FaultsFarApartAreForgiven) {
  World world;
  ASSERT_EQ(world.bring("throws-in-call"), "");
  auto& neo = world.enter("Neo");
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(neo.call("throwsNow"), HasSubstr("plugin_error")) << i;
    world.clock().advance(Millis(20'000));
  }
  EXPECT_THAT(neo.call("throwsNot"), HasSubstr("answered"));
}

TEST(PluginFaultsTest, NoAnswerIsAFault) {
  World world;
  ASSERT_EQ(world.bring("does-not-answer"), "");
  EXPECT_THAT(world.enter("Neo").call("silent"), HasSubstr("plugin_error"));
  EXPECT_EQ(world.plugin("does-not-answer")->faults().count(), 1u);
}

TEST(PluginFaultsTest, TheSecondAnswerIsStale) {
  World world;
  ASSERT_EQ(world.bring("answers-twice"), "");
  auto& neo = world.enter("Neo");
  EXPECT_THAT(neo.call("twice"), HasSubstr(R"("time":1)"));
  EXPECT_TRUE(eventually([&] { return world.trace().find("second") != std::string::npos; }));
  EXPECT_THAT(world.trace(),
              AllOf(HasSubstr("first 0\n"), HasSubstr("second " + std::to_string(PARLEY_E_STALE))));
  EXPECT_FALSE(neo.link.has(R"("time":2)"));
}

TEST(PluginFaultsTest, CallsFromTheWrongThreadAreRefused) {
  World world;
  ASSERT_EQ(world.bring("calls-from-own-thread"), "");
  const std::string wrong = std::to_string(PARLEY_E_WRONG_THREAD);
  EXPECT_THAT(world.enter("Neo").call("ownThread"),
              HasSubstr(R"({"get":)" + wrong + R"(,"add":)" + wrong + "}"));
}

class HangTest : public ::testing::Test {
 protected:
  HangTest() {
    EXPECT_EQ(world_.bring("hangs-in-call"), "");
    EXPECT_EQ(world_.bring_steady(), "");
  }
  int hang(World::Client& client) {
    const int call = client.begin("hangsNow");
    EXPECT_TRUE(eventually([&] { return world_.trace().find("hanging") != std::string::npos; }));
    return call;
  }

  World world_;
};

TEST_F(HangTest, TheUserIsToldAndTheOtherPluginsGoOn) {
  auto& neo = world_.enter("Neo");
  auto& trinity = world_.enter("Trinity");
  const int call = hang(neo);
  EXPECT_THAT(trinity.call("steadyVersion"), HasSubstr("steady"));
  world_.clock().advance(Millis(2'001));
  EXPECT_THAT(neo.answer(call), HasSubstr("plugin_timeout"));
  EXPECT_TRUE(eventually([&] { return world_.workers().stats().stuck == 1; }))
      << "the worker is written off and replaced";
  world_.open_gate();
  EXPECT_TRUE(eventually([&] { return world_.workers().stats().stuck == 0; }));
  EXPECT_THAT(neo.call("hangsNot"), HasSubstr("answered")) << "the plugin came back";
}

TEST_F(HangTest, UnloadingLeavesTheImageAndAnswersWhoWaited) {
  auto& neo = world_.enter("Neo");
  auto& trinity = world_.enter("Trinity");
  hang(neo);
  const int waits = trinity.begin("hangsNot");
  ASSERT_TRUE(eventually([&] { return world_.plugin("hangs-in-call")->queued() == 1; }));
  EXPECT_TRUE(world_.unload("hangs-in-call").status);
  EXPECT_THAT(world_.manager().info("hangs-in-call")->reason,
              HasSubstr("did not end within 200 ms"));
  if (kInChild) {
    EXPECT_EQ(world_.state("hangs-in-call"), PluginState::kUnloaded);
    EXPECT_TRUE(eventually([] { return !is_mapped("staged/hangs-in-call-"); }))
        << "a process can be ended, whatever hangs in it";
  } else {
    EXPECT_EQ(world_.state("hangs-in-call"), PluginState::kRetiredButMapped);
    EXPECT_TRUE(is_mapped("staged/hangs-in-call-"));
  }
  EXPECT_THAT(trinity.answer(waits), HasSubstr("plugin_unavailable"))
      << "it never ran, and was not forgotten";
  EXPECT_THAT(trinity.call("steadyVersion"), HasSubstr("steady")) << "its session is not held up";
}

TEST_F(HangTest, ANewVersionLoadsBesideTheRetiredOne) {
  auto& neo = world_.enter("Neo");
  auto& trinity = world_.enter("Trinity");
  hang(neo);
  ASSERT_TRUE(world_.unload("hangs-in-call").status);
  const auto again = world_.load("hangs-in-call");
  ASSERT_TRUE(again.status) << again.status.message();
  EXPECT_THAT(trinity.call("hangsNot"), HasSubstr("answered"));
}

TEST_F(HangTest, ConfiguringAHungPluginComesBackAndStopsNobody) {
  auto& neo = world_.enter("Neo");
  hang(neo);
  EXPECT_FALSE(world_.configure("hangs-in-call", "{}").status);
  EXPECT_TRUE(world_.configure("steady", R"({"greeting":"salut"})").status);
}

TEST(PluginHangTest, AHungConfigurablePluginRefusesInTime) {
  World world;
  world.grant("steady", "permissions: [commands, metrics, 'filter:*']\nlimits: {start: 3s}\n");
  ASSERT_EQ(world.bring("steady"), "");
  Gate inside;
  std::jthread holder([&] { world.plugin("steady")->complete([&](void*) { inside.wait(); }); });
  ASSERT_TRUE(inside.wait_inside());
  EXPECT_THAT(world.configure("steady", R"({"greeting":"salut"})").status.message(),
              HasSubstr("busy"));
  inside.open();
  EXPECT_THAT(world.enter("Neo").call("steadyGreeting"), HasSubstr("hello"))
      << "and does not take it later";
}

TEST(MessagePipelineTest, FiltersComeByPriorityAndMayReplaceOrDeny) {
  World world;
  world.grant("filters", "permissions: [commands, 'filter:*', dm]\n");
  ASSERT_EQ(world.bring("filters"), "");
  const auto filter = [&](const std::string& text) {
    auto message = std::make_shared<ChatMessage>();
    message->channel = "global";
    message->text = text;
    auto decided = std::make_shared<std::promise<Verdict>>();
    world.messages().filter(message,
                            [decided](Verdict verdict) { decided->set_value(std::move(verdict)); });
    const auto verdict = decided->get_future().get();
    return verdict.denied ? verdict.code + ": " + verdict.reason : message->text;
  };
  EXPECT_EQ(filter("hi"), "hi high low");
  EXPECT_EQ(filter("spam"), "filters.spam: No spam here.");
  EXPECT_EQ(filter("throw"), "throw high low") << "a filter that fails lets the message pass";
  ASSERT_TRUE(world.unload("filters").status);
  EXPECT_EQ(filter("spam"), "spam");
}

TEST(MessagePipelineTest, AMessageOnItsWayPassesWhenThePluginGoes) {
  World world;
  world.grant("filters", "permissions: [commands, 'filter:*', dm]\n");
  ASSERT_EQ(world.bring("filters"), "");
  Gate inside;
  const auto plugin = world.plugin("filters");
  plugin->complete([&](void*) { inside.wait(); });
  ASSERT_TRUE(inside.wait_inside());
  auto message = std::make_shared<ChatMessage>();
  message->channel = "global";
  message->text = "hi";
  auto decided = std::make_shared<std::promise<Verdict>>();
  world.messages().filter(message,
                          [decided](Verdict verdict) { decided->set_value(std::move(verdict)); });
  ASSERT_TRUE(world.unload("filters").status);  // gives up waiting, drops what waits
  auto verdict = decided->get_future();
  ASSERT_EQ(verdict.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  EXPECT_FALSE(verdict.get().denied);
  inside.open();
}

TEST(MessageListenerTest, MatchesByChannelKindPrefixAndAuthor) {
  MessageListener listener;
  listener.plugin_id = "reply";
  listener.kinds = PARLEY_MESSAGE_CHANNEL;
  listener.channel = "global";
  listener.prefix = "!";
  ChatMessage message;
  message.channel = "global";
  message.text = "!roll";
  EXPECT_TRUE(listener.matches(message));
  message.channel = "other";
  EXPECT_FALSE(listener.matches(message));
  listener.channel = "*";
  EXPECT_TRUE(listener.matches(message));
  message.text = "roll";
  EXPECT_FALSE(listener.matches(message));
  message.text = "!roll";
  message.direct = true;
  EXPECT_FALSE(listener.matches(message));
  message.direct = false;
  message.by_plugin = "game";
  EXPECT_FALSE(listener.matches(message)) << "bots are not listened to unless asked for";
  listener.kinds |= PARLEY_MESSAGE_FROM_BOTS;
  EXPECT_TRUE(listener.matches(message));
  message.by_plugin = "reply";
  EXPECT_FALSE(listener.matches(message)) << "never its own";
}

}  // namespace
}  // namespace parley::plugin
