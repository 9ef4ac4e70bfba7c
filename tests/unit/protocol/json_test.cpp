// SPDX-License-Identifier: Apache-2.0
#include "protocol/json.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::protocol {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

struct Case {
  const char* name;
  std::string text;
};

std::string nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']');
}

std::string object_with_keys(int count) {
  std::string text = "{";
  for (int i = 0; i < count; ++i) text += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  return text + "}";
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

// y_: must be accepted.
class Accepted : public testing::TestWithParam<Case> {};
TEST_P(Accepted, IsRead) {
  JsonReader reader;
  const auto result = reader.parse(GetParam().text);
  EXPECT_TRUE(result.is_ok()) << result.status().message();
}
INSTANTIATE_TEST_SUITE_P(
    Json, Accepted,
    testing::Values(
        Case{"y_empty_object", "{}"}, Case{"y_empty_array", "[]"}, Case{"y_lonely_null", "null"},
        Case{"y_lonely_number", "42"}, Case{"y_lonely_string", "\"a\""},
        Case{"y_blanks_around", " \t\r\n{ \"a\" : 1 } \n"}, Case{"y_negative_zero", "[-0]"},
        Case{"y_exponents", "[1e1,1E+2,1e-3,1.5e10,-0.0]"},
        Case{"y_largest_int", "[9223372036854775807,-9223372036854775808]"},
        Case{"y_huge_double", "[1.7976931348623157e308]"}, Case{"y_underflow", "[1e-999]"},
        Case{"y_escapes", R"(["\"\\\/\b\f\n\r\t\u0041"])"},
        Case{"y_surrogate_pair", R"(["\ud83d\ude00"])"},
        Case{"y_escaped_backslash_then_u", R"(["\\u0000","\\ud800"])"},
        Case{"y_noncharacter", R"(["\uFFFF\ufdd0"])"}, Case{"y_delete", "[\"\x7f\"]"},
        Case{"y_utf8", "[\"Привет мир! 你好 😀\"]"}, Case{"y_line_separators", "[\"\u2028\u2029\"]"},
        Case{"y_empty_key", R"({"":0})"}, Case{"y_same_key_in_two_objects", R"([{"a":1},{"a":1}])"},
        Case{"y_same_key_nested", R"({"a":{"a":{"a":1}}})"},
        Case{"y_keys_that_differ_in_case", R"({"a":1,"A":2})"}, Case{"y_depth_32", nested(32)},
        Case{"y_256_keys", object_with_keys(256)}),
    case_name);

