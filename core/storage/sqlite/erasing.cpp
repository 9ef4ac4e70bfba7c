// SPDX-License-Identifier: Apache-2.0
// Taking a person's words out of the database: what they said, what speaks about them, topics, and
// what plugins keep under their id.
#include <string>

#include "storage/sqlite/changes.h"

namespace parley::storage {
namespace {

// What they said, what speaks about them, and what was left for them while they were away.
#define PARLEY_THEIRS                                                        \
  "(m.user_id = ?3 OR m.about = ?3 OR m.channel = (SELECT id FROM channels " \
  "WHERE name = '@' || ?3)) "

struct Rows {
  std::int64_t from, end;
  std::string_view user_id;
};

// What others made of their words, too: a change keeps the text that it brought.
void empty_changes(Connection& connection, const Rows& rows) {
  auto changes = connection.query(
      "UPDATE messages SET data = '{\"superseded\":true}' WHERE (channel, position) IN "
      "(SELECT channel, json_extract(data, '$.revision') FROM messages "
      "WHERE id >= ?1 AND id < ?2 AND (user_id = ?3 OR about = ?3))");
  changes.number(rows.from).number(rows.end).text(rows.user_id).run();
}

std::vector<ErasedMessage> readable(Connection& connection, const Rows& rows) {
  auto row = connection.query(
      "SELECT c.name, m.position FROM messages m JOIN channels c ON c.id = m.channel "
      "WHERE m.id >= ?1 AND m.id < ?2 AND " PARLEY_THEIRS
      "AND m.type = 'chatMessage' AND json_extract(m.data, '$.deleted') IS NULL ORDER BY m.id");
  row.number(rows.from).number(rows.end).text(rows.user_id);
  std::vector<ErasedMessage> found;
  while (row.step()) found.push_back({row.string_at(0), row.number_at(1)});
  return found;
}

void leave_tombstones(Connection& connection, const Rows& rows) {
  auto erased = connection.query(
      "UPDATE messages AS m SET user_id = 'u_deleted', user_name = 'deleted', origin = '', extra = "
      "'', "
      "about = '', data = '{\"from\":\"deleted\",\"text\":\"\",\"deleted\":true}' "
      "WHERE m.id >= ?1 AND m.id < ?2 AND " PARLEY_THEIRS);
  erased.number(rows.from).number(rows.end).text(rows.user_id).run();
}

}  // namespace

Result<ErasedStep> Changes::erase_messages_of(std::string_view user_id, std::int64_t from_row,
                                              std::size_t rows) {
  return connection_.attempt([&]() -> Result<ErasedStep> {
    const Rows step{from_row, from_row + static_cast<std::int64_t>(rows), user_id};
    ErasedStep done;
    done.erased = readable(connection_, step);
    empty_changes(connection_, step);
    leave_tombstones(connection_, step);
    auto last = connection_.query("SELECT max(id) FROM messages");
    if (last.step() && last.number_at(0) >= step.end) done.next = step.end;
    return done;
  });
}

Result<std::vector<std::string>> Changes::erase_topics_of(std::string_view user_id) {
  return connection_.attempt([&]() -> Result<std::vector<std::string>> {
    std::vector<std::string> names;
    {
      auto row = connection_.query("SELECT name FROM channels WHERE topic_by = ? ORDER BY id");
      row.text(user_id);
      while (row.step()) names.push_back(row.string_at(0));
    }
    connection_.query("UPDATE channels SET topic = '', topic_by = '' WHERE topic_by = ?")
        .text(user_id)
        .run();
    connection_.query("UPDATE channels SET created_by = '' WHERE created_by = ?")
        .text(user_id)
        .run();
    return names;
  });
}

Status Changes::kv_erase_naming(std::string_view user_id) {
  const auto found = kv_naming(user_id);
  if (!found) return found.status();
  for (const auto& pair : *found) {
    if (Status status = kv_write(pair.plugin, {KvOp::erase(pair.key)}, {}); !status) return status;
  }
  return Status::ok();
}

}  // namespace parley::storage
