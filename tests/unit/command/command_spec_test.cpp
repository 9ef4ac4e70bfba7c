// SPDX-License-Identifier: Apache-2.0
#include "command/command_spec.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::command {
namespace {

using testing::HasSubstr;

CommandSpec roll() {
  return {.name = "roll",
          .aliases = {"dice.roll"},
          .args = {{.name = "dice", .required = true}, {.name = "note", .rest = true}}};
}

std::string why(const CommandSpec& spec) {
  const auto status = validate(spec);
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgs);
  return status.message();
}

TEST(CommandSpecTest, AGoodOneIsAccepted) {
  const auto status = validate(roll());
  EXPECT_TRUE(status) << status.message();
}

TEST(CommandSpecTest, NamesFollowTheGrammar) {
  for (const char* name : {"", "1roll", "roll it", "roll.", "a-b"}) {
    auto spec = roll();
    spec.name = name;
    EXPECT_THAT(why(spec), HasSubstr("no command name")) << name;
  }
  auto spec = roll();
  spec.aliases = {"no good"};
  EXPECT_THAT(why(spec), HasSubstr("alias"));
  spec.aliases = {"roll"};
  EXPECT_THAT(why(spec), HasSubstr("twice"));
}

TEST(CommandSpecTest, TheEnvelopesNamesAreNoArguments) {
  for (const char* name : {"action", "data", "key", "as"}) {
    auto spec = roll();
    spec.args[0].name = name;
    EXPECT_THAT(why(spec), HasSubstr("envelope")) << name;
  }
  auto spec = roll();
  spec.args[0].name = "id";
  EXPECT_TRUE(validate(spec));
}

TEST(CommandSpecTest, ArgumentsMustMakeSense) {
  const auto with = [](auto change) {
    auto spec = roll();
    change(spec);
    return why(spec);
  };
  EXPECT_THAT(with([](auto& s) { s.args[1].name = "dice"; }), HasSubstr("declared twice"));
  EXPECT_THAT(with([](auto& s) { s.args[0].name = "a.b"; }), HasSubstr("no argument name"));
  EXPECT_THAT(with([](auto& s) { s.args[0].min = 2, s.args[0].max = 1; }), HasSubstr("min"));
  EXPECT_THAT(with([](auto& s) { s.args[0].rest = true; }), HasSubstr("only the last"));
  EXPECT_THAT(with([](auto& s) { s.args[0].preset = "1"; }), HasSubstr("preset"));
  EXPECT_THAT(with([](auto& s) { s.args[1].type = ArgumentType::kBool; }), HasSubstr("rest"));
  EXPECT_THAT(with([](auto& s) {
                s.args[0].type = ArgumentType::kBool;
                s.args[0].choices = {"a"};
              }),
              HasSubstr("choices"));
  EXPECT_THAT(with([](auto& s) { s.args[0].command_line = s.args[1].command_line = true; }),
              HasSubstr("only one"));
  EXPECT_THAT(with([](auto& s) { s.args[0].command_line = s.args[0].secret = true; }),
              HasSubstr("not secret"));
  EXPECT_THAT(with([](auto& s) { s.cooldown = Millis(-1); }), HasSubstr("negative"));
}

TEST(CommandSpecTest, APresetMustFitItsOwnArgument) {
  CommandSpec spec{.name = "x", .args = {{.name = "n", .type = ArgumentType::kInt, .max = 5.0}}};
  spec.args[0].preset = "4";
  EXPECT_TRUE(validate(spec));
  spec.args[0].preset = "6";
  EXPECT_THAT(why(spec), HasSubstr("at most 5"));
  spec.args[0].preset = "four";
  EXPECT_THAT(why(spec), HasSubstr("whole number"));
}

TEST(CommandSpecTest, TypesHaveNames) {
  for (const char* name : {"string", "int", "number", "bool", "user", "channel", "json"})
    EXPECT_EQ(argument_type_name(*parse_argument_type(name)), name);
  EXPECT_EQ(parse_argument_type("float"), std::nullopt);
}

TEST(CommandSpecTest, ALanguageThatIsMissingFallsBack) {
  EXPECT_EQ((LocalText{"Roll", "Бросить"}).in("ru"), "Бросить");
  EXPECT_EQ((LocalText{"Roll", ""}).in("ru"), "Roll");
  EXPECT_EQ((LocalText{"Roll", "Бросить"}).in("de"), "Roll");
}

}  // namespace
}  // namespace parley::command
