// SPDX-License-Identifier: Apache-2.0
#include "users/token_keys.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/storage/temp_store.h"
#include "unit/users/drawn_keys.h"
#include "users/token_report.h"
#include "users/token_service.h"

namespace parley::users {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kIssuer = "https://id.example.org";
constexpr const char* kOther = "https://other.example.org";

class KeyFilesTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    auth_.issuers = (folder_.path() / "issuers.json").string();
  }

  void issuers_with(const std::string& jwk) { write_issuers({entry(kIssuer, inline_keys(jwk))}); }
  static std::string inline_keys(const std::string& jwks) { return R"("keys":[)" + jwks + "]"; }
  static std::string entry(const std::string& issuer, const std::string& keys) {
    return R"({"issuer":")" + issuer + R"(","audience":"parley",)" + keys + "}";
  }
  void write_issuers(const std::vector<std::string>& entries) {
    std::string all;
    for (const auto& one : entries) all += (all.empty() ? "" : ",") + one;
    write("issuers.json", R"({"issuers":[)" + all + "]}");
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_.path() / name) << text;
    chmod((folder_.path() / name).c_str(), 0600);
  }
  void start() {
    keys_ = std::make_unique<TokenKeys>(auth_, folder_.path());
    auto ring = keys_->load();
    ASSERT_TRUE(ring) << ring.status().message();
    service_ = std::make_unique<TokenService>(*store_, clock_, std::move(*ring), auth_,
                                              storage::Revocations{});
    keys_->serve(*service_);
  }
  // A token as the issuer would sign it.
  std::string outside(const DrawnKey& key, const std::string& kid,
                      const std::string& issuer = kIssuer) {
    TokenKey signer = key.token_key(kid);
    signer.issuer = issuer;
    signer.audience = "parley";
    KeyRing ring;
    EXPECT_TRUE(ring.add(std::move(signer)).is_ok());
    return *ring.make("42", clock_.wall_ms(), Millis{60'000});
  }
  bool accepted(const std::string& token) { return service_->authenticate(token).is_ok(); }
  // All that is wrong with the files.
  std::string problems() {
    std::string all;
    for (const auto& one : keys_->problems()) all += one.sentence + "\n";
    return all;
  }

  ManualClock clock_;
  config::Auth auth_;
  std::unique_ptr<TokenKeys> keys_;
  std::unique_ptr<TokenService> service_;
};

TEST_F(KeyFilesTest, AChangedFileIsTakenOver) {
  issuers_with(rsa_key().jwk);
  start();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa")));
  EXPECT_FALSE(accepted(outside(p256_key(), "ec")));
  issuers_with(p256_key().jwk);
  keys_->look();
  EXPECT_TRUE(accepted(outside(p256_key(), "ec")));
  EXPECT_FALSE(accepted(outside(rsa_key(), "rsa"))) << "a key that is gone vouches for nothing";
}

TEST_F(KeyFilesTest, BothKeysOfARotationVerify) {
  issuers_with(rsa_key().jwk + "," + p256_key().jwk);
  start();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa")));
  EXPECT_TRUE(accepted(outside(p256_key(), "ec")));
}

TEST_F(KeyFilesTest, AMistakeLeavesTheKeysInForceUntilItIsMended) {
  issuers_with(rsa_key().jwk);
  start();
  issuers_with("{");
  keys_->look();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa")));
  EXPECT_FALSE(keys_->use(auth_).is_ok());
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa")));
  issuers_with(p256_key().jwk);
  keys_->look();
  EXPECT_TRUE(accepted(outside(p256_key(), "ec")));
}

TEST_F(KeyFilesTest, AKeySetBesideIsWatchedAfterAMistakeInItToo) {
  write_issuers({entry(kIssuer, R"("jwks":"set.json")")});
  const auto write_set = [&](const std::string& text) { write("set.json", text); };
  write_set(R"({"keys":[)" + rsa_key().jwk + "]}");
  start();
  write_set(R"({"keys":[)");
  keys_->look();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa")));
  write_set(R"({"keys":[)" + p256_key().jwk + "]}");
  keys_->look();
  EXPECT_TRUE(accepted(outside(p256_key(), "ec")));
  EXPECT_FALSE(accepted(outside(rsa_key(), "rsa")));
}

TEST_F(KeyFilesTest, ABrokenFileStopsTheStart) {
  issuers_with("{");
  EXPECT_FALSE(TokenKeys(auth_, folder_.path()).load());
}

TEST_F(KeyFilesTest, AKidOfTwoIssuersIsTwoKeys) {
  const auto as_rsa = [](std::string jwk) {
    const auto at = jwk.find(R"("kid":"ed")");
    return jwk.replace(at, 10, R"("kid":"rsa")");
  };
  write_issuers({entry(kIssuer, inline_keys(rsa_key().jwk)),
                 entry(kOther, inline_keys(as_rsa(ed25519_key().jwk)))});
  start();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa", kIssuer)));
  EXPECT_TRUE(accepted(outside(ed25519_key(), "rsa", kOther)));
  EXPECT_FALSE(accepted(outside(ed25519_key(), "rsa", kIssuer))) << "the other's key";
  EXPECT_FALSE(accepted(outside(rsa_key(), "rsa", kOther)));
  EXPECT_EQ(problems(), "");
}

TEST_F(KeyFilesTest, AnIssuerMayNameItsKeyLikeTheServersOwn) {
  const auto own = load_token_key(auth_, folder_.path());
  ASSERT_TRUE(own);
  std::string jwk = rsa_key().jwk;
  jwk.replace(jwk.find(R"("kid":"rsa")"), 11, R"("kid":")" + own->kid + "\"");
  issuers_with(jwk);
  start();
  EXPECT_TRUE(accepted(outside(rsa_key(), own->kid)));
  EXPECT_TRUE(accepted(service_->make_access("u_1", Millis{60'000})->access));
}

TEST_F(KeyFilesTest, OneIssuersMistakeHoldsUpNoOther) {
  write_issuers(
      {entry(kIssuer, R"("jwks":"missing.json")"), entry(kOther, inline_keys(p256_key().jwk))});
  start();
  EXPECT_TRUE(accepted(outside(p256_key(), "ec", kOther)));
  EXPECT_THAT(problems(), AllOf(HasSubstr("missing.json"), HasSubstr("Nobody comes in")));
  write("missing.json", R"({"keys":[)" + rsa_key().jwk + "]}");
  keys_->look();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa", kIssuer))) << "it was watched for";
  EXPECT_EQ(problems(), "");
}

TEST_F(KeyFilesTest, EachIssuerKeepsItsLastGoodKeys) {
  write("set.json", R"({"keys":[)" + rsa_key().jwk + "]}");
  write_issuers(
      {entry(kIssuer, R"("jwks":"set.json")"), entry(kOther, inline_keys(p256_key().jwk))});
  start();
  write("set.json", "{");
  write_issuers(
      {entry(kIssuer, R"("jwks":"set.json")"), entry(kOther, inline_keys(ed25519_key().jwk))});
  keys_->look();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa", kIssuer)));
  EXPECT_TRUE(accepted(outside(ed25519_key(), "ed", kOther))) << "the other's new key is taken";
  EXPECT_FALSE(accepted(outside(p256_key(), "ec", kOther)));
  EXPECT_THAT(problems(), AllOf(HasSubstr(kIssuer), HasSubstr("of before stay in use")));
  write_issuers({entry(kOther, inline_keys(ed25519_key().jwk))});
  keys_->look();
  EXPECT_FALSE(accepted(outside(rsa_key(), "rsa", kIssuer))) << "who is gone is gone";
}

TEST_F(KeyFilesTest, AnEntryWithoutANameEndsNobody) {
  write_issuers({entry(kIssuer, inline_keys(rsa_key().jwk))});
  start();
  write_issuers({R"({"isuer":"https://id.example.org","audience":"parley","keys":[]})"});
  keys_->look();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa"))) << "it may have been this one";
}

TEST_F(KeyFilesTest, ADamagedKeyIsLeftOutAndNamed) {
  std::string damaged = p256_key().jwk;
  damaged.replace(damaged.find(R"("x":")"), 5, R"("x":"A)");
  issuers_with(rsa_key().jwk + "," + damaged);
  start();
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa")));
  EXPECT_FALSE(accepted(outside(p256_key(), "ec")));
  const auto all = keys_->problems();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].issuer, kIssuer);
  EXPECT_EQ(all[0].kid, "ec");
  EXPECT_THAT(all[0].sentence, AllOf(HasSubstr("no sound key"), HasSubstr("left out")));
}

TEST_F(KeyFilesTest, AReloadSaysWhatWasNotTakenAndTakesTheRest) {
  write_issuers({entry(kIssuer, inline_keys(rsa_key().jwk))});
  start();
  write_issuers(
      {entry(kIssuer, R"("jwks":"missing.json")"), entry(kOther, inline_keys(p256_key().jwk))});
  const auto status = keys_->use(auth_);
  EXPECT_THAT(status.message(), HasSubstr("missing.json"));
  EXPECT_TRUE(accepted(outside(rsa_key(), "rsa", kIssuer)));
  EXPECT_TRUE(accepted(outside(p256_key(), "ec", kOther)));
}

TEST_F(KeyFilesTest, WhoeverHoldsWhatAKeyOpenedIsToldThatItIsGone) {
  int told = 0;
  issuers_with(rsa_key().jwk + "," + p256_key().jwk);
  start();
  service_->on_keys_withdrawn([&told] { ++told; });
  const auto by_rsa = service_->authenticate(outside(rsa_key(), "rsa"));
  const auto by_ec = service_->authenticate(outside(p256_key(), "ec"));
  ASSERT_TRUE(by_rsa && by_ec);
  issuers_with(p256_key().jwk + "," + rsa_key().jwk);
  keys_->look();
  EXPECT_EQ(told, 0) << "none has gone";
  issuers_with(p256_key().jwk);
  keys_->look();
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(service_->knows_key(kIssuer, by_rsa->key));
  EXPECT_TRUE(service_->knows_key(kIssuer, by_ec->key));
  EXPECT_EQ(service_->still_good(*by_rsa).code(), ErrorCode::kTokenRevoked);
  EXPECT_TRUE(service_->is_revoked(*by_rsa, "u_1")) << "so it resumes nothing";
  EXPECT_TRUE(service_->still_good(*by_ec).is_ok());
}

TEST_F(KeyFilesTest, AnotherKeyUnderTheSameKidIsAnother) {
  issuers_with(ed25519_key().jwk);
  start();
  const auto before = service_->authenticate(outside(ed25519_key(), "ed"));
  ASSERT_TRUE(before);
  std::string renamed = p256_key().jwk;
  renamed.replace(renamed.find(R"("kid":"ec")"), 10, R"("kid":"ed")");
  issuers_with(renamed);
  keys_->look();
  EXPECT_FALSE(service_->knows_key(kIssuer, before->key));
  EXPECT_TRUE(service_->knows_key(kIssuer, "")) << "what was kept without: whether it has any";
  EXPECT_FALSE(service_->knows_key(kOther, ""));
}

TEST_F(KeyFilesTest, TheServersOwnKeyTurnsWithoutALogout) {
  auth_.issuers.clear();
  start();
  const auto before = service_->make_access("u_1", Millis{60'000});
  ASSERT_TRUE(before);
  ASSERT_TRUE(keys_->rotate().is_ok());
  const auto after = service_->make_access("u_1", Millis{60'000});
  EXPECT_TRUE(accepted(before->access));
  EXPECT_TRUE(accepted(after->access));
  EXPECT_NE(report_on(*service_, before->access).header_json,
            report_on(*service_, after->access).header_json);
  EXPECT_TRUE(service_->still_good(before->claims()).is_ok());
  ASSERT_TRUE(keys_->rotate().is_ok());
  EXPECT_FALSE(accepted(before->access)) << "two turns later it is over";
  EXPECT_FALSE(service_->still_good(before->claims()).is_ok());
  EXPECT_TRUE(service_->still_good(after->claims()).is_ok());
}

TEST_F(KeyFilesTest, TheReportSaysWhatTheTokenSaysAndWhyItIsRefused) {
  issuers_with(rsa_key().jwk);
  start();
  const auto report = report_on(*service_, outside(p256_key(), "ec"));
  ASSERT_FALSE(report.verdict);
  EXPECT_NE(report.verdict.status().message().find("no key"), std::string::npos);
  EXPECT_NE(report.header_json.find("ES256"), std::string::npos);
  EXPECT_NE(report.payload_json.find("id.example.org"), std::string::npos);
  EXPECT_EQ(report_on(*service_, "rubbish").header_json, "");
}

TEST_F(KeyFilesTest, ATokenLivesNoLongerThanAllowed) {
  auth_.issuers.clear();
  auth_.token_max = Millis{3'600'000};
  start();
  EXPECT_FALSE(service_->make_access("u_1", Millis{3'600'001}));
  EXPECT_TRUE(service_->make_access("u_1", Millis{3'600'000}));
}

TEST_F(KeyFilesTest, ARevokedTokenOfAnIssuerIsToldFromAnothersWithItsId) {
  issuers_with(rsa_key().jwk);
  start();
  const auto token = outside(rsa_key(), "rsa");
  auto claims = service_->authenticate(token);
  ASSERT_TRUE(claims);
  TokenClaims own = *claims;
  own.issuer.clear();
  service_->revoke(own, {});
  EXPECT_TRUE(accepted(token));
  service_->revoke(*claims, {});
  EXPECT_EQ(service_->authenticate(token).status().code(), ErrorCode::kTokenRevoked);
}

}  // namespace
}  // namespace parley::users
