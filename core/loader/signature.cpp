// SPDX-License-Identifier: Apache-2.0
#include "loader/signature.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/openssl_guard.h"

namespace parley::loader {
namespace {

constexpr std::size_t kKeySize = 32, kSignatureSize = 64, kKeyIdBytes = 8, kLongest = 4096;
constexpr std::string_view kFirstLine = "parley-plugin-signature 1";
constexpr std::string_view kPrivateLine = "parley-private-key 1";

Status refused(std::string why) {
  return Status(ErrorCode::kForbidden, std::move(why));
}

std::optional<std::string> decoded(std::string_view text, std::size_t size) {
  auto data = base64url_decode(text);
  return data && data->size() == size ? data : std::nullopt;
}

EvpKey private_key(std::string_view seed) {
  return EvpKey(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, openssl_bytes(seed), seed.size()));
}

std::string public_of(EVP_PKEY* key) {
  std::array<unsigned char, kKeySize> raw{};
  std::size_t size = raw.size();
  EVP_PKEY_get_raw_public_key(key, raw.data(), &size);
  return base64url_encode({reinterpret_cast<const char*>(raw.data()), size});
}

std::string signed_text(const SignedClaims& claims, std::string_view key) {
  std::string text;
  (text += kFirstLine) += '\n';
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string_view>{"plugin", claims.plugin},
        {"version", claims.version},
        {"abi", claims.abi},
        {"sha256", claims.sha256},
        {"key", key}})
    (((text += name) += ' ') += value) += '\n';
  return text;
}

// Takes "name value\n" off the front; empty: another line stands there.
std::string_view take(std::string_view& text, std::string_view name) {
  const auto end = text.find('\n');
  if (end == text.npos || !text.starts_with(name) || text.size() <= name.size() ||
      text[name.size()] != ' ')
    return {};
  const auto value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(end + 1);
  return value;
}

struct Parsed {
  Signature signature;
  std::string bytes;
};

std::optional<Parsed> parse(std::string_view text) {
  if (text.size() > kLongest || !text.starts_with(kFirstLine)) return std::nullopt;
  std::string_view rest = text.substr(kFirstLine.size());
  if (!rest.starts_with('\n')) return std::nullopt;
  rest.remove_prefix(1);
  Parsed parsed;
  auto& claims = parsed.signature.claims;
  claims.plugin = take(rest, "plugin");
  claims.version = take(rest, "version");
  claims.abi = take(rest, "abi");
  claims.sha256 = take(rest, "sha256");
  parsed.signature.key = take(rest, "key");
  const auto signature = decoded(take(rest, "signature"), kSignatureSize);
  if (!signature || !rest.empty()) return std::nullopt;
  parsed.bytes = *signature;
  // Only one text means these claims: no second way to write them can carry the same signature.
  const bool canonical = text.starts_with(signed_text(claims, parsed.signature.key) + "signature ");
  return canonical ? std::optional(parsed) : std::nullopt;
}

bool fits(const Parsed& parsed, std::string_view raw_public_key) {
  const OpensslErrorMark mark;
  const EvpKey key(EVP_PKEY_new_raw_public_key(
      EVP_PKEY_ED25519, nullptr, openssl_bytes(raw_public_key), raw_public_key.size()));
  const EvpDigest context(EVP_MD_CTX_new());
  const std::string text = signed_text(parsed.signature.claims, parsed.signature.key);
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), openssl_bytes(parsed.bytes), parsed.bytes.size(),
                          openssl_bytes(text), text.size()) == 1;
}

SigningKey any_signing_key() {
  EVP_PKEY* made = nullptr;
  const EvpKeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr));
  EVP_PKEY_keygen_init(context.get());
  EVP_PKEY_keygen(context.get(), &made);
  const EvpKey key(made);
  std::array<unsigned char, kKeySize> seed{};
  std::size_t size = seed.size();
  EVP_PKEY_get_raw_private_key(key.get(), seed.data(), &size);
  return {base64url_encode({reinterpret_cast<const char*>(seed.data()), size}),
          public_of(key.get())};
}

}  // namespace

// One of 64 public keys begins with a dash, which a command line would take for an option.
SigningKey make_signing_key() {
  SigningKey key = any_signing_key();
  while (key.public_key.starts_with('-')) key = any_signing_key();
  return key;
}

Result<std::string> key_id(std::string_view public_key) {
  const auto raw = decoded(public_key, kKeySize);
  if (!raw)
    return Status::invalid_args("'" + std::string(public_key.substr(0, 60)) +
                                "' is no public key: 43 characters, as `parleyctl key make` "
                                "prints them");
  return to_hex(sha256(*raw).substr(0, kKeyIdBytes));
}

std::string private_key_text(const SigningKey& key) {
  return std::string(kPrivateLine) + "\n" + key.private_key + "\n";
}

Result<SigningKey> read_private_key(std::string_view text) {
  const auto refuse = [] {
    return Status::invalid_args(
        "this is no private key file; `parleyctl key make FILE` writes one");
  };
  if (text.size() > kLongest || !text.starts_with(std::string(kPrivateLine) + "\n"))
    return refuse();
  text.remove_prefix(kPrivateLine.size() + 1);
  if (text.ends_with('\n')) text.remove_suffix(1);
  const OpensslErrorMark mark;
  const auto seed = decoded(text, kKeySize);
  if (!seed) return refuse();
  const EvpKey key = private_key(*seed);
  if (key == nullptr) return refuse();
  return SigningKey{std::string(text), public_of(key.get())};
}

SignedClaims claims_of(const Manifest& manifest, std::string file_sha256) {
  return {manifest.id, manifest.version,
          std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor),
          std::move(file_sha256)};
}

Result<std::string> sign(const SignedClaims& claims, const SigningKey& signing_key) {
  const auto seed = decoded(signing_key.private_key, kKeySize);
  auto id = key_id(signing_key.public_key);
  if (!seed || !id) return Status::invalid_args("this is no signing key");
  const OpensslErrorMark mark;
  const EvpKey key = private_key(*seed);
  const EvpDigest context(EVP_MD_CTX_new());
  const std::string text = signed_text(claims, *id);
  std::array<unsigned char, kSignatureSize> signature{};
  std::size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, openssl_bytes(text), text.size()) != 1)
    return Status::internal("the signature could not be made");
  return text + "signature " +
         base64url_encode({reinterpret_cast<const char*>(signature.data()), size}) + "\n";
}

Result<Signature> read_unverified(std::string_view text) {
  auto parsed = parse(text);
  if (!parsed)
    return refused("the signature is not in the form that `parleyctl plugin sign` writes");
  return std::move(parsed->signature);
}

Result<Signature> verify(std::string_view text, std::span<const std::string> trusted_keys) {
  const auto parsed = parse(text);
  if (!parsed)
    return refused("its signature is not in the form that `parleyctl plugin sign` writes");
  const auto& wanted = parsed->signature.key;
  const auto key = std::ranges::find_if(trusted_keys, [&](const std::string& trusted) {
    const auto id = key_id(trusted);
    return id && *id == wanted;
  });
  if (key == trusted_keys.end())
    return refused("it is signed with key " + wanted.substr(0, 64) +
                   ", which is not among plugins.trusted_keys: add its public key there and "
                   "`parleyctl config reload`, if you trust who holds it; or sign the file with a "
                   "key that is (`parleyctl plugin sign`)");
  if (!fits(*parsed, *decoded(*key, kKeySize)))
    return refused("its signature is false: it was not made with key " + wanted +
                   ", or the text was changed since");
  return parsed->signature;
}

}  // namespace parley::loader
