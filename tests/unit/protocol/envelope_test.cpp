// SPDX-License-Identifier: Apache-2.0
#include "protocol/envelope.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::protocol {
namespace {

using testing::HasSubstr;

class EnvelopeTest : public testing::Test {
 protected:
  Envelope read(std::string_view text) {
    auto result = parse_envelope(text, reader_);
    const auto* error = std::get_if<EnvelopeError>(&result);
    EXPECT_EQ(error, nullptr) << error->status.message();
    return error ? Envelope{} : std::get<Envelope>(result);
  }
  EnvelopeError refused(std::string_view text) {
    auto result = parse_envelope(text, reader_);
    EXPECT_TRUE(std::holds_alternative<EnvelopeError>(result)) << text;
    auto* error = std::get_if<EnvelopeError>(&result);
    return error ? *error : EnvelopeError{};
  }
  JsonReader reader_;
};

TEST_F(EnvelopeTest, TheThreeClientShapesOfTheOrigin) {
  auto move = read(R"({"action":"move","direction":"north"})");
  EXPECT_EQ(move.action, "move");
  EXPECT_TRUE(move.flat);
  EXPECT_EQ(move.args.find("direction").as_string(), "north");
  EXPECT_TRUE(move.id.is_none());

  auto spell = read(R"({"action":"castSpell","spellId":123,"target":"player_456"})");
  EXPECT_EQ(spell.args.find("spellId").as_int(), 123);
  EXPECT_EQ(spell.args.find("target").as_string(), "player_456");

  auto chat = read(R"({"action":"sendChat","message":"Привет мир!","channel":"global"})");
  EXPECT_EQ(chat.args.find("message").as_string(), "Привет мир!");
  EXPECT_EQ(chat.args.find("channel").as_string(), "global");
}

TEST_F(EnvelopeTest, DataHoldsTheArgumentsAndOtherKeysAreIgnored) {
  auto envelope = read(R"({"action":"move","data":{"direction":"north"},"direction":"south"})");
  EXPECT_FALSE(envelope.flat);
  EXPECT_EQ(envelope.args.find("direction").as_string(), "north");
}

TEST_F(EnvelopeTest, AnIdIsAnIntegerOrAShortString) {
  EXPECT_EQ(read(R"({"action":"a","id":0})").id.to_json(), "0");
  EXPECT_EQ(read(R"({"action":"a","id":9007199254740991})").id.to_json(), "9007199254740991");
  EXPECT_EQ(read(R"({"action":"a","id":"x\"y"})").id.to_json(), R"("x\"y")");
  const std::string longest(64, 'i');
  EXPECT_EQ(read(R"({"action":"a","id":")" + longest + "\"}").id.to_json(), '"' + longest + '"');
}

TEST_F(EnvelopeTest, BesideDataAnIdMustBeOne) {
  for (const char* id : {"-1", "9007199254740992", "1.5", "true", "null", "[1]", "{}"}) {
    auto error = refused(R"({"action":"a","data":{},"id":)" + std::string(id) + "}");
    EXPECT_EQ(error.status.code(), ErrorCode::kBadRequest) << id;
    EXPECT_THAT(error.status.message(), testing::HasSubstr("\"id\" must be")) << id;
    EXPECT_TRUE(error.id.is_none()) << id;
  }
  EXPECT_EQ(read(R"({"action":"a","data":{},"id":"x"})").id.to_json(), "\"x\"");
}

TEST_F(EnvelopeTest, WhatIsNoValidIdIsOnlyAnArgument) {
  for (const char* id : {"-1", "9007199254740992", "1.5", "true", "null", "[1]", "{}"}) {
    auto envelope = read(R"({"action":"a","id":)" + std::string(id) + "}");
    EXPECT_TRUE(envelope.id.is_none()) << id;
    EXPECT_TRUE(envelope.args.find("id").exists()) << id;
  }
  auto envelope = read(R"({"action":"a","id":")" + std::string(65, 'i') + "\"}");
  EXPECT_TRUE(envelope.id.is_none());
  EXPECT_EQ(envelope.args.find("id").as_string()->size(), 65u);
}

TEST_F(EnvelopeTest, AnIdStaysReadableAsAnArgument) {
  auto envelope = read(R"({"action":"pickup","id":"sword"})");
  EXPECT_EQ(envelope.id.to_json(), "\"sword\"");
  EXPECT_EQ(envelope.args.find("id").as_string(), "sword");
}

TEST_F(EnvelopeTest, SevenAndItsTextAreTwoIds) {
  const auto number = read(R"({"action":"a","id":7})").id;
  const auto text = read(R"({"action":"a","id":"7"})").id;
  EXPECT_NE(number, text);
  EXPECT_EQ(number, *RequestId::from(7));
  EXPECT_EQ(std::hash<RequestId>{}(text), std::hash<RequestId>{}(*RequestId::from("7")));
}

TEST_F(EnvelopeTest, KeyAndAsAreReadAside) {
  auto envelope = read(R"({"action":"a","key":"k1","as":"u_1","x":1})");
  EXPECT_EQ(envelope.key, "k1");
  EXPECT_EQ(envelope.as, "u_1");
  EXPECT_THAT(refused(R"({"action":"a","key":7})").status.message(), HasSubstr("\"key\""));
  EXPECT_THAT(refused(R"({"action":"a","as":""})").status.message(), HasSubstr("\"as\""));
}

TEST_F(EnvelopeTest, WhatIsNoObjectOrHasNoActionIsABadRequest) {
  for (const char* text : {"[]", "1", "\"x\"", "null", "{}", R"({"action":1})",
                           R"({"action":null})", R"({"Action":"x"})"})
    EXPECT_EQ(refused(text).status.code(), ErrorCode::kBadRequest) << text;
  EXPECT_THAT(refused("[]").status.message(), HasSubstr("an array"));
}

TEST_F(EnvelopeTest, DataMustBeAnObject) {
  for (const char* data : {"1", "null", "[]", "\"x\""}) {
    auto error = refused(R"({"action":"a","id":3,"data":)" + std::string(data) + "}");
    EXPECT_EQ(error.status.code(), ErrorCode::kBadRequest) << data;
    EXPECT_EQ(error.id.to_json(), "3");
  }
}

TEST_F(EnvelopeTest, AnErrorCarriesTheIdWhereItCouldBeRead) {
  EXPECT_EQ(refused(R"({"id":4})").id.to_json(), "4");
  EXPECT_EQ(refused(R"({"id":4,"action":"a","x":1,"x":2})").id.to_json(), "4");
  EXPECT_TRUE(refused(R"({"id":4,"id":5,"action":"a"})").id.is_none());
  EXPECT_TRUE(refused(R"({"id":4,)").id.is_none());
}

TEST(ActionName, FollowsTheGrammar) {
  for (const char* name : {"a", "sendChat", "dice.roll", "a1_b.2c.D", "x_"})
    EXPECT_TRUE(is_action_name(name)) << name;
  for (const char* name : {"", "1a", "_a", ".a", "a.", "a..b", "a b", "a-b", "a/b", "ä", "a\n"})
    EXPECT_FALSE(is_action_name(name)) << name;
  EXPECT_TRUE(is_action_name(std::string(64, 'a')));
  EXPECT_FALSE(is_action_name(std::string(65, 'a')));
}

}  // namespace
}  // namespace parley::protocol
