// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include <parley/json.hpp>
#include <parley/json_view.hpp>
#include <parley/testing/json_check.hpp>

namespace parley {
namespace {

TEST(Json, BracesOfPairsAreAnObject) {
  EXPECT_EQ((Json{{"total", 7}}).text(), R"({"total":7})");
  EXPECT_EQ((Json{{"a", 1}, {"b", {{"c", "d"}}}}).text(), R"({"a":1,"b":{"c":"d"}})");
  EXPECT_EQ((Json{{"list", {1, 2, 3}}, {"none", nullptr}}).text(),
            R"({"list":[1,2,3],"none":null})");
}

TEST(Json, OtherBracesAreAnArray) {
  EXPECT_EQ((Json{1, 2, 3}).text(), "[1,2,3]");
  EXPECT_EQ((Json{"a", "b", "c"}).text(), R"(["a","b","c"])");
  EXPECT_EQ((Json{{"a", 1}, 2}).text(), R"([["a",1],2])");
  EXPECT_EQ((Json{true, 1.5, nullptr}).text(), "[true,1.5,null]");
}

TEST(Json, AnArrayOfPairsIsSaidPlainly) {
  EXPECT_EQ(Json::array({{"a", 1}, {"b", 2}}).text(), R"([["a",1],["b",2]])");
  EXPECT_EQ(Json::object({{"a", {1, 2}}}).text(), R"({"a":[1,2]})");
}

TEST(Json, AbsentNullAndEmptyAreThreeThings) {
  EXPECT_TRUE(Json().absent());
  EXPECT_EQ(Json().text(), "");
  EXPECT_EQ(Json(nullptr).text(), "null");
  EXPECT_EQ(Json::object().text(), "{}");
  EXPECT_EQ(Json::array().text(), "[]");
  EXPECT_EQ((Json{{"gone", Json()}}).text(), R"({"gone":null})");
}

TEST(Json, GrowsMemberByMember) {
  Json object;
  object.set("a", 1).set("b", Json::array());
  EXPECT_EQ(object.text(), R"({"a":1,"b":[]})");
  Json array;
  array.push(1).push("x").push(Json::object());
  EXPECT_EQ(array.text(), R"([1,"x",{}])");
  EXPECT_EQ(Json(5).set("a", 1).text(), R"({"a":1})");
}

TEST(Json, APairThatGrewIsNoPairAnyMore) {
  Json pair{"key", 1};
  pair.push(2);
  EXPECT_EQ((Json{pair, pair}).text(), R"([["key",1,2],["key",1,2]])");
}

TEST(Json, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(Json("quote \" slash \\ line \n tab \t bell \a").text(),
            R"("quote \" slash \\ line \n tab \u0009 bell \u0007")");
  EXPECT_EQ(Json("Привет \xF0\x9F\x8E\xB2").text(), "\"Привет \xF0\x9F\x8E\xB2\"");
  EXPECT_EQ((Json{{"a\"b", 1}}).text(), R"({"a\"b":1})");
}

TEST(Json, WritesNumbersThatReadBackAsTheyWere) {
  EXPECT_EQ(Json(std::numeric_limits<std::int64_t>::min()).text(), "-9223372036854775808");
  EXPECT_EQ(Json(std::numeric_limits<std::uint64_t>::max()).text(), "18446744073709551615");
  for (const double value : {0.1, -2.5e-300, 1e300, 3.0, 123456789.123456789}) {
    EXPECT_EQ(JsonView(Json(value).text()).as<double>(), value);
  }
  EXPECT_EQ(Json(std::numeric_limits<double>::infinity()).text(), "null");
  EXPECT_EQ(Json(std::numeric_limits<double>::quiet_NaN()).text(), "null");
}

TEST(JsonView, ReadsMembersItemsAndScalars) {
  const JsonView view(
      R"( { "name" : "Neo" , "hp": 12, "at":{"x":-1.5}, "tags":[ "a", {}, [] ], "on":true } )");
  EXPECT_EQ(view["name"].as<std::string>(), "Neo");
  EXPECT_EQ(view["hp"].as<int>(), 12);
  EXPECT_EQ(view["at"]["x"].as<double>(), -1.5);
  EXPECT_EQ(view["tags"].items().size(), 3u);
  EXPECT_EQ(view["tags"].items()[1].text(), "{}");
  EXPECT_EQ(view["on"].as<bool>(), true);
  EXPECT_EQ(view.members().size(), 5u);
}

TEST(JsonView, WhatIsMissingOrOfAnotherKindIsEmpty) {
  const JsonView view(R"({"text":"7","big":300,"null":null})");
  EXPECT_FALSE(view["no"]["deeper"].exists());
  EXPECT_EQ(view["text"].as<int>(), std::nullopt);
  EXPECT_EQ(view["big"].as<std::int8_t>(), std::nullopt);
  EXPECT_EQ(view["big"].as<bool>(), std::nullopt);
  EXPECT_EQ(view["text"].as<double>(), std::nullopt);
  EXPECT_TRUE(view["null"].is_null());
  EXPECT_EQ(view["null"].or_else(5), 5);
  EXPECT_EQ(view["no"].or_else("x"), "x");
  EXPECT_TRUE(view["text"].items().empty());
}

TEST(JsonView, UnescapesStrings) {
  EXPECT_EQ(JsonView(R"("a\"\\\/\n\t\u0041\u043f\ud83c\udfb2")").as<std::string>(),
            "a\"\\/\n\tA\u043f\xF0\x9F\x8E\xB2");
  EXPECT_EQ(JsonView(R"("\ud83c alone")").as<std::string>(), "\xEF\xBF\xBD alone");
  EXPECT_EQ(JsonView(R"({"\u0061":1})")["a"].as<int>(), 1);
}

TEST(JsonView, BracesInsideStringsAreText) {
  EXPECT_EQ(JsonView(R"({"a":"}]\"{","b":2})")["b"].as<int>(), 2);
}

// Not valid JSON: no promise but that nothing is read outside and everything ends.
TEST(JsonView, SurvivesBrokenText) {
  const std::string whole = R"({"a":[1,{"b":"c\ud83c\udfb2"},true],"d":-1e5})";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    const JsonView view(cut);
    for (const auto& [name, value] : view.members()) {
      (void)value.items();
      (void)value.as<std::string>();
    }
    (void)view["a"]["b"];
  }
  for (const char* text : {"", " ", "{", "[", "\"", "\"\\", "\"\\u", "{\"a\"", "{\"a\":", "[1 2]",
                           "{]", "]", ",", "[,,]", "{{{{"}) {
    const JsonView view(text);
    EXPECT_LE(view.items().size(), 3u) << text;
    EXPECT_LE(view.members().size(), 1u) << text;
  }
  EXPECT_EQ(JsonView(std::string(200'000, '[')).items().size(), 1u);
}

TEST(JsonCheck, TellsJsonFromWhatOnlyLooksLikeIt) {
  for (const char* good :
       {"{}", "[]", "0", "-1.5e+10", "\"\\u00e9\"", " [1, {\"a\": null}] ", "true"}) {
    EXPECT_TRUE(testing::JsonCheck::valid(good)) << good;
  }
  for (const char* bad : {"", "{", "{a:1}", "[1,]", "01", "1.", "\"\n\"", "\"\\x\"", "nul", "{} {}",
                          "{\"a\" 1}", "'a'", "+1", "NaN"}) {
    EXPECT_FALSE(testing::JsonCheck::valid(bad)) << bad;
  }
  EXPECT_FALSE(testing::JsonCheck::valid(std::string(100, '[') + std::string(100, ']')));
}

}  // namespace
}  // namespace parley
