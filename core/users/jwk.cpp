// SPDX-License-Identifier: Apache-2.0
#include "users/jwk.h"

#include <algorithm>
#include <utility>

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "base/ids.h"
#include "base/json_text.h"
#include "base/openssl_guard.h"
#include "users/strict_json.h"

namespace parley::users {
namespace {

using Json = nlohmann::json;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, OpensslFree<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, OpensslFree<OSSL_PARAM_free>>;

constexpr std::size_t kCoordinate = 32;    // P-256 and Ed25519
constexpr std::size_t kExponentMax = 4;    // bytes; a huge one makes every check slow
constexpr std::size_t kModulusMax = 1024;  // bytes
constexpr std::size_t kKeysMax = 64;
constexpr char kUncompressed = 4;  // how a point of both coordinates begins

std::optional<std::string> bytes_of(const Json& jwk, const char* member) {
  const auto text = text_of(jwk, member);
  return text.empty() ? std::nullopt : base64url_decode(text);
}

Status damaged(const std::string& kid, const std::string& why) {
  return Status::invalid_args("The key " + kid + " of the set " + why);
}

std::string to_der(EVP_PKEY* key) {
  unsigned char* made = nullptr;
  const int size = key ? i2d_PUBKEY(key, &made) : 0;
  if (size <= 0) return {};
  std::string der(reinterpret_cast<char*>(made), static_cast<std::size_t>(size));
  OPENSSL_free(made);
  return der;
}

std::string from_params(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return {};
  }
  return to_der(EvpKey(made).get());
}

BigNumber number_of(const std::string& bytes) {
  return BigNumber(BN_bin2bn(openssl_bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string rsa_key(const Json& jwk) {
  const auto n = bytes_of(jwk, "n"), e = bytes_of(jwk, "e");
  if (!n || !e || n->size() > kModulusMax || e->size() > kExponentMax) return {};
  const BigNumber modulus = number_of(*n), exponent = number_of(*e);
  const bool sound = modulus && exponent && BN_is_odd(modulus.get()) == 1 &&
                     BN_is_odd(exponent.get()) == 1 && BN_is_one(exponent.get()) == 0;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!sound || !builder ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) != 1) {
    return {};
  }
  return from_params("RSA", builder.get());
}

std::string ec_key(const Json& jwk) {
  const auto x = bytes_of(jwk, "x"), y = bytes_of(jwk, "y");
  if (!x || !y || x->size() != kCoordinate || y->size() != kCoordinate) return {};
  const std::string point = kUncompressed + *x + *y;
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return {};
  }
  return from_params("EC", builder.get());
}

std::string edwards_key(const Json& jwk) {
  const auto x = bytes_of(jwk, "x");
  if (!x || x->size() != kCoordinate) return {};
  const EvpKey key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, openssl_bytes(*x), x->size()));
  return to_der(key.get());
}

struct Family {
  TokenAlgorithm algorithm;
  const char* kty;
  const char* curve;  // "" where there is none
};

constexpr Family kFamilies[] = {{TokenAlgorithm::kHs256, "oct", ""},
                                {TokenAlgorithm::kRs256, "RSA", ""},
                                {TokenAlgorithm::kEs256, "EC", "P-256"},
                                {TokenAlgorithm::kEdDsa, "OKP", "Ed25519"}};

bool fits(TokenAlgorithm algorithm, const Json& jwk) {
  return std::ranges::any_of(kFamilies, [&](const Family& family) {
    return family.algorithm == algorithm && text_of(jwk, "kty") == family.kty &&
           text_of(jwk, "crv") == family.curve;
  });
}

// Why this key is for something else; "" when it signs tokens.
std::string other_purpose(const Json& jwk) {
  if (jwk.contains("use") && text_of(jwk, "use") != "sig") return "its use is not sig";
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return {};
  const bool verifies = operations->is_array() && std::ranges::count(*operations, "verify") > 0;
  return verifies ? "" : "its key_ops do not name verify";
}

bool has_private_part(const Json& jwk) {
  const auto parts = {"d", "p", "q", "dp", "dq", "qi", "oth"};
  return std::ranges::any_of(parts, [&](const char* part) { return jwk.contains(part); });
}

