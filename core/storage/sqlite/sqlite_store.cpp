// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/sqlite_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "storage/sqlite/copy_file.h"

namespace parley::storage {

SqliteStore::SqliteStore(const StoreOptions& options, std::unique_ptr<Connection> connection)
    : options_(options),
      connection_(std::move(connection)),
      changes_(*connection_),
      readers_(options) {
  thread_ = std::thread([this] { work(); });
}

SqliteStore::~SqliteStore() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SqliteStore::write(WriteJob job, WriteDone done) {
  {
    MutexLock lock(mutex_);
    if (!stopping_ && queue_.size() < options_.limits.queue) {
      queue_.push_back({std::move(job), std::move(done), Status()});
      ++queued_;
      changed_.notify_all();
      return;
    }
    ++stats_.refused;
  }
  if (done)
    done(Status::overloaded("The database has too many changes waiting. Try again in a moment."));
}

void SqliteStore::flush() {
  MutexLock lock(mutex_);
  const std::uint64_t until = queued_;
  while (answered_ < until) changed_.wait(mutex_);
}

StoreStats SqliteStore::stats() const {
  MutexLock lock(mutex_);
  StoreStats stats = stats_;
  stats.queue = queued_ - answered_;
  return stats;
}

Status SqliteStore::backup(const std::filesystem::path& file) {
  // A connection of its own: the copy of a large database takes a while, and reads go on meanwhile.
  std::unique_ptr<Connection> connection;
  try {
    connection = std::make_unique<Connection>(options_.file, Connection::Mode::kWrite,
                                              options_.limits.busy_timeout);
  } catch (const SQLite::Exception& error) {
    return describe(error, options_.file.string());
  }
  return copy_database(*connection, file, Overwrite::kNo);
}

void SqliteStore::work() {
  std::vector<Item> batch;
  while (take(batch)) {
    run_batch(batch);
    answer(batch);
  }
}

bool SqliteStore::take(std::vector<Item>& batch) {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) changed_.wait(mutex_);
  const std::size_t most = std::max<std::size_t>(1, options_.limits.batch);
  batch.clear();
  while (!queue_.empty() && batch.size() < most) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return !batch.empty();
}

void SqliteStore::run_batch(std::vector<Item>& batch) {
  Status status = statement("BEGIN IMMEDIATE");
  if (status.is_ok()) status = run_items(batch);
  if (status.is_ok()) status = commit();
  if (!status.is_ok()) {
    if (connection_->in_transaction()) (void)statement("ROLLBACK");
    for (Item& item : batch) item.answer = status;
  }
  MutexLock lock(mutex_);
  stats_.batches += status.is_ok() ? 1 : 0;
  stats_.last_error = status.message();
}

Status SqliteStore::run_items(std::vector<Item>& batch) {
  for (Item& item : batch) {
    if (Status status = run_item(item); !status) return status;
  }
  return Status::ok();
}

// An error returned here is the batch's; the item's own stays in its answer.
Status SqliteStore::run_item(Item& item) {
  if (Status status = statement("SAVEPOINT item"); !status) return status;
  item.answer = connection_->attempt([&] { return item.job(changes_); });
  // Some errors (a full disk, say) make SQLite roll back everything by itself: then nobody's change
  // is left.
  if (!connection_->in_transaction()) {
    return item.answer.is_ok() ? Status::internal("The transaction ended early.") : item.answer;
  }
  if (!item.answer.is_ok()) {
    if (Status status = statement("ROLLBACK TO item"); !status) return status;
  }
  return statement("RELEASE item");
}

Status SqliteStore::statement(std::string_view sql) {
  return connection_->attempt([&] {
    connection_->query(sql).run();
    return Status::ok();
  });
}

Status SqliteStore::commit() {
  const auto start = std::chrono::steady_clock::now();
  Status status = statement("COMMIT");
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  MutexLock lock(mutex_);
  stats_.last_commit_us = took.count();
  stats_.max_commit_us = std::max<std::int64_t>(stats_.max_commit_us, took.count());
  return status;
}

void SqliteStore::answer(std::vector<Item>& batch) {
  std::uint64_t good = 0;
  const std::uint64_t count = batch.size();
  for (Item& item : batch) {
    good += item.answer.is_ok() ? 1 : 0;
    if (item.done) item.done(std::move(item.answer));
  }
  batch.clear();
  MutexLock lock(mutex_);
  answered_ += count;
  stats_.items += good;
  stats_.failures += count - good;
  changed_.notify_all();
}

}  // namespace parley::storage
