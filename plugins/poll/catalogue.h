// SPDX-License-Identifier: Apache-2.0
// What `poll` says, in English and Russian.
#pragma once

#include <parley/phrase.hpp>

namespace poll::say {

using parley::Phrase;

// Help
constexpr Phrase kPoll{"Ask a channel to choose", "Устроить голосование в канале"};
constexpr Phrase kText{"the question and the choices: Tea or coffee? | Tea | Coffee",
                       "вопрос и варианты: Чай или кофе? | Чай | Кофе"};
constexpr Phrase kVote{"Choose in a poll; again: choose anew", "Проголосовать; снова — передумать"};
constexpr Phrase kNumber{"the poll's number", "номер голосования"};
constexpr Phrase kOption{"the choice's number, from 1", "номер варианта, с 1"};
constexpr Phrase kResults{"How a poll stands", "Как идёт голосование"};
constexpr Phrase kClose{"End a poll and tell the channel its result",
                        "Завершить голосование и объявить итог"};

// Answers
constexpr Phrase kAsks{"Poll {0}: {1}", "Голосование {0}: {1}"};
constexpr Phrase kVoted{"Poll {0}: you chose {1}", "Голосование {0}: вы выбрали «{1}»"};
constexpr Phrase kStands{"Poll {0}: {1}\n{2}", "Голосование {0}: {1}\n{2}"};
constexpr Phrase kClosed{"Poll {0} is over: {1}\n{2}", "Голосование {0} завершено: {1}\n{2}"};
constexpr Phrase kShow{"Results", "Итоги"};

// Refusals
constexpr Phrase kUsage{"write a question and 2 to {0} choices: Tea or coffee? | Tea | Coffee",
                        "напишите вопрос и от 2 до {0} вариантов: Чай или кофе? | Чай | Кофе"};
constexpr Phrase kLong{"a question or a choice has at most {0} characters",
                       "в вопросе и варианте не больше {0} знаков"};
constexpr Phrase kTwice{"the choice {0} is there twice", "вариант «{0}» назван дважды"};
constexpr Phrase kTooMany{"you have {0} polls running: end one with /closePoll NUMBER",
                          "у вас уже идёт голосований: {0}. Завершите одно: /closePoll НОМЕР"};
constexpr Phrase kFull{"there are too many polls on this server: try again later",
                       "на сервере слишком много голосований: попробуйте позже"};
constexpr Phrase kUnknown{"there is no poll {0}: it may be over",
                          "голосования {0} нет: возможно, оно завершено"};
constexpr Phrase kNoOption{"poll {0} has the choices 1 to {1}", "в голосовании {0} варианты 1–{1}"};
constexpr Phrase kCrowded{"so many have voted in poll {0} that no more can",
                          "в голосовании {0} проголосовало столько людей, что больше нельзя"};
constexpr Phrase kNotYours{"only its author and moderators may end poll {0}",
                           "завершить голосование {0} могут только автор и модераторы"};

}  // namespace poll::say
