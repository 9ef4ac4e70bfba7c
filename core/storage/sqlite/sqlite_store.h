// SPDX-License-Identifier: Apache-2.0
// Store on SQLite: one writer thread with group commit, a pool of readers beside it.
//
// The writer takes up to storage.batch waiting jobs, runs each in a savepoint of one transaction,
// commits, and only then answers them in order. When the transaction or its commit fails, every job
// of the batch is answered with that error, and the next batch starts afresh: nothing has to be
// restarted once there is space again.
#pragma once

#include <deque>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "storage/open_store.h"
#include "storage/sqlite/changes.h"
#include "storage/sqlite/connection.h"
#include "storage/sqlite/read_pool.h"
#include "storage/store.h"

namespace parley::storage {

class SqliteStore final : public Store {
 public:
  // The connection is open, in WAL mode and migrated. Throws SQLite::Exception when readers cannot
  // be opened.
  SqliteStore(const StoreOptions& options, std::unique_ptr<Connection> connection);
  ~SqliteStore() override;

  void write(WriteJob job, WriteDone done) override;
  Status read(ReadJob job) override { return readers_.post(std::move(job)); }
  void flush() override;
  StoreStats stats() const override;
  Status backup(const std::filesystem::path& file) override;

 protected:
  void run_blocking(const std::function<void(Reader&)>& job) override {
    readers_.run_blocking(job);
  }

 private:
  struct Item {
    WriteJob job;
    WriteDone done;
    Status answer;
  };

  void work();
  bool take(std::vector<Item>& batch);
  void run_batch(std::vector<Item>& batch);
  Status run_items(std::vector<Item>& batch);
  Status run_item(Item& item);
  Status statement(std::string_view sql);
  Status commit();
  void answer(std::vector<Item>& batch);

  const StoreOptions options_;
  const std::unique_ptr<Connection> connection_;  // writer thread only, once that runs
  Changes changes_;
  ReadPool readers_;

  mutable Mutex mutex_;
  CondVar changed_;
  std::deque<Item> queue_ PARLEY_GUARDED_BY(mutex_);
  bool stopping_ PARLEY_GUARDED_BY(mutex_) = false;
  std::uint64_t queued_ PARLEY_GUARDED_BY(mutex_) = 0;    // items ever taken in
  std::uint64_t answered_ PARLEY_GUARDED_BY(mutex_) = 0;  // items whose completion has returned
  StoreStats stats_ PARLEY_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace parley::storage
