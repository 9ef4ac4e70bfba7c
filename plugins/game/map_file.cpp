// SPDX-License-Identifier: Apache-2.0
#include "map_file.h"

#include <initializer_list>
#include <limits>
#include <set>
#include <string_view>

#include <yaml-cpp/yaml.h>

namespace game {
namespace {

constexpr int kMost = 1'000'000;  // of any number on a map
constexpr std::string_view kDirections[] = {"north", "south", "east", "west", "up", "down"};

// Leaves load_map() as `problem`.
struct Fault {
  int line;  // 1-based; 0: of the file as a whole
  std::string reason;
};

[[noreturn]] void refuse(const YAML::Node& at, const std::string& reason) {
  throw Fault{at.Mark().line + 1, reason};
}

// One mapping of the file: its keys are known, and each stands there once.
class Section {
 public:
  Section(const YAML::Node& node, std::string name, std::initializer_list<std::string_view> known)
      : node_(node), name_(std::move(name)) {
    for (const auto& [key, value] : entries()) {
      bool found = false;
      for (const auto one : known) found = found || one == key;
      if (!found) refuse(value, name_ + ": unknown key '" + key + "'; known: " + join(known));
    }
  }
  // A mapping with names of the author's own.
  Section(const YAML::Node& node, std::string name) : node_(node), name_(std::move(name)) {}

  std::vector<std::pair<std::string, YAML::Node>> entries() const {
    std::vector<std::pair<std::string, YAML::Node>> result;
    if (!node_.IsDefined() || node_.IsNull()) return result;
    if (!node_.IsMap()) refuse(node_, name_ + " must be a mapping");
    std::set<std::string> seen;
    for (const auto& pair : node_) {
      if (!pair.first.IsScalar()) refuse(pair.first, name_ + ": a key must be a plain word");
      const std::string key = pair.first.Scalar();
      if (!seen.insert(key).second)
        refuse(pair.first, name_ + ": '" + key + "' stands there twice");
      result.emplace_back(key, pair.second);
    }
    return result;
  }

  std::optional<YAML::Node> find(const std::string& key) const {
    for (const auto& [name, value] : entries()) {
      if (name == key) return value;
    }
    return std::nullopt;
  }
  YAML::Node need(const std::string& key) const {
    auto found = find(key);
    if (!found) refuse(node_, name_ + ": '" + key + "' is missing");
    return *found;
  }

  std::string word(const std::string& key) const { return scalar(need(key), name_ + "." + key); }
  std::string word_or(const std::string& key, const std::string& fallback) const {
    return find(key) ? word(key) : fallback;
  }
  int number(const std::string& key, int least, int most, int fallback) const {
    const auto found = find(key);
    return found ? read_number(*found, key, least, most) : fallback;
  }
  int number(const std::string& key, int least, int most) const {
    return read_number(need(key), key, least, most);
  }
  bool flag(const std::string& key) const {
    const auto found = find(key);
    bool value = false;
    if (found && !YAML::convert<bool>::decode(*found, value)) {
      refuse(*found, name_ + "." + key + " must be true or false");
    }
    return value;
  }
  Text text(const std::string& key) const {
    const Section both(need(key), name_ + "." + key, {"en", "ru"});
    return {both.word("en"), both.word_or("ru", "")};
  }
  std::vector<std::pair<std::string, YAML::Node>> list(const std::string& key) const {
    std::vector<std::pair<std::string, YAML::Node>> result;
    const auto found = find(key);
    if (!found) return result;
    if (!found->IsSequence()) refuse(*found, name_ + "." + key + " must be a list");
    for (const auto& one : *found) result.emplace_back(name_ + "." + key, one);
    return result;
  }
  static std::string scalar(const YAML::Node& node, const std::string& name) {
    if (!node.IsScalar() || node.Scalar().empty()) refuse(node, name + " must be a text");
    return node.Scalar();
  }

 private:
  int read_number(const YAML::Node& node, const std::string& key, int least, int most) const {
    int value = 0;
    const bool whole = node.IsScalar() && YAML::convert<int>::decode(node, value);
    if (whole && value >= least && value <= most) return value;
    refuse(node, name_ + "." + key + " must be a whole number from " + std::to_string(least) +
                     " to " + std::to_string(most));
  }
  static std::string join(std::initializer_list<std::string_view> words) {
    std::string result;
    for (const auto word : words) (result += result.empty() ? "" : ", ") += word;
    return result;
  }

