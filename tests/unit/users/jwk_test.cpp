// SPDX-License-Identifier: Apache-2.0
#include "users/jwk.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ids.h"
#include "support/temp_folder.h"
#include "unit/users/drawn_keys.h"
#include "users/issuers.h"
#include "users/jwt_key.h"

namespace parley::users {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string set_of(const std::string& keys) {
  return R"({"keys":[)" + keys + "]}";
}
std::string why(const std::string& keys) {
  const auto set = parse_jwks(set_of(keys), std::nullopt);
  return set ? "" : set.status().message();
}
std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const auto at = text.find(what);
  EXPECT_NE(at, text.npos) << text;
  return text.replace(at, what.size(), with);
}

TEST(JwkTest, EachKindOfKeyIsRead) {
  const auto set = parse_jwks(
      set_of(rsa_key().jwk + "," + p256_key().jwk + "," + ed25519_key().jwk), std::nullopt);
  ASSERT_TRUE(set) << set.status().message();
  ASSERT_THAT(set->keys, SizeIs(3));
  EXPECT_EQ(set->keys[0].algorithm, TokenAlgorithm::kRs256);
  EXPECT_EQ(set->keys[1].kid, "ec");
  EXPECT_THAT(set->skipped, IsEmpty());
}

TEST(JwkTest, KeysForOtherPurposesArePassedOver) {
  const auto set = parse_jwks(
      set_of(R"({"kty":"RSA","use":"enc","kid":"e1"},{"kty":"RSA","alg":"PS512","kid":"e2"},)"
             R"({"kty":"RSA","alg":"RS256","key_ops":["encrypt"],"kid":"e3"},)" +
             ed25519_key().jwk),
      std::nullopt);
  ASSERT_TRUE(set) << set.status().message();
  EXPECT_THAT(set->keys, SizeIs(1));
  EXPECT_THAT(set->skipped, ElementsAre(HasSubstr("e1"), HasSubstr("PS512"), HasSubstr("verify")));
  EXPECT_THAT(why(R"({"kty":"RSA","use":"enc","kid":"e1"})"), HasSubstr("e1"));
}

TEST(JwkTest, TheAlgorithmIsPinnedHereOrBesideTheIssuer) {
  const auto bare = replaced(rsa_key().jwk, R"("alg":"RS256",)", "");
  EXPECT_THAT(why(bare), HasSubstr("no alg"));
  const auto set = parse_jwks(set_of(bare), TokenAlgorithm::kRs256);
  ASSERT_TRUE(set) << set.status().message();
  EXPECT_EQ(set->keys[0].algorithm, TokenAlgorithm::kRs256);
  EXPECT_FALSE(parse_jwks(set_of(bare), TokenAlgorithm::kEs256));
  EXPECT_FALSE(parse_jwks(set_of(bare), TokenAlgorithm::kHs256));
}

TEST(JwkTest, DamagedKeysAreNamed) {
  EXPECT_THAT(why(ed25519_key().jwk + "," + ed25519_key().jwk), HasSubstr("twice"));
  EXPECT_THAT(why(replaced(ed25519_key().jwk, R"("kid":"ed")", R"("kid":"")")),
              HasSubstr("give it a kid"));
  EXPECT_THAT(why(replaced(ed25519_key().jwk, R"("x":")", R"("d":"AA","x":")")),
              HasSubstr("private part"));
  EXPECT_THAT(why(replaced(ed25519_key().jwk, R"("x":")", R"("x":"A)")), HasSubstr("no sound key"));
  EXPECT_THAT(
      why(replaced(p256_key().jwk, R"("y":")", R"("y":")" + std::string(43, 'A') + R"(","z":")")),
      HasSubstr("no sound key"))
      << "not on the curve";
  EXPECT_THAT(why(replaced(rsa_key().jwk, R"("e":"AQAB")", R"("e":"AQ")")),
              HasSubstr("no sound key"))
      << "an exponent of 1 signs everything";
  EXPECT_THAT(why(replaced(p256_key().jwk, "P-256", "P-384")), HasSubstr("kty or crv"));
  EXPECT_THAT(why(replaced(rsa_key().jwk, R"("RS256")", R"("HS256")")), HasSubstr("kty or crv"));
  EXPECT_THAT(why(replaced(ed25519_key().jwk, R"("kid":"ed")", R"("kid":"ed","kid":"ed")")),
              HasSubstr("Key Set"));
  EXPECT_THAT(why("7"), HasSubstr("no JSON object"));
  EXPECT_FALSE(parse_jwks("[]", std::nullopt));
  EXPECT_FALSE(parse_jwks(R"({"keys":{}})", std::nullopt));
  EXPECT_FALSE(parse_jwks(R"({"keys":[]})", std::nullopt));
}

