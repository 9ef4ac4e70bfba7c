// SPDX-License-Identifier: Apache-2.0
#include "protocol/envelope.h"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::protocol {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

RequestId read_id(JsonView value) {
  if (const auto text = value.as_string()) return RequestId::from(*text).value_or(RequestId());
  if (const auto number = value.as_int()) return RequestId::from(*number).value_or(RequestId());
  return {};
}

// Of a document that broke a rule: its id, unless that is the key which is there twice.
RequestId id_of_refused(JsonView root) {
  JsonView id;
  int count = 0;
  root.each_member([&](std::string_view key, JsonView value) {
    if (key == "id") id = value, ++count;
    return true;
  });
  return count == 1 ? read_id(id) : RequestId();
}

EnvelopeError bad_request(std::string why, RequestId id = {}) {
  return {{ErrorCode::kBadRequest, std::move(why)}, std::move(id)};
}

// The members that are the envelope's own, found in one pass.
struct Members {
  JsonView action, id, data, key, as;
};

Members envelope_members(JsonView root) {
  Members found;
  root.each_member([&](std::string_view key, JsonView value) {
    if (key == "action")
      found.action = value;
    else if (key == "id")
      found.id = value;
    else if (key == "data")
      found.data = value;
    else if (key == "key")
      found.key = value;
    else if (key == "as")
      found.as = value;
    return true;
  });
  return found;
}

// An optional short string; false when it is there and something else.
bool read_short(JsonView value, std::string_view& out) {
  if (!value.exists()) return true;
  out = value.as_string().value_or("");
  return !out.empty() && out.size() <= kMaxKey;
}

}  // namespace

bool is_action_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxActionName || !is_letter(name[0])) return false;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (is_word(name[i])) continue;
    if (name[i] != '.' || name[i - 1] == '.') return false;
  }
  return name.back() != '.';
}

bool is_reserved_argument(std::string_view name) {
  return name == "action" || name == "data" || name == "key" || name == "as";
}

EnvelopeResult parse_envelope(std::string_view text, JsonReader& reader) {
  const auto document = reader.parse(text);
  if (!document) return EnvelopeError{document.status(), id_of_refused(reader.refused_root())};
  const JsonView root = *document;
  if (!root.is_object())
    return bad_request("a message is one JSON object, this is " +
                       std::string(json_type_name(root.type())));
  const auto members = envelope_members(root);
  Envelope envelope;
  envelope.id = read_id(members.id);
  const auto action = members.action.as_string();
  if (!action) return bad_request("the string \"action\" is missing", std::move(envelope.id));
  envelope.action = *action;
  if (members.data.exists() && !members.data.is_object())
    return bad_request("\"data\" must be an object with the arguments", std::move(envelope.id));
  envelope.flat = !members.data.exists();
  // In the flat form it is an argument like any other; beside `data` it can only be meant as an id.
  if (!envelope.flat && members.id.exists() && !envelope.id)
    return bad_request(
        "\"id\" must be a whole number from 0 to 2^53-1 or a string of 1 to 64 bytes");
  envelope.args = envelope.flat ? root : members.data;
  if (!read_short(members.key, envelope.key))
    return bad_request("\"key\" must be a string of 1 to 64 bytes", std::move(envelope.id));
  if (!read_short(members.as, envelope.as))
    return bad_request("\"as\" must be a user id of 1 to 64 bytes", std::move(envelope.id));
  return envelope;
}

}  // namespace parley::protocol
