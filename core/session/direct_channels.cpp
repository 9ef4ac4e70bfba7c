// SPDX-License-Identifier: Apache-2.0
#include "session/direct_channels.h"

#include <cstdint>
#include <utility>

#include "session/channel_rights.h"

namespace parley::session {
namespace {

constexpr std::string_view kSpace = "@direct";  // '@' is in no plugin's id
constexpr std::size_t kPage = 500;
// The index is the server's own: as large as the disk.
const storage::KvLimits kLimits{.quota = std::size_t{1} << 50, .value_max = 0, .key_max = 256};

std::string key_of(std::string_view whose, std::string_view other) {
  return std::string(whose) + "/" + std::string(other);
}

}  // namespace

Status note_direct_channel(storage::Writer& writer, std::string_view lower_id,
                           std::string_view higher_id) {
  return writer.kv_write(kSpace,
                         {storage::KvOp::put(key_of(lower_id, higher_id), ""),
                          storage::KvOp::put(key_of(higher_id, lower_id), "")},
                         kLimits);
}

Result<std::vector<std::string>> direct_channels_of(storage::Reader& reader,
                                                    std::string_view user_id) {
  std::vector<std::string> channels;
  const std::string prefix = key_of(user_id, "");
  std::string cursor;
  do {
    Result<storage::KvPage> page = reader.kv_scan(kSpace, prefix, cursor, kPage);
    if (!page) return page.status();
    for (const storage::KvPair& pair : page->pairs) {
      Result<std::string> name = direct_channel(user_id, pair.key.substr(prefix.size()));
      if (name) channels.push_back(std::move(name).value());
    }
    cursor = std::move(page.value().next);
  } while (!cursor.empty());
  return channels;
}

}  // namespace parley::session
