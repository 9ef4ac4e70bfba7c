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

// The certificate of a port that speaks TLS, for its next connections.
void renew(net::TlsContext* tls, const config::Tls& files, const std::string& key,
           std::vector<config::Problem>& problems) {
  if (tls == nullptr) return;
  const auto status = files.enabled()
                          ? tls->reload(files)
                          : Status::invalid_args("TLS ends at the next start, not before.");
  if (status) {
    log::info("net", "the certificate {} is in use for new connections", files.certificate);
    return;
  }
  log::error("net", "the certificate was not reloaded, the old one stays in use: {}",
             status.message());
  problems.push_back({files.certificate, 0, key,
                      "was not reloaded, the old one stays in use: " + status.message()});
}

}  // namespace

void Reload::run(const std::function<void(api::Reloaded)>& done) {
  const MutexLock lock(one_at_a_time_);
  const auto running = config_.with_origins().running;
  auto loaded = config::load(start_.sources);
  loaded.config.state_dir = running.config.state_dir;
  api::Reloaded reloaded{
      .ok = loaded.ok(), .applied = loaded.ok(), .problems = loaded.problems, .changes = {}};
  if (!loaded.ok()) {
    log::error("config", "the configuration has mistakes, the running one stays in force:\n{}",
               config::sentences(loaded.problems));
    return done(std::move(reloaded));
  }
  reloaded.changes = config::diff(running.config, loaded.config);
  const auto merged = config::reloadable(running, loaded);
  config_.put(merged, config::diff(merged.config, loaded.config));
  reloaded.problems = hand_out(merged.config);
  report(reloaded.changes);
  plugins_.manager->reread_settings(
      [done, reloaded = std::move(reloaded)](const plugin::Operation& operation) mutable {
        auto& problems = reloaded.problems;
        problems.insert(problems.end(), operation.problems.begin(), operation.problems.end());
        reloaded.ok = problems.empty();
        done(std::move(reloaded));
      });
}

std::vector<config::Problem> Reload::hand_out(const config::Config& merged) {
  runtime_.sessions->configure(merged);
  runtime_.keeper->configure(merged);
  runtime_.channels->configure(merged);
  runtime_.dispatcher->configure(merged);
  runtime_.keys->configure(merged);
  users_.accounts->configure(merged.auth);
  users_.guard->configure(users::login_guard_options(merged.auth));
  std::vector<config::Problem> problems;
  if (auto status = users_.token_keys->use(merged.auth); !status) {
    log::error("users", "not all token keys were taken: {}", status.message());
    problems.push_back(
        {merged.auth.issuers, 0, "auth", "not all token keys were taken: " + status.message()});
  }
  doors_.admission->configure(merged.limits.connections, merged.limits.new_connections);
  doors_.gateway->set_origins(api::allowed_origins(merged, doors_.client_listener->port()));
  if (auto status = log::init(config::log_settings(merged)); !status)
    log::warn("log", "{}", status.message());
  renew(doors_.tls.get(), merged.listen.tls, "listen.tls", problems);
  renew(doors_.operator_tls.get(), merged.listen.operator_tls, "listen.operator_tls", problems);
  return problems;
}

}  // namespace parley::server
