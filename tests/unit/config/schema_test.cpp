// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace parley::config {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string only(const Validated& result) {
  EXPECT_THAT(result.problems, SizeIs(1));
  return result.problems.empty()
             ? ""
             : result.problems.front().pointer + ": " + result.problems.front().message;
}

TEST(Schema, FillsDefaultsIn) {
  const auto result =
      validate(R"({"type":"object","properties":{"sides":{"type":"integer","default":6},
      "deep":{"type":"object","default":{},"properties":{"x":{"default":"y"}}}}})",
               "{}");
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(nlohmann::json::parse(result.value_json),
            nlohmann::json::parse(R"({"sides":6,"deep":{"x":"y"}})"));
}

TEST(Schema, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(only(validate(R"({"properties":{"n":{"type":"integer"}}})", R"({"n":"six"})")),
            "/n: must be integer, is \"six\"");
  EXPECT_EQ(only(validate(R"({"properties":{"n":{"minimum":1}}})", R"({"n":0})")),
            "/n: must be at least 1, is 0");
  EXPECT_EQ(only(validate(R"({"properties":{"n":{"maximum":5}}})", R"({"n":5.5})")),
            "/n: must be at most 5, is 5.5");
  EXPECT_EQ(only(validate(R"({"required":["name"]})", "{}")), ": `name` is missing");
  EXPECT_THAT(only(validate(R"({"properties":{"c":{"enum":["a","b"]}}})", R"({"c":"d"})")),
              HasSubstr("one of [\"a\",\"b\"]"));
  EXPECT_THAT(only(validate(R"({"properties":{"s":{"maxLength":2}}})", R"({"s":"жжж"})")),
              HasSubstr("at most 2 characters, is 3"));
  EXPECT_THAT(only(validate(R"({"properties":{"s":{"pattern":"^[a-z]+$"}}})", R"({"s":"A"})")),
              HasSubstr("must match"));
  EXPECT_EQ(only(validate(R"({"items":{"type":"string"}})", R"(["a",1])")),
            "/1: must be string, is 1");
  EXPECT_EQ(
      only(validate(R"({"properties":{"rate":{}},"additionalProperties":false})", R"({"rte":1})")),
      "/rte: there is no such key. Did you mean `rate`?");
}

TEST(Schema, ReportsEveryProblem) {
  const auto result =
      validate(R"({"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["c"]})",
               R"({"a":1,"b":2})");
  EXPECT_THAT(result.problems, SizeIs(3));
  EXPECT_EQ(result.value_json, R"({"a":1,"b":2})");
}

TEST(Schema, AcceptsListsOfTypesAndWholeNumbersWrittenAsReals) {
  EXPECT_TRUE(validate(R"({"type":["string","null"]})", "null").ok());
  EXPECT_TRUE(validate(R"({"type":"integer"})", "6.0").ok());
  EXPECT_FALSE(validate(R"({"type":"integer"})", "6.5").ok());
}

TEST(Schema, RefusesSchemasItWouldNotHold) {
  EXPECT_THAT(only(validate(R"({"oneOf":[]})", "{}")), HasSubstr("`oneOf`"));
  EXPECT_THAT(only(validate(R"({"pattern":"("})", R"("x")")), HasSubstr("bad pattern"));
  EXPECT_FALSE(validate(R"({"properties":5})", "{}").ok());
  EXPECT_FALSE(validate("[", "{}").ok());
  EXPECT_FALSE(validate("{}", "{").ok());
}

TEST(Schema, DepthIsBounded) {
  EXPECT_THAT(only(validate("{}", std::string(200'000, '[') + std::string(200'000, ']'))),
              HasSubstr("64 levels"));
}

TEST(Schema, PointersEscapeTheirSteps) {
  EXPECT_EQ(only(validate(R"({"additionalProperties":{"type":"string"}})", R"({"a/b~c":1})")),
            "/a~1b~0c: must be string, is 1");
}

}  // namespace
}  // namespace parley::config
