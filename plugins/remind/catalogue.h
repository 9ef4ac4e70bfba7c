// SPDX-License-Identifier: Apache-2.0
// What `remind` says, in English and Russian.
#pragma once

#include <parley/phrase.hpp>

namespace remind::say {

using parley::Phrase;

// Help
constexpr Phrase kRemind{"Be reminded of something later", "Напомнить о чём-нибудь позже"};
constexpr Phrase kWhen{"in how long: 10m, 1h30m, 2d", "через какое время: 10м, 1ч30м, 2д"};
constexpr Phrase kWhat{"what of", "о чём"};
constexpr Phrase kReminders{"Your reminders", "Ваши напоминания"};
constexpr Phrase kUnremind{"Drop a reminder", "Отменить напоминание"};
constexpr Phrase kNumber{"its number in /reminders", "его номер в /reminders"};

// Answers
constexpr Phrase kSet{"Reminder {0}, in {1}: {2}", "Напоминание {0}, через {1}: {2}"};
constexpr Phrase kDropped{"Reminder {0} is dropped", "Напоминание {0} отменено"};
constexpr Phrase kDrop{"Drop {0}", "Отменить {0}"};
constexpr Phrase kNone{"You have no reminders. Make one: /remind 10m tea",
                       "Напоминаний нет. Создать: /remind 10м чай"};
constexpr Phrase kLine{"{0}. in {1}: {2}", "{0}. через {1}: {2}"};
constexpr Phrase kDue{"Reminder: {0}", "Напоминание: {0}"};
constexpr Phrase kLate{"Reminder, due {0} ago: {1}", "Напоминание с опозданием на {0}: {1}"};

// Refusals
constexpr Phrase kNoDuration{"write the time as 10m, 1h30m or 2d",
                             "напишите время в виде 10м, 1ч30м или 2д"};
constexpr Phrase kTooFar{"a reminder is at most {0} away",
                         "напомнить можно не позже чем через {0}"};
constexpr Phrase kNoText{"say what of: /remind 10m tea", "напишите, о чём: /remind 10м чай"};
constexpr Phrase kTooLong{"the text has at most {0} characters", "в тексте не больше {0} знаков"};
constexpr Phrase kTooMany{"you have {0} reminders already: drop one with /unremind NUMBER",
                          "напоминаний у вас уже {0}: отмените одно командой /unremind НОМЕР"};
constexpr Phrase kFull{"there are too many reminders on this server: try again later",
                       "на сервере слишком много напоминаний: попробуйте позже"};
constexpr Phrase kUnknown{"you have no reminder {0}: see /reminders",
                          "у вас нет напоминания {0}: см. /reminders"};

}  // namespace remind::say
