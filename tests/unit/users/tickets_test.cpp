// SPDX-License-Identifier: Apache-2.0
#include "users/tickets.h"

#include <set>

#include <gtest/gtest.h>

namespace parley::users {
namespace {

constexpr const char* kPage = "https://chat.example";

TokenClaims claims_of(const char* user) {
  TokenClaims claims;
  claims.subject = user;
  claims.id = "jti-1";
  return claims;
}

class TicketsTest : public testing::Test {
 protected:
  ManualClock clock_;
  Tickets tickets_{{.per_user = 3, .total = 5}, clock_};
};

TEST_F(TicketsTest, ATicketStandsForItsTokenOnce) {
  const auto ticket = tickets_.sell(claims_of("u_1"), kPage);
  EXPECT_EQ(ticket.substr(0, 2), "t_");
  const auto claims = tickets_.redeem(ticket, kPage);
  ASSERT_TRUE(claims) << claims.status().message();
  EXPECT_EQ(claims->subject, "u_1");
  EXPECT_EQ(claims->id, "jti-1");
  EXPECT_EQ(tickets_.redeem(ticket, kPage).status().code(), ErrorCode::kUnauthorized);
}

TEST_F(TicketsTest, ItRunsOut) {
  const auto ticket = tickets_.sell(claims_of("u_1"), kPage);
  const auto other = tickets_.sell(claims_of("u_1"), kPage);
  clock_.advance(Millis(29'999));
  EXPECT_TRUE(tickets_.redeem(ticket, kPage));
  clock_.advance(Millis(1));
  EXPECT_FALSE(tickets_.redeem(other, kPage));
  EXPECT_EQ(tickets_.size(), 0u);
}

TEST_F(TicketsTest, AnotherOriginGetsNothingAndEndsIt) {
  for (const char* origin : {"https://evil.example", "null", "", "https://chat.example:8443"}) {
    const auto ticket = tickets_.sell(claims_of("u_1"), kPage);
    const auto refused = tickets_.redeem(ticket, origin);
    EXPECT_EQ(refused.status().code(), ErrorCode::kUnauthorized) << origin;
    EXPECT_FALSE(tickets_.redeem(ticket, kPage)) << "stolen once, good never again";
  }
  const auto program = tickets_.sell(claims_of("u_1"), "");
  EXPECT_TRUE(tickets_.redeem(program, ""));
}

TEST_F(TicketsTest, AllRefusalsReadTheSame) {
  std::set<std::string> sentences;
  const auto ticket = tickets_.sell(claims_of("u_1"), kPage);
  sentences.insert(tickets_.redeem(ticket, "https://evil.example").status().message());
  sentences.insert(tickets_.redeem(ticket, kPage).status().message());
  sentences.insert(tickets_.redeem("t_never", kPage).status().message());
  sentences.insert(tickets_.redeem("", kPage).status().message());
  EXPECT_EQ(sentences.size(), 1u);
}

TEST_F(TicketsTest, AUserLosesTheirOldestAndNobodyElses) {
  const auto other = tickets_.sell(claims_of("u_2"), kPage);
  const auto first = tickets_.sell(claims_of("u_1"), kPage);
  const auto second = tickets_.sell(claims_of("u_1"), kPage);
  for (int i = 0; i < 2; ++i) static_cast<void>(tickets_.sell(claims_of("u_1"), kPage));
  EXPECT_EQ(tickets_.size(), 4u);
  EXPECT_FALSE(tickets_.redeem(first, kPage));
  EXPECT_TRUE(tickets_.redeem(second, kPage));
  EXPECT_TRUE(tickets_.redeem(other, kPage));
}

TEST_F(TicketsTest, AllTogetherAreBounded) {
  const auto first = tickets_.sell(claims_of("u_0"), kPage);
  for (int i = 1; i <= 5; ++i)
    static_cast<void>(tickets_.sell(claims_of(("u_" + std::to_string(i)).c_str()), kPage));
  EXPECT_EQ(tickets_.size(), 5u);
  EXPECT_FALSE(tickets_.redeem(first, kPage));
}

}  // namespace
}  // namespace parley::users
