// SPDX-License-Identifier: Apache-2.0
#include "users/token_keys.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/storage/temp_store.h"
#include "unit/users/drawn_keys.h"
#include "users/token_report.h"
#include "users/token_service.h"

namespace parley::users {
namespace {

class KeyFilesTest : public storage::StoreTest {
 protected:
  void SetUp() override {
    open();
    auth_.issuers = (folder_.path() / "issuers.json").string();
  }

  void issuers_with(const std::string& jwk) {
    std::ofstream(auth_.issuers) << R"({"issuers":[{"issuer":"https://id.example.org",)"
                                 << R"("audience":"parley","keys":[)" << jwk << "]}]}";
    chmod(auth_.issuers.c_str(), 0600);
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
  std::string outside(const DrawnKey& key, const std::string& kid) {
    TokenKey signer = key.token_key(kid);
    signer.issuer = "https://id.example.org";
    signer.audience = "parley";
    KeyRing ring;
    EXPECT_TRUE(ring.add(std::move(signer)).is_ok());
    return *ring.make("42", clock_.wall_ms(), Millis{60'000});
  }
  bool accepted(const std::string& token) { return service_->authenticate(token).is_ok(); }

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
  std::ofstream(auth_.issuers) << R"({"issuers":[{"issuer":"https://id.example.org",)"
                               << R"("audience":"parley","jwks":"set.json"}]})";
  chmod(auth_.issuers.c_str(), 0600);
  const auto write_set = [&](const std::string& text) {
    std::ofstream(folder_.path() / "set.json") << text;
    chmod((folder_.path() / "set.json").c_str(), 0600);
  };
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

TEST_F(KeyFilesTest, AKidOfTwoIssuersNamesNobody) {
  std::ofstream(auth_.issuers) << R"({"issuers":[{"issuer":"a","audience":"p","keys":[)"
                               << rsa_key().jwk << R"(]},{"issuer":"b","audience":"p","keys":[)"
                               << rsa_key().jwk << "]}]}";
  chmod(auth_.issuers.c_str(), 0600);
  EXPECT_EQ(TokenKeys(auth_, folder_.path()).load().status().code(), ErrorCode::kConflict);
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
  ASSERT_TRUE(keys_->rotate().is_ok());
  EXPECT_FALSE(accepted(before->access)) << "two turns later it is over";
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
