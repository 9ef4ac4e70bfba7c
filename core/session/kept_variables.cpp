// SPDX-License-Identifier: Apache-2.0
#include "session/kept_variables.h"

#include <cstddef>

namespace parley::session {
namespace {

constexpr std::string_view kSpace = "@variables";  // '@' is in no plugin's id
// What one plugin may keep is limited where it is set.
const storage::KvLimits kLimits{
    .quota = std::size_t{1} << 50, .value_max = std::size_t{1} << 30, .key_max = 256};

}  // namespace

Status keep_variables(storage::Writer& writer, std::string_view user_id, std::string_view json) {
  const auto user = writer.user(user_id);
  if (user.status().code() == ErrorCode::kNotFound) return Status::ok();
  if (!user) return user.status();
  const std::string key(user_id);
  const auto op =
      json == "{}" ? storage::KvOp::erase(key) : storage::KvOp::put(key, std::string(json));
  return writer.kv_write(kSpace, {op}, kLimits);
}

Result<std::string> kept_variables(storage::Reader& reader, std::string_view user_id) {
  auto kept = reader.kv_get(kSpace, user_id);
  if (kept.status().code() == ErrorCode::kNotFound) return std::string();
  return kept;
}

}  // namespace parley::session
