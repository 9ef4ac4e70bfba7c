// SPDX-License-Identifier: Apache-2.0
// What the game says, in English and Russian. The world's own texts stand in the map.
#pragma once

#include <parley/phrase.hpp>

namespace game::say {

using parley::Phrase;

// Help
constexpr Phrase kLook{"Look around", "Осмотреться"};
constexpr Phrase kMove{"Walk to the next room", "Перейти в соседнюю комнату"};
constexpr Phrase kDirection{"where to", "куда"};
constexpr Phrase kTake{"Take a thing from the ground", "Поднять вещь"};
constexpr Phrase kDrop{"Put a thing down", "Положить вещь"};
constexpr Phrase kItem{"its name", "название"};
constexpr Phrase kInventory{"What you carry", "Что у вас с собой"};
constexpr Phrase kAttack{"Attack somebody who is here", "Напасть на того, кто рядом"};
constexpr Phrase kTarget{"a creature or a person", "существо или человек"};
constexpr Phrase kCast{"Cast a spell", "Произнести заклинание"};
constexpr Phrase kSpellId{"number of the spell", "номер заклинания"};
constexpr Phrase kSpellTarget{"a creature or a person; some spells need none",
                              "существо или человек; цель нужна не каждому заклинанию"};
constexpr Phrase kScore{"Who leads", "Таблица лидеров"};

// Refusals. A card of a room that one has left keeps its buttons: what cannot be done any more says
// where the reader is now, and what can be done there.
constexpr Phrase kWorldFull{"the world is full: come back a little later",
                            "мир переполнен: зайдите чуть позже"};
constexpr Phrase kNoExit{"you are at: {2}. There is no way {0} from here; exits: {1}",
                         "вы здесь: {2}. Отсюда нет пути: {0}; выходы: {1}"};
constexpr Phrase kNoWayOut{"you are at: {0}. There is no way out of here",
                           "вы здесь: {0}. Выхода отсюда нет"};
constexpr Phrase kNoSuchItem{"there is no '{0}' on the ground at: {1}. /look shows what is there",
                             "здесь ({1}) нет такой вещи: {0}. Что есть, покажет /look"};
constexpr Phrase kNotCarried{"you do not carry '{0}': /inventory shows what you do",
                             "у вас нет такой вещи: {0}. Что есть, покажет /inventory"};
constexpr Phrase kHandsFull{"you cannot carry more than {0} things: /drop one",
                            "больше {0} вещей не унести: положите что-нибудь командой /drop"};
constexpr Phrase kFloorFull{"there is no room for it on the ground here: put it down elsewhere",
                            "здесь на земле нет места: положите вещь в другом месте"};
constexpr Phrase kNoTarget{"there is no '{0}' at: {1}. /look shows who is there",
                           "здесь ({1}) нет никого с именем {0}. Кто есть, покажет /look"};
constexpr Phrase kNeedsTarget{"name a target for this spell: /look shows who is here",
                              "этому заклинанию нужна цель: кто здесь есть, покажет /look"};
constexpr Phrase kYourself{"not yourself: name somebody else, /look shows who is here",
                           "на себя нельзя: назовите другую цель, кто здесь есть, покажет /look"};
constexpr Phrase kNoDuels{"people do not fight each other in this world: attack a creature",
                          "люди в этом мире друг с другом не сражаются: нападайте на существ"};
constexpr Phrase kNoSpell{"there is no spell {0}; there are: {1}", "заклинания {0} нет; есть: {1}"};
constexpr Phrase kNoMana{"you have {0} mana, the spell takes {1}: rest a little",
                         "у вас {0} маны, а заклинание требует {1}: немного отдохните"};

// Rooms
constexpr Phrase kRoom{"{0}. {1}", "{0}. {1}"};
constexpr Phrase kExits{" Exits: {0}.", " Выходы: {0}."};
constexpr Phrase kHere{" Here: {0}.", " Здесь: {0}."};
constexpr Phrase kOnGround{" On the ground: {0}.", " На земле: {0}."};
constexpr Phrase kTaken{"You take: {0}.", "Вы берёте: {0}."};
constexpr Phrase kDropped{"You put down: {0}.", "Вы кладёте: {0}."};
constexpr Phrase kYouCarry{"You carry: {0}.", "У вас с собой: {0}."};
constexpr Phrase kYouCarryNothing{"You carry nothing.", "У вас с собой ничего нет."};

// What others see
constexpr Phrase kArrives{"{0} arrives.", "{0} появляется здесь."};
constexpr Phrase kLeaves{"{0} leaves.", "{0} уходит."};
constexpr Phrase kLeavesTo{"{0} leaves: {1}.", "{0} уходит, направление: {1}."};
constexpr Phrase kTakes{"{0} takes: {1}.", "{0} берёт: {1}."};
constexpr Phrase kDrops{"{0} puts down: {1}.", "{0} кладёт: {1}."};
constexpr Phrase kReturns{"{0} is back.", "{0} снова здесь."};
constexpr Phrase kReturnedTo{"{0} is back: {1}.", "{0} снова здесь: {1}."};

// Combat
constexpr Phrase kMisses{"{0} attacks {1} and misses.",
                         "{0} нападает (цель: {1}) и промахивается."};
constexpr Phrase kHits{"{0} hits {1}: {2} damage, {3} of {4} left.",
                       "{0} нападает, цель: {1}. Урон: {2}, осталось {3} из {4}."};
constexpr Phrase kDefeats{"{0} hits {1}: {2} damage. {1} is defeated!",
                          "{0} нападает, цель: {1}. Урон: {2}. Победа!"};
constexpr Phrase kCasts{"{0} casts {1}.", "{0} произносит заклинание: {1}."};
constexpr Phrase kNobody{"nobody", "никого"};
constexpr Phrase kNobodyHurt{" Nobody here is hurt.", " Никто здесь не пострадал."};
constexpr Phrase kCastHits{" {0}: {1} damage, {2} of {3} left.",
                           " {0} получает урон: {1}, осталось {2} из {3}."};
constexpr Phrase kCastDefeats{" {0}: {1} damage, defeated!", " {0} получает урон: {1}. Победа!"};

// Score
constexpr Phrase kYourPlace{"You are number {0} with {1} points, level {2}.",
                            "Ваше место: {0}. Очки: {1}, уровень: {2}."};

// Directions, as texts show them
constexpr Phrase kNorth{"north", "север"};
constexpr Phrase kSouth{"south", "юг"};
constexpr Phrase kEast{"east", "восток"};
constexpr Phrase kWest{"west", "запад"};
constexpr Phrase kUp{"up", "вверх"};
constexpr Phrase kDown{"down", "вниз"};

struct Direction {
  const char* name;
  const char* letter;  // its short command; empty: none
  Phrase shown;
  Phrase help;
};
constexpr Direction kDirections[] = {
    {"north", "n", kNorth, {"Walk north", "Идти на север"}},
    {"south", "s", kSouth, {"Walk south", "Идти на юг"}},
    {"east", "e", kEast, {"Walk east", "Идти на восток"}},
    {"west", "w", kWest, {"Walk west", "Идти на запад"}},
    {"up", "", kUp, {"Climb up", "Подняться"}},
    {"down", "", kDown, {"Climb down", "Спуститься"}},
};

inline std::string direction(std::string_view name, std::string_view locale) {
  for (const Direction& one : kDirections) {
    if (one.name == name) return std::string(one.shown.in(locale));
  }
  return std::string(name);
}

}  // namespace game::say
