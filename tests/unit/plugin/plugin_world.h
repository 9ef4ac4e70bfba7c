// SPDX-License-Identifier: Apache-2.0
// The plugin side of a server put together as core/server.cpp does it, without a network: one real shard, a real database, real
// workers, and clients that talk to the dispatcher through a link that records. The clock of deadlines and budgets stands still until
// the test moves it; timers tick in real time.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/core_commands.h"
#include "command/dispatcher.h"
#include "command/key_ledger.h"
#include "net/shard.h"
#include "plugin/event_bus.h"
#include "plugin/file_watcher.h"
#include "plugin/life_call.h"
#include "plugin/message_pipeline.h"
#include "plugin/plugin_manager.h"
#include "plugin/plugin_metrics.h"
#include "plugin/worker_pool.h"
#include "session/channels.h"
#include "session/link.h"
#include "session/pusher.h"
#include "session/session.h"
#include "session/session_keeper.h"
#include "session/session_registry.h"
#include "storage/open_store.h"
#include "support/temp_folder.h"
#include "users/accounts.h"
#include "users/blocks.h"
#include "users/token_service.h"
#include "waiting.h"

namespace parley::plugin {

namespace fs = std::filesystem;

// The suite is built twice: test_plugin has the plugins in its own process, test_plugin_in_child in children (isolation: process).
#ifdef PARLEY_PLUGINS_IN_CHILD
inline constexpr bool kInChild = true;
#else
inline constexpr bool kInChild = false;
#endif

// This one and its children, as /proc calls them.
inline std::vector<std::string> processes() {
  std::vector<std::string> all{"self"};
  std::error_code error;
  for (const auto& thread : fs::directory_iterator("/proc/self/task", error)) {
    std::ifstream children(thread.path() / "children");
    for (std::string pid; children >> pid;) all.push_back(pid);
  }
  return all;
}

class RecordingLink final : public session::Link {
 public:
  explicit RecordingLink(std::uint64_t id) : id_(id) {}
  net::SendResult send(std::string_view json) override {
    const std::lock_guard lock(mutex_);
    frames_.emplace_back(json);
    came_.notify_all();
    return net::SendResult::kSent;
  }
  net::SendResult send(const net::SharedFrame& frame, bool) override {
    return send(frame.payload());
  }
  void close(std::uint16_t, std::string_view) override {}
  std::size_t queued_bytes() const override { return 0; }
  std::string peer_address() const override { return "192.0.2.7"; }
  std::uint64_t connection_id() const override { return id_; }

