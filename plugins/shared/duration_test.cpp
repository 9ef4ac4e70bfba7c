// SPDX-License-Identifier: Apache-2.0
#include "duration.h"

#include <gtest/gtest.h>

namespace duration {
namespace {

using namespace std::chrono_literals;

struct Written {
  const char* text;
  std::chrono::seconds meant;
};

class Understood : public ::testing::TestWithParam<Written> {};

TEST_P(Understood, AsPeopleWriteIt) {
  const auto [text, meant] = GetParam();
  ASSERT_TRUE(parse(text)) << text;
  EXPECT_EQ(*parse(text), meant) << text;
}

INSTANTIATE_TEST_SUITE_P(Durations, Understood,
                         ::testing::Values(Written{"90s", 90s}, Written{"10m", 10min},
                                           Written{"10", 10min}, Written{"1h30m", 90min},
                                           Written{"1h 30m", 90min}, Written{" 2 days", 48h},
                                           Written{"1w2d3h4m5s", 168h + 48h + 3h + 4min + 5s},
                                           Written{"10 мин", 10min}, Written{"1ч30м", 90min},
                                           Written{"0h5m", 5min}, Written{"3650d", 87600h}));

class NotUnderstood : public ::testing::TestWithParam<const char*> {};

TEST_P(NotUnderstood, IsNoDuration) {
  EXPECT_FALSE(parse(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Durations, NotUnderstood,
                         ::testing::Values("", " ", "m", "0", "0m", "-5m", "+5m", "5x", "5m5m",
                                           "30m1h", "1h30", "5 m m", "1.5h", "3651d",
                                           "99999999999999999999s", "9223372036854775807w",
                                           "tomorrow", "\xF0\x9F\x95\x90"));

TEST(Duration, IsShownInItsTwoLargestUnits) {
  EXPECT_EQ(describe(90min, "en"), "1 h 30 min");
  EXPECT_EQ(describe(90min, "ru"), "1 ч 30 мин");
  EXPECT_EQ(describe(48h + 5s, "en"), "2 d");
  EXPECT_EQ(describe(45s, "en"), "45 s");
  EXPECT_EQ(describe(0s, "ru"), "0 с");
}

}  // namespace
}  // namespace duration
