// SPDX-License-Identifier: Apache-2.0
// The known ways of making a JOSE library accept a token that nobody signed, each tried on a ring
// with a shared secret and three public keys.
#include <algorithm>

#include <gtest/gtest.h>

#include "base/ids.h"
#include "unit/users/drawn_keys.h"
#include "users/jwk.h"
#include "users/jwt_key.h"
#include "users/tokens.h"

namespace parley::users {
namespace {

constexpr std::int64_t kNow = 1'760'000'000'000;
constexpr const char* kIssuer = "https://id.example.org";
const std::string kSecret(32, 's');
const std::string kClaims =
    R"({"iss":"https://id.example.org","aud":"parley","sub":"42","jti":"j","iat":1760000000,)"
    R"("exp":1760000900})";

class JoseAttacks : public testing::Test {
 protected:
  JoseAttacks() {
    auto set =
        parse_jwks(R"({"keys":[)" + rsa_key().jwk + "," + p256_key().jwk + "," + ed25519_key().jwk +
                       R"(,{"kty":"oct","alg":"HS256","kid":"hs","k":")" +
                       base64url_encode(kSecret) + R"("}]})",
                   std::nullopt);
    EXPECT_TRUE(set) << set.status().message();
    for (auto& key : set->keys) {
      key.issuer = kIssuer;
      key.audience = "parley";
      key.name_claim = "name";
      key.max_roles = {"user"};
      public_keys_.push_back(key.public_key);
      EXPECT_TRUE(ring_.add(std::move(key)).is_ok());
    }
  }

  static std::string unsigned_text(const std::string& header, const std::string& claims = kClaims) {
    return base64url_encode(header) + '.' + base64url_encode(claims);
  }
  static std::string signed_with(const TokenKey& key, const std::string& header,
                                 const std::string& claims = kClaims) {
    const auto signer = JwtKey::make(key);
    EXPECT_TRUE(signer) << signer.status().message();
    const auto text = unsigned_text(header, claims);
    return text + '.' + base64url_encode((*signer)->sign(text));
  }
  static TokenKey shared_secret(const std::string& secret) {
    return {"x", TokenAlgorithm::kHs256, secret, "", ""};
  }

  bool accepted(const std::string& token) const {
    const auto claims = ring_.verify(token, kNow);
    EXPECT_TRUE(claims || !claims.status().message().empty()) << "a refusal says why";
    return claims.is_ok();
  }

  KeyRing ring_;
  std::vector<std::string> public_keys_;  // DER, in the order of the set
};

TEST_F(JoseAttacks, HonestTokensOfEachAlgorithmPass) {
  EXPECT_TRUE(accepted(signed_with(rsa_key().token_key("rsa"), R"({"alg":"RS256","kid":"rsa"})")));
  EXPECT_TRUE(accepted(signed_with(p256_key().token_key("ec"), R"({"alg":"ES256","kid":"ec"})")));
  EXPECT_TRUE(
      accepted(signed_with(ed25519_key().token_key("ed"), R"({"alg":"EdDSA","kid":"ed"})")));
  EXPECT_TRUE(accepted(signed_with(shared_secret(kSecret), R"({"alg":"HS256","kid":"hs"})")));
  const auto claims = ring_.verify(
      signed_with(rsa_key().token_key("rsa"), R"({"alg":"RS256","kid":"rsa","typ":"at+jwt"})"),
      kNow);
  ASSERT_TRUE(claims) << claims.status().message();
  EXPECT_EQ(claims->issuer, kIssuer);
  EXPECT_EQ(claims->max_roles, std::vector<std::string>{"user"});
}

TEST_F(JoseAttacks, NoSignatureIsNone) {
  for (const char* kid : {"rsa", "ec", "ed", "hs"}) {
    for (const char* alg : {"none", "None", "NONE", "nOnE", ""}) {
      const auto text =
          unsigned_text(std::string(R"({"alg":")") + alg + R"(","kid":")" + kid + "\"}");
      EXPECT_FALSE(accepted(text + '.')) << kid << alg;
      EXPECT_FALSE(accepted(text)) << kid << alg;
      EXPECT_FALSE(accepted(text + ".AA")) << kid << alg;
    }
  }
  EXPECT_FALSE(accepted(unsigned_text(R"({"alg":"RS256","kid":"rsa"})") + '.'));
  EXPECT_FALSE(accepted(unsigned_text(R"({"alg":"HS256","kid":"hs"})") + '.'));
}

