// SPDX-License-Identifier: Apache-2.0
#include "users/jwt_key.h"

#include <utility>

#include <openssl/evp.h>

#include "base/ids.h"
#include "users/passwords.h"

namespace parley::users {
namespace {

constexpr std::size_t kHmacMinimum = 32;
constexpr std::size_t kSeedSize = 32;

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

EVP_PKEY* import_key(const TokenKey& key) {
  const int type = key.algorithm == TokenAlgorithm::kHs256 ? EVP_PKEY_HMAC : EVP_PKEY_ED25519;
  return EVP_PKEY_new_raw_private_key(type, nullptr, bytes(key.secret), key.secret.size());
}

Status check_secret(const TokenKey& key) {
  if (key.kid.empty()) return Status::invalid_args("A token key needs a name (kid).");
  const bool hmac = key.algorithm == TokenAlgorithm::kHs256;
  if (hmac && key.secret.size() < kHmacMinimum) {
    return Status::invalid_args("The token key " + key.kid +
                                " is too short: HS256 needs 32 bytes or more.");
  }
  if (!hmac && key.secret.size() != kSeedSize) {
    return Status::invalid_args("The token key " + key.kid +
                                " is not an Ed25519 seed of 32 bytes.");
  }
  return Status::ok();
}

}  // namespace

struct JwtKey::Evp {
  explicit Evp(EVP_PKEY* imported) : key(imported) {}
  ~Evp() { EVP_PKEY_free(key); }
  Evp(const Evp&) = delete;
  Evp& operator=(const Evp&) = delete;
  EVP_PKEY* key;
};

JwtKey::JwtKey(TokenKey settings, std::unique_ptr<Evp> evp)
    : settings_(std::move(settings)), evp_(std::move(evp)) {}
JwtKey::~JwtKey() = default;

Result<std::unique_ptr<JwtKey>> JwtKey::make(TokenKey key) {
  Status status = check_secret(key);
  EVP_PKEY* imported = status.is_ok() ? import_key(key) : nullptr;
  wipe(key.secret);
  if (!status) return status;
  if (!imported) return Status::internal("OpenSSL refused the token key " + key.kid + ".");
  return std::unique_ptr<JwtKey>(new JwtKey(std::move(key), std::make_unique<Evp>(imported)));
}

const char* JwtKey::algorithm_name() const {
  return settings_.algorithm == TokenAlgorithm::kHs256 ? "HS256" : "EdDSA";
}

std::string JwtKey::sign(std::string_view text) const {
  const EVP_MD* digest = settings_.algorithm == TokenAlgorithm::kHs256 ? EVP_sha256() : nullptr;
  const Context context(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, evp_->key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes(text), text.size()) != 1) {
    return {};
  }
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, bytes(text), text.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

bool JwtKey::verify(std::string_view text, std::string_view signature) const {
  if (settings_.algorithm == TokenAlgorithm::kHs256) {
    const std::string expected = sign(text);
    return !expected.empty() && constant_time_equal(expected, signature);
  }
  const Context context(EVP_MD_CTX_new());
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, evp_->key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text),
                          text.size()) == 1;
}

}  // namespace parley::users
