// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <parley/testing.hpp>

using parley::Json;
using parley::UserKind;
using parley::testing::Caller;
using parley::testing::DeclaredCommand;
using parley::testing::FakeAccount;
using parley::testing::FakeHost;
using parley::testing::HostOptions;
using ::testing::HasSubstr;
using ::testing::Not;

namespace {

const Caller kNobody{.id = "", .name = "", .kind = UserKind::kNone, .roles = {}, .session = ""};
const Caller kGuest{
    .id = "g_1", .name = "Visitor", .kind = UserKind::kGuest, .roles = {}, .session = "s_guest"};
const Caller kNeo{.id = "u_neo", .name = "Neo"};

Caller in_russian(Caller caller) {
  caller.locale = "ru";
  return caller;
}

HostOptions with_neo() {
  return {.accounts = {FakeAccount{.user = kNeo, .password = "white rabbit"}}};
}

const DeclaredCommand& declared(const FakeHost& host, std::string_view name) {
  for (const auto& command : host.commands()) {
    if (command.name == name) return command;
  }
  throw std::runtime_error("not declared");
}

// ---- register

TEST(Register, WelcomesSomebodyNewWithAToken) {
  FakeHost host;
  const auto reply =
      host.call("register", {{"name", "Тринити"}, {"password", "следуй за кроликом"}}, kNobody);
  EXPECT_EQ(reply.type(), "welcome");
  EXPECT_EQ(reply.data()["user"]["name"].or_else(""), "Тринити");
  EXPECT_NE(reply.data()["token"].or_else(""), "");
}

TEST(Register, IsOpenToGuests) {
  FakeHost host;
  EXPECT_EQ(host.call("register", {{"name", "Visitor"}, {"password", "12345678"}}, kGuest).type(),
            "welcome");
}

TEST(Register, PassesOnThatANameIsTaken) {
  FakeHost host(with_neo());
  EXPECT_EQ(host.call("register", {{"name", "Neo"}, {"password", "12345678"}}, kNobody).code(),
            "conflict");
}

TEST(Register, RefusesThoseWhoHaveAnAccount) {
  FakeHost host(with_neo());
  const Json wanted{{"name", "Neo2"}, {"password", "12345678"}};
  const auto reply = host.call("register", wanted, kNeo);
  EXPECT_EQ(reply.code(), "conflict");
  EXPECT_THAT(reply.message(), HasSubstr("you are Neo and have an account already"));
  EXPECT_THAT(host.call("register", wanted, in_russian(kNeo)).message(),
              HasSubstr("у вас уже есть учётная запись (Neo)"));
  EXPECT_EQ(host.accounts().size(), 1u);
}

TEST(Register, HandsTheCodeOnWhereItIsByInvitation) {
  FakeHost host({.invitation = "white-rabbit"});
  const auto with = [&](const char* code) {
    Json wanted{{"name", "Neo"}, {"password", "12345678"}};
    if (*code) wanted.set("invitation", code);
    return host.call("register", wanted, kNobody);
  };
  EXPECT_EQ(with("").code(), "forbidden");
  EXPECT_EQ(with("black-rabbit").code(), "unauthorized");
  EXPECT_EQ(with("white-rabbit").type(), "welcome");
}

// ---- login

TEST(Login, WelcomesWithTheRightPassword) {
  FakeHost host(with_neo());
  for (const Caller& caller : {kNobody, kGuest}) {
    const auto reply = host.call("login", {{"name", "Neo"}, {"password", "white rabbit"}}, caller);
    EXPECT_EQ(reply.type(), "welcome");
    EXPECT_EQ(reply.data()["user"]["id"].or_else(""), "u_neo");
  }
}

TEST(Login, SaysTheSameOfAWrongNameAndAWrongPassword) {
  FakeHost host(with_neo());
  const auto wrong_password =
      host.call("login", {{"name", "Neo"}, {"password", "black rabbit"}}, kNobody);
  const auto wrong_name =
      host.call("login", {{"name", "Smith"}, {"password", "white rabbit"}}, kNobody);
  EXPECT_EQ(wrong_password.code(), "unauthorized");
  EXPECT_EQ(wrong_password.text(), wrong_name.text());
}

class Entrance : public ::testing::TestWithParam<const char*> {};

TEST_P(Entrance, RefusesNamesAndPasswordsOutOfMeasure) {
  FakeHost host;
  const Json bad[] = {
      Json::object({{"password", "12345678"}}),
      Json::object({{"name", "Neo"}}),
      Json::object({{"name", "N"}, {"password", "12345678"}}),
      Json::object({{"name", std::string(65, 'n')}, {"password", "12345678"}}),
      Json::object({{"name", "Neo"}, {"password", ""}}),
      Json::object({{"name", "Neo"}, {"password", std::string(1025, 'p')}}),
      Json::object({{"name", 7}, {"password", "12345678"}}),
  };
  for (const Json& arguments : bad) {
    EXPECT_EQ(host.call(GetParam(), arguments, kNobody).code(), "invalid_args") << arguments.text();
  }
  EXPECT_TRUE(host.accounts().empty());
}

TEST_P(Entrance, KeepsItsSecrets) {
  FakeHost host;
  const auto& command = declared(host, GetParam());
  EXPECT_TRUE(command.flags & PARLEY_COMMAND_SECRET_REPLY);
  ASSERT_GE(command.arguments.size(), 2u);
  EXPECT_EQ(command.arguments[1].name, "password");
  for (const auto& argument : command.arguments)
    EXPECT_EQ((argument.flags & PARLEY_ARGUMENT_SECRET) != 0, argument.name != "name")
        << argument.name << ": all but the name is";
  const Json arguments{{"name", "Neo"}, {"password", "white rabbit"}};
  const auto reply = host.call(GetParam(), arguments, kNobody);
  EXPECT_THAT(reply.text(), Not(HasSubstr("white rabbit")));
  EXPECT_FALSE(host.logged("white rabbit"));
}

INSTANTIATE_TEST_SUITE_P(Account, Entrance, ::testing::Values("register", "login"));

// ---- logout

TEST(Logout, IsConfirmed) {
  FakeHost host(with_neo());
  EXPECT_EQ(host.call("logout", {}, kNeo).type(), "ok");
  EXPECT_EQ(host.call("logout", {}, kGuest).type(), "ok");
  EXPECT_TRUE(host.logged_out_everywhere().empty());
}

TEST(Logout, IsForEverySessionWhenAskedSo) {
  FakeHost host(with_neo());
  EXPECT_EQ(host.call("logout", {{"where", "all"}}, kNeo).type(), "ok");
  EXPECT_THAT(host.logged_out_everywhere(), testing::ElementsAre("u_neo"));
  EXPECT_EQ(host.call("logout", {{"where", "there"}}, kNeo).code(), "invalid_args");
  EXPECT_EQ(host.call("logout", {{"where", "here"}}, kNeo).type(), "ok");
  EXPECT_EQ(host.logged_out_everywhere().size(), 1u);
}

// ---- whoami

TEST(Whoami, SaysWhoSomebodyIs) {
  FakeHost host;
  const auto reply =
      host.call("whoami", {}, Caller{.id = "u_7", .name = "Морфеус", .roles = {"user", "admin"}});
  EXPECT_EQ(reply.type(), "whoami");
  EXPECT_EQ(reply.text(), R"({"type":"whoami","data":{"id":"u_7","name":"Морфеус","kind":"user",)"
                          R"("roles":["user","admin"],"session":"s_neo"}})");
}

TEST(Whoami, TellsGuestsAndBotsFromPeople) {
  FakeHost host;
  const auto guest = host.call("whoami", {}, kGuest);
  EXPECT_EQ(guest.data()["kind"].or_else(""), "guest");
  EXPECT_EQ(guest.data()["roles"].text(), "[]");
  const auto kind = [&](UserKind of) {
    return host.call("whoami", {}, Caller{.kind = of}).data()["kind"].or_else("");
  };
  EXPECT_EQ(kind(UserKind::kBot), "bot");
  EXPECT_EQ(kind(UserKind::kBackend), "service");
  EXPECT_EQ(kind(UserKind::kBridge), "bridge");
}

// ---- changePassword

TEST(ChangePassword, TakesTheNewOneForTheOld) {
  FakeHost host(with_neo());
  EXPECT_EQ(host.call("changePassword",
                      {{"oldPassword", "white rabbit"}, {"newPassword", "нет ложки, Нео"}}, kNeo)
                .type(),
            "ok");
  EXPECT_EQ(host.call("login", {{"name", "Neo"}, {"password", "нет ложки, Нео"}}, kNobody).type(),
            "welcome");
  EXPECT_EQ(host.call("login", {{"name", "Neo"}, {"password", "white rabbit"}}, kNobody).code(),
            "unauthorized");
}

TEST(ChangePassword, NeedsTheOldOne) {
  FakeHost host(with_neo());
  EXPECT_EQ(
      host.call("changePassword", {{"oldPassword", "guess"}, {"newPassword", "12345678"}}, kNeo)
          .code(),
      "unauthorized");
  EXPECT_EQ(host.accounts()["u_neo"].password, "white rabbit");
  EXPECT_EQ(host.call("changePassword", {{"newPassword", "12345678"}}, kNeo).code(),
            "invalid_args");
  EXPECT_EQ(
      host.call("changePassword", {{"oldPassword", "white rabbit"}, {"newPassword", ""}}, kNeo)
          .code(),
      "invalid_args");
}

TEST(ChangePassword, HasNothingToChangeForGuestsAndBots) {
  FakeHost host(with_neo());
  const Json wanted{{"oldPassword", "white rabbit"}, {"newPassword", "12345678"}};
  const auto reply = host.call("changePassword", wanted, kGuest);
  EXPECT_EQ(reply.code(), "forbidden");
  EXPECT_EQ(reply.message(),
            "a guest has no password to change: register to get an account with one");
  EXPECT_THAT(host.call("changePassword", wanted, in_russian(kGuest)).message(),
              HasSubstr("у гостя нет пароля"));
  Caller bot = kNeo;
  bot.kind = UserKind::kBot;
  EXPECT_THAT(host.call("changePassword", wanted, bot).message(), HasSubstr("a person's account"));
  EXPECT_THAT(host.call("changePassword", wanted, in_russian(bot)).message(),
              HasSubstr("у учётной записи человека"));
  EXPECT_EQ(host.accounts()["u_neo"].password, "white rabbit");
}

TEST(ChangePassword, HidesBothPasswords) {
  FakeHost host;
  const auto& command = declared(host, "changePassword");
  EXPECT_TRUE(command.flags & PARLEY_COMMAND_SECRET_REPLY) << "a new login comes with the answer";
  for (const auto& argument : command.arguments) {
    EXPECT_TRUE(argument.flags & PARLEY_ARGUMENT_SECRET) << argument.name;
  }
}

// ---- all of them

TEST(Account, LetsNobodyInButThroughTheEntrances) {
  FakeHost host;
  for (const char* action : {"logout", "whoami"}) {
    EXPECT_EQ(host.call(action, {}, kNobody).code(), "unauthorized") << action;
  }
  const Json passwords{{"oldPassword", "a"}, {"newPassword", "b"}};
  EXPECT_EQ(host.call("changePassword", passwords, kNobody).code(), "unauthorized");
}

TEST(Account, ExplainsEverythingInBothLanguages) {
  FakeHost host;
  EXPECT_EQ(host.commands().size(), 5u);
  for (const auto& command : host.commands()) {
    EXPECT_EQ(command.help.size(), 2u) << command.name;
    for (const auto& argument : command.arguments) {
      EXPECT_EQ(argument.help.size(), 2u) << command.name << " " << argument.name;
    }
  }
}

TEST(Account, RefusesInWordsWhenItMayNotChangeAccounts) {
  FakeHost host(HostOptions{.permissions = std::vector<std::string>{"commands", "anonymous"}});
  const auto reply = host.call("login", {{"name", "Neo"}, {"password", "12345678"}}, kNobody);
  EXPECT_EQ(reply.code(), "forbidden");
  EXPECT_NE(reply.message(), "");
}

}  // namespace