TEST(JwkTest, TheOthersOfASetWithADamagedKeyCount) {
  const auto broken = replaced(p256_key().jwk, R"("x":")", R"("x":"A)");
  const auto set = parse_jwks(
      set_of(rsa_key().jwk + "," + broken + ",7," + ed25519_key().jwk + "," + ed25519_key().jwk),
      std::nullopt);
  ASSERT_TRUE(set) << set.status().message();
  ASSERT_THAT(set->keys, SizeIs(1));
  EXPECT_EQ(set->keys[0].kid, "rsa");
  ASSERT_THAT(set->damaged, SizeIs(4))
      << "of two with one kid neither is known to be the right one";
  EXPECT_EQ(set->damaged[0].kid, "ec");
  EXPECT_THAT(set->damaged[0].why, HasSubstr("The key ec of the set is no sound key"));
  EXPECT_EQ(set->damaged[1].kid, "");
  EXPECT_THAT(set->damaged[3].why, HasSubstr("twice"));
}

TEST(JwtKeyTest, WeakAndForeignKeysAreRefused) {
  const auto refusal = [](const TokenKey& key) { return JwtKey::make(key).status().message(); };
  const auto weak = parse_private_pem(weak_rsa_pem(), "k");
  ASSERT_TRUE(weak);
  TokenKey named = *weak;
  named.kid = "k";
  EXPECT_THAT(refusal(named), HasSubstr("1024 bits"));
  named = *parse_private_pem(p384_pem(), "k");
  named.kid = "k";
  EXPECT_THAT(refusal(named), HasSubstr("P-256"));
  named = rsa_key().token_key("k");
  named.algorithm = TokenAlgorithm::kEs256;
  EXPECT_THAT(refusal(named), HasSubstr("no key for ES256"));
}

class IssuersTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& text,
                              mode_t mode = 0644) {
    const auto file = folder_.path() / name;
    std::ofstream(file) << text;
    chmod(file.c_str(), mode);
    return file;
  }
  Result<Issuers> load(const std::string& members) {
    return load_issuers(write("issuers.json", R"({"issuers":[{)" + members + "}]}"));
  }
  // Why nothing of the only issuer is taken.
  std::string refusal(const std::string& members) {
    const auto issuers = load(members);
    return issuers ? issuers->issuers.at(0).status.message() : issuers.status().message();
  }

  TempFolder folder_;
  const std::string who_ = R"("issuer":"https://id.example.org","audience":"parley",)";
};

TEST_F(IssuersTest, KeysCarryWhatTheIssuerMayVouchFor) {
  write("keys.json", set_of(rsa_key().jwk + R"(,{"kty":"RSA","use":"enc","kid":"other"})"));
  const auto issuers =
      load(who_ + R"("jwks":"keys.json","max_roles":["user","moderator"],"name_claim":"nick")");
  ASSERT_TRUE(issuers) << issuers.status().message();
  ASSERT_THAT(issuers->issuers, SizeIs(1));
  const auto& one = issuers->issuers.front();
  ASSERT_THAT(one.keys, SizeIs(1)) << one.status.message();
  const auto& key = one.keys.front()->settings();
  EXPECT_EQ(key.issuer, "https://id.example.org");
  EXPECT_EQ(key.audience, "parley");
  EXPECT_EQ(key.name_claim, "nick");
  EXPECT_THAT(key.max_roles, ElementsAre("user", "moderator"));
  EXPECT_THAT(issuers->files, SizeIs(2)) << "both are looked at for changes";
  EXPECT_THAT(one.skipped, ElementsAre(HasSubstr("other")));
}

TEST_F(IssuersTest, KeysMayStandInTheFileItself) {
  const auto issuers = load(who_ + R"("keys":[)" + p256_key().jwk + "]");
  ASSERT_TRUE(issuers) << issuers.status().message();
  EXPECT_THAT(issuers->issuers[0].keys.front()->settings().max_roles, ElementsAre("user"))
      << "unless it says more";
}

TEST_F(IssuersTest, MistakesAreNamed) {
  const auto keys = R"("keys":[)" + p256_key().jwk + "]";
  EXPECT_THAT(refusal(R"("audience":"parley",)" + keys), HasSubstr("lacks \"issuer\""));
  EXPECT_THAT(refusal(R"("issuer":"x",)" + keys), HasSubstr("lacks \"audience\""));
  EXPECT_THAT(refusal(who_ + keys + R"(,"jwks":"k.json")"), HasSubstr("one of them"));
  EXPECT_THAT(refusal(who_ + R"("jwks":"missing.json")"), HasSubstr("missing.json"));
  EXPECT_THAT(refusal(who_ + keys + R"(,"max_roles":["root"])"), HasSubstr("max_roles"));
  EXPECT_THAT(refusal(who_ + keys + R"(,"max_roles":[])"), HasSubstr("max_roles"));
  EXPECT_THAT(refusal(who_ + keys + R"(,"algorithm":"none")"), HasSubstr("algorithm"));
  EXPECT_THAT(refusal(who_ + keys + R"(,"maxroles":["user"])"), HasSubstr("no member maxroles"));
  EXPECT_THAT(refusal(who_ + keys + "," + keys), HasSubstr("issuers.json")) << "a member twice";
  EXPECT_FALSE(load_issuers(folder_.path() / "nothing.json"));
  EXPECT_FALSE(load_issuers(folder_.path())) << "a folder";
}

