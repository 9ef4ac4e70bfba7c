// SPDX-License-Identifier: Apache-2.0
// Shards that run when told to, links that record, and a store that commits when told to.
#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "session/channels.h"
#include "session/link.h"
#include "session/pusher.h"
#include "session/session_keeper.h"
#include "session/session_registry.h"
#include "session/shard_set.h"
#include "storage/open_store.h"
#include "storage/store.h"
#include "support/temp_folder.h"

namespace parley::session {

inline thread_local int g_current_shard = -1;
inline int current_shard() {
  return g_current_shard;
}

// Tasks wait until run(); the calling thread is the shard meanwhile.
class FakeShard final : public Executor {
 public:
  explicit FakeShard(int index) : index_(index) {}
  void post(Task task) override {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  bool run_one() {
    Task task;
    {
      const std::lock_guard lock(mutex_);
      if (tasks_.empty()) return false;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    on([&] { task(); });
    return true;
  }
  void run() {
    while (run_one()) {
    }
  }
  void on(const std::function<void()>& work) {
    const int before = std::exchange(g_current_shard, index_);
    work();
    g_current_shard = before;
  }

 private:
  const int index_;
  std::mutex mutex_;
  std::deque<Task> tasks_;
};

struct FakeLink final : Link {
  net::SendResult send(std::string_view json) override { return keep(json); }
  net::SendResult send(const net::SharedFrame& frame, bool volatile_) override {
    if (volatile_ && behind) return net::SendResult::kDropped;
    return keep(frame.payload());
  }
  void close(std::uint16_t code, std::string_view) override {
    if (close_code == 0) close_code = code;
  }
  std::size_t queued_bytes() const override { return 17; }
  std::string peer_address() const override { return "192.0.2.7"; }
  std::uint64_t connection_id() const override { return 1; }

  net::SendResult keep(std::string_view json) {
    if (close_code != 0) return net::SendResult::kClosed;
    frames.emplace_back(json);
    return crowded ? net::SendResult::kCrowded : net::SendResult::kSent;
  }
  bool got(std::string_view part) const { return count(part) > 0; }
  int count(std::string_view part) const {
    int found = 0;
    for (const auto& frame : frames) found += frame.find(part) != std::string::npos ? 1 : 0;
    return found;
  }
  // Offsets of the frames of a channel that were pushed, in the order they came.
  std::vector<std::int64_t> offsets(std::string_view channel) const {
    std::vector<std::int64_t> all;
    const std::string where = "\"channel\":\"" + std::string(channel) + "\"";
    for (const auto& frame : frames) {
      const auto at = frame.find("\"offset\":");
      const bool pushed = frame.rfind("{\"type\":\"chatMessage\"", 0) == 0;
      if (pushed && at != std::string::npos && frame.find(where) != std::string::npos) {
        all.push_back(std::stoll(frame.substr(at + 9)));
      }
    }
    return all;
  }

  std::vector<std::string> frames;
  std::uint16_t close_code = 0;
  bool behind = false;
  bool crowded = false;  // takes everything, and says that too much waits
};

// The real store, except that writes commit and reads run only when told to.
class GatedStore final : public storage::Store {
 public:
  explicit GatedStore(storage::Store& real) : real_(real) {}

  void write(WriteJob job, WriteDone done) override {
    if (refuse) return done ? done(Status::overloaded("full")) : void();
    writes_.push_back({std::move(job), std::move(done)});
  }
  Status read(ReadJob job) override {
    if (refuse) return Status::overloaded("full");
    reads_.push_back(std::move(job));
    return Status::ok();
  }
  void flush() override { commit(); }
  storage::StoreStats stats() const override { return {}; }
  Status backup(const std::filesystem::path&) override { return Status::internal("not here"); }

  // Commits what waits, one after the other; returns how many.
  int commit() {
    int done = 0;
    for (; commit_one(); ++done) {
    }
    return done;
  }
  bool commit_one() {
    if (writes_.empty()) return false;
    auto [job, done] = std::move(writes_.front());
    writes_.pop_front();
    Status status = fail ? Status::internal("disk full") : real_.write_blocking(std::move(job));
    if (done) done(std::move(status));
    return true;
  }
  bool read_one() {
    if (reads_.empty()) return false;
    ReadJob job = std::move(reads_.front());
    reads_.pop_front();
    return real_.read_blocking([&](storage::Reader& reader) {
      job(reader);
      return true;
    });
  }
  std::size_t waiting_reads() const { return reads_.size(); }

  bool refuse = false;
  bool fail = false;

 private:
  void run_blocking(const std::function<void(storage::Reader&)>& job) override {
    real_.read_blocking([&](storage::Reader& reader) {
      job(reader);
      return true;
    });
  }

  storage::Store& real_;
  std::deque<std::pair<WriteJob, WriteDone>> writes_;
  std::deque<ReadJob> reads_;
};

struct TempStore {
  TempStore() {
    auto opened = storage::open_store({.file = folder.path("test.db")});
    if (!opened) throw std::runtime_error(opened.status().message());
    store = std::move(opened).value();
  }
  TempFolder folder;
  std::unique_ptr<storage::Store> store;
};

inline UserPtr person(std::string id, std::string name, std::vector<std::string> roles = {"user"}) {
  return std::make_shared<users::User>(
      users::User{std::move(id), std::move(name), "user", std::move(roles)});
}

// Two shards, a gated store, and everything above them.
struct World {
  explicit World(config::Config with = defaults()) : config(std::move(with)) {}

  static config::Config defaults() {
    config::Config config;
    config.limits.connections_per_user = 3;
    return config;
  }

  struct Client {
    FakeLink link;
    Session* session = nullptr;
    int shard = 0;
    bool welcomed = false;
    std::vector<protocol::ChannelPosition> positions;
  };

  // Opened and attached, but nothing has been read: run() makes it ready.
  Client& connect(int shard, UserPtr user) {
    Client& client = *clients.emplace_back(std::make_unique<Client>());
    client.shard = shard;
    on(shard, [&] {
      auto opened = registry.open(client.link, std::move(user), {.name = "web", .locale = "ru-RU"});
      if (!opened) return;
      client.session = *opened;
      channels.attach(*client.session, [this, &client](auto positions) {
        client.positions = std::move(positions);
        client.link.send(R"({"type":"welcome"})");
        client.welcomed = true;
        registry.ready(*client.session);
      });
    });
    return client;
  }
  Client& enter(int shard, UserPtr user) {
    Client& client = connect(shard, std::move(user));
    run();
    return client;
  }
  void on(int shard, const std::function<void()>& work) {
    shards[static_cast<std::size_t>(shard)]->on(work);
  }
  void on(Client& client, const std::function<void(Session&)>& work) {
    on(client.shard, [&] { work(*client.session); });
  }
  // Until nothing is left to do anywhere.
  void run() {
    for (bool busy = true; busy;) {
      busy = store.read_one();
      busy |= store.commit_one();
      for (auto& shard : shards) busy |= shard->run_one();
    }
  }
  void run_shards() {
    for (auto& shard : shards) shard->run();
  }

  void say(const Client& author, std::string channel, std::string text) {
    channels.publish({.channel = std::move(channel),
                      .user = author_of(*author.session->user()),
                      .data_json = "{\"text\":\"" + text + "\"}"},
                     [this](Result<std::int64_t> offset) { stored.push_back(std::move(offset)); });
  }
  // Writes `subscribed …` into the client's link when it is answered, as the command would.
  void subscribe(Client& client, std::string channel, SubscribeOptions options = {}) {
    on(client, [&](Session& session) {
      channels.subscribe(session, channel, options, [&client](Result<Subscribed> answer) {
        client.link.send(answer ? "subscribed " + answer->data_json()
                                : "refused " + answer.status().message());
      });
    });
  }
  void leave(Client& client, const std::string& channel) {
    on(client,
       [&](Session& session) { static_cast<void>(channels.unsubscribe(session, channel)); });
  }
  void close(Client& client) {
    on(client, [&](Session& session) { registry.close(session, "gone"); });
  }

  config::Config config;
  ManualClock clock;
  TempStore disk;
  GatedStore store{*disk.store};
  std::vector<std::unique_ptr<FakeShard>> shards = make_shards();
  ShardSet set{{shards[0].get(), shards[1].get()}, &current_shard};
  ChannelRights rights;
  SessionRegistry registry{set, clock, config};
  Channels channels{registry, store, rights, clock, config};
  SessionKeeper keeper{registry, store, clock, config};
  Pusher pusher{registry, channels};
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<Result<std::int64_t>> stored;

 private:
  static std::vector<std::unique_ptr<FakeShard>> make_shards() {
    std::vector<std::unique_ptr<FakeShard>> made;
    for (int i = 0; i < 2; ++i) made.push_back(std::make_unique<FakeShard>(i));
    return made;
  }
};

}  // namespace parley::session
