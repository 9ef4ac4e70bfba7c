// SPDX-License-Identifier: Apache-2.0
#include "protocol/request_id.h"

#include "protocol/json_writer.h"

namespace parley::protocol {

std::optional<RequestId> RequestId::from(std::int64_t value) {
  if (value < 0 || value > kMaxInteger) return std::nullopt;
  RequestId id;
  id.value_ = value;
  return id;
}

std::optional<RequestId> RequestId::from(std::string_view value) {
  if (value.size() > kMaxString) return std::nullopt;
  RequestId id;
  id.value_ = std::string(value);
  return id;
}

void RequestId::append_json(std::string& out) const {
  if (const auto* number = integer()) return append_json_number(out, *number);
  if (const auto* string = text()) append_json_string(out, *string);
}

std::string RequestId::to_json() const {
  std::string out;
  append_json(out);
  return out;
}

}  // namespace parley::protocol

std::size_t std::hash<parley::protocol::RequestId>::operator()(
    const parley::protocol::RequestId& id) const noexcept {
  if (const auto* number = id.integer()) return std::hash<std::int64_t>{}(*number);
  if (const auto* string = id.text()) return std::hash<std::string>{}(*string);
  return 0;
}
