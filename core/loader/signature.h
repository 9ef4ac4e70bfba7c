// SPDX-License-Identifier: Apache-2.0
// Ed25519 signatures of plugin files: what is signed, how it is written down, and the keys.
//
// A signature covers id, version, ABI and SHA-256 of the file, so that neither the bytes nor their
// name or age can be exchanged. It lies beside the file as FILE.sig:
//
//   parley-plugin-signature 1
//   plugin dice
//   version 1.2.0
//   abi 1.0
//   sha256 <64 hex digits>
//   key <id of the public key, 16 hex digits>
//   signature <base64url>
//
// Signed are the lines above `signature`, as they stand. A public key is 43 characters of base64url;
// a private key file holds the line `parley-private-key 1` and one more. Ownership: values. Thread:
// any. Failure: sentences; a text is taken only in exactly the form that sign() writes.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "loader/manifest.h"

namespace parley::loader {

struct SigningKey {
  std::string private_key;  // base64url
  std::string public_key;   // base64url
};

SigningKey make_signing_key();
// "9f86d081884c7d65": what people call a key by. invalid_args: it is none.
Result<std::string> key_id(std::string_view public_key);

// The file's text. Write it with mode 0600.
std::string private_key_text(const SigningKey& key);
Result<SigningKey> read_private_key(std::string_view text);

struct SignedClaims {
  std::string plugin, version, abi, sha256;
  bool operator==(const SignedClaims&) const = default;
};
SignedClaims claims_of(const Manifest& manifest, std::string sha256);

Result<std::string> sign(const SignedClaims& claims, const SigningKey& key);

struct Signature {
  SignedClaims claims;
  std::string key;  // id
};
// What a signature says, whoever made it: for showing and for finding the plugin it belongs to.
Result<Signature> read_unverified(std::string_view text);
// Verifies against that one of the trusted keys which the signature names.
Result<Signature> verify(std::string_view text, std::span<const std::string> trusted_keys);

}  // namespace parley::loader
