// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <thread>

#include <pthread.h>

#include "net/shard.h"

namespace parley::net {

struct ShardPool::Threads {
  std::vector<std::thread> running;
};

ShardPool::ShardPool(Options options) : options_(options), threads_(std::make_unique<Threads>()) {
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int count = options_.count > 0 ? options_.count : cores;
  for (int i = 0; i < count; ++i) {
    shards_.push_back(std::make_unique<Shard>(i, *options_.clock));
  }
}

ShardPool::~ShardPool() {
  stop();
  join();
}

void ShardPool::start() {
  for (auto& shard : shards_) {
    threads_->running.emplace_back([this, &shard = *shard] {
      if (options_.pin) {
        cpu_set_t cores;
        CPU_ZERO(&cores);
        CPU_SET(static_cast<unsigned>(shard.index()) % std::thread::hardware_concurrency(), &cores);
        ::pthread_setaffinity_np(::pthread_self(), sizeof cores, &cores);
      }
      shard.run();
    });
  }
}

void ShardPool::begin_drain(Millis grace) {
  for (auto& shard : shards_) shard->post([&shard = *shard, grace] { shard.drain(grace); });
}

void ShardPool::stop() {
  for (auto& shard : shards_) shard->post([&shard = *shard] { shard.stopping_ = true; });
}

void ShardPool::join() {
  for (std::thread& thread : threads_->running) {
    if (thread.joinable()) thread.join();
  }
}

std::uint64_t ShardPool::connections() const {
  std::uint64_t open = 0;
  for (const auto& shard : shards_) open += shard->stats().connections.get();
  return open;
}

}  // namespace parley::net
