// SPDX-License-Identifier: Apache-2.0
#include "server/reload.h"

#include <memory>
#include <utility>
#include <vector>

#include "api/listen_rules.h"
#include "base/log.h"
#include "config/loader.h"

namespace parley::server {
namespace {

void report(const std::vector<config::Change>& changes) {
  for (const auto& change : changes) {
    log::info("config", "{}: {} -> {}{}", change.path, change.before, change.after,
              change.restart ? " (after a restart)" : "");
  }
  if (changes.empty()) log::info("config", "reloaded, nothing changed");
}

}  // namespace

void Reload::run(const std::function<void(api::Reloaded)>& done) {
  const MutexLock lock(one_at_a_time_);
  const auto before = config_.get();
  auto loaded = config::load(start_.sources);
  loaded.config.state_dir = before->state_dir;
  api::Reloaded reloaded{.ok = loaded.ok(), .problems = loaded.problems, .changes = {}};
  if (!loaded.ok()) {
    log::error("config", "the configuration has mistakes, the running one stays in force:\n{}",
               config::sentences(loaded.problems));
    return done(std::move(reloaded));
  }
  reloaded.changes = config::diff(*before, loaded.config);
  const auto merged =
      std::make_shared<const config::Config>(config::reloadable(*before, loaded.config));
  config_.put(merged);
  hand_out(*merged);
  report(reloaded.changes);
  plugins_.manager->reread_settings(
      [done, reloaded = std::move(reloaded)](const plugin::Operation& operation) mutable {
        reloaded.ok = operation.problems.empty();
        reloaded.problems = operation.problems;
        done(std::move(reloaded));
      });
}

void Reload::hand_out(const config::Config& merged) {
  runtime_.sessions->configure(merged);
  runtime_.keeper->configure(merged);
  runtime_.channels->configure(merged);
  runtime_.dispatcher->configure(merged);
  users_.accounts->configure(merged.auth);
  doors_.admission->configure(merged.limits.connections, merged.limits.new_connections);
  doors_.gateway->set_origins(api::allowed_origins(merged, doors_.client_listener->port()));
  if (auto status = log::init(config::log_settings(merged)); !status)
    log::warn("log", "{}", status.message());
  if (doors_.tls == nullptr) return;
  if (auto status = doors_.tls->reload(); !status)
    log::error("net", "the certificate was not reloaded, the old one stays in use: {}",
               status.message());
}

}  // namespace parley::server
