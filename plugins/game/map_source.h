// SPDX-License-Identifier: Apache-2.0
// Where the world's map comes from: a file, read at the start and again whenever it changes.
//
// Ownership: refers to the world and the plugin's files. Thread: the plugin's; use_now in start and
// on_config. Failure: use_now throws parley::Error, a file that changed for the worse is logged;
// either way the map before stays.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <parley/files.hpp>
#include <parley/host.hpp>

#include "world.h"

namespace game {

class MapSource {
 public:
  // `reread`: called after a changed file has taken the place of the map.
  MapSource(World& world, parley::Files& files, parley::Host host, parley::Callback<void()> reread)
      : world_(world), files_(files), host_(host), reread_(std::move(reread)) {}

  // Blocks.
  void use_now(const std::string& path);

 private:
  void read_again(std::string_view path);
  void take(parley::Outcome outcome, std::string_view content);

  World& world_;
  parley::Files& files_;
  const parley::Host host_;
  const parley::Callback<void()> reread_;
  std::string place_;  // of the file, for sentences
  parley::Watch watch_;
};

}  // namespace game
