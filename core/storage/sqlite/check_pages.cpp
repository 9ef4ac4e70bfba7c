// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/check_pages.h"

#include <string>

#include "storage/sqlite/connection.h"

namespace parley::storage {
namespace {

Status damaged(const Connection& connection, const std::string& found, std::string_view advice) {
  return Status::internal("The database " + connection.label() + " is damaged (" + found + "). " +
                          std::string(advice));
}

// SQLite's report has a heading and several lines; the last word of it says enough.
std::string last_line(const std::string& report) {
  const auto end = report.find_last_not_of('\n');
  if (end == report.npos) return report;
  const auto begin = report.rfind('\n', end);
  return report.substr(begin == report.npos ? 0 : begin + 1, end - (begin + 1) + 1);
}

}  // namespace

Status check_pages(Connection& connection, PageCheck how, std::string_view advice) {
  try {
    auto query = connection.query(how == PageCheck::kFull ? "PRAGMA integrity_check(1)"
                                                          : "PRAGMA quick_check(1)");
    query.step();
    const std::string found = query.string_at(0);
    return found == "ok" ? Status::ok() : damaged(connection, last_line(found), advice);
  } catch (const SQLite::Exception& error) {
    if (!is_damage(error)) return describe(error, connection.label());
    return damaged(connection, error.what(), advice);
  }
}

}  // namespace parley::storage