// The public key as an HMAC secret, in every form in which it is public.
TEST_F(JoseAttacks, APublicKeyIsNoSharedSecret) {
  const auto pem = [](const std::string& der) {
    return "-----BEGIN PUBLIC KEY-----\n" + der + "\n-----END PUBLIC KEY-----\n";
  };
  const char* const kids[] = {"rsa", "ec", "ed"};
  const std::string jwks[] = {rsa_key().jwk, p256_key().jwk, ed25519_key().jwk};
  for (std::size_t i = 0; i < std::size(kids); ++i) {
    const std::string header = std::string(R"({"alg":"HS256","kid":")") + kids[i] + "\"}";
    for (const auto& secret : {public_keys_[i], pem(public_keys_[i]), jwks[i]})
      EXPECT_FALSE(accepted(signed_with(shared_secret(secret), header))) << kids[i];
  }
}

TEST_F(JoseAttacks, AKeyAnswersForItsOwnAlgorithmOnly) {
  EXPECT_FALSE(accepted(signed_with(rsa_key().token_key("x"), R"({"alg":"RS256","kid":"ec"})")));
  EXPECT_FALSE(accepted(signed_with(rsa_key().token_key("x"), R"({"alg":"PS256","kid":"rsa"})")));
  EXPECT_FALSE(accepted(signed_with(rsa_key().token_key("x"), R"({"alg":"RS512","kid":"rsa"})")));
  EXPECT_FALSE(accepted(signed_with(p256_key().token_key("x"), R"({"alg":"ES256","kid":"rsa"})")));
  EXPECT_FALSE(accepted(signed_with(rsa_key().token_key("x"), R"({"alg":["RS256"],"kid":"rsa"})")));
}

// Zero for r and s makes a broken ECDSA accept anything; so do both as DER, or r and s too large.
TEST_F(JoseAttacks, BlankSignaturesProveNothing) {
  const auto text = unsigned_text(R"({"alg":"ES256","kid":"ec"})") + '.';
  for (const std::size_t size : {0u, 1u, 32u, 63u, 64u, 65u, 96u, 128u}) {
    EXPECT_FALSE(accepted(text + base64url_encode(std::string(size, '\0')))) << size;
    EXPECT_FALSE(accepted(text + base64url_encode(std::string(size, '\xff')))) << size;
  }
  const std::string der_of_zeros("\x30\x06\x02\x01\x00\x02\x01\x00", 8);
  EXPECT_FALSE(accepted(text + base64url_encode(der_of_zeros)));
  const auto rsa = unsigned_text(R"({"alg":"RS256","kid":"rsa"})") + '.';
  EXPECT_FALSE(accepted(rsa + base64url_encode(std::string(256, '\0'))));
  EXPECT_FALSE(accepted(rsa + base64url_encode(std::string(255, '\0') + '\1')));
  const auto edwards = unsigned_text(R"({"alg":"EdDSA","kid":"ed"})") + '.';
  EXPECT_FALSE(accepted(edwards + base64url_encode(std::string(64, '\0'))));
}

TEST_F(JoseAttacks, AnotherKeyOfTheSameKindIsAnother) {
  const TokenKey stranger{"x", TokenAlgorithm::kEdDsa, std::string(32, 'z'), "", ""};
  EXPECT_FALSE(accepted(signed_with(stranger, R"({"alg":"EdDSA","kid":"ed"})")));
  EXPECT_FALSE(
      accepted(signed_with(shared_secret(std::string(32, 't')), R"({"alg":"HS256","kid":"hs"})")));
}