  // The first frame with that text in it, taken out; what came in vain when it does not come in time.
  std::string await(std::string_view part, Millis at_most = Millis(20'000)) {
    std::unique_lock lock(mutex_);
    std::string found;
    const bool came = came_.wait_for(lock, at_most, [&] {
      for (auto it = frames_.begin(); it != frames_.end(); ++it) {
        if (it->find(part) == std::string::npos) continue;
        found = *it;
        frames_.erase(it);
        return true;
      }
      return false;
    });
    if (came) return found;
    found = "no frame with " + std::string(part) + "; there are:";
    for (const auto& frame : frames_) found += "\n" + frame;
    return found;
  }
  bool has(std::string_view part) {
    const std::lock_guard lock(mutex_);
    for (const auto& frame : frames_) {
      if (frame.find(part) != std::string::npos) return true;
    }
    return false;
  }

 private:
  const std::uint64_t id_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> frames_;
};

class World {
 public:
  explicit World(config::Config with = quick(), const std::string& host = PARLEY_HOST_PROGRAM)
      : config_(std::make_shared<const config::Config>(std::move(with))) {
    ::setenv("PARLEY_FIXTURE_TRACE", (folder_ / "trace").c_str(), 1);
    ::setenv("PARLEY_FIXTURE_GATE", (folder_ / "gate").c_str(), 1);
    if (::mkfifo((folder_ / "gate").c_str(), 0600) != 0)
      throw std::runtime_error("cannot make the fixtures' gate");
    for (const char* name : {"plugins", "plugins.d", "state"})
      fs::create_directories(folder_ / name);
    fs::permissions(folder_ / "plugins", fs::perms::owner_all);
    store_ = or_throw(storage::open_store({.file = folder_ / "state" / "parley.db", .limits = {}}));
    accounts_.emplace(*store_, hasher_, guard_, clock_, users::accounts_options(*config_));
    users::KeyRing ring;
    if (const auto added = ring.add({.kid = "test", .secret = std::string(32, 'k')}); !added)
      throw std::runtime_error(added.message());
    tokens_.emplace(*store_, clock_, std::move(ring), config_->auth, storage::Revocations{});
    blocks_ = std::move(users::Blocks::open(*store_, 100).value());
    sessions_.emplace(set_, clock_, *config_);
    channels_.emplace(*sessions_, *store_, rights_, clock_, *config_);
    keeper_.emplace(*sessions_, *store_, clock_, *config_);
    pusher_.emplace(*sessions_, *channels_);
    keys_.emplace(*store_, clock_, *config_);
    dispatcher_.emplace(
        command::DispatcherDeps{set_, *sessions_, *channels_, *keeper_, commands_, *keys_, clock_},
        *config_);
    if (const auto core = command::publish_core_commands({*dispatcher_, commands_, *sessions_,
                                                          *channels_, *accounts_, *tokens_, guard_,
                                                          *blocks_, *keeper_, *store_, clock_});
        !core) {
      throw std::runtime_error(core.message());
    }
    session::SessionObserver observer;
    observer.opened = [this](session::Session& session) {
      events_.emit({.kind = PARLEY_EVENT_SESSION_OPENED,
                    .ts = clock_.wall_ms(),
                    .user = session.user(),
                    .session = session.id()});
    };
    sessions_->observe(std::move(observer));
    workers_.emplace(WorkerPool::Options{config_->workers.threads, config_->workers.max_stuck,
                                         config_->plugins.limits.hard_budget},
                     clock_);
    services_.emplace(Services{clock_, *workers_, shards_.at(0), *store_, *accounts_, *tokens_,
                               *sessions_, *channels_, *pusher_, commands_, *dispatcher_, messages_,
                               events_, metrics_, files_, "test", (folder_ / "plugins.d").string(),
                               [this] { return config_; }});
    manager_ = or_throw(PluginManager::open(
        *services_, {folder_ / "plugins", folder_ / "state", folder_ / "state" / "staged", host,
                     (folder_ / "plugins.d").string()}));
    shards_.at(0).call_every(Millis(10), [this] { dispatcher_->tick(); });
    shards_.start();
  }
  ~World() {
    open_gate();
    manager_->stop();
    store_->flush();
    shards_.stop();
    shards_.join();
    workers_->stop();
    // The gate let them go on; they still use what goes now.
    if (!eventually([] { return life_calls_given_up() == 0; }))
      std::fputs("a life call did not come back\n", stderr);
    manager_.reset();
    store_.reset();
    ::close(gate_);
  }

