// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(IdsTest, IdsFollowTheGrammarAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_id('u');
    EXPECT_EQ(id.substr(0, 2), "u_");
    EXPECT_EQ(id.size(), 16u);
    EXPECT_EQ(
        id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 2),
        id.npos);
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(IdsTest, EveryCharacterIsDrawnAboutEquallyOften) {
  std::map<char, int> count;
  for (const char c : random_base62(62'000)) ++count[c];
  EXPECT_EQ(count.size(), 62u);
  for (const auto& [c, n] : count) EXPECT_NEAR(n, 1000, 200) << c;  // six standard deviations
}

TEST(IdsTest, SecretsHold256Bits) {
  const std::string secret = random_secret("r_");
  ASSERT_EQ(secret.substr(0, 2), "r_");
  EXPECT_EQ(base64url_decode(secret.substr(2))->size(), 32u);
}

TEST(IdsTest, Sha256IsTheStandardOne) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(IdsTest, ComparingTellsEveryDifference) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("secret", "secret"));
  EXPECT_FALSE(constant_time_equal("secret", "secreT"));
  EXPECT_FALSE(constant_time_equal("secret", "secret2"));
}

TEST(IdsTest, Base64UrlGoesThereAndBack) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
    bytes.push_back(static_cast<char>(i * 7));
  }
  EXPECT_EQ(base64url_encode("\xfb\xff"), "-_8");
}

TEST(IdsTest, OneValueHasOneSpelling) {
  for (const char* wrong : {"-_8=", "-/8", "+_8", "-_9", "A", "AAAAA", "-_ 8", "-_8\n", "AB"}) {
    EXPECT_FALSE(base64url_decode(wrong)) << wrong;
  }
  EXPECT_EQ(base64url_decode(""), "");
}

}  // namespace
}  // namespace parley