TEST_F(JoseAttacks, TheTokenBringsNoKeyOfItsOwn) {
  const TokenKey stranger = p256_key().token_key("x");
  for (const std::string& extra :
       {R"("jwk":)" + p256_key().jwk, std::string(R"("jku":"https://evil.example/keys.json")"),
        std::string(R"("x5u":"https://evil.example/cert.pem")"),
        std::string(R"("x5c":["MIIB"])")}) {
    for (const char* kid : {"ec", "unknown", "../../../../dev/null", "' OR 1=1 --", ""}) {
      const std::string header =
          std::string(R"({"alg":"ES256","kid":")") + kid + "\"," + extra + "}";
      EXPECT_FALSE(accepted(signed_with(stranger, header))) << header;
    }
  }
  EXPECT_FALSE(accepted(signed_with(stranger, R"({"alg":"ES256"})"))) << "no kid";
  EXPECT_FALSE(accepted(signed_with(stranger, R"({"alg":"ES256","kid":7})")));
}

TEST_F(JoseAttacks, ExtensionsThatChangeTheMeaningAreRefused) {
  const auto key = shared_secret(kSecret);
  for (const char* extra :
       {R"("crit":["b64"],"b64":false)", R"("crit":["exp"])", R"("crit":[])", R"("b64":false)",
        R"("b64":true)", R"("zip":"DEF")", R"("enc":"A128GCM")"}) {
    EXPECT_FALSE(
        accepted(signed_with(key, std::string(R"({"alg":"HS256","kid":"hs",)") + extra + "}")))
        << extra;
  }
}

TEST_F(JoseAttacks, TokensOfAnotherPurposeAreRefused) {
  const auto key = shared_secret(kSecret);
  for (const char* typ : {R"("logout+jwt")", R"("dpop+jwt")", R"("secevent+jwt")", R"("JWS")",
                          R"("")", "7", "null", R"(["JWT"])"}) {
    EXPECT_FALSE(
        accepted(signed_with(key, std::string(R"({"alg":"HS256","kid":"hs","typ":)") + typ + "}")))
        << typ;
  }
}

TEST_F(JoseAttacks, TwiceTheSameMemberIsNoMember) {
  const auto key = shared_secret(kSecret);
  EXPECT_FALSE(accepted(signed_with(key, R"({"alg":"none","alg":"HS256","kid":"hs"})")));
  EXPECT_FALSE(accepted(signed_with(key, R"({"alg":"HS256","kid":"rsa","kid":"hs"})")));
  EXPECT_FALSE(accepted(signed_with(key, R"({"alg":"HS256","\u0061lg":"HS256","kid":"hs"})")))
      << "the same name in another spelling";
  auto twice = kClaims;
  twice.insert(1, R"("sub":"1",)");
  EXPECT_FALSE(accepted(signed_with(key, R"({"alg":"HS256","kid":"hs"})", twice)));
}

TEST_F(JoseAttacks, OneTokenHasOneSpelling) {
  const auto token = signed_with(shared_secret(kSecret), R"({"alg":"HS256","kid":"hs"})");
  ASSERT_TRUE(accepted(token));
  for (const char* tail : {"=", "==", "\n", " ", ".", ".e30", "%3D", "A"})
    EXPECT_FALSE(accepted(token + tail)) << tail;
  EXPECT_FALSE(accepted(" " + token));
  EXPECT_FALSE(accepted("Bearer " + token));
  auto standard_alphabet = token;
  std::ranges::replace(standard_alphabet, '-', '+');
  std::ranges::replace(standard_alphabet, '_', '/');
  EXPECT_TRUE(standard_alphabet == token || !accepted(standard_alphabet));
  auto loose_bits = token;  // 32 bytes leave four unused bits in the last of 43 characters
  loose_bits.back() = loose_bits.back() == 'A' ? 'B' : static_cast<char>(loose_bits.back() + 1);
  EXPECT_FALSE(accepted(loose_bits));
  EXPECT_FALSE(accepted(R"({"payload":"e30","signatures":[{"protected":"e30","signature":""}]})"))
      << "the JSON serialisation";
  EXPECT_FALSE(accepted("a.b.c.d.e")) << "five parts are encrypted tokens";
}

TEST_F(JoseAttacks, AHugeTokenIsRefusedUnread) {
  auto long_claims = kClaims;
  long_claims.insert(1, R"("x":")" + std::string(9000, 'x') + "\",");
  EXPECT_FALSE(
      accepted(signed_with(shared_secret(kSecret), R"({"alg":"HS256","kid":"hs"})", long_claims)));
  EXPECT_FALSE(accepted(std::string(16 * 1024 * 1024, 'A')));
}

TEST_F(JoseAttacks, AForeignAudienceOrIssuerIsRefused) {
  const auto with = [&](const std::string& iss, const std::string& aud) {
    return accepted(signed_with(shared_secret(kSecret), R"({"alg":"HS256","kid":"hs"})",
                                R"({"iss":)" + iss + R"(,"aud":)" + aud +
                                    R"(,"sub":"42","iat":1760000000,"exp":1760000900})"));
  };
  EXPECT_TRUE(with(R"("https://id.example.org")", R"(["other","parley"])"));
  EXPECT_FALSE(with(R"("https://id.example.org")", R"("other")"));
  EXPECT_FALSE(with(R"("https://id.example.org")", R"("parley2")"));
  EXPECT_FALSE(with(R"("https://id.example.org")", R"(["other"])"));
  EXPECT_FALSE(with(R"("https://id.example.org")", "{}"));
  EXPECT_FALSE(with(R"("https://id.example.org/")", R"("parley")"));
  EXPECT_FALSE(with(R"("")", R"("parley")")) << "nor is it one of our own";
  EXPECT_FALSE(with(R"(["https://id.example.org"])", R"("parley")"));
}

}  // namespace
}  // namespace parley::users