  // Short enough for a test that waits for something to end that never does.
  static config::Config quick() {
    config::Config config;
    config.plugins.enabled.clear();
    config.plugins.limits.drain = Millis(200);
    config.plugins.describe_timeout = Millis(20'000);
    config.plugins.isolation.hello = Millis(20'000);
    config.limits.rate = 0;
    return config;
  }

  // --- files ---
  // Puts the built fixture among the plugins, under the name of `id`.
  std::string place(const std::string& fixture, const std::string& id = {}) {
    const auto target = folder_ / "plugins" / ((id.empty() ? fixture : id) + ".so");
    fs::remove(target);
    fs::copy_file(fs::path(PARLEY_FIXTURES) / (fixture + ".so"), target);
    fs::permissions(target, fs::perms::owner_all);
    return target.string();
  }
  void grant(const std::string& id, const std::string& yaml) {
    // Fixtures leave a trace in a file, which the sandbox would not let them; it has tests of its own.
    const bool says_where = yaml.find("isolation:") != yaml.npos;
    std::ofstream(folder_ / "plugins.d" / (id + ".yaml"))
        << yaml << (kInChild && !says_where ? "isolation: process\nsandbox: off\n" : "");
  }
  // Who waits at the gate goes on, and so does who comes later: a writer is there until the end.
  void open_gate() {
    if (gate_ < 0) gate_ = ::open((folder_ / "gate").c_str(), O_RDWR | O_CLOEXEC);
  }
  std::string trace() const {
    std::stringstream text;
    text << std::ifstream(folder_ / "trace").rdbuf();
    return text.str();
  }
  const fs::path& folder() const { return folder_; }
  // How many of this world's staged copies of a plugin are mapped now.
  int images_of(const std::string& id) const {
    const std::string mine = (folder_ / "state" / "staged" / (id + "-")).string();
    std::set<std::string> files;
    for (const auto& process : processes()) {
      std::ifstream maps("/proc/" + process + "/maps");
      for (std::string line; std::getline(maps, line);) {
        const auto at = line.find(mine);
        if (at != std::string::npos) files.insert(line.substr(at));
      }
    }
    return static_cast<int>(files.size());
  }

  // --- the manager's operations, waited for ---
  Operation load(const std::string& id, const std::string& from = {}) {
    return wait([&](auto done) { manager_->load(id, from, std::move(done)); });
  }
  Operation unload(const std::string& id) {
    return wait([&](auto done) { manager_->unload(id, std::move(done)); });
  }
  Operation reload(const std::string& id, const std::string& from = {}) {
    return wait([&](auto done) { manager_->reload(id, from, std::move(done)); });
  }
  Operation rollback(const std::string& id) {
    return wait([&](auto done) { manager_->rollback(id, std::move(done)); });
  }
  Operation canary(const std::string& id, const std::string& from, CanaryShare share) {
    return wait([&](auto done) { manager_->canary(id, from, std::move(share), std::move(done)); });
  }
  Operation promote(const std::string& id) {
    return wait([&](auto done) { manager_->promote(id, std::move(done)); });
  }
  Operation quarantine(const std::string& id) {
    return wait([&](auto done) { manager_->quarantine(id, std::move(done)); });
  }
  Operation release(const std::string& id) {
    return wait([&](auto done) { manager_->release(id, std::move(done)); });
  }
  Operation configure(const std::string& id, const std::string& changes) {
    return wait([&](auto done) { manager_->configure(id, changes, std::move(done)); });
  }
  Operation reread() {
    return wait([&](auto done) { manager_->reread_settings(std::move(done)); });
  }
  // Places a fixture, grants it `commands` unless it was granted something, and loads it. The sentence of a refusal, or "".
  std::string bring(const std::string& fixture, const std::string& id = {}) {
    const std::string name = id.empty() ? fixture : id;
    place(fixture, name);
    if (!fs::exists(folder_ / "plugins.d" / (name + ".yaml")))
      grant(name, "permissions: [commands]\n");
    return load(name).status.message();
  }
  std::string bring_steady() {
    grant("steady", "permissions: [commands, metrics, 'filter:*']\n");
    return bring("steady");
  }
  PluginState state(const std::string& id) { return or_throw(manager_->info(id)).state; }
  std::shared_ptr<PluginInstance> plugin(const std::string& id) {
    for (auto& one : manager_->active()) {
      if (one->id() == id) return one;
    }
    return nullptr;
  }

  // --- clients ---
  class Client {
   public:
    Client(World& world, std::uint64_t id) : world_(world), link(id) {
      world_.on_shard([&] { peer_ = &world_.dispatcher_->open(link, ""); });
    }
    void send(const std::string& json) {
      world_.on_shard([&] { world_.dispatcher_->on_text(*peer_, json); });
    }
    // Calls a command without arguments and gives its terminal frame.
    std::string call(const std::string& action) { return answer(begin(action)); }
    int begin(const std::string& action, const std::string& key = {}) {
      const int id = ++last_;
      const std::string with = key.empty() ? "" : R"(,"key":")" + key + '"';
      send(R"({"action":")" + action + R"(","id":)" + std::to_string(id) + with + "}");
      return id;
    }
    std::string answer(int id) { return link.await(R"("id":)" + std::to_string(id) + ","); }

   private:
    World& world_;
    command::Peer* peer_ = nullptr;
    int last_ = 100;

   public:
    RecordingLink link;
  };
  Client& enter(const std::string& name) {
    auto& client = *clients_.emplace_back(std::make_unique<Client>(*this, clients_.size() + 1));
    client.send(R"({"action":"auth","id":1,"guest":")" + name + "\"}");
    if (const auto frame = client.link.await("welcome"); frame.find("no frame") == 0)
      throw std::runtime_error(frame);
    return client;
  }
  void on_shard(const std::function<void()>& work) {
    std::promise<void> done;
    shards_.at(0).post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }

