// SPDX-License-Identifier: Apache-2.0
// People whom another issuer's token names.
#include <future>

#include <gtest/gtest.h>

#include "unit/storage/temp_store.h"
#include "users/accounts.h"
#include "users/tokens.h"

namespace parley::users {
namespace {

using Roles = std::vector<std::string>;

class OutsidersTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    accounts_ = std::make_unique<Accounts>(*store_, hasher_, guard_, clock_, AccountsOptions{});
  }
  void TearDown() override { accounts_.reset(); }

  TokenClaims claims(const std::string& issuer, const std::string& subject,
                     const std::string& name = "") {
    TokenClaims made;
    made.issuer = issuer;
    made.subject = subject;
    made.name = name;
    made.issued_at = clock_.wall_ms();
    if (!issuer.empty()) made.max_roles = {"user"};
    return made;
  }
  template <typename Call>
  static Result<User> answer(Call&& call) {
    std::promise<Result<User>> promise;
    call([&](Result<User> user) { promise.set_value(std::move(user)); });
    return promise.get_future().get();
  }
  Result<User> come(const TokenClaims& who) {
    return answer([&](auto done) { accounts_->by_claims(who, std::move(done)); });
  }

  ManualClock clock_;
  PasswordHasher hasher_{{.memory = 8 * 1024 * 1024, .operations = 1}};
  LoginGuard guard_{{}, clock_};
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(OutsidersTest, ASubjectIsOneAccountFromTheFirstVisitOn) {
  const auto first = come(claims("https://id.example.org", "42", "Neo"));
  ASSERT_TRUE(first) << first.status().message();
  EXPECT_EQ(first->name, "Neo");
  EXPECT_EQ(first->kind, "user");
  EXPECT_EQ(first->id.substr(0, 2), "u_");
  const auto again = come(claims("https://id.example.org", "42", "Renamed"));
  EXPECT_EQ(again->id, first->id);
  EXPECT_EQ(again->name, "Neo");
}

TEST_F(OutsidersTest, TwoIssuersSubjectsAreTwoPeople) {
  const auto one = come(claims("https://a.example", "42", "Neo"));
  const auto other = come(claims("https://b.example", "42", "Neo"));
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->id, other->id);
  EXPECT_EQ(other->name, "Neo2") << "the name is taken";
}

TEST_F(OutsidersTest, ASubjectThatLooksLikeALocalIdIsNot) {
  const auto local = come(claims("https://a.example", "1", "Trinity"));
  ASSERT_TRUE(local);
  const auto liar = come(claims("https://a.example", local->id, "Smith"));
  ASSERT_TRUE(liar);
  EXPECT_NE(liar->id, local->id);
}

TEST_F(OutsidersTest, NamesThatAreNoneHereAreReplaced) {
  for (const char* name : {"", "\x01\x02", "ad\xd0\xbcin", "x", "a\xe2\x80\xae"}) {
    const auto user = come(claims("https://a.example", std::string("s") + name, name));
    ASSERT_TRUE(user) << user.status().message();
    EXPECT_EQ(user->name.substr(0, 5), "user-") << name;
  }
}

TEST_F(OutsidersTest, RolesAreTheDatabasesWithinWhatTheKeyMayGive) {
  auto who = claims("https://a.example", "42", "Neo");
  const auto id = come(who)->id;
  ASSERT_TRUE(answer([&](auto done) {
    accounts_->set_roles("parleyctl", id, {"user", "moderator", "admin"}, std::move(done));
  }));
  EXPECT_EQ(come(who)->roles, (Roles{"user"}));
  who.max_roles = {"user", "moderator"};
  EXPECT_EQ(come(who)->roles, (Roles{"user", "moderator"}));
  auto own = claims("", id);
  EXPECT_EQ(come(own)->roles, (Roles{"user", "moderator", "admin"})) << "a token of our own";
}

TEST_F(OutsidersTest, WhoeverIsDisabledOrGoneStaysOut) {
  const auto who = claims("https://a.example", "42", "Neo");
  const auto id = come(who)->id;
  ASSERT_TRUE(
      answer([&](auto done) { accounts_->set_disabled("parleyctl", id, true, std::move(done)); }));
  EXPECT_EQ(come(who).status().code(), ErrorCode::kBlocked);
  EXPECT_EQ(come(claims("", id)).status().code(), ErrorCode::kBlocked);
  EXPECT_EQ(come(claims("", "u_nobody")).status().code(), ErrorCode::kUnauthorized);
  ASSERT_TRUE(change([&](storage::Writer& w) { return w.delete_user(id); }).is_ok());
  EXPECT_NE(come(who)->id, id) << "a deleted account does not come back";
}

class ForgottenOutsidersTest : public OutsidersTest {
 protected:
  void SetUp() override {
    OutsidersTest::SetUp();
    before_ = claims("https://a.example", "42", "Neo");
    id_ = come(before_)->id;
  }
  Status forget(const std::string& id) {
    std::promise<Status> promise;
    accounts_->forget(id, "", "10.0.0.1", [&](Status status) { promise.set_value(status); });
    const Status status = promise.get_future().get();
    store_->flush();
    return status;
  }
  void expire() {
    storage::Retention retention;
    retention.now = clock_.wall_ms();
    ASSERT_TRUE(
        change([=](storage::Writer& w) { return w.expire_step(retention, 100).status(); }).is_ok());
  }

  TokenClaims before_;
  std::string id_;
};

TEST_F(ForgottenOutsidersTest, ATokenFromBeforeDoesNotBringThemBack) {
  clock_.advance(Millis{600'000});
  ASSERT_TRUE(forget(id_).is_ok());
  const auto again = come(before_);
  EXPECT_EQ(again.status().code(), ErrorCode::kTokenRevoked);
  EXPECT_NE(again.status().message().find("was deleted"), std::string::npos);
  auto at_once = claims("https://a.example", "42", "Neo");
  at_once.issued_at += 30'000;
  EXPECT_EQ(come(at_once).status().code(), ErrorCode::kTokenRevoked)
      << "the issuer's clock may be ahead";
  EXPECT_TRUE(come(claims("https://b.example", "42", "Trinity"))) << "another issuer's 42";
}

TEST_F(ForgottenOutsidersTest, ATokenFromLaterMakesAnewPerson) {
  ASSERT_TRUE(forget(id_).is_ok());
  clock_.advance(Millis{30'001});
  const auto later = come(claims("https://a.example", "42", "Neo"));
  ASSERT_TRUE(later) << later.status().message();
  EXPECT_NE(later->id, id_);
  EXPECT_EQ(come(before_)->id, later->id) << "who is here again is here";
}

TEST_F(ForgottenOutsidersTest, WhoTheyWereIsNotKeptAndNotForever) {
  ASSERT_TRUE(forget(id_).is_ok());
  EXPECT_TRUE(ask([&](storage::Reader& r) { return r.outside_identities_of(id_); })->empty());
  clock_.advance(Millis{30LL * 86'400'000});
  expire();
  EXPECT_EQ(come(before_).status().code(), ErrorCode::kTokenRevoked)
      << "such a token is within its skew to the end";
  clock_.advance(Millis{60'000});
  expire();
  EXPECT_TRUE(come(before_)) << "no token of then holds any more, so none is asked for";
}

}  // namespace
}  // namespace parley::users
