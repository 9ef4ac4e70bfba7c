// SPDX-License-Identifier: Apache-2.0
// One connection to the database file, with its prepared statements, and what its errors mean.
//
// Ownership: a Connection owns its statements; a Query borrows one and resets it when it goes.
// Thread: one at a time. Failure: SQLite::Exception inside, turned into a Status with a sentence by
// attempt().
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/clock.h"
#include "base/status.h"

namespace parley::storage {

// The sentence for an error of SQLite. `label` is how the file is called in it.
Status describe(const SQLite::Exception& error, std::string_view label);

bool is_damage(const SQLite::Exception& error);
bool is_lack_of_space(const SQLite::Exception& error);  // or a write that failed

// A prepared statement in use. Parameters are bound in order, columns read by index.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& text(std::string_view value);
  Query& text_ref(const std::string& value);  // not copied: `value` outlives the query
  Query& blob(std::string_view value);
  Query& number(std::int64_t value);

  bool step() { return statement_.executeStep(); }
  int run();  // to the end; the number of rows changed
  std::string string_at(int column) const { return statement_.getColumn(column).getString(); }
  std::int64_t number_at(int column) const { return statement_.getColumn(column).getInt64(); }

 private:
  SQLite::Statement& statement_;
  int bound_ = 0;
};

class Connection {
 public:
  enum class Mode { kWrite, kRead };

  // Throws SQLite::Exception. kWrite makes the file when it is missing.
  Connection(const std::filesystem::path& file, Mode mode, Millis busy_timeout);

  // `sql` is a literal: it is the key under which the prepared statement is kept.
  Query query(std::string_view sql);
  // Statements without results, not kept.
  void exec(const std::string& sql) { database_.exec(sql); }
  std::int64_t pragma(const std::string& name);

  bool in_transaction() const;
  bool read_only() const;
  const std::string& label() const { return label_; }

  // Runs `action`, which returns a Status or a Result, and turns what it throws into one.
  template <typename Action>
  auto attempt(Action&& action) const -> decltype(action()) {
    try {
      return action();
    } catch (const SQLite::Exception& error) {
      return describe(error, label_);
    } catch (const std::exception& error) {
      return Status::internal(std::string("The database job failed: ") + error.what());
    }
  }

 private:
  std::string label_;
  SQLite::Database database_;
  std::unordered_map<std::string_view, std::unique_ptr<SQLite::Statement>> statements_;
};

}  // namespace parley::storage
