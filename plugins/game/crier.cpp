// SPDX-License-Identifier: Apache-2.0
#include "crier.h"

#include "catalogue.h"

namespace game {
namespace {

using parley::Json;
using parley::Target;

// Only the newest view of the world is worth waiting for.
constexpr const char* kView = "game.view";

Json event_fields(const std::string& event, const std::string& text, const std::string& room) {
  Json fields = Json::object({{"event", event}});
  if (!text.empty()) fields.set("text", text);
  if (!room.empty()) fields.set("room", room);
  return fields;
}

}  // namespace

void Crier::send(std::vector<std::string> users, const char* type, const Json& data,
                 const std::string& except, const char* conflate) {
  if (users.empty()) return;
  parley::Frame frame{.to = Target::users(std::move(users)), .type = type, .data = data};
  if (!except.empty()) frame.except.push_back(except);
  frame.conflate = conflate;
  pushes_.send(frame);
}

void Crier::show(const Changes& changes, const Actor& actor) {
  for (const std::string& id : changes.players) {
    const Player* player = world_.player(id);
    if (player != nullptr && player->here) show_self(*player, actor);
  }
  for (const auto& [room, notes] : changes.rooms) {
    if (world_.map().rooms.count(room) > 0) show_room(room, notes, changes);
  }
}

void Crier::show_self(const Player& player, const Actor& actor) {
  const bool is_actor = player.id == actor.user;
  if (is_actor && !audience_.has_several(player.id)) return;
  send({player.id}, "playerStateUpdate", viewer(player.locale).state(player, ""),
       is_actor ? actor.session : "", kView);
}

void Crier::show_room(const std::string& room, const std::vector<Note>& notes,
                      const Changes& changes) {
  std::vector<std::string> english, russian;
  for (const Player* player : world_.visitors(room)) {
    if (changes.players.count(player->id) > 0) continue;  // has seen it with the whole state
    (Audience::russian(player->locale) ? russian : english).push_back(player->id);
  }
  const auto tell = [&](std::vector<std::string> users, const char* locale) {
    if (users.empty()) return;
    const Viewer view = viewer(locale);
    send(std::move(users), "playerStateUpdate", view.surroundings(room, view.notes(notes)), "",
         kView);
  };
  tell(std::move(english), "en");
  tell(std::move(russian), "ru");
}

Report Crier::take_down(const Fight& fight, const std::vector<const Player*>& present) const {
  Report report;
  for (const Blow& blow : fight.blows) {
    report.frames.push_back({viewer("en").combat(blow), viewer("ru").combat(blow)});
  }
  if (!report.frames.empty()) report.frames.front().answered = true;
  for (const Player* player : present) {
    const bool russian = Audience::russian(player->locale);
    (russian ? report.russian : report.english).push_back(player->id);
  }
  return report;
}

void Crier::show(const Report& report, const Actor& actor) {
  for (const Report::Frame& frame : report.frames) {
    const std::string except = frame.answered ? actor.session : "";
    send(report.english, "combatResult", frame.en, except, "");
    send(report.russian, "combatResult", frame.ru, except, "");
  }
}

void Crier::proclaim(const std::string& event, const Text& text, const std::string& room) {
  const auto russians = audience_.russians();
  pushes_.send({.to = Target::all(),
                .type = "worldEvent",
                .fields = event_fields(event, text.in("en"), room),
                .except = russians});
  if (russians.empty()) return;
  pushes_.send({.to = Target::users(russians),
                .type = "worldEvent",
                .fields = event_fields(event, text.in("ru"), room)});
}

void Crier::tell_of_return(const std::string& creature) {
  const std::string& room = world_.map().creatures.at(creature).room;
  const Text& place = world_.map().rooms.at(room).name;
  std::vector<std::string> english, russian;
  for (const Player* player : world_.present()) {
    (Audience::russian(player->locale) ? russian : english).push_back(player->id);
  }
  const auto tell = [&](std::vector<std::string> users, const char* locale) {
    if (users.empty()) return;
    const auto text =
        say::kReturnedTo.format(locale, viewer(locale).creature(creature), place.in(locale));
    pushes_.send({.to = Target::users(std::move(users)),
                  .type = "worldEvent",
                  .fields = event_fields("creatureReturned", text, room)});
  };
  tell(std::move(english), "en");
  tell(std::move(russian), "ru");
}

}  // namespace game
