// SPDX-License-Identifier: Apache-2.0
#include "map_file.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalogue.h"

namespace game {
namespace {

using ::testing::HasSubstr;

constexpr const char* kSmall = R"(start: hall
items:
  key: {name: {en: key, ru: ключ}, damage: 2}
rooms:
  hall:
    name: {en: Hall}
    description: {en: A hall.}
    x: -3
    exits: {north: yard}
    items: [key]
  yard:
    name: {en: Yard, ru: Двор}
    description: {en: A yard., ru: Двор.}
creatures:
  dog: {name: {en: dog}, room: yard, hp: 7, damage: 2, score: 3}
spells:
  123: {name: {en: quake}, area: true, event: earthquake, text: {en: It shakes.}}
events:
  - {event: rain, text: {en: It rains.}}
)";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

TEST(MapFile, ReadsEveryPart) {
  const auto loaded = load_map(kSmall, "m.yaml");
  ASSERT_TRUE(loaded.map) << loaded.problem;
  const WorldMap& map = *loaded.map;
  EXPECT_EQ(map.start, "hall");
  EXPECT_EQ(map.rooms.at("hall").x, -3);
  EXPECT_EQ(map.rooms.at("hall").exits.at("north"), "yard");
  EXPECT_EQ(map.rooms.at("hall").items, std::vector<std::string>{"key"});
  EXPECT_EQ(map.rooms.at("hall").name.in("ru"), "Hall");
  EXPECT_EQ(map.rooms.at("yard").name.in("ru-RU"), "Двор");
  EXPECT_EQ(map.items.at("key").damage, 2);
  EXPECT_EQ(map.creatures.at("dog").hp, 7);
  EXPECT_TRUE(map.spells.at(123).area);
  EXPECT_EQ(map.spells.at(123).event, "earthquake");
  EXPECT_EQ(map.happenings.at(0).event, "rain");
}

struct Mistake {
  const char* what;
  const char* with;
  const char* problem;
};

class BadMap : public ::testing::TestWithParam<Mistake> {};

TEST_P(BadMap, IsRefusedWithFileLineAndReason) {
  const auto& [what, with, problem] = GetParam();
  const auto loaded = load_map(replaced(kSmall, what, with), "m.yaml");
  EXPECT_FALSE(loaded.map);
  EXPECT_THAT(loaded.problem, HasSubstr(problem));
}

INSTANTIATE_TEST_SUITE_P(
    Mistakes, BadMap,
    ::testing::Values(
        Mistake{"start: hall", "start: nowhere", "m.yaml:1: start: there is no room 'nowhere'"},
        Mistake{"start: hall", "begin: hall", "m.yaml:1: the map: unknown key 'begin'"},
        Mistake{"start: hall", "", "'start' is missing"},
        Mistake{"damage: 2}", "damage: much}",
                "m.yaml:3: item 'key'.damage must be a whole number"},
        Mistake{"damage: 2}", "damage: -1}", "from 0 to 1000000"},
        Mistake{"    x: -3", "    x: [1]", "m.yaml:8: room 'hall'.x must be a whole number"},
        Mistake{"north: yard", "north: moon", "m.yaml:9: room 'hall': north leads to 'moon'"},
        Mistake{"north: yard", "sideways: yard",
                "m.yaml:9: room 'hall': 'sideways' is no direction"},
        Mistake{"north: yard", "north: yard, north: hall", "stands there twice"},
        Mistake{"[key]", "[key, axe]", "m.yaml:10: room 'hall': there is no item 'axe'"},
        Mistake{"[key]", "key", "room 'hall'.items must be a list"},
        Mistake{"name: {en: Hall}", "name: Hall", "m.yaml:6: room 'hall'.name must be a mapping"},
        Mistake{"name: {en: Hall}", "name: {ru: Зал}", "'en' is missing"},
        Mistake{"room: yard", "room: moon", "m.yaml:15: creature 'dog': there is no room 'moon'"},
        Mistake{"hp: 7", "hp: 0", "m.yaml:15: creature 'dog'.hp must be a whole number from 1"},
        Mistake{"  123:", "  boom:", "'boom' must be a whole number from 1"},
        Mistake{"  123:", "  0:", "'0' must be a whole number from 1"},
        Mistake{"area: true", "area: big", "m.yaml:17: spell 123.area must be true or false"},
        Mistake{"event: rain, ", "", "'event' is missing"},
        Mistake{"exits: {north", "exits: {north: {", "m.yaml:"}));

TEST(MapFile, RefusesWhatIsNoMapAtAll) {
  EXPECT_THAT(load_map("", "m.yaml").problem, HasSubstr("'start' is missing"));
  EXPECT_THAT(load_map("[1, 2]", "m.yaml").problem,
              HasSubstr("m.yaml:1: the map must be a mapping"));
  EXPECT_THAT(load_map("start: hall\nrooms: {a: [", "m.yaml").problem, HasSubstr("m.yaml:"));
  EXPECT_THAT(load_map(std::string(100'000, '['), "m.yaml").problem, HasSubstr("m.yaml:"));
}

TEST(MapFile, ShippedMapIsGoodAndSpeaksBothLanguages) {
  std::ifstream file(PARLEY_PLUGIN_DATA "/map.yaml");
  const std::string yaml{std::istreambuf_iterator<char>(file), {}};
  const auto loaded = load_map(yaml, "map.yaml");
  ASSERT_TRUE(loaded.map) << loaded.problem;
  EXPECT_EQ(loaded.map->spells.at(123).event, "earthquake");
  EXPECT_TRUE(loaded.map->spells.at(123).area);
  EXPECT_EQ(loaded.map->rooms.at(loaded.map->start).exits.count("north"), 1u);
  for (const auto& [id, room] : loaded.map->rooms) {
    EXPECT_FALSE(room.name.ru.empty()) << id;
    EXPECT_FALSE(room.description.ru.empty()) << id;
    EXPECT_FALSE(room.exits.empty()) << id;
  }
}

}  // namespace
}  // namespace game
