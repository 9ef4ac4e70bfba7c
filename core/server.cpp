// SPDX-License-Identifier: Apache-2.0
#include "server.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "api/client_gateway.h"
#include "api/context.h"
#include "api/listen_rules.h"
#include "api/operator_port.h"
#include "base/ids.h"
#include "base/log.h"
#include "command/core_commands.h"
#include "command/dispatcher.h"
#include "net/listener.h"
#include "net/service.h"
#include "net/shard.h"
#include "net/static_files.h"
#include "net/tls.h"
#include "plugin/event_bus.h"
#include "plugin/file_watcher.h"
#include "plugin/message_pipeline.h"
#include "plugin/plugin_manager.h"
#include "plugin/plugin_metrics.h"
#include "plugin/worker_pool.h"
#include "protocol/close_codes.h"
#include "session/channels.h"
#include "session/pusher.h"
#include "session/session_registry.h"
#include "shutdown_signals.h"
#include "storage/open_store.h"
#include "storage/state_lock.h"
#include "users/accounts.h"
#include "users/first_admin.h"
#include "users/token_service.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

constexpr Millis kDispatcherTick{100};
constexpr Millis kLook{250};  // between two looks at signals and shards
constexpr Millis kChores{5 * 60'000};

fs::path program_folder() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

// Readable by the owner only, whole or not at all.
Status write_private(const fs::path& file, const std::string& text) {
  const auto temporary = fs::path(file).concat(".new");
  std::error_code error;
  fs::remove(temporary, error);
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (fd >= 0) ::close(fd);
  if (written) fs::rename(temporary, file, error);
  return written && !error
             ? Status::ok()
             : Status::internal(file.string() +
                                " cannot be written: check the disk and the folder's rights");
}

session::ShardSet shard_set(net::ShardPool& pool) {
  std::vector<Executor*> shards;
  for (int i = 0; i < pool.size(); ++i) shards.push_back(&pool.at(i));
  return {std::move(shards),
          [] { return net::Shard::current() != nullptr ? net::Shard::current()->index() : -1; }};
}

// Everything with a lifetime, in the order in which it is made.
class Running {
 public:
  explicit Running(const config::Start& start)
      : start_(start), config_(std::make_shared<const config::Config>(start.loaded.config)) {}
  ~Running() { stop(); }

  Status open() {
    for (auto step : {&Running::open_state, &Running::open_users, &Running::open_runtime,
                      &Running::open_plugins, &Running::open_doors}) {
      if (auto status = (this->*step)(); !status) return status;
    }
    return Status::ok();
  }
  void serve();

 private:
  std::shared_ptr<const config::Config> config() const {
    const std::lock_guard lock(config_mutex_);
    return config_;
  }
  fs::path state() const { return config_->state_dir; }

  Status open_state();
  Status open_users();
  Status open_runtime();
  Status open_plugins();
  Status open_doors();
  Status open_client_port();
  Status open_operator_port();
  void connect_parts();
  void announce_first_admin();
  void user_changed(const std::string& user_id, users::Change change);
  void reload(const std::function<void(api::Reloaded)>& done);
  void apply(const config::Config& next, api::Reloaded& reloaded);
  void look_at_shards();
  void do_chores();
  void drain();
  void stop();

  const config::Start& start_;
  SystemClock clock_;
  const Clock::TimePoint started_ = clock_.now();
  mutable std::mutex config_mutex_;
  std::shared_ptr<const config::Config> config_;
  std::mutex reload_mutex_;
  std::atomic<bool> draining_{false};

  std::optional<storage::StateLock> lock_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<users::PasswordHasher> hasher_;
  std::unique_ptr<users::LoginGuard> guard_;
  std::unique_ptr<users::Accounts> accounts_;
  std::unique_ptr<users::TokenService> tokens_;
  std::unique_ptr<users::FirstAdmin> first_admin_;

  std::unique_ptr<net::ShardPool> shards_;
  std::unique_ptr<session::ShardSet> shard_set_;
  std::shared_ptr<net::OutboxBudget> budget_;
  std::unique_ptr<session::SessionRegistry> sessions_;
  session::ChannelRights rights_;
  std::unique_ptr<session::Channels> channels_;
  std::unique_ptr<session::Pusher> pusher_;
  command::CommandRegistry commands_;
  std::unique_ptr<command::Dispatcher> dispatcher_;

  std::unique_ptr<plugin::WorkerPool> workers_;
  plugin::MessagePipeline messages_;
  plugin::EventBus events_;
  plugin::PluginMetrics plugin_metrics_;
  std::unique_ptr<plugin::FileWatcher> files_;
  std::unique_ptr<plugin::Services> services_;
  std::unique_ptr<plugin::PluginManager> plugins_;

  std::unique_ptr<api::Context> context_;
  std::shared_ptr<net::TlsContext> tls_;
  std::shared_ptr<net::Admission> admission_;
  std::unique_ptr<api::ClientGateway> gateway_;
  std::unique_ptr<api::OperatorPort> operator_port_;
  std::unique_ptr<net::Listener> client_listener_, operator_listener_, admin_listener_;

  struct Look {
    std::uint64_t turns = 0;
    Clock::TimePoint since{};
  };
  std::vector<Look> looks_;
  Clock::TimePoint next_chores_{};
};

Status Running::open_state() {
  if (auto status = api::check_listen(*config_); !status) return status;
  auto lock = storage::StateLock::acquire(state());
  if (!lock) return lock.status();
  lock_.emplace(std::move(lock).value());
  if (auto status = log::init(config::log_settings(*config_)); !status)
    log::warn("log", "{}", status.message());
  auto store = storage::open_store(storage::store_options(*config_));
  if (!store) return store.status();
  store_ = std::move(store).value();
  return Status::ok();
}

Status Running::open_users() {
  hasher_ = std::make_unique<users::PasswordHasher>(users::password_options(config_->auth));
  guard_ = std::make_unique<users::LoginGuard>(users::login_guard_options(config_->auth), clock_);
  accounts_ = std::make_unique<users::Accounts>(*store_, *hasher_, *guard_, clock_,
                                                users::accounts_options(*config_));
  accounts_->on_changed(
      [this](const std::string& user_id, users::Change change) { user_changed(user_id, change); });
  auto key = users::load_token_key(config_->auth, state());
  if (!key) return key.status();
  users::KeyRing ring;
  if (auto status = ring.add(std::move(key).value()); !status) return status;
  auto revocations =
      store_->read_blocking([](storage::Reader& reader) { return reader.revocations(); });
  if (!revocations) return revocations.status();
  tokens_ = std::make_unique<users::TokenService>(*store_, clock_, std::move(ring), config_->auth,
                                                  std::move(revocations).value());
  first_admin_ = std::make_unique<users::FirstAdmin>(*store_, *accounts_, clock_);
  return Status::ok();
}

Status Running::open_runtime() {
  shards_ = std::make_unique<net::ShardPool>(
      net::ShardPool::Options{.count = config_->listen.shards, .clock = &clock_});
  shard_set_ = std::make_unique<session::ShardSet>(shard_set(*shards_));
  budget_ = std::make_shared<net::OutboxBudget>(config_->outbox.total);
  sessions_ = std::make_unique<session::SessionRegistry>(*shard_set_, clock_, *config_);
  channels_ = std::make_unique<session::Channels>(*sessions_, *store_, rights_, clock_, *config_);
  pusher_ = std::make_unique<session::Pusher>(*sessions_, *channels_);
  dispatcher_ =
      std::make_unique<command::Dispatcher>(command::DispatcherDeps{.shards = *shard_set_,
                                                                    .sessions = *sessions_,
                                                                    .channels = *channels_,
                                                                    .commands = commands_,
                                                                    .clock = clock_},
                                            *config_);
  connect_parts();
  return command::publish_core_commands({.dispatcher = *dispatcher_,
                                         .commands = commands_,
                                         .sessions = *sessions_,
                                         .channels = *channels_,
                                         .accounts = *accounts_,
                                         .tokens = *tokens_,
                                         .clock = clock_});
}

// Upward calls: net knows no session, session knows no plugin, and what they notice is told from
// here.
void Running::connect_parts() {
  const auto tell = [this](std::uint32_t kind) {
    return [this, kind](session::Session& session) {
      events_.emit({.kind = kind,
                    .ts = clock_.wall_ms(),
                    .user = session.user(),
                    .session = session.id(),
                    .locale = std::string(session.locale())});
    };
  };
  session::SessionObserver observer;
  observer.opened = [opened = tell(PARLEY_EVENT_SESSION_OPENED)](session::Session& session) {
    log::Event(log::Level::kInfo, "session")
        .session(session.id())
        .user(session.user()->name)
        .write("opened from {}", session.link() ? session.link()->peer_address() : "-");
    opened(session);
  };
  observer.closed = [closed = tell(PARLEY_EVENT_SESSION_CLOSED)](
                        session::Session& session, std::string_view) { closed(session); };
  sessions_->observe(std::move(observer));
  channels_->observe([this](const users::User& user, std::string_view channel, bool joined) {
    events_.emit(
        {.kind = static_cast<std::uint32_t>(joined ? PARLEY_EVENT_JOINED : PARLEY_EVENT_LEFT),
         .ts = clock_.wall_ms(),
         .user = std::make_shared<const users::User>(user),
         .channel = std::string(channel)});
  });
  for (int i = 0; i < shards_->size(); ++i) {
    shards_->at(i).call_every(kDispatcherTick, [this] { dispatcher_->tick(); });
  }
}

Status Running::open_plugins() {
  workers_ = std::make_unique<plugin::WorkerPool>(
      plugin::WorkerPool::Options{config_->workers.threads, config_->workers.max_stuck,
                                  config_->plugins.limits.hard_budget},
      clock_);
  files_ = std::make_unique<plugin::FileWatcher>();
  services_ = std::make_unique<plugin::Services>(plugin::Services{
      clock_, *workers_, shards_->at(0), *store_, *accounts_, *tokens_, *sessions_, *channels_,
      *pusher_, commands_, *dispatcher_, messages_, events_, plugin_metrics_, *files_,
      PARLEY_VERSION, start_.plugin_settings, [this] { return config(); }});
  const auto folder = config_->plugins.folder.empty() ? program_folder().parent_path() / "plugins"
                                                      : fs::path(config_->plugins.folder);
  auto manager = plugin::PluginManager::open(
      *services_, {folder, state(), state() / "staged", program_folder() / "parley-plugin-host",
                   start_.plugin_settings});
  if (!manager) return manager.status();
  plugins_ = std::move(manager).value();
  return Status::ok();
}

Status Running::open_doors() {
  context_ = std::make_unique<api::Context>(api::Context{
      clock_, *shards_, *budget_, *store_, *accounts_, *first_admin_, *sessions_, *channels_,
      commands_, *dispatcher_, *plugins_, plugin_metrics_, *workers_, draining_, PARLEY_VERSION,
      started_, [this] { return config(); }, [this](const auto& done) { reload(done); }});
  if (auto status = open_client_port(); !status) return status;
  return open_operator_port();
}

Status Running::open_client_port() {
  const auto root = config_->http.web_root.empty() ? program_folder().parent_path() / "web"
                                                   : fs::path(config_->http.web_root);
  auto page = net::StaticFiles::load({.folder = root.string()});
  if (!page) return page.status();
  if (config_->listen.tls.enabled()) {
    auto tls = net::TlsContext::load(config_->listen.tls);
    if (!tls) return tls.status();
    tls_ = std::move(tls).value();
  }
  gateway_ = std::make_unique<api::ClientGateway>(*context_, *tokens_, std::move(page).value());
  auto service = std::make_shared<net::Service>();
  service->http = config_->http;
  service->websocket = config_->websocket;
  service->outbox = config_->outbox;
  service->max_message = config_->limits.frame;
  service->budget = budget_;
  service->tls = tls_;
  for (const auto& text : config_->http.trusted_proxies) {
    auto network = net::Network::parse(text);
    if (!network) return network.status();
    service->trusted_proxies.push_back(*network);
  }
  service->handle = [this](const net::HttpRequest& request, net::HttpResponder responder) {
    gateway_->serve(request, std::move(responder));
  };
  service->upgrade = [this](const net::HttpRequestHead& head) { return gateway_->admit(head); };
  admission_ = std::make_shared<net::Admission>(
      net::Admission::Options{.connections = config_->limits.connections,
                              .new_connections = config_->limits.new_connections,
                              .admit = {}},
      clock_);
  auto listener = net::Listener::open(*shards_,
                                      {.address = config_->listen.address,
                                       .backlog = config_->listen.backlog,
                                       .admission = admission_},
                                      service);
  if (!listener) return listener.status();
  client_listener_ = std::move(listener).value();
  gateway_->set_origins(api::allowed_origins(*config_, client_listener_->port()));
  return Status::ok();
}

Status Running::open_operator_port() {
  auto service = std::make_shared<net::Service>();
  service->http = config_->http;
  service->budget = budget_;
  service->handle = [this](const net::HttpRequest& request, net::HttpResponder responder) {
    if (request.local) return operator_port_->serve_socket(request, std::move(responder));
    operator_port_->serve_port(request, std::move(responder));
  };
  auto listener = net::Listener::open(*shards_,
                                      {.address = config_->listen.operator_address,
                                       .backlog = 64,
                                       .only_shard = 0,
                                       .admission = {}},
                                      service);
  if (!listener) return listener.status();
  operator_listener_ = std::move(listener).value();
  auto socket =
      net::Listener::open_unix(*shards_, {.path = (state() / "admin.sock").string()}, service);
  if (!socket) return socket.status();
  admin_listener_ = std::move(socket).value();
  const std::string token = random_secret("o_");
  operator_port_ = std::make_unique<api::OperatorPort>(
      *context_, api::operator_hosts(*config_, operator_listener_->port()), token);
  return write_private(state() / "operator.token", token + "\n");
}

// The code is shown on a terminal, or else left in a private file; it never reaches a log.
void Running::announce_first_admin() {
  const auto file = state() / "first-admin-code";
  std::error_code error;
  fs::remove(file, error);
  const auto code = first_admin_->create_code();
  if (!code || code->empty()) return;
  const std::string how = "parleyctl --state " + state().string() + " admin redeem CODE NAME";
  if (::isatty(STDERR_FILENO) != 0) {
    std::cerr << "There is no admin yet. This code makes the first one, once, within an hour: "
              << *code << "\n  " << how << std::endl;
  } else if (write_private(file, *code + "\n")) {
    std::cerr
        << "There is no admin yet. The code that makes the first one, once, within an hour, is in "
        << file.string() << "\n  " << how << std::endl;
  }
}

void Running::user_changed(const std::string& user_id, users::Change change) {
  switch (change) {
    case users::Change::kRegistered:
      return;
    case users::Change::kDisabled:
      tokens_->revoke_user(user_id, {});
      sessions_->kick_user(user_id, protocol::close::kBlocked,
                           "This account was disabled by an operator.");
      return;
    case users::Change::kPassword:
      tokens_->revoke_user(user_id, {});
      return;
    case users::Change::kRoles:
      accounts_->by_id(user_id, [this](Result<users::User> user) {
        if (!user) return;
        const auto fresh = std::make_shared<const users::User>(std::move(*user));
        sessions_->post_to_user(fresh->id, [this, fresh](session::Session& session) {
          session.set_user(fresh);
          channels_->recheck(session);
        });
      });
  }
}

void Running::reload(const std::function<void(api::Reloaded)>& done) {
  const std::lock_guard lock(reload_mutex_);
  auto loaded = config::load(start_.sources);
  loaded.config.state_dir = config()->state_dir;
  api::Reloaded reloaded{.ok = loaded.ok(), .problems = loaded.problems, .changes = {}};
  if (!loaded.ok()) {
    log::error("config", "the configuration has mistakes, the running one stays in force:\n{}",
               config::sentences(loaded.problems));
    return done(std::move(reloaded));
  }
  apply(loaded.config, reloaded);
  plugins_->reread_settings(
      [done, reloaded = std::move(reloaded)](const plugin::Operation& operation) mutable {
        reloaded.ok = operation.problems.empty();
        reloaded.problems = operation.problems;
        done(std::move(reloaded));
      });
}

void Running::apply(const config::Config& next, api::Reloaded& reloaded) {
  const auto before = config();
  reloaded.changes = config::diff(*before, next);
  const auto merged = std::make_shared<const config::Config>(config::reloadable(*before, next));
  {
    const std::lock_guard lock(config_mutex_);
    config_ = merged;
  }
  sessions_->configure(merged->limits);
  channels_->configure(*merged);
  dispatcher_->configure(*merged);
  accounts_->configure(merged->auth);
  admission_->configure(merged->limits.connections, merged->limits.new_connections);
  gateway_->set_origins(api::allowed_origins(*merged, client_listener_->port()));
  if (auto status = log::init(config::log_settings(*merged)); !status)
    log::warn("log", "{}", status.message());
  if (tls_ != nullptr) {
    const auto status = tls_->reload();
    if (!status)
      log::error("net", "the certificate was not reloaded, the old one stays in use: {}",
                 status.message());
  }
  for (const auto& change : reloaded.changes) {
    log::info("config", "{}: {} -> {}{}", change.path, change.before, change.after,
              change.restart ? " (after a restart)" : "");
  }
  if (reloaded.changes.empty()) log::info("config", "reloaded, nothing changed");
}

void Running::serve() {
  plugins_->load_enabled();
  announce_first_admin();
  shards_->start();
  const bool tls = tls_ != nullptr;
  std::cout << "ready " << api::url_of(client_listener_->address(), tls) << "\noperator "
            << api::url_of(operator_listener_->address(), false) << std::endl;
  log::info("server", "parleyd {} serves on {} with {} shards", PARLEY_VERSION,
            client_listener_->address(), shards_->size());
  looks_.resize(static_cast<std::size_t>(shards_->size()));
  next_chores_ = clock_.now() + kChores;
  for (;;) {
    const auto signal = ShutdownSignals::wait(kLook);
    if (signal == Signal::kStop) break;
    if (signal == Signal::kReload) reload([](const api::Reloaded&) {});
    look_at_shards();
    if (clock_.now() >= next_chores_) do_chores();
  }
  drain();
}

// A shard that hangs in one turn serves nobody and cannot be interrupted: say whose fault it is,
// and end. The next start runs that plugin on the workers.
void Running::look_at_shards() {
  for (int i = 0; i < shards_->size(); ++i) {
    const auto beat = shards_->at(i).beat();
    auto& look = looks_[static_cast<std::size_t>(i)];
    if (!beat.busy || beat.turns != look.turns) {
      look = {beat.turns, clock_.now()};
      continue;
    }
    if (clock_.now() - look.since < config_->workers.watchdog_shard) continue;
    const auto culprit = plugins_->blame_for_hang();
    log::critical("server", "shard {} has been in one turn for {} ms: {}", i,
                  config_->workers.watchdog_shard.count(), culprit);
    log::flush();
    std::abort();
  }
}

void Running::do_chores() {
  next_chores_ = clock_.now() + kChores;
  const auto now = clock_.wall_ms();
  const auto retention = config()->channels.retention.count();
  store_->expire(
      now, retention > 0 ? now - retention : 0, [](const Result<storage::Expired>& expired) {
        if (!expired)
          log::warn("storage", "removing what has expired failed: {}", expired.status().message());
      });
  accounts_->keep_guests();
  tokens_->expire();
}

// Finish what runs, tell everybody when to come back, flush, end.
void Running::drain() {
  draining_ = true;
  const auto deadline = clock_.now() + config()->drain.deadline;
  log::info("server", "draining: {} connections", shards_->connections());
  client_listener_->drain();
  const auto wait_until = [&](Clock::TimePoint limit, const auto& done) {
    while (!done() && clock_.now() < limit && ShutdownSignals::wait(Millis(10)) != Signal::kStop) {
    }
  };
  wait_until(clock_.now() + config()->drain.deadline / 2,
             [&] { return dispatcher_->stats().inflight == 0; });
  gateway_->begin_drain(config()->drain.spread);
  shards_->begin_drain();
  wait_until(deadline, [&] { return sessions_->count() == 0 && shards_->connections() == 0; });
}

void Running::stop() {
  if (plugins_) plugins_->stop();
  if (store_) store_->flush();
  client_listener_.reset();
  operator_listener_.reset();
  admin_listener_.reset();
  if (shards_) {
    shards_->stop();
    shards_->join();
  }
  if (workers_) workers_->stop();
  hasher_.reset();
  store_.reset();
  if (lock_) log::info("server", "stopped");
  log::shutdown();
}

}  // namespace

int Server::run(const config::Start& start) {
  Running running(start);
  if (auto status = running.open(); !status) {
    std::cerr << "parleyd: " << status.message() << std::endl;
    return 1;
  }
  running.serve();
  return 0;
}

}  // namespace parley
