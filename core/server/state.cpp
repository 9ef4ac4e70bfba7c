// SPDX-License-Identifier: Apache-2.0
#include "server/state.h"

#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>

#include "api/listen_rules.h"
#include "base/log.h"
#include "config/loader.h"
#include "storage/open_store.h"

namespace parley::server {
namespace {

namespace fs = std::filesystem;

// What only a server that ran here has left, by name or by what the name ends in.
std::string traces_in(const fs::path& folder, const std::string& database) {
  std::string found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto name = entry.path().filename().string();
    const bool copy = name.starts_with(database + ".before-") ||
                      name.starts_with(database + ".replaced-") || name == database + "-wal";
    if (copy || name == "token.key" || name == "operator.token" || name == "logs")
      found += (found.empty() ? "" : ", ") + name;
  }
  return found;
}

// Everybody's accounts and messages are gone then, which nobody should find out from the users.
std::string lost_database(const config::Config& config) {
  const fs::path file = storage::store_options(config).file;
  std::error_code error;
  const bool there = fs::exists(file, error);
  if (there && fs::file_size(file, error) > 0) return {};
  const auto traces = traces_in(config.state_dir, config.storage.file);
  if (traces.empty()) return {};
  return "the database " + file.string() + (there ? " is empty" : " is missing") +
         ", although a server ran on this state folder before (" + traces +
         "): it starts as a new one, without accounts and messages. If that is not meant, stop it "
         "and "
         "put a backup in its place: parleyctl --state " +
         config.state_dir + " restore FILE";
}

}  // namespace

Result<std::unique_ptr<State>> State::open(const config::Config& config) {
  if (auto status = api::check_listen(config); !status) return status;
  auto lock = storage::StateLock::acquire(config.state_dir);
  if (!lock) return lock.status();
  const auto lost = lost_database(config);
  if (auto status = log::init(config::log_settings(config)); !status)
    log::warn("log", "{}", status.message());
  if (!lost.empty()) {
    std::cerr << "parleyd: warning: " << lost << std::endl;  // whatever the log's level is
    log::warn("storage", "{}", lost);
  }
  auto store = storage::open_store(storage::store_options(config));
  if (!store) return store.status();
  return std::make_unique<State>(
      State{config.state_dir, std::move(lock).value(), std::move(store).value()});
}

}  // namespace parley::server
