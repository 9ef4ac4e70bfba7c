// SPDX-License-Identifier: Apache-2.0
// Real threads: several authors, two shards whose sessions come and go, and the real store.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "unit/session/fakes.h"

namespace parley::session {
namespace {

class ThreadShard final : public Executor {
 public:
  explicit ThreadShard(int index) : thread_([this, index] { loop(index); }) {}
  ~ThreadShard() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  void post(Task task) override {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void loop(int index) {
    g_current_shard = index;
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

std::vector<std::int64_t> offsets_in(const std::string& messages_json) {
  std::vector<std::int64_t> all;
  for (std::size_t at = 0; (at = messages_json.find("\"offset\":", at)) != std::string::npos;) {
    all.push_back(std::stoll(messages_json.substr(at += 9)));
  }
  return all;
}

// A session that joins with everything since the beginning, listens for a while, leaves, and joins
// again with everything since the last it saw: what it saw must be 1, 2, 3 … without gap or double.
struct Listener {
  FakeLink link;
  Session* session = nullptr;
  std::int64_t last = 0;
  int rounds = 0;
  std::atomic<std::int64_t> seen{0};
  std::atomic<bool> broken{false};

  void take(std::int64_t offset) {
    if (offset != last + 1) broken = true;
    last = offset;
    seen = last;
  }
  void take_pushed() {
    for (const std::int64_t offset : link.offsets("news")) take(offset);
    link.frames.clear();
  }
};

TEST(ChannelsStress, NoGapAndNoDoubleWhileManyWriteAndJoin) {
  constexpr int kAuthors = 3;
  constexpr int kEach = 700;
  constexpr int kListeners = 4;
  TempStore disk;
  SystemClock clock;
  config::Config config;
  config.channels.history_max = kAuthors * kEach;
  config.outbox.hard_cap = 16 << 20;
  // Shards end before everything they use.
  std::vector<std::unique_ptr<Listener>> listeners;
  ChannelRights rights;
  std::unique_ptr<SessionRegistry> registry;
  std::unique_ptr<Channels> channels;
  auto shard0 = std::make_unique<ThreadShard>(0);
  auto shard1 = std::make_unique<ThreadShard>(1);
  ShardSet set({shard0.get(), shard1.get()}, &current_shard);
  registry = std::make_unique<SessionRegistry>(set, clock, config);
  channels = std::make_unique<Channels>(*registry, *disk.store, rights, clock, config);

  std::atomic<bool> stop{false};
  std::atomic<int> joins{0};
  std::function<void(Listener&)> join = [&](Listener& listener) {
    ++joins;
    channels->subscribe(*listener.session, "news", {.since = listener.last},
                        [&listener](Result<Subscribed> answer) {
                          if (!answer || !answer->recovered) {
                            listener.broken = true;
                            return;
                          }
                          for (const auto offset : offsets_in(answer->messages_json)) {
                            listener.take(offset);
                          }
                          if (listener.last != answer->offset) listener.broken = true;
                        });
  };
  std::function<void(Listener&)> live = [&](Listener& listener) {
    listener.take_pushed();
    if (stop) return;
    const bool joined = channels->subscribed(*listener.session, "news") &&
                        !listener.session->subscriptions().back().joining;
    if (joined && ++listener.rounds % 40 == 0) {
      ASSERT_TRUE(channels->unsubscribe(*listener.session, "news").is_ok());
      join(listener);
    }
    std::this_thread::yield();
    set.post(current_shard(), [&] { live(listener); });
  };
  for (int i = 0; i < kListeners; ++i) {
    Listener& listener = *listeners.emplace_back(std::make_unique<Listener>());
    set.post(i % 2, [&, i] {
      auto opened = registry->open(listener.link, person("u_l" + std::to_string(i), "L"), {});
      listener.session = *opened;
      registry->ready(*listener.session);
      join(listener);
      live(listener);
    });
  }
  std::atomic<int> failed{0};
  std::vector<std::thread> authors;
  for (int a = 0; a < kAuthors; ++a) {
    authors.emplace_back([&] {
      for (int i = 0; i < kEach; ++i) {
        channels->publish({.channel = "news"},
                          [&](Result<std::int64_t> offset) { failed += offset.is_ok() ? 0 : 1; });
        if (i % 10 == 0) std::this_thread::yield();
      }
    });
  }
  for (auto& author : authors) author.join();
  disk.store->flush();

  const auto everything_seen = [&] {
    if (joins < 5 * kListeners) return false;
    for (auto& listener : listeners) {
      if (listener->seen != kAuthors * kEach && !listener->broken) return false;
    }
    return true;
  };
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!everything_seen() && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::yield();
  }
  stop = true;
  disk.store->flush();
  shard0.reset();
  shard1.reset();
  EXPECT_EQ(failed, 0);
  EXPECT_GE(joins, 5 * kListeners);
  for (auto& listener : listeners) {
    EXPECT_FALSE(listener->broken);
    EXPECT_EQ(listener->seen, kAuthors * kEach);
  }
}

}  // namespace
}  // namespace parley::session
