// SPDX-License-Identifier: Apache-2.0
#include "users/tokens.h"

#include <fstream>
#include <random>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/ids.h"
#include "unit/plugin/full_disk.h"
#include "unit/storage/temp_store.h"
#include "unit/users/drawn_keys.h"
#include "users/jwt_key.h"

namespace parley::users {
namespace {

constexpr std::int64_t kNow = 1'760'000'000'000;
const std::string kSecret(32, 's');

TokenKey hmac(const std::string& kid) {
  return {kid, TokenAlgorithm::kHs256, kSecret, "", ""};
}
TokenKey eddsa(const std::string& kid) {
  return {kid, TokenAlgorithm::kEdDsa, std::string(32, 'e'), "", ""};
}

class TokensTest : public testing::TestWithParam<TokenAlgorithm> {
 protected:
  TokensTest() { EXPECT_TRUE(ring_.add(key()).is_ok()); }
  static TokenKey key() {
    switch (GetParam()) {
      case TokenAlgorithm::kHs256:
        return hmac("k1");
      case TokenAlgorithm::kEdDsa:
        return eddsa("k1");
      case TokenAlgorithm::kRs256:
        return rsa_key().token_key("k1");
      case TokenAlgorithm::kEs256:
        break;
    }
    return p256_key().token_key("k1");
  }
  static std::string algorithm() { return name_of(GetParam()); }

