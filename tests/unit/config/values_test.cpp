// SPDX-License-Identifier: Apache-2.0
#include "config/values.h"

#include <gtest/gtest.h>

namespace parley::config {
namespace {

TEST(Sizes, AreReadWithAndWithoutUnits) {
  EXPECT_EQ(parse_size("4000"), 4000u);
  EXPECT_EQ(parse_size("64 KiB"), 65536u);
  EXPECT_EQ(parse_size("64KiB"), 65536u);
  EXPECT_EQ(parse_size("1.5 MiB"), 1572864u);
  EXPECT_EQ(parse_size("2 GiB"), 2147483648u);
  EXPECT_EQ(parse_size("10 kB"), 10000u);
}

TEST(Sizes, RefuseWhatIsNone) {
  for (const char* bad :
       {"", "-1", "64 kibi", "KiB", "1.5", "1e400", "1 2", "nan", "0x10", "99999999999999999999"}) {
    EXPECT_FALSE(parse_size(bad)) << bad;
  }
}

TEST(Durations, NeedAUnit) {
  EXPECT_EQ(parse_duration("500ms"), Millis(500));
  EXPECT_EQ(parse_duration("1.5s"), Millis(1500));
  EXPECT_EQ(parse_duration("15m"), Millis(900'000));
  EXPECT_EQ(parse_duration("30d"), Millis(2'592'000'000));
  EXPECT_EQ(parse_duration("0"), Millis(0));
  for (const char* bad : {"", "30", "-1s", "1 year", "s", "1.0005s", "1h30m"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Values, AreShownSoThatTheyReadBackTheSame) {
  for (const std::size_t bytes : {0ul, 1ul, 1023ul, 1024ul, 65536ul, 65537ul, 1073741824ul}) {
    EXPECT_EQ(parse_size(format_size(bytes)), bytes);
  }
  for (const long long millis : {0LL, 1LL, 999LL, 1000LL, 90'000LL, 3'600'000LL, 86'400'001LL}) {
    EXPECT_EQ(parse_duration(format_duration(Millis(millis))), Millis(millis));
  }
  EXPECT_EQ(format_size(65536), "64 KiB");
  EXPECT_EQ(format_duration(Millis(900'000)), "15m");
}

TEST(Rates, SayHowManyInWhatTime) {
  const auto rate = parse_rate("60/1h");
  ASSERT_TRUE(rate);
  EXPECT_DOUBLE_EQ(rate->per_second, 60.0 / 3600);
  EXPECT_DOUBLE_EQ(rate->burst, 60);
  EXPECT_DOUBLE_EQ(parse_rate("5/500ms")->per_second, 10);
  for (const char* bad :
       {"", "60", "60/", "/1h", "0/1h", "-1/1h", "60/0s", "60/h", "x/1h", "6/1/h"})
    EXPECT_FALSE(parse_rate(bad)) << bad;
}

TEST(Lists, AreSplitAtCommas) {
  EXPECT_EQ(split_list("a, b ,c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(split_list("  ").empty());
  EXPECT_EQ(split_map("net=debug, storage=warn")->at("storage"), "warn");
  EXPECT_FALSE(split_map("net"));
}

}  // namespace
}  // namespace parley::config
