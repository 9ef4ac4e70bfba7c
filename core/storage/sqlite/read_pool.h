// SPDX-License-Identifier: Apache-2.0
// Reader connections: threads that take queued jobs, and a few connections lent to callers that may
// block.
//
// A job sees one snapshot of the database. Thread: any. Lifetime: the destructor runs what is
// queued and joins.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "storage/open_store.h"
#include "storage/sqlite/connection.h"

namespace parley::storage {

class ReadPool {
 public:
  // Throws SQLite::Exception when a connection cannot be opened.
  explicit ReadPool(const StoreOptions& options);
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  Status post(Store::ReadJob job);
  void run_blocking(const std::function<void(Reader&)>& job);

 private:
  std::unique_ptr<Connection> open() const;
  void work(Connection& connection);
  std::unique_ptr<Connection> borrow();
  void give_back(std::unique_ptr<Connection> connection);

  const StoreOptions options_;
  Mutex mutex_;
  CondVar changed_;
  std::deque<Store::ReadJob> queue_ PARLEY_GUARDED_BY(mutex_);
  bool stopping_ PARLEY_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Connection>> lendable_ PARLEY_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::thread> threads_;
};

}  // namespace parley::storage
