// SPDX-License-Identifier: Apache-2.0
// The world's state as it is stored: one JSON value per player, floor and creature. Reading takes
// what is there and gives the rest its default; a value that is no object is nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "world.h"

namespace game {

inline constexpr std::string_view kPlayers = "player:";
inline constexpr std::string_view kFloors = "floor:";
inline constexpr std::string_view kCreatures = "creature:";

inline std::string key(std::string_view prefix, std::string_view id) {
  return std::string(prefix) + std::string(id);
}

std::string to_record(const Player& player);
std::string to_record(const Floor& floor);
std::string to_record(const Creature& creature);

std::optional<Player> read_player(const std::string& id, std::string_view record);
std::optional<Floor> read_floor(std::string_view record);
std::optional<Creature> read_creature(std::string_view record);

}  // namespace game
