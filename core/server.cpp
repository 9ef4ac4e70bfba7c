// SPDX-License-Identifier: Apache-2.0
// The map of the house: what is made after what, and what ends before what. The parts of core/ are
// put together in core/server/, one file per floor.
#include "server.h"

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "api/access_store.h"
#include "api/listen_rules.h"
#include "base/log.h"
#include "loader/shared_object.h"
#include "server/doors.h"
#include "server/live_config.h"
#include "server/plugins.h"
#include "server/reload.h"
#include "server/runtime.h"
#include "server/shard_watch.h"
#include "server/state.h"
#include "server/users.h"
#include "server/wiring.h"
#include "shutdown_signals.h"

namespace parley {
namespace {

constexpr Millis kLook{250};  // between two looks at signals and shards
constexpr Millis kChores{5 * 60'000};
constexpr Millis kLookAtKeys{2'000};

template <typename Part>
Status keep(std::unique_ptr<Part>& place, Result<std::unique_ptr<Part>> made) {
  if (!made) return made.status();
  place = std::move(made).value();
  return Status::ok();
}

// Everything with a lifetime, in the order in which it is made.
class Running {
 public:
  explicit Running(const config::Start& start) : start_(start), config_(start.loaded) {}
  ~Running() { stop(); }

  Status open();
  void serve();
  // Ends all threads and writes down what is to stay. False: something of a plugin was left behind,
  // a call that hangs or an image that stays mapped.
  bool stop();

 private:
  Status open_doors();
  void announce() const;
  void note_reload(const api::Reloaded& reloaded);
  void look_at_shards();
  void do_chores();
  void look_at_keys();
  void drain();

  const config::Start& start_;
  SystemClock clock_;
  const Clock::TimePoint started_ = clock_.now();
  server::LiveConfig config_;
  std::atomic<bool> draining_{false};
  bool stopped_ = false;

  std::unique_ptr<server::State> state_;
  std::unique_ptr<server::Users> users_;
  std::unique_ptr<server::Runtime> runtime_;
  std::unique_ptr<server::Plugins> plugins_;
  std::unique_ptr<server::Doors> doors_;
  std::unique_ptr<server::Reload> reload_;

  server::ShardWatch watch_{config_.get()->workers.watchdog_shard};
  Clock::TimePoint next_chores_ = started_ + kChores;
  Clock::TimePoint next_look_at_keys_ = started_ + kLookAtKeys;
};

Status Running::open() {
  const auto config = config_.get();
  auto status = keep(state_, server::State::open(*config));
  if (status) status = keep(users_, server::Users::open(*state_, clock_, *config));
  if (status) status = keep(runtime_, server::Runtime::open(*state_, *users_, clock_, *config));
  if (status) status = api::load_access(*state_->store, runtime_->commands);
  if (status)
    status = keep(plugins_, server::Plugins::open(*state_, *users_, *runtime_, clock_, config_,
                                                  start_.plugin_settings));
  if (status) status = open_doors();
  if (!status) return status;
  server::tell_plugins(*runtime_, plugins_->events, clock_);
  server::heed_account_changes(*users_, *runtime_, *doors_, plugins_->events, clock_);
  reload_ =
      std::make_unique<server::Reload>(start_, config_, *users_, *runtime_, *plugins_, *doors_);
  return Status::ok();
}

Status Running::open_doors() {
  return keep(doors_,
              server::Doors::open({.clock = clock_,
                                   .config = config_,
                                   .state = *state_,
                                   .users = *users_,
                                   .runtime = *runtime_,
                                   .plugins = *plugins_,
                                   .draining = draining_,
                                   .started = started_,
                                   .reload = [this](const auto& done) { reload_->run(done); }}));
}

void Running::serve() {
  plugins_->manager->load_enabled();
  users_->announce_first_admin(state_->folder);
  runtime_->shards->start();
  announce();
  for (;;) {
    const auto signal = ShutdownSignals::wait(kLook);
    if (signal == Signal::kStop) break;
    if (signal == Signal::kReload)
      reload_->run([this](const api::Reloaded& reloaded) { note_reload(reloaded); });
    look_at_shards();
    if (clock_.now() >= next_chores_) do_chores();
    if (clock_.now() >= next_look_at_keys_) look_at_keys();
  }
  drain();
}

// For the audit, as if an operator had asked.
void Running::note_reload(const api::Reloaded& reloaded) {
  state_->store->append_audit({.ts = clock_.wall_ms(),
                               .actor = "system (SIGHUP)",
                               .action = "config.reload",
                               .result = reloaded.ok ? "ok" : "invalid_args",
                               .detail = reloaded.ok ? "" : config::sentences(reloaded.problems)});
}

void Running::announce() const {
  const auto address = doors_->client_listener->address();
  std::cout << "ready " << api::url_of(address, doors_->tls != nullptr) << "\noperator "
            << api::url_of(doors_->operator_listener->address(), doors_->operator_tls != nullptr)
            << std::endl;
  log::info("server", "parleyd {} serves on {} with {} shards", PARLEY_VERSION, address,
            runtime_->shards->size());
}

// A hanging shard cannot be saved: say whose fault it is, and end. The next start runs that plugin
// on the workers.
void Running::look_at_shards() {
  std::vector<net::Shard::Beat> beats;
  for (int i = 0; i < runtime_->shards->size(); ++i)
    beats.push_back(runtime_->shards->at(i).beat());
  const auto hanging = watch_.look(beats, clock_.now());
  if (!hanging) return;
  log::critical("server", "shard {} has been in one turn for {} ms: {}", *hanging,
                config_.get()->workers.watchdog_shard.count(), plugins_->manager->blame_for_hang());
  log::flush();
  std::abort();
}

void Running::do_chores() {
  next_chores_ = clock_.now() + kChores;
  const auto now = clock_.wall_ms();
  const auto config = config_.get();
  const auto before = [now](Millis kept) { return kept.count() > 0 ? now - kept.count() : 0; };
  state_->store->expire(
      {now, before(config->channels.retention), before(config->storage.audit_keep)},
      [](const Result<storage::Expired>& expired) {
        if (!expired)
          log::warn("storage", "removing what has expired failed: {}", expired.status().message());
      });
  runtime_->channels->drop_expired_bans();
  users_->accounts->keep_guests();
  users_->tokens->expire();
}

void Running::look_at_keys() {
  next_look_at_keys_ = clock_.now() + kLookAtKeys;
  users_->token_keys->look();
}

// Finish what runs, tell everybody when to come back, flush, end.
void Running::drain() {
  draining_ = true;
  const auto limits = config_.get()->drain;
  const auto started = clock_.now();
  log::info("server", "draining: {} connections", runtime_->shards->connections());
  doors_->client_listener->drain();
  const auto wait_until = [&](Clock::TimePoint limit, const auto& done) {
    while (!done() && clock_.now() < limit && ShutdownSignals::wait(Millis(10)) != Signal::kStop) {
    }
  };
  wait_until(started + limits.deadline / 2,
             [&] { return runtime_->dispatcher->stats().inflight == 0; });
  doors_->gateway->begin_drain(limits.spread);
  runtime_->shards->begin_drain(limits.grace);
  wait_until(started + limits.deadline, [&] { return runtime_->shards->connections() == 0; });
}

// Threads end in the order in which they call each other: plugins, shards, workers, hashers, the
// database. Then nobody calls anybody, and the members go.
bool Running::stop() {
  if (std::exchange(stopped_, true)) return true;
  if (plugins_) plugins_->manager->stop();
  if (state_) state_->store->flush();
  if (doors_) doors_->close();
  if (runtime_) {
    runtime_->shards->stop();
    runtime_->shards->join();
  }
  const bool alone =
      !plugins_ || (plugins_->workers->stop() && loader::SharedObject::left_mapped() == 0);
  if (users_) users_->hasher.reset();
  if (state_) {
    state_->store.reset();
    log::info("server", "stopped");
  }
  log::shutdown();
  return alone;
}

}  // namespace

int Server::run(const config::Start& start) {
  Running running(start);
  if (auto status = running.open(); !status) {
    std::cerr << "parleyd: " << status.message() << std::endl;
    return 1;
  }
  running.serve();
  // What was left behind may come back and use what would be destroyed now, and the destructors of
  // images that stayed mapped are nobody's to rely on: there is nothing left to do but to end.
  if (!running.stop()) std::_Exit(0);
  return 0;
}

}  // namespace parley
