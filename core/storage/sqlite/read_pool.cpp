// SPDX-License-Identifier: Apache-2.0
#include "storage/sqlite/read_pool.h"

#include <algorithm>
#include <utility>

#include "storage/sqlite/queries.h"

namespace parley::storage {
namespace {

// A transaction around the job makes its queries agree with each other. When it cannot begin, the
// queries meet the same error and report it.
void run_in_snapshot(Connection& connection, const std::function<void(Reader&)>& job) {
  const auto statement = [&](std::string_view sql) {
    return connection.attempt([&] {
      connection.query(sql).run();
      return Status::ok();
    });
  };
  const bool began = statement("BEGIN").is_ok();
  Queries<Reader> reader(connection);
  job(reader);
  if (began && !statement("COMMIT").is_ok()) (void)statement("ROLLBACK");
}

}  // namespace

ReadPool::ReadPool(const StoreOptions& options) : options_(options) {
  const int count = std::max(1, options.limits.readers);
  for (int i = 0; i < count; ++i) {
    connections_.push_back(open());
    lendable_.push_back(open());
  }
  for (auto& connection : connections_) {
    threads_.emplace_back([this, &connection = *connection] { work(connection); });
  }
}

ReadPool::~ReadPool() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

std::unique_ptr<Connection> ReadPool::open() const {
  return std::make_unique<Connection>(options_.file, Connection::Mode::kRead,
                                      options_.limits.busy_timeout);
}

Status ReadPool::post(Store::ReadJob job) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() >= options_.limits.queue) {
      return Status::overloaded(
          "The database has too many queries waiting. Try again in a moment.");
    }
    queue_.push_back(std::move(job));
  }
  changed_.notify_all();
  return Status::ok();
}

void ReadPool::work(Connection& connection) {
  for (;;) {
    Store::ReadJob job;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) changed_.wait(mutex_);
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    run_in_snapshot(connection, [&](Reader& reader) { job(reader); });
  }
}

std::unique_ptr<Connection> ReadPool::borrow() {
  MutexLock lock(mutex_);
  while (lendable_.empty()) changed_.wait(mutex_);
  auto connection = std::move(lendable_.back());
  lendable_.pop_back();
  return connection;
}

void ReadPool::give_back(std::unique_ptr<Connection> connection) {
  {
    MutexLock lock(mutex_);
    lendable_.push_back(std::move(connection));
  }
  changed_.notify_all();
}

void ReadPool::run_blocking(const std::function<void(Reader&)>& job) {
  auto connection = borrow();
  run_in_snapshot(*connection, job);
  give_back(std::move(connection));
}

}  // namespace parley::storage
