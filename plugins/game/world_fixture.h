// SPDX-License-Identifier: Apache-2.0
// A world of two rooms whose dice fall as the test says.
#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "world.h"

namespace game {

inline WorldMap small_map() {
  WorldMap map;
  map.start = "hall";
  map.items["key"] = {{"key", "ключ"}, 0};
  map.items["sword"] = {{"old sword", "старый меч"}, 4};
  map.rooms["hall"] = {{"Hall", "Зал"}, {"A hall.", "Зал."}, 0, 0, {{"north", "yard"}}, {"key"}};
  map.rooms["yard"] = {{"Yard", "Двор"}, {"A yard.", "Двор."}, 0, 1, {{"south", "hall"}},
                       {"sword"}};
  map.creatures["wolf"] = {{"wolf", "волк"}, "yard", 14, 4, 10};
  map.creatures["hen"] = {{"hen", "курица"}, "yard", 3, 0, 1};
  map.spells[1] = {{"spark", "искра"}, 5, 6, false, "", {}};
  map.spells[123] = {{"quake", "землетрясение"}, 10, 8, true, "earthquake",
                     {"It shakes.", "Трясёт."}};
  return map;
}

class WorldTest : public ::testing::Test {
 protected:
  Player& enter(const std::string& name) { return *world_.enter("u_" + name, name, "en", now_); }
  Player& enter_yard(const std::string& name) {
    Player& player = enter(name);
    EXPECT_EQ(world_.move(player, "north"), Refusal::kNone);
    return player;
  }

  Rules rules_;
  int die_ = 1;  // each throw, as far as its range allows
  std::int64_t now_ = 1'000'000;
  World world_{small_map(), rules_,
               [this](int least, int most) { return std::min(std::max(die_, least), most); }};
};

}  // namespace game
