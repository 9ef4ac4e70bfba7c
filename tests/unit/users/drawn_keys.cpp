// SPDX-License-Identifier: Apache-2.0
#include "unit/users/drawn_keys.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>

#include "base/ids.h"
#include "base/openssl_guard.h"
#include "users/jwt_key.h"

namespace parley::users {
namespace {

std::string pem_of(EVP_PKEY* key) {
  const Bio memory(BIO_new(BIO_s_mem()));
  EXPECT_EQ(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr), 1);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string number(EVP_PKEY* key, const char* name, int width = 0) {
  BIGNUM* made = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &made), 1);
  const BigNumber owned(made);
  std::string bytes(static_cast<std::size_t>(width ? width : BN_num_bytes(made)), '\0');
  BN_bn2binpad(made, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  return base64url_encode(bytes);
}

std::string ed25519_point(EVP_PKEY* key) {
  std::string bytes(32, '\0');
  std::size_t size = bytes.size();
  EXPECT_EQ(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size),
            1);
  return base64url_encode(bytes);
}

}  // namespace

TokenKey DrawnKey::token_key(const std::string& kid) const {
  auto key = parse_private_pem(pem, kid);
  EXPECT_TRUE(key) << key.status().message();
  key->kid = kid;
  return *key;
}

const DrawnKey& rsa_key() {
  static const DrawnKey drawn = [] {
    const EvpKey key(EVP_RSA_gen(2048));
    return DrawnKey{pem_of(key.get()),
                    R"({"kty":"RSA","alg":"RS256","use":"sig","kid":"rsa","n":")" +
                        number(key.get(), OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
                        number(key.get(), OSSL_PKEY_PARAM_RSA_E) + "\"}"};
  }();
  return drawn;
}

const DrawnKey& p256_key() {
  static const DrawnKey drawn = [] {
    const EvpKey key(EVP_EC_gen("P-256"));
    return DrawnKey{pem_of(key.get()),
                    R"({"kty":"EC","crv":"P-256","alg":"ES256","kid":"ec","x":")" +
                        number(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32) + R"(","y":")" +
                        number(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32) + "\"}"};
  }();
  return drawn;
}

const DrawnKey& ed25519_key() {
  static const DrawnKey drawn = [] {
    const EvpKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    return DrawnKey{pem_of(key.get()),
                    R"({"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"ed","x":")" +
                        ed25519_point(key.get()) + "\"}"};
  }();
  return drawn;
}

std::string weak_rsa_pem() {
  return pem_of(EvpKey(EVP_RSA_gen(1024)).get());
}

std::string p384_pem() {
  return pem_of(EvpKey(EVP_EC_gen("P-384")).get());
}

}  // namespace parley::users
