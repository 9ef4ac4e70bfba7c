// SPDX-License-Identifier: Apache-2.0
#include "command/arguments.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::command {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ArgumentsTest : public testing::Test {
 protected:
  FieldErrors read(const CommandSpec& spec, std::string_view json, bool flat = true) {
    return read_arguments(spec, reader_.parse(json).value(), flat, values_, raw_);
  }
  void accept(const CommandSpec& spec, std::string_view json, bool flat = true) {
    const auto errors = read(spec, json, flat);
    EXPECT_THAT(errors.list(), IsEmpty()) << errors.status().message();
  }
  std::string refuse(const CommandSpec& spec, std::string_view json) {
    const auto errors = read(spec, json);
    EXPECT_EQ(errors.list().size(), 1u) << json;
    EXPECT_EQ(raw_, "");
    return errors.empty() ? "" : errors.list()[0].second;
  }
  static CommandSpec one(ArgumentSpec argument) {
    argument.name = "x";
    return {.name = "c", .args = {std::move(argument)}};
  }

  protocol::JsonReader reader_;
  Arguments values_;
  std::string raw_;
};

TEST_F(ArgumentsTest, ValuesComeTypedAndInDeclaredOrder) {
  CommandSpec spec{.name = "castSpell",
                   .args = {{.name = "spellId", .type = ArgumentType::kInt, .required = true},
                            {.name = "target", .type = ArgumentType::kUser},
                            {.name = "power", .type = ArgumentType::kNumber},
                            {.name = "loud", .type = ArgumentType::kBool},
                            {.name = "where", .type = ArgumentType::kChannel},
                            {.name = "extra", .type = ArgumentType::kJson}}};
  accept(spec, R"({"action":"castSpell","extra":{"a":[1]},"loud":true,"target":"player_456",
                   "spellId":123,"power":1.5,"where":"global"})");
  EXPECT_EQ(values_.size(), 6u);
  EXPECT_EQ(values_[0].integer, 123);
  EXPECT_EQ(values_[1].text, "player_456");
  EXPECT_EQ(values_[2].number, 1.5);
  EXPECT_TRUE(values_[3].boolean);
  EXPECT_EQ(values_[4].text, "global");
  EXPECT_EQ(values_[5].text, R"({"a":[1]})");
  EXPECT_EQ(raw_, R"({"spellId":123,"target":"player_456","power":1.5,"loud":true,)"
                  R"("where":"global","extra":{"a":[1]}})");
}

TEST_F(ArgumentsTest, UndeclaredOnesAreDroppedUnlessOpen) {
  auto spec = one({});
  accept(spec, R"({"action":"c","id":7,"x":"1","y":2})");
  EXPECT_EQ(raw_, R"({"x":"1"})");
  spec.open = true;
  accept(spec, R"({"action":"c","id":7,"key":"k","as":"u","x":"1","y":[2]})");
  EXPECT_EQ(raw_, R"({"x":"1","id":7,"y":[2]})");
  accept(spec, R"({"action":"kept","x":"1"})", false);
  EXPECT_EQ(raw_, R"({"x":"1","action":"kept"})");
}

TEST_F(ArgumentsTest, AllWrongFieldsAreSaidAtOnce) {
  CommandSpec spec{.name = "move",
                   .args = {{.name = "direction", .required = true, .choices = {"north", "south"}},
                            {.name = "steps", .type = ArgumentType::kInt, .min = 1, .max = 9},
                            {.name = "who", .required = true}}};
  const auto errors = read(spec, R"({"direction":"up","steps":12})");
  EXPECT_EQ(errors.details_json(), R"({"fields":{"direction":"must be one of: north, south",)"
                                   R"("steps":"must be 1 to 9","who":"is required"}})");
  EXPECT_EQ(errors.status().code(), ErrorCode::kInvalidArgs);
  EXPECT_THAT(errors.status().message(), HasSubstr("steps: must be 1 to 9; who: is required"));
}

TEST_F(ArgumentsTest, EachTypeRefusesTheOthers) {
  EXPECT_EQ(refuse(one({.type = ArgumentType::kInt}), R"({"x":"5"})"),
            "must be a whole number, this is a string");
  EXPECT_EQ(refuse(one({.type = ArgumentType::kInt}), R"({"x":5.5})"), "must be a whole number");
  EXPECT_THAT(refuse(one({.type = ArgumentType::kNumber}), R"({"x":true})"), HasSubstr("a number"));
  EXPECT_THAT(refuse(one({.type = ArgumentType::kBool}), R"({"x":1})"), HasSubstr("true or false"));
  EXPECT_THAT(refuse(one({}), R"({"x":[]})"), HasSubstr("a string, this is an array"));
  EXPECT_THAT(refuse(one({.type = ArgumentType::kUser}), R"({"x":""})"), HasSubstr("user"));
  EXPECT_NE(refuse(one({.type = ArgumentType::kChannel}), R"({"x":"Not A Channel"})"), "");
}

TEST_F(ArgumentsTest, WholeDoublesAreIntegers) {
  accept(one({.type = ArgumentType::kInt}), R"({"x":5.0})");
  EXPECT_EQ(values_[0].integer, 5);
}

