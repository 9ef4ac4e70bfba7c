// SPDX-License-Identifier: Apache-2.0
// Accounts that an admin makes.
#include "unit/users/people_fixture.h"

namespace parley::users {
namespace {

class CreatedTest : public PeopleTest {
 protected:
  void SetUp() override {
    open();
    config::Auth closed;
    closed.registration = "closed";
    start(closed);
  }
  Result<User> create(const std::string& name, const std::vector<std::string>& roles = {},
                      const std::string& password = kPassword) {
    return answer<Result<User>>([&](auto done) {
      accounts_->create("u_admin", kHome, {.name = name, .password = password, .roles = roles},
                        std::move(done));
    });
  }
};

TEST_F(CreatedTest, IsThereAlthoughRegistrationIsClosed) {
  EXPECT_EQ(register_as({.name = "Neo", .password = kPassword}).status().code(),
            ErrorCode::kForbidden);
  const auto neo = create("Neo", {"moderator"});
  ASSERT_TRUE(neo) << neo.status().message();
  EXPECT_EQ(neo->roles, (std::vector<std::string>{"user", "moderator"}));
  EXPECT_EQ(changes_.back(), std::make_pair(neo->id, Change::kRegistered));
  EXPECT_TRUE(answer<Result<User>>(
      [&](auto done) { accounts_->login("neo", kPassword, kHome, std::move(done)); }));
  const auto entries = store_->read_blocking(
      [](storage::Reader& reader) { return reader.audit({.action = "account.create"}); });
  ASSERT_EQ(entries->size(), 1u);
  const auto& entry = entries->front();
  EXPECT_EQ(std::tie(entry.actor, entry.address, entry.target, entry.detail),
            std::make_tuple("u_admin", kHome, neo->id, "Neo: user, moderator"));
}

TEST_F(CreatedTest, HeedsTheRulesOfNamesAndPasswords) {
  ASSERT_TRUE(create("Neo"));
  EXPECT_EQ(create("neo").status().code(), ErrorCode::kConflict);
  EXPECT_EQ(create("").status().code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(create("Trinity", {}, "short").status().code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(create("Trinity", {"king"}).status().code(), ErrorCode::kInvalidArgs);
  EXPECT_TRUE(create("Trinity"));
}

}  // namespace
}  // namespace parley::users
