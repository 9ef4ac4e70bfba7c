// SPDX-License-Identifier: Apache-2.0
#include "users/invitations.h"

#include <map>

#include "unit/users/people_fixture.h"

namespace parley::users {
namespace {

constexpr Millis kDay{86'400'000};

class InvitationsTest : public PeopleTest {
 protected:
  void SetUp() override {
    PeopleTest::SetUp();
    config::Auth auth;
    auth.registration = "invitation";
    start(auth);
  }
  Invitation invite(Millis life = kDay) {
    auto made = answer<Result<Invitation>>(
        [&](auto done) { invitations().make("u_admin", "for Neo", life, std::move(done)); });
    EXPECT_TRUE(made) << made.status().message();
    return *made;
  }
  Invitations invitations() { return {*store_, clock_}; }
  ErrorCode enter(const std::string& name, const std::string& code,
                  const std::string& address = kHome) {
    return register_as({name, kPassword, "", address, code}).status().code();
  }
};

TEST_F(InvitationsTest, OneCodeMakesOneAccount) {
  const auto made = invite();
  EXPECT_GE(made.code.size(), 22u);
  EXPECT_EQ(enter("Neo", ""), ErrorCode::kForbidden);
  EXPECT_EQ(enter("Neo", "guessed"), ErrorCode::kUnauthorized);
  EXPECT_EQ(enter("Neo", " " + made.code + "\n"), ErrorCode::kOk) << "copied with its line";
  EXPECT_EQ(enter("Trinity", made.code), ErrorCode::kUnauthorized) << "used";
  const auto audit =
      ask([](storage::Reader& r) { return r.audit({.action = "account.register"}); });
  ASSERT_TRUE(audit);
  EXPECT_NE(audit->front().detail.find("invited by u_admin"), std::string::npos);
}

TEST_F(InvitationsTest, ANameThatIsTakenOrRefusedCostsNoCode) {
  const auto first = invite();
  ASSERT_EQ(enter("Neo", first.code), ErrorCode::kOk);
  const auto second = invite();
  EXPECT_EQ(enter("NEO", second.code), ErrorCode::kConflict);
  EXPECT_EQ(enter("\x01", second.code), ErrorCode::kInvalidArgs);
  EXPECT_EQ(register_as({"Trinity", "short", "", kHome, second.code}).status().code(),
            ErrorCode::kInvalidArgs);
  EXPECT_EQ(enter("Trinity", second.code), ErrorCode::kOk);
}

TEST_F(InvitationsTest, OldAndRevokedCodesOpenNothing) {
  const auto old = invite(Millis{1000});
  clock_.advance(Millis{1000});
  EXPECT_EQ(enter("Neo", old.code), ErrorCode::kUnauthorized);
  const auto revoked = invite();
  const auto revoke = [&] {
    return answer<Status>(
        [&](auto done) { invitations().revoke("u_admin", revoked.record.id, std::move(done)); });
  };
  EXPECT_TRUE(revoke().is_ok());
  EXPECT_EQ(revoke().code(), ErrorCode::kNotFound);
  EXPECT_EQ(enter("Neo", revoked.code), ErrorCode::kUnauthorized);
}

TEST_F(InvitationsTest, WhoeverGuessesCodesIsStoppedAndNobodyElse) {
  const auto made = invite();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(enter("Neo", "guess" + std::to_string(i)), ErrorCode::kUnauthorized);
  EXPECT_EQ(enter("Neo", made.code), ErrorCode::kRateLimited);
  EXPECT_EQ(enter("Neo", made.code, "10.0.0.2"), ErrorCode::kOk);
}

// A class behind one address: nobody has guessed, so nobody is held back.
TEST_F(InvitationsTest, ManyWithCodesOfTheirOwnComeInAtOnce) {
  constexpr int kMany = 12;
  std::vector<Invitation> codes;
  for (int i = 0; i < kMany; ++i) codes.push_back(invite());
  std::vector<std::promise<ErrorCode>> answers(kMany);
  for (int i = 0; i < kMany; ++i) {
    accounts_->register_account(
        {"Pupil" + std::to_string(i), kPassword, "", kHome,
         codes[static_cast<std::size_t>(i)].code},
        [&answers, i](const Result<User>& user, const std::string&) {
          answers[static_cast<std::size_t>(i)].set_value(user.status().code());
        });
  }
  for (auto& one : answers) EXPECT_EQ(one.get_future().get(), ErrorCode::kOk);
}

TEST_F(InvitationsTest, ManyGuessesAtOnceAreNoMoreThanFive) {
  constexpr int kMany = 20;
  std::vector<std::promise<ErrorCode>> answers(kMany);
  for (int i = 0; i < kMany; ++i) {
    accounts_->register_account(
        {"Smith", kPassword, "", kHome, "guess" + std::to_string(i)},
        [&answers, i](const Result<User>& user, const std::string&) {
          answers[static_cast<std::size_t>(i)].set_value(user.status().code());
        });
  }
  std::map<ErrorCode, int> counted;
  for (auto& one : answers) ++counted[one.get_future().get()];
  EXPECT_EQ(counted[ErrorCode::kUnauthorized], 5);
  EXPECT_EQ(counted[ErrorCode::kRateLimited], kMany - 5);
}

TEST_F(InvitationsTest, AGuestIsInvitedAndKeepsTheirId) {
  const auto visitor = guest("Neo");
  ASSERT_TRUE(visitor);
  const auto user = register_as({"Neo", kPassword, visitor->id, kHome, invite().code});
  ASSERT_TRUE(user) << user.status().message();
  EXPECT_EQ(user->id, visitor->id);
  EXPECT_EQ(user->kind, "user");
}

TEST_F(InvitationsTest, WhereRegistrationIsClosedNoCodeHelps) {
  const auto made = invite();
  config::Auth auth;
  auth.registration = "closed";
  accounts_->configure(auth);
  EXPECT_EQ(enter("Neo", made.code), ErrorCode::kForbidden);
  auth.registration = "open";
  accounts_->configure(auth);
  EXPECT_EQ(enter("Neo", ""), ErrorCode::kOk);
}

}  // namespace
}  // namespace parley::users
