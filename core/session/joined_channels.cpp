// SPDX-License-Identifier: Apache-2.0
#include "session/joined_channels.h"

#include <cstddef>
#include <utility>

namespace parley::session {
namespace {

constexpr std::string_view kSpace = "@joined";  // '@' is in no plugin's id
constexpr std::string_view kJoined = "joined", kLeft = "left";
constexpr std::size_t kPage = 500;
// The index is the server's own: as large as the disk.
const storage::KvLimits kLimits{.quota = std::size_t{1} << 50, .value_max = 16, .key_max = 256};

std::string key_of(std::string_view user_id, std::string_view channel) {
  return std::string(user_id) + "/" + std::string(channel);
}

}  // namespace

Status note_joined(storage::Writer& writer, std::string_view user_id, std::string_view channel,
                   bool joined, bool by_itself) {
  const auto user = writer.user(user_id);
  if (user.status().code() == ErrorCode::kNotFound) return Status::ok();
  if (!user) return user.status();
  const std::string key = key_of(user_id, channel);
  const auto op = joined == by_itself
                      ? storage::KvOp::erase(key)
                      : storage::KvOp::put(key, std::string(joined ? kJoined : kLeft));
  return writer.kv_write(kSpace, {op}, kLimits);
}

Result<JoinedChannels> joined_channels_of(storage::Reader& reader, std::string_view user_id) {
  JoinedChannels channels;
  const std::string prefix = key_of(user_id, "");
  std::string cursor;
  do {
    Result<storage::KvPage> page = reader.kv_scan(kSpace, prefix, cursor, kPage);
    if (!page) return page.status();
    for (const storage::KvPair& pair : page->pairs) {
      auto& list = pair.value == kLeft ? channels.left : channels.joined;
      list.push_back(pair.key.substr(prefix.size()));
    }
    cursor = std::move(page.value().next);
  } while (!cursor.empty());
  return channels;
}

}  // namespace parley::session
