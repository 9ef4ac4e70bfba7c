// SPDX-License-Identifier: Apache-2.0
// What `welcome` says, in English and Russian.
#pragma once

#include <parley/phrase.hpp>

namespace welcome::say {

using parley::Phrase;

constexpr Phrase kWelcome{"Read the welcome of this place again", "Прочитать приветствие ещё раз"};
constexpr Phrase kNewcomers{"Who came here first of late", "Кто недавно зашёл сюда впервые"};
constexpr Phrase kFirst{"Welcome, {0}! Type / to see what can be done here.",
                        "Добро пожаловать, {0}! Введите /, чтобы увидеть список команд."};
constexpr Phrase kHelp{"What can I do here?", "Что здесь можно делать?"};
constexpr Phrase kLine{"{0}, {1} ago", "{0}, {1} назад"};
constexpr Phrase kNobody{"Nobody new since the server came up", "Новых пока нет"};
constexpr Phrase kMinutes{"{0} min", "{0} мин"};
constexpr Phrase kHours{"{0} h", "{0} ч"};
constexpr Phrase kDays{"{0} d", "{0} д"};

}  // namespace welcome::say
