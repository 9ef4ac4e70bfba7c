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
constexpr Phrase kVote{"Choose in a poll; again: choose anew",
                       "Проголосовать; повторный голос заменит прежний"};
constexpr Phrase kNumber{"the poll's number", "номер голосования"};
constexpr Phrase kOwnNumber{"the poll's number; not needed where only one of yours runs",
                            "номер голосования; не нужен, если у вас идёт только одно"};
constexpr Phrase kOption{"the choice's number, from 1", "номер варианта, начиная с 1"};
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
constexpr Phrase kLong{"a question or a choice has at most {0} characters: make it shorter",
                       "в вопросе и в каждом варианте не больше {0} знаков: сократите текст"};
constexpr Phrase kTwice{"the choice {0} is there twice: leave one out",
                        "вариант «{0}» указан дважды: уберите один"};
constexpr Phrase kTooMany{"you have {0} polls running: end one with /closePoll NUMBER",
                          "у вас уже идёт голосований: {0}. Завершите одно: /closePoll НОМЕР"};
constexpr Phrase kFull{"there are too many polls on this server: try again later",
                       "на сервере слишком много голосований: попробуйте позже"};
// Of a poll that is over and of one in a channel that the reader is not in: one sentence for both.
constexpr Phrase kUnknown{
    "poll {0} takes no votes any more, or is not in a channel of yours: the result of one that is "
    "over stands in its channel, and /poll asks something new",
    "голосование {0} уже завершено или идёт не в вашем канале: итог завершённого опубликован в его "
    "канале, а новое можно начать командой /poll"};
constexpr Phrase kNoSuch{"there has been no poll {0} yet: use the buttons under a poll",
                         "голосования {0} ещё не было: нажимайте кнопки под вопросом"};
constexpr Phrase kNoneOfYours{
    "you have no poll running: /poll Tea or coffee? | Tea | Coffee starts one",
    "у вас нет идущих голосований. Начать: "
    "/poll Чай или кофе? | Чай | Кофе"};
constexpr Phrase kWhich{"say which one: {0}", "укажите, какое: {0}"};
constexpr Phrase kOneOfThem{"/closePoll {0} ({1})", "/closePoll {0} ({1})"};
constexpr Phrase kNoOption{"poll {0} has the choices 1 to {1}: press one of its buttons",
                           "в голосовании {0} варианты от 1 до {1}: нажмите одну из кнопок"};
constexpr Phrase kCrowded{
    "poll {0} has as many voters as this server counts: look at /results {0}",
    "в голосовании {0} уже проголосовало наибольшее возможное число людей; как оно идёт: "
    "/results {0}"};
constexpr Phrase kNotYours{"only its author and moderators may end poll {0}: ask one of them",
                           "завершить голосование {0} могут только автор и модераторы: "
                           "обратитесь к ним"};

}  // namespace poll::say
