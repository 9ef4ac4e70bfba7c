// SPDX-License-Identifier: Apache-2.0
#include "storage/open_store.h"

#include <chrono>
#include <string>

#include "base/log.h"
#include "storage/sqlite/check_pages.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/copy_file.h"
#include "storage/sqlite/migrations.h"
#include "storage/sqlite/sqlite_store.h"

namespace parley::storage {
namespace {

constexpr int kStatementLogLimit =
    64 * 1024 * 1024;  // the write-ahead log shrinks to this after a burst

// Damage deep in the file would otherwise be found by whoever asks for what stood there.
Status check(Connection& connection, const std::string& how) {
  if (how == "off") return Status::ok();
  const auto begin = std::chrono::steady_clock::now();
  const Status status = check_pages(
      connection, how == "full" ? PageCheck::kFull : PageCheck::kQuick,
      "Put a backup in its place with `parleyctl restore FILE`. Without one: `sqlite3 FILE "
      ".recover` "
      "saves what can still be read, and storage.check: off lets the server start regardless.");
  const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - begin);
  if (status.is_ok())
    log::info("storage", "{} is sound ({} check, {} ms)", connection.label(), how, took.count());
  return status;
}

Status prepare(Connection& connection, const StoreOptions& options) {
  if (connection.read_only()) {
    return Status::internal(
        "The database " + connection.label() +
        " may only be read. Give the server's user the right to write it and its folder.");
  }
  // The version is asked first: it reads the file's header, so that a file that is something else
  // is not touched.
  const Result<int> version = schema_version(connection, newest_version());
  if (!version) return version.status();
  if (*version > 0) {
    if (Status status = check(connection, options.limits.check); !status) return status;
  }
  connection.exec("PRAGMA journal_mode = WAL");
  connection.exec("PRAGMA synchronous = FULL");
  connection.exec("PRAGMA journal_size_limit = " + std::to_string(kStatementLogLimit));
  connection.exec("PRAGMA foreign_keys = ON");
  if (Status status = migrate(connection, options.file, migrations()); !status) return status;
  if (options.max_pages > 0)
    connection.pragma("max_page_count = " + std::to_string(options.max_pages));
  return Status::ok();
}

Status with_path(const Status& status, const std::filesystem::path& file) {
  return {status.code(), status.message() + " (" + file.string() + ")"};
}

}  // namespace

StoreOptions store_options(const config::Config& config) {
  return {std::filesystem::path(config.state_dir) / config.storage.file, config.storage, 0};
}

Result<std::unique_ptr<Store>> open_store(const StoreOptions& options) {
  if (Status status = make_private_file(options.file); !status) return status;
  try {
    auto connection = std::make_unique<Connection>(options.file, Connection::Mode::kWrite,
                                                   options.limits.busy_timeout);
    if (Status status = prepare(*connection, options); !status)
      return with_path(status, options.file);
    return std::unique_ptr<Store>(std::make_unique<SqliteStore>(options, std::move(connection)));
  } catch (const SQLite::Exception& error) {
    return with_path(describe(error, options.file.filename().string()), options.file);
  }
}

}  // namespace parley::storage
