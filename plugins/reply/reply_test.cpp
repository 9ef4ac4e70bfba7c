// SPDX-License-Identifier: Apache-2.0
// The plugin as people meet it, on the shipped book and on small ones.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using namespace std::chrono_literals;
using parley::EventKind;
using parley::JsonView;
using parley::UserKind;
using parley::testing::Caller;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using parley::testing::Published;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace {

const Caller kNeo{};
const Caller kIvan{.id = "u_ivan", .name = "Иван", .session = "s_ivan", .locale = "ru"};

std::string shipped_book() {
  std::ifstream file(PARLEY_PLUGIN_DATA "/rules.yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

HostOptions options(const std::string& book = shipped_book(), const std::string& config = "{}") {
  return {.config = config, .files = {{"rules.yaml", book}}};
}

// What the bot answered to this; an empty text: nothing.
Published heard(FakeHost& host, const std::string& text, const Caller& caller = kNeo,
                const std::string& channel = "global") {
  host.forget();
  host.say(text, caller, channel);
  EXPECT_LE(host.published().size(), 1u);
  return host.published().empty() ? Published{} : host.published().back();
}
std::string direct_channel(const Caller& caller) {
  return "dm:b_reply:" + caller.id;
}

TEST(Reply, GreetsInAChannelAsABotThatAnswersTheMessage) {
  FakeHost host(options());
  const auto said = host.say("hello");
  ASSERT_EQ(host.published().size(), 1u);
  const Published& answer = host.published().front();
  EXPECT_THAT(answer.text, HasSubstr(", Neo"));
  EXPECT_EQ(answer.channel, "global");
  EXPECT_EQ(answer.user, "") << "it speaks as the plugin";
  EXPECT_EQ(answer.from, "Parley");
  EXPECT_EQ(answer.format, std::uint32_t{PARLEY_FORMAT_MARKDOWN});
  EXPECT_EQ(answer.reply_to, said.offset);
}

TEST(Reply, SpeaksTheLanguageOfTheMessage) {
  FakeHost host(options());
  EXPECT_THAT(heard(host, "привет").text, HasSubstr("Привет, Neo"));
  EXPECT_THAT(heard(host, "Привет!", kIvan).text, HasSubstr("Привет, Иван"));
  EXPECT_THAT(heard(host, "Parley, what can you do?", kIvan).text, HasSubstr("I am **Parley**"));
  EXPECT_THAT(heard(host, "Парли, что ты умеешь?").text, HasSubstr("Я **Parley**"));
  EXPECT_THAT(heard(host, "Parley", kIvan).text, HasSubstr("Да, Иван?"));
  EXPECT_THAT(heard(host, "Parley").text, HasSubstr("Yes, Neo?"));
}

TEST(Reply, InAChannelAnswersOnlyWhenItIsNamed) {
  FakeHost host(options());
  EXPECT_EQ(heard(host, "thanks").text, "");
  EXPECT_EQ(heard(host, "hello is how people begin").text, "");
  EXPECT_NE(heard(host, "thanks, Parley!").text, "");
  EXPECT_NE(heard(host, "@parley thanks").text, "");
  EXPECT_NE(heard(host, "Parley, hello").text, "");
}

TEST(Reply, AnswersTheQuestionThatItsGreetingProposes) {
  FakeHost host(options());
  EXPECT_THAT(heard(host, "what can you do?").text, HasSubstr("I am **Parley**"));
  EXPECT_THAT(heard(host, "What can you do ?", kIvan).text, HasSubstr("I am **Parley**"));
  EXPECT_THAT(heard(host, "что ты умеешь?").text, HasSubstr("Я **Parley**"));
  EXPECT_THAT(heard(host, "Что ты умеешь", kIvan).text, HasSubstr("Я **Parley**"));
  for (const char* between_people : {"what can you do", "what can you do about it?",
                                     "Ann, what can you do?", "а что ты умеешь готовить?"})
    EXPECT_EQ(heard(host, between_people).text, "") << between_people;
}

TEST(Reply, TakesAReplyToItsOwnMessageAsSaidToIt) {
  FakeHost host(options());
  const auto greeted = host.say("hello", kNeo);
  ASSERT_EQ(host.published().size(), 1u);
  const auto own = host.published().back().offset;
  const auto answers = [&](const char* text, std::int64_t to, const char* channel = "global") {
    host.forget();
    host.say(text, kIvan, channel, to);
    return host.published().size();
  };
  EXPECT_EQ(answers("thanks", own), 1u);
  EXPECT_EQ(answers("thanks", greeted.offset), 0u) << "to somebody else";
  EXPECT_EQ(answers("thanks", own, "other"), 0u) << "the same offset in another channel";
  host.reload();
  EXPECT_EQ(answers("thanks", own), 1u) << "the next version knows it as well";
}

TEST(Reply, InADirectMessageAnswersAlwaysAndOnlyThoseMeantForIt) {
  FakeHost host(options());
  EXPECT_NE(heard(host, "thanks", kNeo, direct_channel(kNeo)).text, "");
  EXPECT_EQ(heard(host, "Parley, hello", kNeo, "dm:u_ivan:u_neo").text, "");
  EXPECT_EQ(heard(host, "hello", kNeo, direct_channel(kIvan)).text, "");
}

TEST(Reply, NeverAnswersBotsOrItself) {
  FakeHost host(options());
  for (const auto kind : {UserKind::kBot, UserKind::kBackend, UserKind::kNone}) {
    EXPECT_EQ(heard(host, "Parley, hello", {.kind = kind}).text, "");
  }
  EXPECT_EQ(heard(host, "Parley, hello", {.id = "b_reply"}).text, "");
}

TEST(Reply, RemembersAcrossARestart) {
  FakeHost host(options());
  EXPECT_EQ(heard(host, "Parley, call me Mr_Anderson").text, "I will call you Mr\\_Anderson.");
  EXPECT_EQ(heard(host, "Parley, зови меня Нео", kIvan).text, "Запомнил: Нео.");
  host.restart();
  EXPECT_EQ(heard(host, "Parley, who am I?").text, "You are Mr\\_Anderson.");
  EXPECT_EQ(heard(host, "Parley, как меня зовут?", kIvan).text, "Вас зовут Нео.");
  EXPECT_EQ(heard(host, "Parley, forget me").text, "Forgotten. You are Neo again.");
  host.restart();
  EXPECT_THAT(heard(host, "Parley, who am I?").text, HasSubstr("I see you as Neo"));
  EXPECT_EQ(host.storage().size(), 1u);
}

TEST(Reply, DoesNotClaimToRememberWhatWasNotStored) {
  FakeHost host(options());
  host.fail_next_write(parley::Outcome::kBusy);
  EXPECT_THAT(heard(host, "Parley, call me Neo").text, HasSubstr("could not remember"));
  EXPECT_TRUE(host.logged("storing variables"));
  EXPECT_THAT(host.storage(), IsEmpty());
}

TEST(Reply, WhatAGuestToldStaysKnownAndADeletedUserIsForgotten) {
  FakeHost host(options());
  heard(host, "Parley, call me Trinity", {.id = "g_1", .kind = UserKind::kGuest});
  host.happen(EventKind::kUserRegistered, kNeo, {}, {}, "g_1");
  EXPECT_EQ(heard(host, "Parley, who am I?").text, "You are Trinity.");
  host.happen(EventKind::kUserDeleted, kNeo);
  EXPECT_THAT(host.storage(), IsEmpty());
}

// Guesses by halves, as a person would.
TEST(Reply, PlaysAGuessingGame) {
  FakeHost host(options());
  EXPECT_THAT(heard(host, "Parley, guess a number").text, HasSubstr("1 to 100"));
  EXPECT_EQ(heard(host, "50", kIvan).text, "") << "a dialogue is one person's";
  int least = 1, most = 100;
  std::string text;
  for (int round = 0; round < 8 && text.find("Yes, ") != 0; ++round) {
    const int guess = (least + most) / 2;
    text = heard(host, std::to_string(guess)).text;
    if (text.find("More") == 0) least = guess + 1;
    if (text.find("Less") == 0) most = guess - 1;
  }
  EXPECT_THAT(text, HasSubstr("Games you have won: 1."));
  EXPECT_EQ(heard(host, "50").text, "") << "it is over";
  EXPECT_EQ(host.timers(), 0u);
}

TEST(Reply, ADialogueEndsWhenItsTimeIsOver) {
  FakeHost host(options());
  heard(host, "Парли, угадай число", kIvan);
  EXPECT_EQ(host.timers(), 1u);
  host.forget();
  host.advance(119s);
  EXPECT_THAT(host.published(), IsEmpty());
  host.advance(1s);
  ASSERT_EQ(host.published().size(), 1u);
  EXPECT_THAT(host.published().front().text, HasSubstr("Время вышло. Я загадал "));
  EXPECT_EQ(host.timers(), 0u);
  EXPECT_EQ(heard(host, "50", kIvan).text, "");
}

TEST(Reply, ADialogueGoesOnOverAReload) {
  FakeHost host(options());
  heard(host, "Parley, guess a number");
  EXPECT_THAT(heard(host, "0").text, HasSubstr("More"));
  host.reload();
  EXPECT_EQ(host.timers(), 1u) << "it still has its time";
  EXPECT_THAT(heard(host, "101").text, HasSubstr("Less"));
  host.forget();
  host.advance(120s);
  EXPECT_EQ(host.published().size(), 1u);
  EXPECT_EQ(host.timers(), 0u);
}

TEST(Reply, RunsCommandsAsTheSpeaker) {
  FakeHost host(options());
  EXPECT_EQ(heard(host, "Parley, roll 2d6").text, "");
  ASSERT_EQ(host.ran().size(), 1u);
  EXPECT_EQ(host.ran().front().session, "s_neo");
  EXPECT_EQ(host.ran().front().action, "roll");
  EXPECT_EQ(JsonView(host.ran().front().arguments)["dice"].or_else(""), "2d6");
}

struct Said {
  const char* text;
  const char* action;
  const char* arguments;
};

class SaidWithoutASlash : public ::testing::TestWithParam<Said> {};

TEST_P(SaidWithoutASlash, IsDoneForTheSpeakerAlone) {
  FakeHost host(options());
  EXPECT_EQ(heard(host, GetParam().text).text, "") << "nobody else is bothered";
  ASSERT_EQ(host.ran().size(), 1u) << GetParam().text;
  EXPECT_EQ(host.ran().front().session, "s_neo");
  EXPECT_EQ(host.ran().front().action, GetParam().action);
  EXPECT_EQ(host.ran().front().arguments, GetParam().arguments);
}

INSTANTIATE_TEST_SUITE_P(
    Words, SaidWithoutASlash,
    ::testing::Values(Said{"move north", "move", R"({"direction":"north"})"},
                      Said{"Go down!", "move", R"({"direction":"down"})"},
                      Said{"Иди на юг", "move", R"({"direction":"south"})"},
                      Said{"look", "look", "{}"}, Said{"осмотреться", "look", "{}"},
                      Said{"attack wolf", "attack", R"({"target":"wolf"})"},
                      Said{"Attack the wolf.", "attack", R"({"target":"wolf"})"},
                      Said{"атаковать волк", "attack", R"({"target":"волк"})"},
                      Said{"inventory", "inventory", "{}"},
                      Said{"roll 2d6", "roll", R"({"dice":"2d6"})"},
                      Said{"Parley, take lantern", "take", R"({"item":"lantern"})"},
                      Said{"Парли, положи фонарь", "drop", R"({"item":"фонарь"})"}));

TEST(Reply, LeavesTalkAloneThatOnlySoundsLikeTheGame) {
  FakeHost host(options());
  for (const char* talk :
       {"take care", "look at this", "we should move north next year",
        "attack is the best defence, they say", "let us go", "drop it", "/move north", "?look"}) {
    heard(host, talk);
    EXPECT_THAT(host.ran(), IsEmpty()) << talk;
  }
}

TEST(Reply, SaysSoWhenWhatItWasAskedForIsNotLoaded) {
  FakeHost host(options());
  host.fail_next_write(parley::Outcome::kNotFound);
  EXPECT_THAT(heard(host, "Parley, move north").text, HasSubstr("`/help`"));
}

TEST(Reply, OffersButtons) {
  FakeHost host(options());
  const Published answer = heard(host, "Parley, dice");
  const auto buttons = JsonView(answer.buttons).items();
  ASSERT_EQ(buttons.size(), 3u);
  EXPECT_EQ(buttons[1]["label"].or_else(""), "2d6");
  EXPECT_EQ(buttons[1]["style"].or_else(""), "primary");
  EXPECT_EQ(buttons[1]["command"]["action"].or_else(""), "roll");
  EXPECT_EQ(buttons[1]["command"]["dice"].or_else(""), "2d6");
}

TEST(Reply, AskAnswersOnePersonAlone) {
  FakeHost host(options());
  const auto reply = host.call("ask", {{"text", "what can you do"}}, kNeo);
  ASSERT_EQ(reply.type(), "botMessage") << reply.text();
  EXPECT_EQ(reply.data()["from"].or_else(""), "Parley");
  EXPECT_EQ(reply.data()["format"].or_else(""), "markdown");
  EXPECT_TRUE(reply.data()["only"].or_else(false));
  EXPECT_TRUE(reply.data()["bot"].or_else(false));
  EXPECT_TRUE(reply.data()["buttons"].is_array());
  EXPECT_EQ(host.call("ask", {{"text", "call me Neo"}}).data()["text"].or_else(""),
            "I will call you Neo.");
  EXPECT_THAT(host.published(), IsEmpty());
  host.call("ask", {{"text", "roll 2d6"}});
  EXPECT_EQ(host.ran().size(), 1u);
  EXPECT_EQ(host.call("ask", {{"text", ""}}).code(), "invalid_args");
}

TEST(Reply, AskSaysSoWhenTheBookHasNoAnswer) {
  FakeHost host(options("rules: [{id: a, says: [x], answer: y}]"));
  EXPECT_EQ(host.call("ask", {{"text", "z"}}, kIvan).data()["text"].or_else(""),
            "I have no answer to that.");
  EXPECT_EQ(host.call("ask", {{"text", "7"}}, kIvan).data()["text"].or_else(""),
            "На это у меня нет ответа.");
}

TEST(Reply, AnswersOnePersonOnlySoOftenAndOthersStill) {
  FakeHost host(options(shipped_book(), R"({"answers_per_minute":2})"));
  heard(host, "hello");
  heard(host, "hello");
  EXPECT_EQ(heard(host, "hello").text, "");
  EXPECT_EQ(host.call("ask", {{"text", "hi"}}).code(), "rate_limited");
  EXPECT_NE(heard(host, "hello", kIvan).text, "");
  host.advance(60s);
  EXPECT_NE(heard(host, "hello").text, "");
}

TEST(Reply, LeavesLongMessagesAloneAndCutsLongAnswers) {
  FakeHost host(options("rules: [{id: a, keywords: [hi], answer: '{{text}}'}]",
                        R"({"text_length":20,"answer_length":8})"));
  EXPECT_EQ(heard(host, "Parley hi there all").text, "hi ther…");
  EXPECT_EQ(heard(host, "Parley hi there, what now").text, "");
}

TEST(Reply, ABadBookKeepsTheOldOne) {
  FakeHost host(options("rules: [{id: a, says: [x], answer: old}]"));
  host.write_file("rules.yaml", "rules:\n  - id: a\n    answer: '{{'\n");
  EXPECT_TRUE(host.logged("rules.yaml:3: "));
  EXPECT_TRUE(host.logged("the old book stays"));
  EXPECT_EQ(heard(host, "Parley x").text, "old");
  host.remove_file("rules.yaml");
  EXPECT_EQ(heard(host, "Parley x").text, "old");
  host.write_file("rules.yaml", "rules: [{id: a, says: [x], answer: new}]");
  EXPECT_EQ(heard(host, "Parley x").text, "new");
}

TEST(Reply, ABadBookRefusesTheStart) {
  try {
    FakeHost host(options("rules:\n  - id: a\n    anwser: x\n"));
    FAIL() << "it started";
  } catch (const std::runtime_error& refusal) {
    EXPECT_THAT(refusal.what(), HasSubstr("rules.yaml:3: rule 1: unknown key 'anwser'"));
  }
}

TEST(Reply, NewSettingsAreRefusedWithTheirBookAndTheOldOnesStay) {
  HostOptions both = options("rules: [{id: a, says: [x], answer: old}]");
  both.files["bad.yaml"] = "rules: []";
  both.files["good.yaml"] = "rules: [{id: a, says: [x], answer: new}]";
  FakeHost host(both);
  EXPECT_THAT(host.change_config(R"({"book":"bad.yaml"})").value_or(""),
              HasSubstr("bad.yaml:1: the book has no rules"));
  EXPECT_EQ(heard(host, "Parley x").text, "old");
  EXPECT_EQ(host.change_config(R"({"book":"good.yaml"})"), std::nullopt);
  EXPECT_EQ(heard(host, "Parley x").text, "new");
}

TEST(Reply, AsksForNothingThatItIsNotGranted) {
  FakeHost host(options());
  heard(host, "Parley, guess a number");
  heard(host, "stop");
  for (const auto& line : host.logs()) EXPECT_NE(line.level, PARLEY_LOG_MISBEHAVING) << line.text;
}

}  // namespace
