// SPDX-License-Identifier: Apache-2.0
// Crier: tells people what happened, each in their language: the pushes of the game.
//
// Ownership: refers to the world, the audience and the plugin's pushes. Thread: the plugin's; not in
// start. Failure: a refused push is logged by the SDK; nothing waits for one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <parley/push.hpp>

#include "audience.h"
#include "views.h"
#include "world.h"

namespace game {

// Whose session has it as its answer already. Both empty: nobody's.
struct Actor {
  std::string user = {};
  std::string session = {};
};

// A fight in both languages, taken down while everybody is still where they were.
struct Report {
  struct Frame {
    parley::Json en = {};
    parley::Json ru = {};
    bool answered = false;  // the actor's session got it as the answer
  };
  std::vector<Frame> frames = {};
  std::vector<std::string> english = {};
  std::vector<std::string> russian = {};
};

class Crier {
 public:
  Crier(const World& world, const Audience& audience, parley::Pushes& pushes)
      : world_(world), audience_(audience), pushes_(pushes) {}

  void set_crowd(int crowd) { crowd_ = crowd; }
  Viewer viewer(std::string_view locale) const { return {world_, locale, crowd_}; }

  // playerStateUpdate: whole to those who changed, the room alone to those who see it.
  void show(const Changes& changes, const Actor& actor);
  // present: who was there when it began.
  Report take_down(const Fight& fight, const std::vector<const Player*>& present) const;
  void show(const Report& report, const Actor& actor);
  // worldEvent to everybody; room may be empty.
  void proclaim(const std::string& event, const Text& text, const std::string& room = {});
  // worldEvent to those who are in the world.
  void tell_of_return(const std::string& creature);

 private:
  void show_self(const Player& player, const Actor& actor);
  void show_room(const std::string& room, const std::vector<Note>& notes, const Changes& changes);
  void send(std::vector<std::string> users, const char* type, const parley::Json& data,
            const std::string& except, const char* conflate);

  const World& world_;
  const Audience& audience_;
  parley::Pushes& pushes_;
  int crowd_ = 50;
};

}  // namespace game
