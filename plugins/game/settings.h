// SPDX-License-Identifier: Apache-2.0
// The plugin's settings: the schema that the server checks them against, and what is read of them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <parley/json_view.hpp>

#include "world.h"

namespace game {

inline constexpr std::string_view kSettingsSchema = R"json({
  "type": "object", "additionalProperties": false,
  "properties": {
    "map": {"type": "string", "default": "map.yaml", "minLength": 1,
      "description": "The map: in plugins.d/game/, else beside the plugin; watched for changes."},
    "hp": {"type": "integer", "default": 30, "minimum": 1, "maximum": 100000, "description": "Health of a player."},
    "mana": {"type": "integer", "default": 50, "minimum": 0, "maximum": 100000, "description": "Mana of a player."},
    "damage": {"type": "integer", "default": 6, "minimum": 1, "maximum": 100000,
      "description": "The heaviest blow of bare hands; weapons and levels add to it."},
    "hit_percent": {"type": "integer", "default": 80, "minimum": 1, "maximum": 100, "description": "Blows that hit, of a hundred."},
    "victory": {"type": "integer", "default": 5, "minimum": 0, "maximum": 100000, "description": "Score for defeating a player."},
    "level": {"type": "integer", "default": 50, "minimum": 1, "maximum": 1000000, "description": "Score for one level."},
    "duels": {"type": "boolean", "default": true, "description": "Whether people may fight each other."},
    "inventory": {"type": "integer", "default": 20, "minimum": 1, "maximum": 1000, "description": "Things one player carries."},
    "floor": {"type": "integer", "default": 50, "minimum": 1, "maximum": 1000, "description": "Things that lie in one room."},
    "players": {"type": "integer", "default": 10000, "minimum": 1, "maximum": 1000000,
      "description": "Players remembered; above that whoever was not seen for the longest time is forgotten."},
    "crowd": {"type": "integer", "default": 50, "minimum": 1, "maximum": 1000, "description": "People listed in one room, at most."},
    "board": {"type": "integer", "default": 10, "minimum": 1, "maximum": 100, "description": "Lines of the score board."},
    "pulse": {"type": "integer", "default": 10, "minimum": 1, "maximum": 3600,
      "description": "Seconds between two looks at who heals and what comes back."},
    "regenerate": {"type": "integer", "default": 5, "minimum": 0, "maximum": 100000, "description": "Health and mana that come back with each pulse."},
    "respawn": {"type": "integer", "default": 60, "minimum": 1, "maximum": 86400, "description": "Seconds until a defeated creature is back."},
    "restock": {"type": "integer", "default": 120, "minimum": 1, "maximum": 86400, "description": "Seconds until a thing that was taken lies there again."},
    "event_every": {"type": "integer", "default": 900, "minimum": 0, "maximum": 86400, "description": "Seconds between two world events by themselves. 0: none."},
    "idle": {"type": "integer", "default": 600, "minimum": 10, "maximum": 86400,
      "description": "Seconds after which a player without a known session leaves the world."}
  }
})json";

struct Settings {
  explicit Settings(parley::JsonView config)
      : map(config["map"].or_else("map.yaml")),
        crowd(config["crowd"].or_else(50)),
        board(config["board"].or_else(10)),
        pulse(config["pulse"].or_else(10)),
        event_every(config["event_every"].or_else(900)),
        idle(config["idle"].or_else(600)) {
    rules.hp = config["hp"].or_else(rules.hp);
    rules.mana = config["mana"].or_else(rules.mana);
    rules.damage = config["damage"].or_else(rules.damage);
    rules.hit_percent = config["hit_percent"].or_else(rules.hit_percent);
    rules.victory = config["victory"].or_else(rules.victory);
    rules.level = config["level"].or_else(rules.level);
    rules.duels = config["duels"].or_else(rules.duels);
    rules.inventory = config["inventory"].or_else(rules.inventory);
    rules.floor = config["floor"].or_else(rules.floor);
    rules.players = config["players"].or_else(rules.players);
    rules.regenerate = config["regenerate"].or_else(rules.regenerate);
    rules.respawn = config["respawn"].or_else(rules.respawn / 1000) * 1000;
    rules.restock = config["restock"].or_else(rules.restock / 1000) * 1000;
  }

  Rules rules = {};
  std::string map;
  int crowd;
  int board;
  std::chrono::seconds pulse;
  std::chrono::seconds event_every;
  std::chrono::seconds idle;
};

}  // namespace game