// n_: must be refused as bad_json.
class Refused : public testing::TestWithParam<Case> {};
TEST_P(Refused, IsBadJson) {
  JsonReader reader;
  const auto result = reader.parse(GetParam().text);
  ASSERT_FALSE(result.is_ok());
  EXPECT_EQ(result.status().code(), ErrorCode::kBadJson);
  EXPECT_FALSE(result.status().message().empty());
  EXPECT_TRUE(reader.parse("{\"still\":\"works\"}").is_ok());
}
INSTANTIATE_TEST_SUITE_P(
    Json, Refused,
    testing::Values(
        Case{"n_empty", ""}, Case{"n_blank", "  \n"}, Case{"n_word", "hello"},
        Case{"n_single_quotes", "{'a':1}"}, Case{"n_bare_key", "{a:1}"},
        Case{"n_trailing_comma_object", "{\"a\":1,}"}, Case{"n_trailing_comma_array", "[1,]"},
        Case{"n_double_comma", "[1,,2]"}, Case{"n_missing_value", "{\"a\":}"},
        Case{"n_missing_colon", "{\"a\" 1}"}, Case{"n_number_key", "{1:1}"},
        Case{"n_unclosed_object", "{\"a\":1"}, Case{"n_unclosed_array", "[1"},
        Case{"n_unclosed_string", "[\"a"}, Case{"n_mismatched", "[}"},
        Case{"n_two_documents", "{}{}"}, Case{"n_trailing_garbage", "{} x"},
        Case{"n_comment", "{/* no */}"}, Case{"n_line_comment", "{} // no"},
        Case{"n_byte_order_mark", "\xEF\xBB\xBF{}"}, Case{"n_utf16", "{\0\"\0a\0\"\0}\0"s},
        Case{"n_leading_zero", "[012]"}, Case{"n_leading_plus", "[+1]"}, Case{"n_hex", "[0x1F]"},
        Case{"n_dot_first", "[.5]"}, Case{"n_dot_last", "[5.]"}, Case{"n_bare_minus", "[-]"},
        Case{"n_bare_exponent", "[1e]"}, Case{"n_nan", "[NaN]"}, Case{"n_infinity", "[Infinity]"},
        Case{"n_minus_infinity", "[-Infinity]"}, Case{"n_number_out_of_range", "[1e999]"},
        Case{"n_negative_out_of_range", "[-1e999]"},
        Case{"n_int_above_int64", "[9223372036854775808]"},
        Case{"n_int_above_uint64", "[18446744073709551616]"},
        Case{"n_int_below_int64", "[-9223372036854775809]"}, Case{"n_true_misspelt", "[True]"},
        Case{"n_undefined", "[undefined]"}, Case{"n_bad_escape", R"(["\x41"])"},
        Case{"n_short_unicode_escape", R"(["\u12"])"}, Case{"n_bad_hex", R"(["\u12G4"])"},
        Case{"n_raw_newline", "[\"a\nb\"]"}, Case{"n_raw_tab", "[\"a\tb\"]"},
        Case{"n_raw_nul", "[\"a\0b\"]"s}, Case{"n_nul_after", "{}\0"s},
        Case{"n_escaped_nul", R"(["\u0000"])"}, Case{"n_escaped_nul_in_key", R"({"\u0000":1})"},
        Case{"n_lone_high_surrogate", R"(["\ud800"])"},
        Case{"n_lone_low_surrogate", R"(["\udc00"])"},
        Case{"n_swapped_surrogates", R"(["\ude00\ud83d"])"},
        Case{"n_high_then_letter", R"(["\ud800a"])"},
        Case{"n_high_then_other_escape", R"(["\ud800\n"])"},
        Case{"n_high_then_bmp_escape", R"(["\ud800\u0041"])"},
        Case{"n_two_highs", R"(["\ud800\ud800"])"},
        Case{"n_surrogate_after_escaped_backslash", R"(["\\\ud800"])"},
        Case{"n_lone_surrogate_in_key", R"({"\udfff":1})"}, Case{"n_invalid_utf8", "[\"\xff\"]"},
        Case{"n_overlong_utf8", "[\"\xc0\xaf\"]"}, Case{"n_utf8_surrogate", "[\"\xed\xa0\x80\"]"},
        Case{"n_utf8_above_unicode", "[\"\xf4\x90\x80\x80\"]"},
        Case{"n_truncated_utf8", "[\"\xe4\xbd\"]"}, Case{"n_duplicate_key", R"({"a":1,"a":1})"},
        Case{"n_duplicate_by_escape", R"({"a":1,"\u0061":2})"},
        Case{"n_duplicate_empty_key", R"({"":1,"":2})"},
        Case{"n_duplicate_nested", R"({"x":[{"a":1,"b":2,"a":3}]})"},
        Case{"n_duplicate_after_nested", R"({"a":{"b":1},"a":2})"},
        Case{"n_duplicate_among_many",
             R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"d":1})"},
        Case{"n_depth_33", nested(33)}, Case{"n_depth_100000", nested(50'000)},
        Case{"n_depth_open_only", std::string(65'000, '[')},
        Case{"n_objects_33_deep",
             [] {
               std::string text;
               for (int i = 0; i < 33; ++i) text += "{\"a\":";
               return text + "1" + std::string(33, '}');
             }()},
        Case{"n_257_keys", object_with_keys(257)},
        Case{"n_too_long", "\"" + std::string(70'000, 'a') + "\""}),
    case_name);

// i_: RFC 8259 leaves it open; what is written here is what Parley does.
TEST(JsonOpenQuestions, i_numbers_lose_precision_only_as_doubles) {
  JsonReader reader;
  EXPECT_EQ(reader.parse("[9007199254740993]").value().to_json(), "[9007199254740993]");
  EXPECT_EQ(reader.parse("[0.1]").value().to_json(), "[0.1]");
  EXPECT_EQ(reader.parse("[1e2]").value().to_json(), "[100]");
}

TEST(JsonOpenQuestions, i_depth_100000_with_room_for_it) {
  JsonReader reader({.depth = 32, .keys = 256, .size = 1 << 20});
  const auto result = reader.parse(nested(100'000));
  ASSERT_FALSE(result.is_ok());
  EXPECT_THAT(result.status().message(), HasSubstr("nested deeper than 32"));
}

TEST(JsonReaderTest, EachRefusalSaysWhatWasWrong) {
  JsonReader reader;
  const auto why = [&](std::string_view text) { return reader.parse(text).status().message(); };
  EXPECT_THAT(why(R"({"a":1,"a":2})"), HasSubstr("\"a\" is there twice"));
  EXPECT_THAT(why(R"(["\ud800"])"), HasSubstr("surrogate"));
  EXPECT_THAT(why(R"(["\u0000"])"), HasSubstr("U+0000"));
  EXPECT_THAT(why("[1e999]"), HasSubstr("out of range"));
  EXPECT_THAT(why(object_with_keys(300)), HasSubstr("256 keys"));
  EXPECT_THAT(why(""), HasSubstr("empty"));
}

TEST(JsonReaderTest, KeysAreCountedOverAllObjects) {
  JsonReader reader({.depth = 8, .keys = 3, .size = 1024});
  EXPECT_TRUE(reader.parse(R"([{"a":1},{"a":1},{"a":1}])").is_ok());
  EXPECT_FALSE(reader.parse(R"([{"a":1},{"a":1},{"a":1},{"a":1}])").is_ok());
}

TEST(JsonReaderTest, ARefusedObjectCanStillBeAskedForItsId) {
  JsonReader reader;
  ASSERT_FALSE(reader.parse(R"({"id":7,"a":1,"a":2})").is_ok());
  EXPECT_EQ(reader.refused_root().find("id").as_int(), 7);
  ASSERT_FALSE(reader.parse("{\"id\":7").is_ok());
  EXPECT_FALSE(reader.refused_root().exists());
}

TEST(JsonViewTest, AnswersOnlyWhatFitsTheType) {
  JsonReader reader;
  const auto root =
      reader.parse(R"({"i":7,"whole":7.0,"d":7.5,"s":"x","b":true,"n":null,"a":[1,2],"o":{"k":1}})")
          .value();
  EXPECT_EQ(root.find("i").as_int(), 7);
  EXPECT_EQ(root.find("i").as_double(), 7.0);
  EXPECT_EQ(root.find("whole").as_int(), 7);
  EXPECT_EQ(root.find("d").as_int(), std::nullopt);
  EXPECT_EQ(root.find("d").as_double(), 7.5);
  EXPECT_EQ(root.find("s").as_string(), "x");
  EXPECT_EQ(root.find("s").as_int(), std::nullopt);
  EXPECT_EQ(root.find("b").as_bool(), true);
  EXPECT_EQ(root.find("i").as_bool(), std::nullopt);
  EXPECT_TRUE(root.find("n").is_null());
  EXPECT_EQ(root.find("a").size(), 2u);
  EXPECT_EQ(root.find("o").find("k").as_int(), 1);
  EXPECT_FALSE(root.find("missing").exists());
  EXPECT_EQ(root.find("s").find("x").type(), JsonType::kNone);
  EXPECT_EQ(root.size(), 8u);
}

TEST(JsonViewTest, BigDoublesAreNoIntegers) {
  JsonReader reader;
  const auto root = reader.parse("[9.3e18,-9.3e18,1e300,-9223372036854775808.0]").value();
  std::vector<std::optional<std::int64_t>> values;
  root.each_element([&](JsonView value) {
    values.push_back(value.as_int());
    return true;
  });
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0], std::nullopt);
  EXPECT_EQ(values[1], std::nullopt);
  EXPECT_EQ(values[2], std::nullopt);
  EXPECT_EQ(values[3], std::numeric_limits<std::int64_t>::min());
}

TEST(JsonViewTest, WritesWhatItRead) {
  JsonReader reader;
  for (const char* text : {R"({"a":[1,-2,3.5,true,false,null,"x"],"b":{"c":{}},"d":[]})",
                           R"("\"\\\n\t\u0001 Привет")", "[0.1,1e-9,123456789012345678]"}) {
    const auto once = reader.parse(text).value().to_json();
    const auto twice = reader.parse(once).value().to_json();
    EXPECT_EQ(once, twice);
  }
  EXPECT_EQ(reader.parse(R"( { "a" : [ 1 , "\u0041" ] } )").value().to_json(), R"({"a":[1,"A"]})");
}

// Found by the fuzzer: plain digits of a large double are no double when they are read back.
TEST(JsonViewTest, DoublesStayDoubles) {
  JsonReader reader;
  for (const char* text : {"[1.2919594847110693e+19]", "[-0.0]", "[9.007199254740992e+15]"}) {
    const auto once = reader.parse(text).value().to_json();
    EXPECT_EQ(once, text);
    EXPECT_TRUE(reader.parse(once).is_ok()) << once;
  }
  EXPECT_EQ(reader.parse("[12345.0,-7.0]").value().to_json(), "[12345,-7]");
}

TEST(JsonViewTest, VisitorStopsWhenItSaysSo) {
  JsonReader reader;
  int seen = 0;
  reader.parse("[1,2,3]").value().each_element([&](JsonView) { return ++seen < 2; });
  EXPECT_EQ(seen, 2);
}

}  // namespace
}  // namespace parley::protocol
