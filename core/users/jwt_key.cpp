// SPDX-License-Identifier: Apache-2.0
#include "users/jwt_key.h"

#include <array>
#include <utility>

#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/ids.h"
#include "base/openssl_guard.h"
#include "users/passwords.h"

namespace parley::users {
namespace {

constexpr std::size_t kHmacMinimum = 32;
constexpr std::size_t kSeedSize = 32;
constexpr int kRsaMinimum = 2048, kRsaMaximum = 8192;  // bits
constexpr int kHalf = 32;                              // bytes of each number of an ES256 signature

const char* kind_of(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::kHs256:
      return "HMAC";
    case TokenAlgorithm::kRs256:
      return "RSA";
    case TokenAlgorithm::kEs256:
      return "EC";
    case TokenAlgorithm::kEdDsa:
      break;
  }
  return "ED25519";
}

const EVP_MD* digest_of(TokenAlgorithm algorithm) {
  return algorithm == TokenAlgorithm::kEdDsa ? nullptr : EVP_sha256();
}

EvpKey import_key(const TokenKey& key) {
  const auto& der = key.public_key.empty() ? key.secret : key.public_key;
  const unsigned char* at = openssl_bytes(der);
  const auto size = static_cast<long>(der.size());
  if (!key.public_key.empty()) return EvpKey(d2i_PUBKEY(nullptr, &at, size));
  if (key.algorithm == TokenAlgorithm::kRs256 || key.algorithm == TokenAlgorithm::kEs256)
    return EvpKey(d2i_AutoPrivateKey(nullptr, &at, size));
  const int type = key.algorithm == TokenAlgorithm::kHs256 ? EVP_PKEY_HMAC : EVP_PKEY_ED25519;
  return EvpKey(EVP_PKEY_new_raw_private_key(type, nullptr, at, der.size()));
}

bool is_p256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t length = 0;
  return EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "prime256v1";
}

Status check_form(const TokenKey& key) {
  if (key.kid.empty()) return Status::invalid_args("A token key needs a name (kid).");
  const bool hmac = key.algorithm == TokenAlgorithm::kHs256;
  if (key.secret.empty() == key.public_key.empty() || (hmac && key.secret.empty())) {
    return Status::invalid_args("The token key " + key.kid + " has no key to " +
                                (hmac ? "HS256: a secret." : "its algorithm."));
  }
  if (hmac && key.secret.size() < kHmacMinimum) {
    return Status::invalid_args("The token key " + key.kid +
                                " is too short: HS256 needs 32 bytes or more.");
  }
  const bool seed = key.algorithm == TokenAlgorithm::kEdDsa && key.public_key.empty();
  if (seed && key.secret.size() != kSeedSize) {
    return Status::invalid_args("The token key " + key.kid +
                                " is not an Ed25519 seed of 32 bytes.");
  }
  return Status::ok();
}

Status check_imported(const TokenKey& settings, const EVP_PKEY* key) {
  const std::string name = "The token key " + settings.kid;
  if (!key || EVP_PKEY_is_a(key, kind_of(settings.algorithm)) != 1) {
    return Status::invalid_args(name + " is no key for " + name_of(settings.algorithm) + ".");
  }
  const int bits = EVP_PKEY_get_bits(key);
  if (settings.algorithm == TokenAlgorithm::kRs256 && (bits < kRsaMinimum || bits > kRsaMaximum)) {
    return Status::invalid_args(name + " has " + std::to_string(bits) +
                                " bits; RS256 needs 2048 to 8192.");
  }
  if (settings.algorithm == TokenAlgorithm::kEs256 && !is_p256(key))
    return Status::invalid_args(name + " lies on another curve; ES256 needs P-256.");
  return Status::ok();
}

std::string mark_of(const TokenKey& key) {
  constexpr std::size_t kHexDigits = 16;
  std::string material = "parley-key:" + (key.public_key.empty() ? key.secret : key.public_key);
  std::string name = key.kid + ' ' + to_hex(sha256(material)).substr(0, kHexDigits);
  wipe(material);
  return name;
}

