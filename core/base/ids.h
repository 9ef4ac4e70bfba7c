// SPDX-License-Identifier: Apache-2.0
// Random identifiers and secrets, and how a secret is kept and compared.
//
// Randomness comes from the kernel (getrandom) and nothing else; a machine without it ends the
// process, since every secret would be guessable. Thread: any. Failure: decoding returns nothing on
// bad input.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

std::string random_bytes(std::size_t count);

// `length` characters of [0-9A-Za-z], evenly drawn: 5.95 bits each.
std::string random_base62(std::size_t length);

// "u_" and 14 characters: 83 bits, matches the protocol's id grammar [a-z]_[A-Za-z0-9]+.
std::string random_id(char prefix);

// Could random_id() have made it? What people choose may not look so.
bool has_id_form(std::string_view text);

// 256 bits as 43 characters of base64url behind a prefix such as "r_". Shown once, stored as
// sha256().
std::string random_secret(std::string_view prefix = {});

// 32 raw bytes.
std::string sha256(std::string_view data);
std::string to_hex(std::string_view bytes);

// Takes as long for the first differing byte as for the last. Lengths are no secret.
bool constant_time_equal(std::string_view a, std::string_view b);

// RFC 4648 section 5 without padding. Decoding is strict: no padding, no white space, no bits
// beyond the last byte, so that one value has one spelling.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace parley
