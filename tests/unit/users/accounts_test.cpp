// SPDX-License-Identifier: Apache-2.0
#include "users/accounts.h"

#include <algorithm>
#include <fstream>
#include <future>

#include "unit/storage/temp_store.h"
#include "users/first_admin.h"
#include "users/token_service.h"

namespace parley::users {
namespace {

constexpr const char* kHome = "10.0.0.1";
constexpr const char* kPassword = "correct horse";

template <typename T>
struct Named {
  Result<T> result;
  std::string suggestion;
};

class AccountsTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    start();
  }
  void TearDown() override { accounts_.reset(); }

  void start(AccountsOptions options = {}) {
    options.names.reserved = {"admin"};
    accounts_.reset();
    accounts_ = std::make_unique<Accounts>(*store_, hasher_, guard_, clock_, options);
    accounts_->on_changed(
        [this](const std::string& id, Change change) { changes_.emplace_back(id, change); });
  }

  // Runs a call and waits for its answer.
  template <typename T, typename Call>
  static T answer(Call&& call) {
    std::promise<T> promise;
    call([&](T value) { promise.set_value(std::move(value)); });
    return promise.get_future().get();
  }
  template <typename Call>
  static Named<User> named(Call&& call) {
    std::promise<Named<User>> promise;
    call([&](Result<User> user, std::string suggestion) {
      promise.set_value({std::move(user), suggestion});
    });
    return promise.get_future().get();
  }

  Named<User> register_as(const std::string& name, const std::string& guest = "",
                          const std::string& password = kPassword,
                          const std::string& invitation = "") {
    return named([&](auto done) {
      accounts_->register_account({name, password, guest, kHome, invitation}, std::move(done));
    });
  }
  Named<User> guest(const std::string& name) {
    return named([&](auto done) { accounts_->make_guest(name, std::move(done)); });
  }
  Result<User> login(const std::string& name, const std::string& password,
                     const std::string& address = kHome) {
    return answer<Result<User>>(
        [&](auto done) { accounts_->login(name, password, address, std::move(done)); });
  }
  // All of them to Neo from one address, before the first is answered.
  std::vector<ErrorCode> log_in_at_once(const std::vector<std::string>& passwords) {
    std::vector<std::promise<ErrorCode>> answers(passwords.size());
    for (std::size_t i = 0; i < passwords.size(); ++i) {
      accounts_->login("Neo", passwords[i], kHome, [&answers, i](const Result<User>& user) {
        answers[i].set_value(user.status().code());
      });
    }
    std::vector<ErrorCode> codes;
    for (auto& one : answers) codes.push_back(one.get_future().get());
    return codes;
  }
  Result<User> set_roles(const std::string& id, std::vector<std::string> roles) {
    return answer<Result<User>>(
        [&](auto done) { accounts_->set_roles("parleyctl", id, roles, std::move(done)); });
  }
  Result<User> set_disabled(const std::string& id, bool disabled) {
    return answer<Result<User>>(
        [&](auto done) { accounts_->set_disabled("parleyctl", id, disabled, std::move(done)); });
  }
  Status change_password(const std::string& id, const std::string& before,
                         const std::string& after) {
    return answer<Status>(
        [&](auto done) { accounts_->change_password(id, before, after, kHome, std::move(done)); });
  }
  std::vector<storage::AuditEntry> audit(const std::string& action) {
    store_->flush();
    return *ask([&](storage::Reader& r) { return r.audit({.action = action}); });
  }
  Result<User> by_id(const std::string& id) {
    return answer<Result<User>>([&](auto done) { accounts_->by_id(id, std::move(done)); });
  }

