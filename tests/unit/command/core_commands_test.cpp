// SPDX-License-Identifier: Apache-2.0
#include "command/core_commands.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/command/world.h"

namespace parley::command {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

auto error(const char* code) {
  return HasSubstr("\"code\":\"" + std::string(code) + "\"");
}

TEST(CoreCommandsTest, JoiningAndLeavingByBothNames) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"subscribe","id":1,"channel":"lobby"})"),
              AllOf(HasSubstr(R"({"id":1,"seq":1,"type":"subscribed","data":{"channel":"lobby")"),
                    HasSubstr(R"("members":1)")));
  EXPECT_THAT(world.say(neo, R"({"action":"leave","id":2,"channel":"lobby"})"),
              HasSubstr(R"("type":"unsubscribed","data":{"channel":"lobby"})"));
  EXPECT_THAT(world.say(neo, R"({"action":"join","id":3,"channel":"lobby"})"),
              HasSubstr("subscribed"));
  EXPECT_THAT(world.say(neo, R"({"action":"join","id":4,"channel":"@u_2"})"), error("not_found"));
}

TEST(CoreCommandsTest, HistoryAndPresenceOfTheChannelOneIsIn) {
  World world;
  auto& neo = world.enter("Neo");
  world.enter("Trinity", 1);
  EXPECT_THAT(world.say(neo, R"({"action":"history","id":1,"channel":"global"})"),
              AllOf(StartsWith(R"({"id":1,"type":"history")"), HasSubstr("\"messages\":[]")));
  EXPECT_THAT(world.say(neo, R"({"action":"echoChat","id":2,"message":"/who","channel":"global"})"),
              AllOf(StartsWith(R"({"id":2,"type":"presence")"), HasSubstr("Trinity")));
  EXPECT_THAT(world.say(neo, R"({"action":"presence","id":3})"),
              AllOf(error("invalid_args"), HasSubstr(R"("fields":{"channel":"is required"})")));
  EXPECT_THAT(world.say(neo, R"({"action":"history","id":4,"channel":"dm:u_1:u_2"})"),
              error("not_found"));
}

TEST(CoreCommandsTest, PresenceOfTwoNamesTheOneWhoIsAway) {
  World world;
  auto& neo = world.enter("Neo");
  auto& trinity = world.enter("Trinity", 1);
  const auto id = world.session_of(trinity)->user()->id;
  const auto name = *session::direct_channel(world.session_of(neo)->user()->id, id);
  world.channels.publish(
      {.channel = name, .user = session::author_of(*world.session_of(neo)->user())}, [](auto) {});
  world.run();
  EXPECT_THAT(world.say(neo, R"({"action":"presence","id":1,"channel":")" + name + "\"}"),
              HasSubstr(R"("peer":{"id":")" + id + R"(","name":"Trinity","kind":"guest"})"));
}

TEST(CoreCommandsTest, ChannelsAreThePublicOnesInPages) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"join","id":1,"channel":"lobby"})");
  EXPECT_EQ(world.say(neo, R"({"action":"channels","id":2})"),
            R"({"id":2,"type":"channels","data":{"channels":[{"name":"global","members":1},)"
            R"({"name":"lobby","members":1}]}})");
  EXPECT_EQ(world.say(neo, R"({"action":"channels","id":3,"limit":1})"),
            R"({"id":3,"type":"channels","data":{"channels":[{"name":"global","members":1}],)"
            R"("next":"global"}})");
  EXPECT_THAT(world.say(neo, R"({"action":"channels","id":4,"after":"global"})"),
              AllOf(HasSubstr("lobby"), Not(HasSubstr("global"))));
}

TEST(CoreCommandsTest, SyncSaysPlainlyWhatIsNotKept) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"sync","id":1,"seq":0})"), R"({"id":1,"type":"ok"})");
  EXPECT_THAT(world.say(neo, R"({"action":"sync","id":1,"seq":5})"), error("position_lost"));
}

TEST(CoreCommandsTest, AckAnswersOnlyWhoAsks) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_EQ(world.say(neo, R"({"action":"ack","seq":0})"), "");
  EXPECT_EQ(world.say(neo, R"({"action":"ack","id":1,"seq":0})"), R"({"id":1,"type":"ok"})");
}

