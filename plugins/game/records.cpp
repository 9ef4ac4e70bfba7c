// SPDX-License-Identifier: Apache-2.0
#include "records.h"

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace game {
namespace {

using parley::Json;
using parley::JsonView;

std::vector<std::string> read_items(JsonView list) {
  std::vector<std::string> result;
  for (const JsonView item : list.items()) result.push_back(item.or_else(""));
  return result;
}

}  // namespace

std::string to_record(const Player& player) {
  Json record = Json::object();
  record.set("name", player.name).set("locale", player.locale).set("room", player.room);
  record.set("hp", player.hp).set("mana", player.mana).set("score", player.score);
  record.set("seen", player.seen).set("inventory", Json::array_of(player.inventory));
  return record.text();
}

std::string to_record(const Floor& floor) {
  Json record = Json::object();
  record.set("items", Json::array_of(floor.items)).set("restockAt", floor.restock_at);
  return record.text();
}

std::string to_record(const Creature& creature) {
  return Json::object({{"hp", creature.hp}, {"backAt", creature.back_at}}).text();
}

std::optional<Player> read_player(const std::string& id, std::string_view record) {
  const JsonView view(record);
  if (!view.is_object()) return std::nullopt;
  Player player;
  player.id = id;
  player.name = view["name"].or_else("");
  player.locale = view["locale"].or_else("");
  player.room = view["room"].or_else("");
  player.hp = view["hp"].or_else(1);
  player.mana = view["mana"].or_else(0);
  player.score = view["score"].or_else(std::int64_t{0});
  player.seen = view["seen"].or_else(std::int64_t{0});
  player.inventory = read_items(view["inventory"]);
  return player;
}

std::optional<Floor> read_floor(std::string_view record) {
  const JsonView view(record);
  if (!view.is_object()) return std::nullopt;
  return Floor{read_items(view["items"]), view["restockAt"].or_else(std::int64_t{0})};
}

std::optional<Creature> read_creature(std::string_view record) {
  const JsonView view(record);
  if (!view.is_object()) return std::nullopt;
  return Creature{view["hp"].or_else(0), view["backAt"].or_else(std::int64_t{0})};
}

}  // namespace game
