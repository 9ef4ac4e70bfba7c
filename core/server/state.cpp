// SPDX-License-Identifier: Apache-2.0
#include "server/state.h"

#include <utility>

#include "api/listen_rules.h"
#include "base/log.h"
#include "config/loader.h"
#include "storage/open_store.h"

namespace parley::server {

Result<std::unique_ptr<State>> State::open(const config::Config& config) {
  if (auto status = api::check_listen(config); !status) return status;
  auto lock = storage::StateLock::acquire(config.state_dir);
  if (!lock) return lock.status();
  if (auto status = log::init(config::log_settings(config)); !status)
    log::warn("log", "{}", status.message());
  auto store = storage::open_store(storage::store_options(config));
  if (!store) return store.status();
  return std::make_unique<State>(
      State{config.state_dir, std::move(lock).value(), std::move(store).value()});
}

}  // namespace parley::server