Status read_material(const Json& jwk, TokenKey& key) {
  const OpensslErrorMark mark;
  if (key.algorithm == TokenAlgorithm::kHs256) {
    key.secret = bytes_of(jwk, "k").value_or("");
  } else if (has_private_part(jwk)) {
    return damaged(key.kid, "has its private part in it: take that away, the issuer alone signs.");
  } else if (key.algorithm == TokenAlgorithm::kRs256) {
    key.public_key = rsa_key(jwk);
  } else {
    key.public_key = key.algorithm == TokenAlgorithm::kEs256 ? ec_key(jwk) : edwards_key(jwk);
  }
  if (!key.secret.empty() || !key.public_key.empty()) return Status::ok();
  return damaged(key.kid, std::string("is no sound key for ") + name_of(key.algorithm) + ".");
}

// How many keys of the set that should verify have that kid.
std::ptrdiff_t count_of(const Json& keys, const std::string& kid) {
  return std::ranges::count_if(keys, [&](const Json& jwk) {
    return jwk.is_object() && text_of(jwk, "kid") == kid && other_purpose(jwk).empty();
  });
}

// A sound key, or an error that says what is wrong with it; nothing for a key for something else,
// which is noted.
Result<std::optional<TokenKey>> read_key(const Json& keys, const Json& jwk,
                                         std::optional<TokenAlgorithm> fallback, JwkSet& set) {
  using Nothing = std::optional<TokenKey>;
  if (!jwk.is_object()) return Status::invalid_args("A key of the set is no JSON object.");
  TokenKey key;
  key.kid = text_of(jwk, "kid");
  const std::string shown = key.kid.empty() ? "without kid" : key.kid;
  const auto skip = [&](const std::string& why) {
    set.skipped.push_back(shown + ": " + why);
    return Nothing();
  };
  if (const auto why = other_purpose(jwk); !why.empty()) return skip(why);
  const auto named = text_of(jwk, "alg");
  const auto algorithm = jwk.contains("alg") ? algorithm_named(named) : fallback;
  if (!algorithm && jwk.contains("alg")) return skip("its algorithm " + named + " is not served");
  if (!algorithm) {
    return damaged(shown,
                   "has no alg: write \"algorithm\" beside its issuer, so that no token "
                   "can choose one.");
  }
  if (key.kid.empty()) return damaged(shown, "cannot be told from others: give it a kid.");
  if (count_of(keys, key.kid) > 1) return damaged(shown, "is there twice: each kid names one key.");
  key.algorithm = *algorithm;
  if (!fits(*algorithm, jwk)) return damaged(shown, "has another kty or crv than its algorithm.");
  if (Status status = read_material(jwk, key); !status) return status;
  return Nothing(std::move(key));
}

void add_key(const Json& keys, const Json& jwk, std::optional<TokenAlgorithm> fallback,
             JwkSet& set) {
  auto key = read_key(keys, jwk, fallback, set);
  if (!key) {
    const bool named = jwk.is_object();
    set.damaged.push_back({named ? text_of(jwk, "kid") : "", key.status().message()});
  } else if (key->has_value()) {
    set.keys.push_back(std::move(**key));
  }
}

std::string reasons(const JwkSet& set) {
  std::string why;
  for (const auto& one : set.damaged) why += ' ' + one.why;
  for (const auto& one : set.skipped) why += ' ' + one + '.';
  return why;
}

}  // namespace

Result<JwkSet> parse_jwks(std::string_view json, std::optional<TokenAlgorithm> fallback) {
  const auto object = parse_strict_object(json);
  const auto keys = object ? object->find("keys") : Json::const_iterator();
  if (!object || keys == object->end() || !keys->is_array()) {
    return Status::invalid_args(
        "This is no JSON Web Key Set: it should read {\"keys\": [...]}, each member once.");
  }
  if (keys->size() > kKeysMax)
    return Status::invalid_args("A key set has up to " + std::to_string(kKeysMax) + " keys.");
  JwkSet set;
  for (const Json& jwk : *keys) add_key(*keys, jwk, fallback, set);
  if (!set.keys.empty()) return set;
  return Status::invalid_args("No key of the set can verify tokens." + reasons(set));
}

}  // namespace parley::users
