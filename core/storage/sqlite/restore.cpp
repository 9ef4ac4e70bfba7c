// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include "storage/open_store.h"
#include "storage/sqlite/check_pages.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy_file.h"
#include "storage/sqlite/migrations.h"

namespace parley::storage {
namespace {

namespace fs = std::filesystem;

constexpr Millis kBusyTimeout{1'000};

Status no_backup(const std::string& file) {
  return Status::invalid_args(file +
                              " is no backup of Parley. Give a file that `parleyctl backup FILE` "
                              "wrote, or one that `sqlite3` recovered from a database of Parley. "
                              "Nothing was changed.");
}

// Every database of SQLite begins with these 16 bytes.
bool has_header(const fs::path& file) {
  constexpr std::string_view kHeader("SQLite format 3\0", 16);
  std::array<char, kHeader.size()> begin{};
  std::ifstream in(file, std::ios::binary);
  return in.read(begin.data(), begin.size()) &&
         std::string_view(begin.data(), begin.size()) == kHeader;
}

Result<int> check(Connection& connection, const fs::path& file) {
  const bool ours = connection.pragma("application_id") == kApplicationId;
  if (!ours) return no_backup(file.string());
  Result<int> version = schema_version(connection, newest_version());
  if (!version) return version;
  if (Status status = check_pages(connection, PageCheck::kFull, "Use another backup."); !status)
    return status;
  return version;
}

template <typename Action>
auto with_database(const fs::path& file, Action&& action)
    -> decltype(action(std::declval<Connection&>())) {
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return Status::not_found("There is no file " + file.string() +
                             ". Check the path. Nothing was changed.");
  if (!has_header(file)) return no_backup(file.string());
  try {
    Connection connection(file, Connection::Mode::kWrite, kBusyTimeout);
    return action(connection);
  } catch (const SQLite::Exception& error) {
    return describe(error, file.string());
  }
}

fs::path with_suffix(const fs::path& file, const std::string& suffix) {
  fs::path path = file;
  path += suffix;
  return path;
}

fs::path free_aside_name(const fs::path& file) {
  for (int n = 1;; ++n) {
    fs::path aside = with_suffix(file, ".replaced-" + std::to_string(n));
    if (!fs::exists(fs::symlink_status(aside))) return aside;
  }
}

// The old log must not lie beside the new file: SQLite would replay it into it. Normally it is
// folded into the old file; when that is too damaged for it, log and file are put aside together.
void put_log_aside(const fs::path& file, const fs::path& aside) {
  (void)with_database(file, [](Connection& connection) {
    return connection.attempt([&] {
      connection.pragma("wal_checkpoint(TRUNCATE)");
      return Status::ok();
    });
  });
  std::error_code ignored;
  fs::rename(with_suffix(file, "-wal"), with_suffix(aside, "-wal"), ignored);
  fs::remove(with_suffix(file, "-shm"), ignored);
}

Status replace(const fs::path& fresh, const fs::path& file, const fs::path& aside) {
  if (!aside.empty()) {
    put_log_aside(file, aside);
    if (link(file.c_str(), aside.c_str()) != 0) {
      return Status::internal("The old database could not be kept as " + aside.string() + ": " +
                              std::generic_category().message(errno) + ". Nothing was replaced.");
    }
  }
  std::error_code error;
  fs::rename(fresh, file, error);
  if (error)
    return Status::internal(file.string() + " could not be replaced: " + error.message() + ".");
  return sync_path(file.has_parent_path() ? file.parent_path() : fs::path("."));
}

}  // namespace

Result<int> check_database(const fs::path& file) {
  return with_database(file, [&file](Connection& connection) { return check(connection, file); });
}

Result<fs::path> restore_database(const fs::path& backup, const fs::path& file) {
  const fs::path fresh = with_suffix(file, ".restoring");
  const Status copied = with_database(backup, [&](Connection& connection) {
    const Result<int> version = check(connection, backup);
    return version ? copy_database(connection, fresh, Overwrite::kYes) : version.status();
  });
  if (!copied) return copied;
  const fs::path aside = fs::exists(file) ? free_aside_name(file) : fs::path();
  if (Status status = replace(fresh, file, aside); !status) return status;
  return aside;
}

}  // namespace parley::storage