  ManualClock& clock() { return clock_; }
  storage::Store& store() { return *store_; }
  PluginManager& manager() { return *manager_; }
  MessagePipeline& messages() { return messages_; }
  PluginMetrics& metrics() { return metrics_; }
  WorkerPool& workers() { return *workers_; }
  command::Dispatcher& dispatcher() { return *dispatcher_; }
  command::CommandRegistry& commands() { return commands_; }

 private:
  template <typename T>
  static T or_throw(Result<T> result) {
    if (!result) throw std::runtime_error(result.status().message());
    return std::move(result).value();
  }
  template <typename Ask>
  Operation wait(Ask ask) {
    auto promise = std::make_shared<std::promise<Operation>>();
    auto operation = promise->get_future();
    ask([promise](Operation done) { promise->set_value(std::move(done)); });
    if (operation.wait_for(std::chrono::seconds(30)) != std::future_status::ready) {
      std::fprintf(stderr, "an operation does not come back\n");
      std::abort();  // nothing could be taken down in order any more
    }
    return operation.get();
  }

  const TempFolder temp_;
  const fs::path& folder_ = temp_.path();
  int gate_ = -1;
  std::shared_ptr<const config::Config> config_;
  ManualClock clock_;
  SystemClock real_;
  net::ShardPool shards_{{.count = 1, .clock = &real_}};
  session::ShardSet set_{{&shards_.at(0)},
                         [] { return net::Shard::current() != nullptr ? 0 : -1; }};
  std::unique_ptr<storage::Store> store_;
  users::PasswordHasher hasher_{users::password_options(config_->auth)};
  users::LoginGuard guard_{users::login_guard_options(config_->auth), clock_};
  std::unique_ptr<users::Blocks> blocks_;
  std::optional<users::Accounts> accounts_;
  std::optional<users::TokenService> tokens_;
  std::optional<session::SessionRegistry> sessions_;
  session::ChannelRights rights_;
  std::optional<session::Channels> channels_;
  std::optional<session::SessionKeeper> keeper_;
  std::optional<session::Pusher> pusher_;
  command::CommandRegistry commands_;
  std::optional<command::KeyLedger> keys_;
  std::optional<command::Dispatcher> dispatcher_;
  std::optional<WorkerPool> workers_;
  MessagePipeline messages_;
  EventBus events_;
  PluginMetrics metrics_;
  FileWatcher files_;
  std::optional<Services> services_;
  std::unique_ptr<PluginManager> manager_;
  std::vector<std::unique_ptr<Client>> clients_;
};

inline bool is_mapped_in(const std::string& process, const std::string& name) {
  std::stringstream maps;
  maps << std::ifstream("/proc/" + process + "/maps").rdbuf();
  return maps.str().find(name) != std::string::npos;
}

// Here, or in a child process.
inline bool is_mapped(const std::string& name) {
  const auto all = processes();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& process) { return is_mapped_in(process, name); });
}

}  // namespace parley::plugin