TEST_F(ArgumentsTest, LengthsAreInCharacters) {
  const auto spec = one({.min = 2, .max = 3});
  accept(spec, R"({"x":"мир"})");
  EXPECT_EQ(refuse(spec, R"({"x":"миру"})"), "must be 2 to 3 characters long");
  EXPECT_EQ(refuse(spec, R"({"x":"м"})"), "must be 2 to 3 characters long");
  EXPECT_EQ(refuse(one({.max = 1}), R"({"x":"ab"})"), "must be at most 1 characters long");
  EXPECT_EQ(refuse(one({.type = ArgumentType::kInt, .min = 0}), R"({"x":-1})"),
            "must be at least 0");
}

TEST_F(ArgumentsTest, NullIsAbsence) {
  accept(one({}), R"({"x":null})");
  EXPECT_FALSE(values_[0].present);
  EXPECT_EQ(raw_, "{}");
  EXPECT_EQ(refuse(one({.required = true}), R"({"x":null})"), "is required");
}

TEST_F(ArgumentsTest, PresetsStandInForWhatIsAbsent) {
  accept(one({.type = ArgumentType::kInt, .preset = "20"}), "{}");
  EXPECT_TRUE(values_[0].present);
  EXPECT_EQ(values_[0].integer, 20);
  EXPECT_EQ(raw_, R"({"x":20})");
}

TEST_F(ArgumentsTest, NothingIsLeftOfAnEarlierCall) {
  accept(one({.type = ArgumentType::kBool}), R"({"x":true})");
  accept(one({.type = ArgumentType::kBool}), "{}");
  EXPECT_FALSE(values_[0].present);
  EXPECT_FALSE(values_[0].boolean);
  accept(one({}), R"({"x":"secret"})");
  accept(one({}), "{}");
  EXPECT_EQ(values_[0].text, "");
}

TEST_F(ArgumentsTest, TheRestOfAnEscapedLineStandsInForItsText) {
  CommandSpec spec{.name = "sendChat",
                   .args = {{.name = "message", .required = true, .command_line = true}}};
  const auto root = reader_.parse(R"({"message":"//x"})").value();
  EXPECT_TRUE(read_arguments(spec, root, true, values_, raw_, "/x").empty());
  EXPECT_EQ(values_[0].text, "/x");
  EXPECT_EQ(raw_, R"({"message":"/x"})");
}

TEST_F(ArgumentsTest, WordsBecomeTheSameValues) {
  CommandSpec spec{.name = "c",
                   .args = {{.name = "n", .type = ArgumentType::kInt},
                            {.name = "d", .type = ArgumentType::kNumber},
                            {.name = "b", .type = ArgumentType::kBool},
                            {.name = "s"},
                            {.name = "j", .type = ArgumentType::kJson}}};
  const std::vector<std::optional<std::string>> words{"-5", "1e3", "Yes", "text", "[ 1, 2 ]"};
  EXPECT_TRUE(read_words(spec, words, values_, raw_).empty());
  EXPECT_EQ(raw_, R"({"n":-5,"d":1000,"b":true,"s":"text","j":[1,2]})");
}

TEST_F(ArgumentsTest, WordsThatDoNotFitAreSaidAllAtOnce) {
  CommandSpec spec{.name = "c",
                   .args = {{.name = "n", .type = ArgumentType::kInt},
                            {.name = "d", .type = ArgumentType::kNumber},
                            {.name = "b", .type = ArgumentType::kBool},
                            {.name = "j", .type = ArgumentType::kJson},
                            {.name = "r", .required = true}}};
  const std::vector<std::optional<std::string>> words{"5x", "inf", "maybe", "{", std::nullopt};
  const auto errors = read_words(spec, words, values_, raw_);
  EXPECT_EQ(errors.list().size(), 5u);
  EXPECT_EQ(raw_, "");
}

// "/join Foo Bar", as the words of a command that takes a channel and then numbers.
std::string joined(std::vector<std::optional<std::string>> words) {
  const CommandSpec spec{
      .name = "join",
      .args = {{.name = "channel", .type = ArgumentType::kChannel, .required = true},
               {.name = "since", .type = ArgumentType::kInt},
               {.name = "history", .type = ArgumentType::kInt}}};
  Arguments values;
  std::string raw;
  return read_words(spec, words, values, raw).status().message();
}

TEST(ChannelWords, ThatAreNoNameGetOneSentenceAboutIt) {
  const std::string meant = "channel: a channel's name has small letters only and no spaces: ";
  EXPECT_EQ(joined({"#Foo", "Bar"}), meant + "perhaps you mean #foo-bar");
  EXPECT_EQ(joined({"foo", "bar", "baz"}), meant + "perhaps you mean #foo-bar-baz");
  EXPECT_EQ(joined({"Foo Bar"}), meant + "perhaps you mean #foo-bar");
  EXPECT_EQ(joined({"Foo", "7"}), meant + "perhaps you mean #foo");
  EXPECT_THAT(joined({"Канал", "два"}),
              HasSubstr("channel: That is no channel name. Write 1 to 32"));
  EXPECT_THAT(joined({"dm:u_7Kq"}), HasSubstr("dm:<lower id>:<higher id>"));
  EXPECT_EQ(joined({"foo", "7", "5"}), "");
}

}  // namespace
}  // namespace parley::command