  std::string make() { return *ring_.make("u_7Kq", kNow, Millis{900'000}); }
  ErrorCode code(const std::string& token, std::int64_t now = kNow) {
    return ring_.verify(token, now).status().code();
  }

  // A token with any header and content, properly signed.
  std::string sign(const std::string& header, const std::string& payload) {
    const auto signer = JwtKey::make(key());
    const std::string text = base64url_encode(header) + '.' + base64url_encode(payload);
    return text + '.' + base64url_encode((*signer)->sign(text));
  }
  std::string header() { return R"({"alg":")" + algorithm() + R"(","kid":"k1"})"; }

  KeyRing ring_;
};

const std::string kPayload = R"({"sub":"u_1","jti":"j","iat":1760000000,"exp":1760000900})";

TEST_P(TokensTest, WhatIsMadeIsVerified) {
  const auto claims = ring_.verify(make(), kNow);
  ASSERT_TRUE(claims) << claims.status().message();
  EXPECT_EQ(claims->subject, "u_7Kq");
  EXPECT_EQ(claims->issued_at, kNow);
  EXPECT_EQ(claims->expires_at, kNow + 900'000);
  EXPECT_FALSE(claims->id.empty());
  EXPECT_NE(claims->id, ring_.verify(make(), kNow)->id);
  EXPECT_EQ(code(sign(header(), kPayload)), ErrorCode::kOk)
      << "the hand-made ones below differ in one thing each";
}

TEST_P(TokensTest, ExpiryAllowsTheSkewAndNoMore) {
  const std::string token = make();
  EXPECT_EQ(code(token, kNow + 900'000 + 29'999), ErrorCode::kOk);
  EXPECT_EQ(code(token, kNow + 900'000 + 30'000), ErrorCode::kTokenExpired);
  EXPECT_EQ(code(token, kNow - 30'000), ErrorCode::kOk);
  EXPECT_EQ(code(token, kNow - 30'001), ErrorCode::kUnauthorized) << "from the future";
}

TEST_P(TokensTest, TheAlgorithmIsTheKeys) {
  for (const char* name : {"none", "None", "nOnE", "", "hs256", "RS256", "ES256", "HS512", "HS256",
                           "EdDSA", "RS512", "PS256", "ES256K"}) {
    if (name == algorithm()) continue;
    EXPECT_EQ(code(sign(std::string(R"({"alg":")") + name + R"(","kid":"k1"})", kPayload)),
              ErrorCode::kUnauthorized);
  }
  const std::string text =
      base64url_encode(R"({"alg":"none","kid":"k1"})") + '.' + base64url_encode(kPayload) + '.';
  EXPECT_EQ(code(text), ErrorCode::kUnauthorized);
}

TEST_P(TokensTest, HeadersThatChooseTheirKeyAreRefused) {
  for (const char* extra :
       {R"("crit":["exp"])", R"("jku":"https://x.example/keys")", R"("jwk":{"kty":"oct"})",
        R"("x5u":"https://x.example/c")", R"("x5c":["AA"])", R"("b64":false)", R"("zip":"DEF")",
        R"("typ":"other")", R"("typ":7)", R"("kid":"k1")", R"("alg":"none")"}) {
    const std::string head = R"({"alg":")" + algorithm() + R"(","kid":"k1",)" + extra + "}";
    EXPECT_EQ(code(sign(head, kPayload)), ErrorCode::kUnauthorized) << extra;
  }
  EXPECT_EQ(code(sign(R"({"alg":")" + algorithm() + R"("})", kPayload)), ErrorCode::kUnauthorized)
      << "no kid";
  EXPECT_EQ(code(sign(R"({"alg":")" + algorithm() + R"(","kid":"k2"})", kPayload)),
            ErrorCode::kUnauthorized);
}

TEST_P(TokensTest, ClaimsAreRequiredAndSensible) {
  for (const char* payload :
       {R"({"jti":"j","iat":1760000000,"exp":1760000900})",
        R"({"sub":"","iat":1760000000,"exp":1760000900})",
        R"({"sub":7,"iat":1760000000,"exp":1760000900})",
        R"({"sub":"u","exp":1760000900})",
        R"({"sub":"u","iat":1760000000})",
        R"({"sub":"u","iat":"1760000000","exp":"1760000900"})",
        R"({"sub":"u","iat":1760000900,"exp":1760000900})",
        R"({"sub":"u","iat":-5,"exp":1760000900})",
        R"({"sub":"u","iat":1760000000,"exp":1e300})",
        R"({"sub":"u","iat":1760000000,"exp":null})",
        R"({"sub":"u","iss":"elsewhere","iat":1760000000,"exp":1760000900})",
        R"({"sub":"u","iat":1760000000,"exp":1762592001})",
        R"({"sub":"u","iat":1760000000,"exp":1760000900,"a":{"b":1,"b":2}})",
        R"({"sub":"u","nbf":1760000100,"iat":1760000000,"exp":1760000900})",
        R"({"sub":"a","sub":"u","iat":1760000000,"exp":1760000900})",
        R"(["sub"])",
        R"("x")",
        R"(7)",
        "",
        "{",
        R"({"sub":"u","iat":1760000000,"exp":1760000900} )x)",
        R"({"sub":"u","iat":1760000000,"exp":1760000900,"x":[[[[[[[[[[[[1]]]]]]]]]]]]})"}) {
    EXPECT_EQ(code(sign(header(), payload)), ErrorCode::kUnauthorized) << payload;
  }
}

TEST_P(TokensTest, LengthIsCapped) {
  const std::string long_payload =
      R"({"sub":"u","iat":1760000000,"exp":1760000900,"x":")" + std::string(8192, 'x') + "\"}";
  EXPECT_EQ(code(sign(header(), long_payload)), ErrorCode::kUnauthorized);
  EXPECT_EQ(code(std::string(1'000'000, '.')), ErrorCode::kUnauthorized);
}

TEST_P(TokensTest, NoMutationPasses) {
  const std::string token = make();
  constexpr char kAlphabet[] = "ABCxyz019-_.=+/ \n\"{}\0";
  std::mt19937 random(42);
  const auto any = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const int rounds = GetParam() == TokenAlgorithm::kHs256 ? 20'000 : 4'000;
  for (int round = 0; round < rounds; ++round) {
    std::string mutated = token;
    switch (any(4)) {
      case 0:
        mutated[any(mutated.size())] = kAlphabet[any(sizeof kAlphabet)];
        break;
      case 1:
        mutated.erase(any(mutated.size()), 1 + any(4));
        break;
      case 2:
        mutated.insert(any(mutated.size() + 1), 1, kAlphabet[any(sizeof kAlphabet)]);
        break;
      default:
        std::swap(mutated[any(mutated.size())], mutated[any(mutated.size())]);
    }
    if (mutated == token) continue;
    ASSERT_EQ(code(mutated), ErrorCode::kUnauthorized) << mutated;
  }
}

TEST_P(TokensTest, OldKeysVerifyDuringRotation) {
  const std::string old_token = make();
  KeyRing rotated;
  ASSERT_TRUE(rotated.add({"k2", TokenAlgorithm::kEdDsa, std::string(32, 'n'), "", ""}).is_ok());
  ASSERT_TRUE(rotated.add(key()).is_ok());
  EXPECT_TRUE(rotated.verify(old_token, kNow));
  EXPECT_FALSE(ring_.verify(*rotated.make("u_1", kNow, Millis{1000}), kNow))
      << "the first key signs";
  EXPECT_EQ(rotated.add(key()).code(), ErrorCode::kConflict);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, TokensTest,
                         testing::Values(TokenAlgorithm::kHs256, TokenAlgorithm::kEdDsa,
                                         TokenAlgorithm::kRs256, TokenAlgorithm::kEs256),
                         [](const auto& tested) { return name_of(tested.param); });

TEST(TokenKeysTest, WeakKeysAreRefused) {
  KeyRing ring;
  EXPECT_FALSE(ring.add({"k", TokenAlgorithm::kHs256, std::string(31, 'x'), "", ""}).is_ok());
  EXPECT_FALSE(ring.add({"k", TokenAlgorithm::kEdDsa, std::string(31, 'x'), "", ""}).is_ok());
  EXPECT_FALSE(ring.add({"", TokenAlgorithm::kEdDsa, std::string(32, 'x'), "", ""}).is_ok());
  EXPECT_FALSE(ring.make("u_1", kNow, Millis{1}));
}

TEST(TokenKeysTest, AnIssuersKeyVouchesForThatIssuerAndAudienceOnly) {
  TokenKey outside = hmac("o");
  outside.issuer = "https://id.example";
  outside.audience = "parley";
  KeyRing ring;
  ASSERT_TRUE(ring.add(outside).is_ok());
  const auto token = ring.make("42", kNow, Millis{1000});
  EXPECT_EQ(ring.verify(*token, kNow)->issuer, "https://id.example");
  KeyRing own;
  ASSERT_TRUE(own.add(hmac("o")).is_ok());
  EXPECT_FALSE(own.verify(*token, kNow)) << "the same secret, but it is not our own token";
  EXPECT_FALSE(ring.verify(*own.make("42", kNow, Millis{1000}), kNow)) << "no issuer, no audience";
}

TEST(RevocationListTest, TokensAndUsersAreRevoked) {
  RevocationList list({.tokens = {{"old", kNow + 5}}, .users = {{"u_2", kNow}}});
  const auto claims = [](const char* sub, const char* jti, std::int64_t iat) {
    return TokenClaims{sub, jti, "", iat, iat + 1000};
  };
  EXPECT_TRUE(list.revoked(claims("u_1", "old", kNow)));
  EXPECT_FALSE(list.revoked(claims("u_1", "new", kNow)));
  EXPECT_TRUE(list.revoked(claims("u_2", "new", kNow)));
  EXPECT_FALSE(list.revoked(claims("u_2", "new", list.first_issue("u_2", kNow))))
      << "the login after it";
  list.revoke_user("u_2", kNow - 100);
  EXPECT_TRUE(list.revoked(claims("u_2", "new", kNow))) << "an earlier time changes nothing";
  list.expire(kNow + 5, kNow + 1);
  EXPECT_FALSE(list.revoked(claims("u_1", "old", kNow)));
}

class TokenKeyFileTest : public testing::Test {
 protected:
  TempFolder folder_;
  Result<TokenKey> load(const std::string& setting) {
    config::Auth auth;
    auth.token_key = setting;
    return load_token_key(auth, folder_.path());
  }
};

TEST_F(TokenKeyFileTest, TheFirstStartMakesAKeyThatStays) {
  const auto first = load("");
  ASSERT_TRUE(first) << first.status().message();
  EXPECT_EQ(first->algorithm, TokenAlgorithm::kEdDsa);
  struct stat info {};
  ASSERT_EQ(stat((folder_.path() / "token.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(load("")->secret, first->secret);
  EXPECT_EQ(load("")->kid, first->kid);
}

TEST_F(TokenKeyFileTest, AConfiguredKeyIsReadInItsSpellings) {
  const auto hex = load(std::string(64, 'a'));
  ASSERT_TRUE(hex) << hex.status().message();
  EXPECT_EQ(hex->secret, std::string(32, '\xaa'));
  EXPECT_EQ(hex->algorithm, TokenAlgorithm::kHs256);
  EXPECT_EQ(load(kSecret)->secret, kSecret);
  EXPECT_EQ(load(rsa_key().pem)->algorithm, TokenAlgorithm::kRs256);
  EXPECT_EQ(load(p256_key().pem)->algorithm, TokenAlgorithm::kEs256);
  EXPECT_EQ(load(ed25519_key().pem)->algorithm, TokenAlgorithm::kEdDsa);
  KeyRing ring;
  EXPECT_TRUE(ring.add(*load(ed25519_key().pem)).is_ok());
  EXPECT_FALSE(load(p256_key().pem)->kid.empty());
}

TEST_F(TokenKeyFileTest, AfterATurnTheOldKeyStillVerifies) {
  const config::Auth auth;
  EXPECT_EQ(load_previous_key(auth, folder_.path()).status().code(), ErrorCode::kNotFound);
  const auto before = load("");
  ASSERT_TRUE(rotate_token_key(auth, folder_.path()).is_ok());
  EXPECT_NE(load("")->kid, before->kid);
  EXPECT_EQ(load_previous_key(auth, folder_.path())->kid, before->kid);
  config::Auth configured;
  configured.token_key = kSecret;
  EXPECT_EQ(rotate_token_key(configured, folder_.path()).code(), ErrorCode::kInvalidArgs);
  EXPECT_EQ(load_previous_key(configured, folder_.path()).status().code(), ErrorCode::kNotFound)
      << "the folder's old key has nothing to do with the operator's own";
}

TEST_F(TokenKeyFileTest, ARefusedTurnLosesNoKey) {
  const config::Auth auth;
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), {});
  };
  ASSERT_TRUE(load(""));
  ASSERT_TRUE(rotate_token_key(auth, folder_.path()).is_ok());
  const auto own = load(""), previous = load_previous_key(auth, folder_.path());
  {
    const FullDisk full;
    EXPECT_FALSE(rotate_token_key(auth, folder_.path()).is_ok());
    EXPECT_EQ(load("")->kid, own->kid);
    EXPECT_EQ(load_previous_key(auth, folder_.path())->kid, previous->kid);
  }
  EXPECT_EQ(files(), 2) << "nothing half written stays";
  ASSERT_TRUE(rotate_token_key(auth, folder_.path()).is_ok());
  EXPECT_EQ(load_previous_key(auth, folder_.path())->kid, own->kid);
}

TEST_F(TokenKeyFileTest, ATurnThatCannotKeepTheOldKeyLeavesItInUse) {
  const config::Auth auth;
  const auto own = load("");
  std::filesystem::create_directory(folder_.path() / "token.key.previous");
  EXPECT_FALSE(rotate_token_key(auth, folder_.path()).is_ok());
  EXPECT_EQ(load("")->kid, own->kid);
}

TEST_F(TokenKeyFileTest, WhatACrashLeftOfATurnIsInNobodysWay) {
  const config::Auth auth;
  const auto own = load("");
  std::ofstream(folder_.path() / "token.key.next") << "half";
  ASSERT_TRUE(rotate_token_key(auth, folder_.path()).is_ok());
  EXPECT_EQ(load_previous_key(auth, folder_.path())->kid, own->kid);
  EXPECT_NE(load("")->kid, own->kid);
}

TEST_F(TokenKeyFileTest, BadKeysAreNamed) {
  const auto says = [&](const Result<TokenKey>& key, const char* part) {
    return !key && key.status().message().find(part) != std::string::npos;
  };
  EXPECT_TRUE(says(load("short"), "too short"));
  EXPECT_TRUE(says(load("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"), "PEM"));
  std::ofstream(folder_.path() / "token.key") << kSecret;
  chmod((folder_.path() / "token.key").c_str(), 0644);
  EXPECT_TRUE(says(load(""), "chmod 600"));
  std::ofstream(folder_.path() / "token.key") << "x";
  chmod((folder_.path() / "token.key").c_str(), 0600);
  EXPECT_TRUE(says(load(""), "damaged"));
}

}  // namespace
}  // namespace parley::users
