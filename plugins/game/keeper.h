// SPDX-License-Identifier: Apache-2.0
// Keeper: the world on disk. What an action changed is written in one batch with its answer; what
// could not be written is taken back in memory too, so that the world never shows what a restart
// would not.
//
// Ownership: refers to the world and the plugin's storage. Thread: the plugin's; load_now in start.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <parley/storage.hpp>

#include "world.h"

namespace game {

class Keeper {
 public:
  using Then = parley::Callback<void()>;

  Keeper(World& world, parley::Storage& storage) : world_(world), storage_(storage) {}

  // Blocks; throws parley::Error. Records that make no sense are left alone and counted.
  int load_now();
  // Answers the request once the changes are on disk, then calls `then`; calls nothing when they
  // could not be written.
  void write_and_reply(parley::Responder& request, const Changes& changes, std::string_view type,
                       const parley::Json& data, Then then);
  void write(const Changes& changes, Then then = {});
  static bool has_records(const Changes& changes) {
    return !changes.players.empty() || !changes.floors.empty() || !changes.creatures.empty();
  }

 private:
  using Keys = std::vector<std::string>;

  parley::Batch batch_of(const Changes& changes, Keys& keys) const;
  void began(const Keys& keys);
  void ended(const Keys& keys, parley::Outcome outcome, const Then& then);
  void take_back(const std::string& key);
  void revert(const std::string& key, std::optional<std::string_view> stored);

  World& world_;
  parley::Storage& storage_;
  std::unordered_map<std::string, int> under_way_;  // key -> writes without completion
};

}  // namespace game