// JOSE writes the two numbers side by side, OpenSSL as DER.
std::string to_jose(const std::string& der) {
  const unsigned char* at = openssl_bytes(der);
  const EcdsaSignature numbers(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(std::size_t{2 * kHalf}, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  const bool whole = numbers &&
                     BN_bn2binpad(ECDSA_SIG_get0_r(numbers.get()), bytes, kHalf) == kHalf &&
                     BN_bn2binpad(ECDSA_SIG_get0_s(numbers.get()), bytes + kHalf, kHalf) == kHalf;
  return whole ? out : std::string();
}

std::string to_der(std::string_view jose) {
  if (jose.size() != std::size_t{2 * kHalf}) return {};
  const EcdsaSignature numbers(ECDSA_SIG_new());
  BigNumber r(BN_bin2bn(openssl_bytes(jose), kHalf, nullptr));
  BigNumber s(BN_bin2bn(openssl_bytes(jose) + kHalf, kHalf, nullptr));
  if (!numbers || !r || !s || ECDSA_SIG_set0(numbers.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();  // the signature owns them now
  (void)s.release();
  unsigned char* made = nullptr;
  const int size = i2d_ECDSA_SIG(numbers.get(), &made);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(made), static_cast<std::size_t>(size));
  OPENSSL_free(made);
  return der;
}

std::string sign_raw(EVP_PKEY* key, const EVP_MD* digest, std::string_view text) {
  const EvpDigest context(EVP_MD_CTX_new());
  const auto* bytes = openssl_bytes(text);
  std::size_t size = 0;
  if (!context || EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    return {};
  }
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, bytes, text.size()) != 1) return {};
  signature.resize(size);
  return signature;
}

bool verify_raw(EVP_PKEY* key, const EVP_MD* digest, std::string_view text,
                std::string_view signature) {
  const EvpDigest context(EVP_MD_CTX_new());
  return context && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), openssl_bytes(signature), signature.size(),
                          openssl_bytes(text), text.size()) == 1;
}

// Nobody is asked at a terminal for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

std::optional<TokenAlgorithm> algorithm_of(const EVP_PKEY* key) {
  for (const auto algorithm :
       {TokenAlgorithm::kRs256, TokenAlgorithm::kEs256, TokenAlgorithm::kEdDsa}) {
    if (EVP_PKEY_is_a(key, kind_of(algorithm)) == 1) return algorithm;
  }
  return std::nullopt;
}

// DER, or the seed of Ed25519.
std::string secret_of(EVP_PKEY* key, TokenAlgorithm algorithm) {
  if (algorithm == TokenAlgorithm::kEdDsa) {
    std::string seed(kSeedSize, '\0');
    std::size_t size = seed.size();
    auto* out = reinterpret_cast<unsigned char*>(seed.data());
    return EVP_PKEY_get_raw_private_key(key, out, &size) == 1 ? seed : std::string();
  }
  unsigned char* made = nullptr;
  const int size = i2d_PrivateKey(key, &made);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(made), static_cast<std::size_t>(size));
  OPENSSL_clear_free(made, static_cast<std::size_t>(size));
  return der;
}

}  // namespace

struct JwtKey::Evp {
  EvpKey key;
};

JwtKey::JwtKey(TokenKey settings, std::string known_as, std::unique_ptr<Evp> evp)
    : settings_(std::move(settings)), mark_(std::move(known_as)), evp_(std::move(evp)) {}
JwtKey::~JwtKey() = default;

Result<std::unique_ptr<JwtKey>> JwtKey::make(TokenKey key) {
  const OpensslErrorMark mark;
  Status status = check_form(key);
  EvpKey imported = status.is_ok() ? import_key(key) : nullptr;
  if (status) status = check_imported(key, imported.get());
  std::string known_as = mark_of(key);
  wipe(key.secret);
  if (!status) return status;
  auto evp = std::make_unique<Evp>(Evp{std::move(imported)});
  return std::unique_ptr<JwtKey>(new JwtKey(std::move(key), std::move(known_as), std::move(evp)));
}

std::string JwtKey::sign(std::string_view text) const {
  const OpensslErrorMark mark;
  if (!settings_.public_key.empty()) return {};
  std::string signature = sign_raw(evp_->key.get(), digest_of(settings_.algorithm), text);
  return settings_.algorithm == TokenAlgorithm::kEs256 ? to_jose(signature) : signature;
}

bool JwtKey::verify(std::string_view text, std::string_view signature) const {
  const OpensslErrorMark mark;
  const EVP_MD* digest = digest_of(settings_.algorithm);
  if (settings_.algorithm == TokenAlgorithm::kHs256) {
    const std::string expected = sign(text);
    return !expected.empty() && constant_time_equal(expected, signature);
  }
  if (settings_.algorithm != TokenAlgorithm::kEs256)
    return verify_raw(evp_->key.get(), digest, text, signature);
  const std::string der = to_der(signature);
  return !der.empty() && verify_raw(evp_->key.get(), digest, text, der);
}

Result<TokenKey> parse_private_pem(std::string_view pem, const std::string& what) {
  const OpensslErrorMark mark;
  const Bio source(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const EvpKey key(source ? PEM_read_bio_PrivateKey(source.get(), nullptr, no_passphrase, nullptr)
                          : nullptr);
  const auto algorithm = key ? algorithm_of(key.get()) : std::nullopt;
  if (!algorithm) {
    return Status::invalid_args(what +
                                " is no private key in PEM without a passphrase, for RSA, P-256 or "
                                "Ed25519. Make one with: openssl genpkey -algorithm ed25519");
  }
  TokenKey made;
  made.algorithm = *algorithm;
  made.secret = secret_of(key.get(), *algorithm);
  return made;
}

}  // namespace parley::users
