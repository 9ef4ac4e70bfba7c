// SPDX-License-Identifier: Apache-2.0
// Looking at messages and channels.
#include <algorithm>
#include <limits>

#include "storage/sqlite/queries.h"

namespace parley::storage {
namespace {

// Every history statement ends alike, so that one function reads the row.
#define PARLEY_MESSAGE_COLUMNS                                                               \
  "SELECT m.position, m.ts, m.type, m.user_id, m.user_name, m.user_kind, m.data, m.origin, " \
  "m.extra "                                                                                 \
  "FROM messages m JOIN channels c ON c.id = m.channel WHERE c.name = ? "
#define PARLEY_CHANNEL_COLUMNS \
  "SELECT name, topic, created_at, created_by, last_offset FROM channels "

StoredMessage message_of(const Query& row, const std::string& channel) {
  StoredMessage message;
  message.channel = channel;
  message.offset = row.number_at(0);
  message.ts = row.number_at(1);
  message.type = row.string_at(2);
  message.user_id = row.string_at(3);
  message.user_name = row.string_at(4);
  message.user_kind = row.string_at(5);
  message.data_json = row.string_at(6);
  message.origin_json = row.string_at(7);
  message.extra_json = row.string_at(8);
  return message;
}

ChannelRecord channel_of(const Query& row) {
  return {row.string_at(0), row.string_at(1), row.number_at(2), row.string_at(3), row.number_at(4)};
}

HistoryPage read_page(Query& rows, const HistoryQuery& query) {
  HistoryPage page;
  while (rows.step()) {
    if (page.messages.size() == query.limit) {
      page.more = true;
      break;
    }
    page.messages.push_back(message_of(rows, query.channel));
  }
  if (!query.after) std::reverse(page.messages.begin(), page.messages.end());
  return page;
}

#define PARLEY_NO_CHANGES "AND m.type NOT IN ('chatEdited', 'chatDeleted') "

HistoryPage history_after(Connection& connection, const HistoryQuery& query) {
  auto rows = connection.query(query.changes ? PARLEY_MESSAGE_COLUMNS
                                   "AND m.position > ? ORDER BY m.position LIMIT ?"
                                             : PARLEY_MESSAGE_COLUMNS PARLEY_NO_CHANGES
                                   "AND m.position > ? ORDER BY m.position LIMIT ?");
  rows.text(query.channel).number(*query.after).number(limit_plus_one(query.limit));
  return read_page(rows, query);
}

HistoryPage history_before(Connection& connection, const HistoryQuery& query) {
  auto rows = connection.query(query.changes ? PARLEY_MESSAGE_COLUMNS
                                   "AND m.position < ? ORDER BY m.position DESC LIMIT ?"
                                             : PARLEY_MESSAGE_COLUMNS PARLEY_NO_CHANGES
                                   "AND m.position < ? ORDER BY m.position DESC LIMIT ?");
  const auto before = query.before.value_or(std::numeric_limits<std::int64_t>::max());
  rows.text(query.channel).number(before).number(limit_plus_one(query.limit));
  return read_page(rows, query);
}

}  // namespace

template <typename I>
Result<HistoryPage> Queries<I>::history(const HistoryQuery& query) {
  if (query.before && query.after) {
    return Status::invalid_args("Ask for messages before or after an offset, not both.");
  }
  return connection_.attempt([&]() -> Result<HistoryPage> {
    return query.after ? history_after(connection_, query) : history_before(connection_, query);
  });
}

template <typename I>
Result<StoredMessage> Queries<I>::message(std::string_view channel, std::int64_t offset) {
  return connection_.attempt([&]() -> Result<StoredMessage> {
    auto row = connection_.query(PARLEY_MESSAGE_COLUMNS "AND m.position = ?");
    if (!row.text(channel).number(offset).step()) return missing("message");
    return message_of(row, std::string(channel));
  });
}

template <typename I>
Result<std::int64_t> Queries<I>::read_mark(std::string_view user_id, std::string_view channel) {
  return connection_.attempt([&]() -> Result<std::int64_t> {
    auto row = connection_.query(
        "SELECT r.position FROM read_marks r JOIN channels c ON c.id = r.channel "
        "WHERE r.user_id = ? AND c.name = ?");
    if (!row.text(user_id).text(channel).step()) return missing("read mark");
    return row.number_at(0);
  });
}

template <typename I>
Result<ChannelRecord> Queries<I>::channel(std::string_view name) {
  return connection_.attempt([&]() -> Result<ChannelRecord> {
    auto row = connection_.query(PARLEY_CHANNEL_COLUMNS "WHERE name = ?");
    if (!row.text(name).step()) return missing("channel");
    return channel_of(row);
  });
}

template <typename I>
Result<std::vector<ChannelRecord>> Queries<I>::public_channels(std::string_view after,
                                                               std::size_t limit) {
  return connection_.attempt([&]() -> Result<std::vector<ChannelRecord>> {
    // Names of all other kinds hold a colon or begin with an @.
    auto row = connection_.query(PARLEY_CHANNEL_COLUMNS
                                 "WHERE name > ? AND name NOT GLOB '@*' AND instr(name, ':') = 0 "
                                 "ORDER BY name LIMIT ?");
    row.text(after).number(limit_plus_one(limit) - 1);
    std::vector<ChannelRecord> all;
    while (row.step()) all.push_back(channel_of(row));
    return all;
  });
}

template <typename I>
Result<std::vector<OwnMessage>> Queries<I>::messages_of(std::string_view user_id,
                                                        std::int64_t after_row, std::size_t limit) {
  return connection_.attempt([&]() -> Result<std::vector<OwnMessage>> {
    auto row = connection_.query(
        "SELECT m.id, c.name, m.position, m.ts, m.data FROM messages m JOIN channels c ON c.id = "
        "m.channel WHERE m.id > ? AND m.user_id = ? ORDER BY m.id LIMIT ?");
    row.number(after_row).text(user_id).number(static_cast<std::int64_t>(limit));
    std::vector<OwnMessage> messages;
    while (row.step()) {
      messages.push_back({row.number_at(0), row.string_at(1), row.number_at(2), row.number_at(3),
                          row.string_at(4)});
    }
    return messages;
  });
}

template Result<HistoryPage> Queries<Reader>::history(const HistoryQuery&);
template Result<HistoryPage> Queries<Writer>::history(const HistoryQuery&);
template Result<StoredMessage> Queries<Reader>::message(std::string_view, std::int64_t);
template Result<StoredMessage> Queries<Writer>::message(std::string_view, std::int64_t);
template Result<std::int64_t> Queries<Reader>::read_mark(std::string_view, std::string_view);
template Result<std::int64_t> Queries<Writer>::read_mark(std::string_view, std::string_view);
template Result<ChannelRecord> Queries<Reader>::channel(std::string_view);
template Result<ChannelRecord> Queries<Writer>::channel(std::string_view);
template Result<std::vector<ChannelRecord>> Queries<Reader>::public_channels(std::string_view,
                                                                             std::size_t);
template Result<std::vector<ChannelRecord>> Queries<Writer>::public_channels(std::string_view,
                                                                             std::size_t);
template Result<std::vector<OwnMessage>> Queries<Reader>::messages_of(std::string_view,
                                                                      std::int64_t, std::size_t);
template Result<std::vector<OwnMessage>> Queries<Writer>::messages_of(std::string_view,
                                                                      std::int64_t, std::size_t);

}  // namespace parley::storage