TEST_F(IssuersTest, FilesOfOthersAreRefused) {
  const auto keys = R"("keys":[)" + p256_key().jwk + "]";
  const auto whole = R"({"issuers":[{)" + who_ + keys + "}]}";
  EXPECT_TRUE(load_issuers(write("a.json", whole, 0644)));
  const auto writable = load_issuers(write("b.json", whole, 0664));
  ASSERT_FALSE(writable);
  EXPECT_THAT(writable.status().message(), HasSubstr("chmod go-w"));
  const auto secret = R"({"issuers":[{)" + who_ +
                      R"("keys":[{"kty":"oct","alg":"HS256","kid":"s","k":")" +
                      base64url_encode(std::string(32, 's')) + R"("}]}]})";
  EXPECT_TRUE(load_issuers(write("c.json", secret, 0600))->issuers[0].status);
  const auto readable = load_issuers(write("d.json", secret, 0644));
  ASSERT_TRUE(readable);
  EXPECT_THAT(readable->issuers[0].status.message(), HasSubstr("chmod 600"));
}

TEST_F(IssuersTest, FoldersOfOthersAreRefused) {
  const auto keys = R"("keys":[)" + p256_key().jwk + "]";
  std::filesystem::create_directory(folder_.path() / "open");
  const auto file = write("open/a.json", R"({"issuers":[{)" + who_ + keys + "}]}", 0600);
  chmod((folder_.path() / "open").c_str(), 0777);
  const auto direct = load_issuers(file);
  ASSERT_FALSE(direct);
  EXPECT_THAT(direct.status().message(), AllOf(HasSubstr("this folder"), HasSubstr("chmod go-w")));
  std::filesystem::create_symlink(file, folder_.path() / "link.json");
  EXPECT_FALSE(load_issuers(folder_.path() / "link.json")) << "a link into one is no better";
  write("open/set.json", set_of(p256_key().jwk), 0600);
  EXPECT_THAT(refusal(who_ + R"("jwks":"open/set.json")"), HasSubstr("this folder"));
  chmod((folder_.path() / "open").c_str(), 0755);
  EXPECT_TRUE(load_issuers(file));
}

TEST_F(IssuersTest, FilesThatBelongToAnotherUserAreRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const auto file =
      write("a.json", R"({"issuers":[{)" + who_ + R"("keys":[)" + p256_key().jwk + "]}]}");
  ASSERT_EQ(chown(file.c_str(), 12345, static_cast<gid_t>(-1)), 0);
  const auto foreign = load_issuers(file);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.status().message(), AllOf(HasSubstr("another user"), HasSubstr("chown")));
}

TEST_F(IssuersTest, TheSecondEntryOfAnIssuerIsNotRead) {
  const auto keys = [](const DrawnKey& key) { return R"("keys":[)" + key.jwk + "]"; };
  const auto issuers = load(who_ + keys(rsa_key()) + "},{" + who_ + keys(p256_key()));
  ASSERT_TRUE(issuers) << issuers.status().message();
  ASSERT_THAT(issuers->issuers, SizeIs(2));
  EXPECT_THAT(issuers->issuers[0].keys, SizeIs(1));
  EXPECT_THAT(issuers->issuers[1].status.message(), HasSubstr("twice"));
}

TEST_F(IssuersTest, WeakKeysAreLeftOut) {
  const auto small = R"({"kty":"oct","alg":"HS256","kid":"s","k":"AAAA"})";
  write("issuers.json", "");
  const auto file = write(
      "w.json", R"({"issuers":[{)" + who_ + R"("keys":[)" + small + "," + p256_key().jwk + "]}]}",
      0600);
  const auto issuers = load_issuers(file);
  ASSERT_TRUE(issuers) << issuers.status().message();
  EXPECT_THAT(issuers->issuers[0].keys, SizeIs(1));
  ASSERT_THAT(issuers->issuers[0].damaged, SizeIs(1));
  EXPECT_THAT(issuers->issuers[0].damaged[0].why, HasSubstr("too short"));
}

}  // namespace
}  // namespace parley::users