  YAML::Node node_;
  std::string name_;
};

Room read_room(const YAML::Node& node, const std::string& name) {
  const Section section(node, name, {"name", "description", "x", "y", "exits", "items"});
  Room room{section.text("name"), section.text("description")};
  room.x = section.number("x", -kMost, kMost, 0);
  room.y = section.number("y", -kMost, kMost, 0);
  for (const auto& [where, item] : section.list("items")) {
    room.items.push_back(Section::scalar(item, where));
  }
  if (const auto exits = section.find("exits")) {
    for (const auto& [direction, to] : Section(*exits, name + ".exits").entries()) {
      bool known = false;
      for (const auto one : kDirections) known = known || one == direction;
      if (!known) refuse(to, name + ": '" + direction + "' is no direction");
      room.exits[direction] = Section::scalar(to, name + ".exits." + direction);
    }
  }
  return room;
}

Thing read_thing(const YAML::Node& node, const std::string& name) {
  const Section section(node, name, {"name", "damage"});
  return {section.text("name"), section.number("damage", 0, kMost, 0)};
}

CreatureKind read_creature(const YAML::Node& node, const std::string& name) {
  const Section section(node, name, {"name", "room", "hp", "damage", "score"});
  return {section.text("name"), section.word("room"), section.number("hp", 1, kMost),
          section.number("damage", 0, kMost, 0), section.number("score", 0, kMost, 0)};
}

Spell read_spell(const YAML::Node& node, const std::string& name) {
  const Section section(node, name, {"name", "mana", "damage", "area", "event", "text"});
  Spell spell{section.text("name")};
  spell.mana = section.number("mana", 0, kMost, 0);
  spell.damage = section.number("damage", 0, kMost, 0);
  spell.area = section.flag("area");
  spell.event = section.word_or("event", "");
  if (section.find("text")) spell.text = section.text("text");
  return spell;
}

std::int64_t spell_number(const std::string& key, const YAML::Node& at) {
  int number = 0;
  if (!YAML::convert<int>::decode(YAML::Node(key), number) || number < 1) {
    refuse(at, "spells: '" + key + "' must be a whole number from 1");
  }
  return number;
}

// Names that lead nowhere. The nodes are at hand here, for the lines.
void check_room(const WorldMap& map, const std::string& id, const YAML::Node& node) {
  const Section section(node, "room '" + id + "'");
  for (const auto& [where, item] : section.list("items")) {
    if (map.items.count(item.Scalar()) == 0) {
      refuse(item, "room '" + id + "': there is no item '" + item.Scalar() + "'");
    }
  }
  const auto exits = section.find("exits");
  if (!exits) return;
  for (const auto& [direction, to] : Section(*exits, "exits").entries()) {
    if (map.rooms.count(to.Scalar()) == 0) {
      refuse(to, "room '" + id + "': " + direction + " leads to '" + to.Scalar() +
                     "', and there is no such room");
    }
  }
}

WorldMap read_map(const YAML::Node& root) {
  const Section file(root, "the map", {"start", "rooms", "items", "creatures", "spells", "events"});
  const auto part = [&](const char* key) {
    const auto found = file.find(key);
    return found ? Section(*found, key).entries() : Section(YAML::Node(), key).entries();
  };
  WorldMap map;
  map.start = file.word("start");
  for (const auto& [id, node] : part("items"))
    map.items[id] = read_thing(node, "item '" + id + "'");
  for (const auto& [id, node] : part("rooms")) map.rooms[id] = read_room(node, "room '" + id + "'");
  for (const auto& [id, node] : part("rooms")) check_room(map, id, node);
  if (map.rooms.count(map.start) == 0) {
    refuse(file.need("start"), "start: there is no room '" + map.start + "'");
  }
  for (const auto& [id, node] : part("creatures")) {
    const auto& made = map.creatures[id] = read_creature(node, "creature '" + id + "'");
    if (map.rooms.count(made.room) == 0) {
      refuse(node["room"], "creature '" + id + "': there is no room '" + made.room + "'");
    }
  }
  for (const auto& [id, node] : part("spells")) {
    map.spells[spell_number(id, node)] = read_spell(node, "spell " + id);
  }
  for (const auto& [where, node] : file.list("events")) {
    const Section section(node, "event", {"event", "text"});
    map.happenings.push_back({section.word("event"), section.text("text")});
  }
  return map;
}

}  // namespace

LoadedMap load_map(const std::string& yaml, const std::string& file) {
  const auto problem = [&](int line, const std::string& reason) {
    return LoadedMap{std::nullopt, file + ":" + std::to_string(line) + ": " + reason};
  };
  try {
    return {read_map(YAML::Load(yaml)), {}};
  } catch (const Fault& fault) {
    return problem(fault.line, fault.reason);
  } catch (const YAML::Exception& error) {
    return problem(error.mark.line + 1, error.msg);
  }
}

}  // namespace game
