// SPDX-License-Identifier: Apache-2.0
// Signatures of plugin files, and everything that is none.
#include "loader/signature.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::loader {
namespace {

using ::testing::HasSubstr;

class Signatures : public ::testing::Test {
 protected:
  std::string refusal_of(const std::string& text) const {
    const auto verified = verify(text, trusted_);
    return verified ? "taken" : verified.status().message();
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    return text.replace(at, from.size(), to);
  }

  const SigningKey key_ = make_signing_key(), other_ = make_signing_key();
  const std::vector<std::string> trusted_{other_.public_key, key_.public_key};
  const SignedClaims claims_{"dice", "1.2.0", "1.0", std::string(64, 'a')};
  const std::string text_ = *sign(claims_, key_);
};

TEST_F(Signatures, OneOfTheTrustedKeysIsEnough) {
  const auto verified = verify(text_, trusted_);
  ASSERT_TRUE(verified) << verified.status().message();
  EXPECT_EQ(verified->claims, claims_);
  EXPECT_EQ(verified->key, *key_id(key_.public_key));
  EXPECT_EQ(verified->key.size(), 16u);
}

TEST_F(Signatures, AnUntrustedKeyIsNamed) {
  const std::vector<std::string> others{other_.public_key};
  const auto refused = verify(text_, others);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.status().message(), HasSubstr(*key_id(key_.public_key)));
  EXPECT_THAT(refused.status().message(), HasSubstr("plugins.trusted_keys"));
  EXPECT_FALSE(verify(text_, {}));
}

TEST_F(Signatures, NoClaimCanBeExchanged) {
  EXPECT_THAT(refusal_of(replaced(text_, "plugin dice", "plugin game")), HasSubstr("is false"));
  EXPECT_THAT(refusal_of(replaced(text_, "version 1.2.0", "version 1.3.0")), HasSubstr("is false"));
  EXPECT_THAT(refusal_of(replaced(text_, "abi 1.0", "abi 1.1")), HasSubstr("is false"));
  EXPECT_THAT(refusal_of(replaced(text_, "aaaa", "aaab")), HasSubstr("is false"));
}

TEST_F(Signatures, AnotherTrustedKeysNameDoesNotHelp) {
  const auto lie = replaced(text_, *key_id(key_.public_key), *key_id(other_.public_key));
  EXPECT_THAT(refusal_of(lie), HasSubstr("is false"));
}

TEST_F(Signatures, EveryFlippedBitIsNoticed) {
  const auto begin = text_.find("signature ", text_.find("key ")) + 10;
  for (std::size_t at = begin; at + 1 < text_.size(); at += 7) {
    std::string flipped = text_;
    flipped[at] = flipped[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(refusal_of(flipped), "taken") << at;
  }
}

TEST_F(Signatures, OnlyTheOneFormIsTaken) {
  for (const auto& text :
       {std::string(), std::string("hello"), text_ + "\n", " " + text_, text_ + text_,
        replaced(text_, "\nversion", "\r\nversion"), replaced(text_, "plugin dice", "plugin  dice"),
        replaced(text_, "signature 1", "signature 2"), text_.substr(0, text_.size() - 1),
        std::string(100'000, 'x'), replaced(text_, "plugin dice\n", "")})
    EXPECT_NE(refusal_of(text), "taken") << text.substr(0, 100);
}

TEST_F(Signatures, CutAnywhereItIsNone) {
  for (std::size_t size = 0; size < text_.size(); ++size) {
    EXPECT_NE(refusal_of(text_.substr(0, size)), "taken") << size;
    EXPECT_FALSE(read_unverified(text_.substr(0, size))) << size;
  }
}

TEST_F(Signatures, CanBeReadByWhoTrustsNobody) {
  const auto read = read_unverified(replaced(text_, "version 1.2.0", "version 9.9.9"));
  ASSERT_TRUE(read) << read.status().message();
  EXPECT_EQ(read->claims.plugin, "dice");
  EXPECT_EQ(read->claims.version, "9.9.9");
  EXPECT_EQ(read->key, *key_id(key_.public_key));
}

TEST_F(Signatures, APrivateKeySurvivesItsFile) {
  const auto read = read_private_key(private_key_text(key_));
  ASSERT_TRUE(read) << read.status().message();
  EXPECT_EQ(read->public_key, key_.public_key);
  EXPECT_EQ(*sign(claims_, *read), text_) << "Ed25519 has one signature for one text";
  for (const auto& text :
       {std::string(), std::string("parley-private-key 1\n"), key_.public_key,
        std::string("parley-private-key 1\nshort\n"), private_key_text(key_) + "more\n"})
    EXPECT_FALSE(read_private_key(text)) << text;
}

TEST_F(Signatures, NoPublicKeyLooksLikeAnOption) {
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(make_signing_key().public_key.starts_with('-'));
}

TEST_F(Signatures, WhatIsNoPublicKeyHasNoId) {
  for (const char* text : {"", "abc", "not base64!", "AAAA"}) EXPECT_FALSE(key_id(text)) << text;
}

// RFC 8032, section 7.1, test 1: the seed's public key.
TEST_F(Signatures, TheKeyIsEd25519) {
  const auto read =
      read_private_key("parley-private-key 1\nnWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->public_key, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
}

}  // namespace
}  // namespace parley::loader
