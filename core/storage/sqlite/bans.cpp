// SPDX-License-Identifier: Apache-2.0
// Who is kept out of which channel.
#include "storage/sqlite/changes.h"

namespace parley::storage {
namespace {

BanRecord ban_of(const Query& row) {
  return {.channel = row.string_at(0),
          .user_id = row.string_at(1),
          .by = row.string_at(2),
          .reason = row.string_at(3),
          .since = row.number_at(4),
          .until = row.number_at(5),
          .user_name = row.string_at(6),
          .by_name = row.string_at(7)};
}

}  // namespace

template <typename I>
Result<BanPage> Queries<I>::bans(const BanQuery& query) {
  return connection_.attempt([&]() -> Result<BanPage> {
    auto row = connection_.query(
        "SELECT b.channel, b.user_id, b.decided_by, b.reason, b.since, b.until, "
        "coalesce(u.name, ''), coalesce(m.name, b.decided_by) FROM bans b "
        "LEFT JOIN users u ON u.id = b.user_id LEFT JOIN users m ON m.id = b.decided_by "
        "WHERE (?1 = '' OR b.channel = ?1) AND (b.until = 0 OR b.until > ?2) "
        "AND (b.channel, b.user_id) > (?3, ?4) ORDER BY b.channel, b.user_id LIMIT ?5");
    row.text(query.channel).number(query.now).text(query.after_channel).text(query.after_user);
    row.number(limit_plus_one(query.limit));
    BanPage page;
    while (row.step()) {
      page.more = page.bans.size() == query.limit;
      if (page.more) break;
      page.bans.push_back(ban_of(row));
    }
    return page;
  });
}

Status Changes::put_ban(const BanRecord& ban) {
  return connection_.attempt([&] {
    auto row = connection_.query(
        "INSERT OR REPLACE INTO bans (channel, user_id, decided_by, reason, since, until) "
        "SELECT ?, id, ?, ?, ?, ? FROM users WHERE id = ?");
    row.text(ban.channel).text(ban.by).text(ban.reason).number(ban.since).number(ban.until);
    return row.text(ban.user_id).run() > 0 ? Status::ok()
                                           : Status::not_found("There is no such user.");
  });
}

Status Changes::delete_ban(std::string_view channel, std::string_view user_id) {
  return connection_.attempt([&] {
    auto row = connection_.query("DELETE FROM bans WHERE channel = ? AND user_id = ?");
    return row.text(channel).text(user_id).run() > 0
               ? Status::ok()
               : Status::not_found("They are not banned from that channel.");
  });
}

template Result<BanPage> Queries<Reader>::bans(const BanQuery&);
template Result<BanPage> Queries<Writer>::bans(const BanQuery&);

}  // namespace parley::storage
