// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/connection.h"

#include <sqlite3.h>

namespace parley::storage {
namespace {

constexpr int kPrimaryCode = 0xff;  // SQLite keeps details in the higher bits

int open_flags(Connection::Mode mode) {
  // Readers open for writing too: in WAL mode they must be able to make the shared-memory file.
  // query_only holds them to reading.
  const int flags = SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX;
  return mode == Connection::Mode::kWrite ? flags | SQLite::OPEN_CREATE : flags;
}

const char* data_or_empty(std::string_view value) {
  return value.data() ? value.data() : "";
}

}  // namespace

Status describe(const SQLite::Exception& error, std::string_view label) {
  const std::string file(label);
  switch (error.getErrorCode() & kPrimaryCode) {
    case SQLITE_FULL:
      return Status::internal(
          "The disk that holds " + file +
          " is full, so nothing was stored. Free some space; writing goes on by itself.");
    case SQLITE_IOERR:
      return Status::internal("Reading or writing " + file + " failed (" + error.what() +
                              "), so nothing was stored. Check the disk and its free space.");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return Status::internal(
          "The database " + file +
          " cannot be opened for writing. Check that its folder exists and that the server's "
          "user may write there.");
    case SQLITE_CORRUPT:
      return Status::internal(
          "The database " + file +
          " is damaged. Stop the server and put a backup in its place with `parleyctl restore`.");
    case SQLITE_NOTADB:
      return Status::internal(
          "The file " + file +
          " is not a database. Move it away, or set storage.file to another name.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Status::internal("The database " + file +
                              " is locked by another program. Close that program and try again.");
    case SQLITE_CONSTRAINT:
      return Status::conflict("What was to be stored contradicts what is there already (" +
                              std::string(error.what()) + ").");
    case SQLITE_TOOBIG:
      return {ErrorCode::kTooLarge, "The value is larger than the database can hold."};
    default:
      return Status::internal("The database " + file + " reported: " + error.what() + ".");
  }
}

bool is_damage(const SQLite::Exception& error) {
  return (error.getErrorCode() & kPrimaryCode) == SQLITE_CORRUPT;
}

bool is_lack_of_space(const SQLite::Exception& error) {
  const int code = error.getErrorCode() & kPrimaryCode;
  return code == SQLITE_FULL || code == SQLITE_IOERR;
}

Query::~Query() {
  statement_.tryReset();
  try {
    statement_.clearBindings();
  } catch (const SQLite::Exception&) {  // the next user binds every parameter anyway
  }
}

Query& Query::text(std::string_view value) {
  statement_.bind(++bound_, std::string(value));
  return *this;
}

Query& Query::text_ref(const std::string& value) {
  statement_.bindNoCopy(++bound_, value);
  return *this;
}

Query& Query::blob(std::string_view value) {
  statement_.bind(++bound_, static_cast<const void*>(data_or_empty(value)),
                  static_cast<int>(value.size()));
  return *this;
}

Query& Query::number(std::int64_t value) {
  statement_.bind(++bound_, value);
  return *this;
}

int Query::run() {
  while (statement_.executeStep()) {
  }
  return statement_.getChanges();
}

Connection::Connection(const std::filesystem::path& file, Mode mode, Millis busy_timeout)
    : label_(file.filename().string()),
      database_(file.string(), open_flags(mode), static_cast<int>(busy_timeout.count())) {
  if (mode == Mode::kRead) database_.exec("PRAGMA query_only = 1");
}

Query Connection::query(std::string_view sql) {
  auto& statement = statements_[sql];
  if (!statement) statement = std::make_unique<SQLite::Statement>(database_, std::string(sql));
  return Query(*statement);
}

std::int64_t Connection::pragma(const std::string& name) {
  return database_.execAndGet("PRAGMA " + name).getInt64();
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(database_.getHandle()) == 0;
}

bool Connection::read_only() const {
  return sqlite3_db_readonly(database_.getHandle(), "main") == 1;
}

}  // namespace parley::storage