  ManualClock clock_;
  PasswordHasher hasher_{
      PasswordOptions{.memory = 8192, .operations = 1, .queue = 64, .threads = 1}};
  LoginGuard guard_{LoginGuardOptions{}, clock_};
  std::vector<std::pair<std::string, Change>> changes_;
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(AccountsTest, RegisterAndLogIn) {
  const auto made = register_as("Neo").result;
  ASSERT_TRUE(made) << made.status().message();
  EXPECT_EQ(made->id.substr(0, 2), "u_");
  EXPECT_EQ(made->kind, "user");
  EXPECT_EQ(made->roles, (std::vector<std::string>{"user"}));
  const auto back = login("NEO", kPassword);
  ASSERT_TRUE(back) << back.status().message();
  EXPECT_EQ(back->id, made->id);
  EXPECT_EQ(back->name, "Neo");
}

TEST_F(AccountsTest, AWrongNameAndAWrongPasswordSoundTheSame) {
  ASSERT_TRUE(register_as("Neo").result);
  const Status wrong_password = login("Neo", "wrong password").status();
  const Status wrong_name = login("Trinity", kPassword).status();
  const Status impossible_name = login("<script>", kPassword).status();
  EXPECT_EQ(wrong_password.code(), ErrorCode::kUnauthorized);
  EXPECT_EQ(wrong_name.message(), wrong_password.message());
  EXPECT_EQ(impossible_name.message(), wrong_password.message());
}

TEST_F(AccountsTest, ATakenNameBringsAProposalThatIsFree) {
  ASSERT_TRUE(register_as("Neo").result);
  const auto second = register_as("neo");
  EXPECT_EQ(second.result.status().code(), ErrorCode::kConflict);
  EXPECT_EQ(second.suggestion, "neo2");
  ASSERT_TRUE(guest("neo2").result);
  EXPECT_EQ(register_as("NEO").suggestion, "NEO3");
  EXPECT_EQ(guest("Neo").suggestion, "Neo3");
}

TEST_F(AccountsTest, TwoAtOnceGetOneName) {
  std::promise<Named<User>> first, second;
  accounts_->register_account({"Neo", kPassword, "", "a"}, [&](Result<User> u, std::string s) {
    first.set_value({u, s});
  });
  accounts_->register_account({"neo", kPassword, "", "b"}, [&](Result<User> u, std::string s) {
    second.set_value({u, s});
  });
  const int made =
      (first.get_future().get().result ? 1 : 0) + (second.get_future().get().result ? 1 : 0);
  EXPECT_EQ(made, 1);
}

TEST_F(AccountsTest, RulesOfNamesAndPasswords) {
  EXPECT_EQ(register_as("N").result.status().code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(register_as("Admin").result.status().code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(register_as("Neo", "", "short").result.status().code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(register_as("Neo", "", "пароль7").result.status().code(), ErrorCode::kInvalidArgs)
      << "7 characters";
  EXPECT_EQ(register_as("Neo", "", std::string(5000, 'x')).result.status().code(),
            ErrorCode::kInvalidArgs);
  EXPECT_TRUE(register_as("Neo", "", "пароль78").result);
}

TEST_F(AccountsTest, RegistrationAndGuestsCanBeClosed) {
  AccountsOptions closed;
  closed.auth.registration = "closed";
  closed.auth.guests = false;
  start(closed);
  EXPECT_EQ(register_as("Neo").result.status().code(), ErrorCode::kForbidden);
  EXPECT_EQ(guest("Neo").result.status().code(), ErrorCode::kForbidden);
}

TEST_F(AccountsTest, TooManyFailuresFromOneAddress) {
  ASSERT_TRUE(register_as("Neo").result);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(login("Neo", "wrong password").status().code(), ErrorCode::kUnauthorized);
  EXPECT_EQ(login("Neo", kPassword).status().code(), ErrorCode::kRateLimited);
  EXPECT_GT(accounts_->login_delay("Neo"), Millis{0});
  EXPECT_TRUE(login("Neo", kPassword, "10.9.9.9")) << "the owner from elsewhere is not locked out";
  clock_.advance(Millis{15 * 60'000});
  EXPECT_TRUE(login("Neo", kPassword));
}

// As many devices behind one address as there may be: none of them has failed.
TEST_F(AccountsTest, ManyRightLoginsAtOncePass) {
  ASSERT_TRUE(register_as("Neo").result);
  const auto codes = log_in_at_once(std::vector<std::string>(12, kPassword));
  EXPECT_EQ(codes, std::vector<ErrorCode>(12, ErrorCode::kOk));
  EXPECT_EQ(accounts_->login_delay("Neo"), Millis{0});
}

TEST_F(AccountsTest, ManyWrongLoginsAtOnceAreNoMoreThanFive) {
  ASSERT_TRUE(register_as("Neo").result);
  const auto codes = log_in_at_once(std::vector<std::string>(20, "wrong password"));
  EXPECT_EQ(std::count(codes.begin(), codes.end(), ErrorCode::kUnauthorized), 5);
  EXPECT_EQ(std::count(codes.begin(), codes.end(), ErrorCode::kRateLimited), 15);
  EXPECT_EQ(login("Neo", kPassword).status().code(), ErrorCode::kRateLimited);
  EXPECT_TRUE(login("Neo", kPassword, "10.9.9.9"));
}

TEST_F(AccountsTest, AGuestWhoRegistersKeepsItsId) {
  const auto visitor = guest("Neo").result;
  ASSERT_TRUE(visitor);
  EXPECT_EQ(visitor->id.substr(0, 2), "g_");
  EXPECT_EQ(visitor->kind, "guest");
  EXPECT_EQ(register_as("Neo").result.status().code(), ErrorCode::kConflict) << "somebody else";
  const auto account = register_as("Neo", visitor->id).result;
  ASSERT_TRUE(account) << account.status().message();
  EXPECT_EQ(account->id, visitor->id);
  EXPECT_EQ(account->kind, "user");
  EXPECT_TRUE(login("Neo", kPassword));
  accounts_->release_guest(visitor->id);
  store_->flush();
  clock_.advance(Millis{48LL * 3600 * 1000});
  EXPECT_TRUE(by_id(visitor->id)) << "accounts do not expire";
  EXPECT_EQ(register_as("Trinity", visitor->id).result.status().code(), ErrorCode::kNotFound)
      << "no guest any more";
  EXPECT_EQ(register_as("Trinity", "g_nobody").result.status().code(), ErrorCode::kNotFound);
}

TEST_F(AccountsTest, AGuestsNameIsFreeAfterItHasGone) {
  const auto first = guest("Neo").result;
  EXPECT_EQ(guest("neo").result.status().code(), ErrorCode::kConflict);
  clock_.advance(Millis{23LL * 3600 * 1000});
  (void)answer<Status>([&](auto done) { accounts_->keep_guests(std::move(done)); });
  clock_.advance(Millis{23LL * 3600 * 1000});
  EXPECT_EQ(guest("neo").result.status().code(), ErrorCode::kConflict) << "it is still here";
  accounts_->hold_guest(first->id);
  accounts_->release_guest(first->id);
  accounts_->release_guest(first->id);
  store_->flush();
  clock_.advance(Millis{24LL * 3600 * 1000 - 1});
  EXPECT_EQ(guest("neo").result.status().code(), ErrorCode::kConflict)
      << "its saved session may come back";
  clock_.advance(Millis{1});
  EXPECT_EQ(by_id(first->id).status().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(guest("neo").result);
}

TEST_F(AccountsTest, AGuestWhoLoggedOutLeavesItsName) {
  const auto first = guest("Neo").result;
  ASSERT_TRUE(first);
  accounts_->end_guest(first->id);
  const auto second = guest("neo").result;
  ASSERT_TRUE(second) << second.status().message();
  EXPECT_NE(second->id, first->id);
  EXPECT_EQ(by_id(first->id).status().code(), ErrorCode::kNotFound);
  accounts_->release_guest(first->id);
  (void)answer<Status>([&](auto done) { accounts_->keep_guests(std::move(done)); });
  EXPECT_EQ(by_id(first->id).status().code(), ErrorCode::kNotFound) << "and does not come back";
  const auto account = register_as("Trinity").result;
  accounts_->end_guest(account->id);
  store_->flush();
  clock_.advance(Millis{48LL * 3600 * 1000});
  EXPECT_TRUE(by_id(account->id)) << "an account is no guest";
}

TEST_F(AccountsTest, ChangingThePasswordEndsWhatTheOldOneOpened) {
  const auto neo = register_as("Neo").result;
  ASSERT_TRUE(change([&](storage::Writer& w) {
                return w.put_session({.id = "s_1", .user_id = neo->id});
              }).is_ok());
  EXPECT_EQ(change_password(neo->id, "wrong password", "new password").code(),
            ErrorCode::kUnauthorized);
  EXPECT_EQ(change_password(neo->id, kPassword, "short").code(), ErrorCode::kInvalidArgs);
  ASSERT_TRUE(change_password(neo->id, kPassword, "new password").is_ok());
  EXPECT_FALSE(login("Neo", kPassword));
  EXPECT_TRUE(login("Neo", "new password"));
  EXPECT_FALSE(ask([](storage::Reader& r) { return r.session("s_1"); }));
  EXPECT_EQ(ask([](storage::Reader& r) { return r.revocations(); })->users.at(neo->id),
            clock_.wall_ms());
  EXPECT_EQ(changes_.back(), std::make_pair(neo->id, Change::kPassword));
  const auto reset = answer<Status>([&](auto done) {
    accounts_->reset_password("parleyctl", neo->id, "third password", std::move(done));
  });
  EXPECT_TRUE(reset.is_ok());
  EXPECT_EQ(changes_.back(), std::make_pair(neo->id, Change::kPasswordReset));
  EXPECT_TRUE(login("Neo", "third password"));
}

TEST_F(AccountsTest, StrongerSettingsRenewTheHashAtLogin) {
  const auto neo = register_as("Neo").result;
  const auto stored = [&] {
    return ask([&](storage::Reader& r) { return r.user(neo->id); })->password_hash;
  };
  const std::string before = stored();
  accounts_.reset();
  PasswordHasher stronger({.memory = 16384, .operations = 2, .queue = 8, .threads = 1});
  accounts_ = std::make_unique<Accounts>(*store_, stronger, guard_, clock_, AccountsOptions{});
  ASSERT_TRUE(login("Neo", kPassword));
  accounts_.reset();  // waits for the renewal
  EXPECT_NE(stored(), before);
  accounts_ = std::make_unique<Accounts>(*store_, stronger, guard_, clock_, AccountsOptions{});
  EXPECT_TRUE(login("Neo", kPassword));
  accounts_.reset();
}

TEST_F(AccountsTest, RolesAreOrderedAndAudited) {
  const auto neo = register_as("Neo").result;
  const auto changed = set_roles(neo->id, {"admin", "moderator", "admin"});
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->roles, (std::vector<std::string>{"user", "moderator", "admin"}));
  EXPECT_TRUE(changed->has_role("admin"));
  EXPECT_EQ(changes_.back(), std::make_pair(neo->id, Change::kRoles));
  EXPECT_EQ(set_roles(neo->id, {"king"}).status().code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(set_roles("u_none", {"admin"}).status().code(), ErrorCode::kNotFound);
  EXPECT_EQ(set_roles(guest("Visitor").result->id, {"admin"}).status().code(),
            ErrorCode::kInvalidArgs);
  const auto entries = ask([](storage::Reader& r) { return r.audit({.action = "account.roles"}); });
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ((*entries)[0].actor, "parleyctl");
  EXPECT_EQ((*entries)[0].detail, "user, moderator, admin");
}

TEST_F(AccountsTest, LoginsAndFailedOnesAreAudited) {
  const auto neo = register_as("Neo").result;
  ASSERT_TRUE(login("Neo", kPassword));
  ASSERT_FALSE(login("Neo", "wrong password"));
  ASSERT_FALSE(login("hunter2", kPassword));
  ASSERT_TRUE(set_disabled(neo->id, true));
  ASSERT_FALSE(login("Neo", kPassword));
  EXPECT_FALSE(change_password(neo->id, "not this one", "another long one"));
  const auto entries = audit("");
  std::vector<std::string> lines;
  for (const auto& entry : entries)
    lines.push_back(entry.action + ' ' + entry.actor + ' ' + entry.target + ' ' + entry.address +
                    ' ' + entry.result);
  const auto me = neo->id;
  const std::string home = kHome;
  EXPECT_EQ(lines,
            (std::vector<std::string>{"account.password  " + me + ' ' + home + " unauthorized",
                                      "account.login  " + me + ' ' + home + " blocked",
                                      "account.disable parleyctl " + me + "  ok",
                                      "account.login   " + home + " unauthorized",
                                      "account.login  " + me + ' ' + home + " unauthorized",
                                      "account.login " + me + ' ' + me + ' ' + home + " ok",
                                      "account.register " + me + " Neo " + home + " ok"}));
  for (const auto& entry : entries)
    EXPECT_EQ((entry.target + entry.detail).find("hunter2"), std::string::npos)
        << "people type passwords where a name is asked";
}

TEST_F(AccountsTest, OwnPasswordChangesAreAuditedWithTheirAddress) {
  const auto neo = register_as("Neo").result;
  ASSERT_TRUE(change_password(neo->id, kPassword, "another long one"));
  const auto entries = audit("account.password");
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].actor, neo->id);
  EXPECT_EQ(entries[0].address, kHome);
  EXPECT_EQ(entries[0].result, "ok");
}

TEST_F(AccountsTest, AFloodOfTriesLeavesFewLines) {
  ASSERT_TRUE(register_as("Neo").result);
  for (int i = 0; i < 50; ++i) ASSERT_FALSE(login("Neo", "wrong password", "192.0.2.77"));
  const auto refused = std::ranges::count(audit("account.login"), std::string("rate_limited"),
                                          &storage::AuditEntry::result);
  EXPECT_GE(refused, 1);
  EXPECT_LE(refused, 10);
}

TEST_F(AccountsTest, TheLastAdminStays) {
  const auto neo = register_as("Neo").result;
  const auto trinity = register_as("Trinity").result;
  ASSERT_TRUE(set_roles(neo->id, {"admin"}));
  EXPECT_EQ(set_roles(neo->id, {"user"}).status().code(), ErrorCode::kForbidden);
  EXPECT_EQ(set_disabled(neo->id, true).status().code(), ErrorCode::kForbidden);
  ASSERT_TRUE(set_roles(trinity->id, {"admin"}));
  ASSERT_TRUE(set_disabled(trinity->id, true));
  EXPECT_EQ(set_roles(neo->id, {"user"}).status().code(), ErrorCode::kForbidden)
      << "a disabled admin is no other admin";
  ASSERT_TRUE(set_disabled(trinity->id, false));
  EXPECT_TRUE(set_roles(neo->id, {"user"}));
}

TEST_F(AccountsTest, ADisabledAccountIsToldSoOnlyWithTheRightPassword) {
  const auto neo = register_as("Neo").result;
  ASSERT_TRUE(set_disabled(neo->id, true));
  EXPECT_EQ(login("Neo", kPassword).status().code(), ErrorCode::kBlocked);
  EXPECT_EQ(login("Neo", "wrong password").status().code(), ErrorCode::kUnauthorized);
}

class FirstAdminTest : public AccountsTest {
 protected:
  void SetUp() override {
    AccountsTest::SetUp();
    first_ = std::make_unique<FirstAdmin>(*store_, *accounts_, clock_);
  }
  void TearDown() override {
    first_.reset();
    AccountsTest::TearDown();
  }
  Result<User> redeem(const std::string& code, const std::string& name,
                      const std::string& password = kPassword) {
    return answer<Result<User>>(
        [&](auto done) { first_->redeem(code, name, password, kHome, std::move(done)); });
  }
  std::unique_ptr<FirstAdmin> first_;
};

TEST_F(FirstAdminTest, TheCodeMakesOneAdminOnce) {
  const auto code = first_->create_code();
  ASSERT_TRUE(code);
  EXPECT_GE(code->size(), 22u) << "128 bits";
  const auto admin = redeem(" " + *code + "\n", "admin");
  ASSERT_TRUE(admin) << admin.status().message();
  EXPECT_TRUE(admin->has_role("admin"));
  EXPECT_EQ(redeem(*code, "second").status().code(), ErrorCode::kForbidden);
  EXPECT_EQ(*first_->create_code(), "") << "never again";
  EXPECT_TRUE(login("admin", kPassword));
}

TEST_F(FirstAdminTest, TheCodeItselfIsNotStored) {
  const auto code = first_->create_code();
  store_.reset();
  std::string content;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    std::ifstream in(entry.path(), std::ios::binary);
    content.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_EQ(content.find(*code), std::string::npos);
  EXPECT_NE(content.find("first_admin_code"), std::string::npos) << "looked into the right files";
  first_.reset();
  accounts_.reset();
}

TEST_F(FirstAdminTest, AnExistingAccountIsPromotedWithItsPassword) {
  const auto neo = register_as("Neo").result;
  const auto code = first_->create_code();
  EXPECT_EQ(redeem(*code, "Neo", "wrong password").status().code(), ErrorCode::kUnauthorized);
  const auto admin = redeem(*code, "Neo");
  ASSERT_TRUE(admin) << admin.status().message();
  EXPECT_EQ(admin->id, neo->id);
  EXPECT_EQ(admin->roles, (std::vector<std::string>{"user", "moderator", "admin"}));
}

TEST_F(FirstAdminTest, FiveWrongTriesEndIt) {
  const auto code = first_->create_code();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(redeem("wrong", "Neo").status().code(), ErrorCode::kUnauthorized);
  EXPECT_EQ(redeem(*code, "Neo").status().code(), ErrorCode::kForbidden);
  EXPECT_TRUE(redeem(*first_->create_code(), "Neo")) << "a new start, a new code";
}

TEST_F(FirstAdminTest, ItIsGoodForAnHour) {
  const auto code = first_->create_code();
  clock_.advance(Millis{3'600'000});
  EXPECT_EQ(redeem(*code, "Neo").status().code(), ErrorCode::kUnauthorized);
}

TEST_F(FirstAdminTest, ItIsVoidOnceAnAdminExisted) {
  const auto code = first_->create_code();
  const auto neo = register_as("Neo").result;
  ASSERT_TRUE(set_roles(neo->id, {"admin"}));
  EXPECT_EQ(redeem(*code, "Eve").status().code(), ErrorCode::kForbidden);
  EXPECT_FALSE(login("Eve", kPassword)) << "no account was made on the way";
}

TEST_F(FirstAdminTest, OfTwoWhoRedeemAtOnceOneWins) {
  const auto code = first_->create_code();
  std::promise<Result<User>> one, two;
  first_->redeem(*code, "Neo", kPassword, kHome,
                 [&](Result<User> u) { one.set_value(std::move(u)); });
  first_->redeem(*code, "Eve", kPassword, kHome,
                 [&](Result<User> u) { two.set_value(std::move(u)); });
  EXPECT_EQ((one.get_future().get() ? 1 : 0) + (two.get_future().get() ? 1 : 0), 1);
}

TEST_F(FirstAdminTest, AWeakPasswordDoesNotUseTheCodeUp) {
  const auto code = first_->create_code();
  EXPECT_EQ(redeem(*code, "Neo", "short").status().code(), ErrorCode::kInvalidArgs);
  EXPECT_TRUE(redeem(*code, "Neo"));
}

class TokenServiceTest : public AccountsTest {
 protected:
  void SetUp() override {
    AccountsTest::SetUp();
    user_ = register_as("Neo").result->id;
    restart();
  }
  void TearDown() override {
    tokens_.reset();
    AccountsTest::TearDown();
  }
  void restart() {
    tokens_.reset();
    KeyRing ring;
    ASSERT_TRUE(ring.add({"k", TokenAlgorithm::kEdDsa, std::string(32, 'e'), "", ""}).is_ok());
    tokens_ =
        std::make_unique<TokenService>(*store_, clock_, std::move(ring), config::Auth{},
                                       *ask([](storage::Reader& r) { return r.revocations(); }));
    tokens_->on_family_ended([this](const std::string& user, const std::string& family) {
      ended_.emplace_back(user, family);
    });
  }
  Result<IssuedTokens> issue() {
    return answer<Result<IssuedTokens>>([&](auto done) { tokens_->issue(user_, std::move(done)); });
  }
  Result<IssuedTokens> refresh(const std::string& token, const std::string& only_user = "") {
    return answer<Result<IssuedTokens>>(
        [&](auto done) { tokens_->refresh(token, only_user, std::move(done)); });
  }
  std::string user_;
  std::vector<std::pair<std::string, std::string>> ended_;
  std::unique_ptr<TokenService> tokens_;
};

TEST_F(TokenServiceTest, AnAccessTokenLetsInForItsTime) {
  const auto issued = issue();
  ASSERT_TRUE(issued);
  EXPECT_EQ(tokens_->authenticate(issued->access)->subject, user_);
  clock_.advance(Millis{15 * 60'000 + 30'000});
  EXPECT_EQ(tokens_->authenticate(issued->access).status().code(), ErrorCode::kTokenExpired);
}

TEST_F(TokenServiceTest, ARefreshTokenWorksOnceAndItsReuseEndsTheFamily) {
  const auto first = issue();
  const auto second = refresh(first->refresh);
  ASSERT_TRUE(second) << second.status().message();
  EXPECT_EQ(second->user_id, user_);
  EXPECT_NE(second->refresh, first->refresh);
  EXPECT_EQ(refresh(first->refresh).status().code(), ErrorCode::kTokenRevoked)
      << "a thief, or the robbed";
  EXPECT_EQ(refresh(second->refresh).status().code(), ErrorCode::kUnauthorized) << "both are out";
  EXPECT_EQ(tokens_->authenticate(second->access).status().code(), ErrorCode::kTokenRevoked);
  EXPECT_EQ(ended_.size(), 1u);
  EXPECT_EQ(ended_.at(0), std::pair(user_, first->family));
  EXPECT_TRUE(refresh(issue()->refresh)) << "another login of the same person is not touched";
  restart();
  EXPECT_EQ(tokens_->authenticate(second->access).status().code(), ErrorCode::kTokenRevoked);
}

TEST_F(TokenServiceTest, ALoginEndsWithEverythingItWasGiven) {
  const auto first = issue(), other = issue();
  const auto second = refresh(first->refresh);
  EXPECT_EQ(second->family, first->family);
  EXPECT_NE(other->family, first->family);
  EXPECT_TRUE(answer<Status>(
      [&](auto done) { tokens_->revoke_family(user_, first->family, std::move(done)); }));
  for (const auto& token : {first->access, second->access})
    EXPECT_EQ(tokens_->authenticate(token).status().code(), ErrorCode::kTokenRevoked);
  EXPECT_EQ(refresh(second->refresh).status().code(), ErrorCode::kUnauthorized);
  EXPECT_TRUE(tokens_->authenticate(other->access));
  EXPECT_EQ(ended_.size(), 1u);
}

TEST_F(TokenServiceTest, ARefreshTokenOfAnotherIsNotUsedUp) {
  const auto issued = issue();
  EXPECT_EQ(refresh(issued->refresh, "u_other").status().code(), ErrorCode::kConflict);
  EXPECT_TRUE(refresh(issued->refresh, user_));
}

TEST_F(TokenServiceTest, EachRefreshTokenBuysTheNext) {
  auto token = issue()->refresh;
  for (int i = 0; i < 4; ++i) {
    const auto next = refresh(token);
    ASSERT_TRUE(next) << "the " << i + 1 << "th: " << next.status().message();
    token = next->refresh;
  }
}

TEST_F(TokenServiceTest, OldForeignAndDisabledRefreshTokensAreRefused) {
  const auto issued = issue();
  EXPECT_EQ(refresh("f_guess").status().code(), ErrorCode::kUnauthorized);
  EXPECT_EQ(refresh("").status().code(), ErrorCode::kUnauthorized);
  clock_.advance(Millis{30LL * 24 * 3600 * 1000});
  EXPECT_EQ(refresh(issued->refresh).status().code(), ErrorCode::kTokenExpired);
  const auto fresh = issue();
  ASSERT_TRUE(set_disabled(user_, true));
  EXPECT_FALSE(refresh(fresh->refresh));
}

TEST_F(TokenServiceTest, RevocationHoldsAtOnceAndAfterARestart) {
  const auto one = issue(), other = issue();
  const auto claims = tokens_->authenticate(one->access);
  EXPECT_TRUE(
      answer<Status>([&](auto done) { tokens_->revoke(*claims, std::move(done)); }).is_ok());
  EXPECT_EQ(tokens_->authenticate(one->access).status().code(), ErrorCode::kTokenRevoked);
  EXPECT_TRUE(tokens_->authenticate(other->access));
  EXPECT_TRUE(
      answer<Status>([&](auto done) { tokens_->revoke_user(user_, std::move(done)); }).is_ok());
  EXPECT_EQ(tokens_->authenticate(other->access).status().code(), ErrorCode::kTokenRevoked);
  EXPECT_FALSE(refresh(other->refresh));
  const auto after = issue();
  EXPECT_TRUE(tokens_->authenticate(after->access))
      << "logged in again within the same millisecond";
  restart();
  EXPECT_EQ(tokens_->authenticate(one->access).status().code(), ErrorCode::kTokenRevoked);
  EXPECT_EQ(tokens_->authenticate(other->access).status().code(), ErrorCode::kTokenRevoked);
  EXPECT_TRUE(tokens_->authenticate(after->access));
}

}  // namespace
}  // namespace parley::users
