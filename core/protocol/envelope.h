// SPDX-License-Identifier: Apache-2.0
// A client's message taken apart: action, id, arguments (protocol.md, section 1).
//
// Arguments are the members of `data` where there is one, else every other top-level member:
// `action data key as` are never arguments of the flat form, `id` stays readable as one.
// Ownership: an Envelope points into the reader. Thread: the reader's. Lifetime: until that
// reader's next parse. Failure: EnvelopeError, with the id where it could be read.
#pragma once

#include <cstddef>
#include <string_view>
#include <variant>

#include "base/status.h"
#include "protocol/json.h"
#include "protocol/request_id.h"

namespace parley::protocol {

inline constexpr std::size_t kMaxActionName = 64;
inline constexpr std::size_t kMaxKey = 64;

// `[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*`, up to 64 bytes.
bool is_action_name(std::string_view name);
// `action data key as`: top-level members that are never arguments.
bool is_reserved_argument(std::string_view name);

struct Envelope {
  std::string_view action;  // any string: is_action_name() is asked where it is looked up
  RequestId id;
  JsonView args;         // an object
  bool flat = true;      // args is the whole message: skip is_reserved_argument() members
  std::string_view key;  // idempotency key, empty when there is none
  std::string_view as;   // act for another user, empty when not asked for
};

struct EnvelopeError {
  Status status;  // kBadJson or kBadRequest: both count as protocol noise
  RequestId id;
};

using EnvelopeResult = std::variant<Envelope, EnvelopeError>;
EnvelopeResult parse_envelope(std::string_view text, JsonReader& reader);

}  // namespace parley::protocol