TEST(CoreCommandsTest, CommandsAreThoseOneMayCallInOnesLanguage) {
  World world;
  auto& neo = world.enter("Neo");
  const auto list = world.say(neo, R"({"action":"commands","id":1,"locale":"ru"})");
  EXPECT_THAT(list, AllOf(StartsWith(R"({"id":1,"type":"commands","data":{"rev":2,"commands":[)"),
                          HasSubstr("Присоединиться к каналу"), HasSubstr(R"("aliases":["join"])"),
                          HasSubstr(R"("choices":["north","south"])"),
                          HasSubstr(R"("secret":true)"), HasSubstr(R"("plugin":"test")"),
                          Not(HasSubstr("echoAdmin")), Not(HasSubstr(R"("name":"ping")"))));
}

TEST(CoreCommandsTest, HelpIsWrittenInTheSessionsLanguage) {
  World world;
  auto& neo = world.enter("Neo");
  EXPECT_THAT(world.say(neo, R"({"action":"help","id":1})"),
              AllOf(StartsWith(R"({"id":1,"type":"botMessage","data":{"from":"Parley")"),
                    HasSubstr("**Commands**"), HasSubstr("`/join <channel>"),
                    HasSubstr("(also /subscribe)"), HasSubstr(R"(\n**test**\n- `/echo)"),
                    HasSubstr(R"("format":"markdown")"), Not(HasSubstr("echoAdmin")),
                    Not(HasSubstr("/login"))));
  world.session_of(neo)->set_locale("ru");
  EXPECT_THAT(world.say(neo, R"({"action":"help","id":1})"),
              AllOf(HasSubstr("**Команды**"), HasSubstr("Присоединиться"),
                    HasSubstr("(также /subscribe)")));
  EXPECT_THAT(world.say(neo, R"({"action":"help","id":1,"command":"/echoMove"})"),
              AllOf(HasSubstr("/echoMove <direction> [steps]"), HasSubstr("north, south")));
  EXPECT_THAT(world.say(neo, R"({"action":"help","id":1,"command":"echoAdmin"})"),
              error("not_found"));
}

TEST(CoreCommandsTest, NobodyTakesTheServersNames) {
  World world;
  for (const char* name :
       {"auth", "resume", "ping", "ack", "sync", "commands", "help", "subscribe", "join",
        "unsubscribe", "leave", "history", "presence", "who", "channels"})
    EXPECT_FALSE(world.commands.publish("evil", {{command(name), 0}}, world.target)) << name;
}

TEST(CoreCommandsTest, TheLanguageIsSwitchedWithAndWithoutASession) {
  World world;
  auto& neo = world.connect();
  EXPECT_EQ(world.say(neo, R"({"action":"locale","id":1,"locale":"ru"})"),
            R"({"id":1,"type":"ok","data":{"locale":"ru"}})");
  world.say(neo, R"({"action":"auth","id":2,"guest":"Neo"})");
  EXPECT_EQ(world.session_of(neo)->locale(), "ru");
  world.say(neo, R"({"action":"locale","id":3,"locale":"en-GB"})");
  EXPECT_EQ(world.session_of(neo)->locale(), "en");
  EXPECT_THAT(world.say(neo, R"({"action":"locale","id":4})"),
              HasSubstr(R"("code":"invalid_args")"));
}

TEST(CoreCommandsTest, ErrorsAreInThePersonsLanguage) {
  World world;
  auto& neo = world.enter("Neo");
  world.say(neo, R"({"action":"locale","locale":"ru"})");
  const auto said = [&](const char* text) { return world.say(neo, text); };
  EXPECT_THAT(said(R"({"action":"nonsense","id":1})"),
              AllOf(error("unknown_action"), HasSubstr("нет команды nonsense")));
  EXPECT_THAT(said(R"({"action":"echoMove","id":2,"direction":"up","steps":"x"})"),
              AllOf(error("invalid_args"),
                    HasSubstr(R"("fields":{"direction":"должно быть одним из: north, south")"),
                    HasSubstr(R"("steps":"ожидается целое число, а здесь строка")")));
  EXPECT_THAT(said(R"({"action":"history","id":3})"), HasSubstr("channel: нужно указать"));
  EXPECT_THAT(said(R"({"action":"unsubscribe","id":4,"channel":"nowhere"})"),
              HasSubstr("Вы не состоите в канале nowhere."));
  EXPECT_THAT(said(R"({"action":"echo","id":5,"data":7})"), HasSubstr("должно быть объектом"));
  EXPECT_THAT(said("[]"), HasSubstr("а здесь массив"));
}

}  // namespace
}  // namespace parley::command
