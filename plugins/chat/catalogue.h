// SPDX-License-Identifier: Apache-2.0
// What `chat` says, in English and Russian.
#pragma once

#include <parley/phrase.hpp>

namespace chat::say {

using parley::Phrase;

// Help
constexpr Phrase kSendChat{"Say something in a channel", "Сказать что-нибудь в канале"};
constexpr Phrase kMessage{"the text; a / at its start makes it a command",
                          "текст; если он начинается с /, это команда"};
constexpr Phrase kWhichChannel{"where; the channel you are in, or global, if left out",
                               "где; без него — текущий канал или global"};
constexpr Phrase kReplyTo{"offset of the message you answer",
                          "номер (offset) сообщения, на которое вы отвечаете"};
constexpr Phrase kDirectMessage{"Write to one person alone", "Написать одному человеку"};
constexpr Phrase kToWhom{"their name or id", "имя или id"};
constexpr Phrase kDirectText{"the text", "текст"};
constexpr Phrase kTopic{"Show or set a channel's topic", "Показать или сменить тему канала"};
constexpr Phrase kTopicChannel{"#channel; the one you are in if left out",
                               "#канал; без него — текущий"};
constexpr Phrase kTopicText{"the new topic; left out: show the present one",
                            "новая тема; без неё — показать нынешнюю"};
constexpr Phrase kTyping{"Tell a channel that you are writing", "Показать каналу, что вы пишете"};

// Refusals
constexpr Phrase kEmptyMessage{"there is nothing to send: write some text",
                               "нечего отправлять: напишите текст"};
constexpr Phrase kUnknownUser{"there is nobody called {0}: check the name",
                              "нет никого с именем {0}: проверьте имя"};
constexpr Phrase kToOneself{"you cannot write to yourself: name somebody else",
                            "самому себе написать нельзя: назовите другого человека"};
constexpr Phrase kNoChannel{"there is no channel {0} for you: check the name",
                            "канала {0} для вас нет: проверьте имя"};
constexpr Phrase kNoTopicRight{"only those with an account may set a topic: register first",
                               "менять тему могут только те, у кого есть учётная запись: "
                               "зарегистрируйтесь"};
constexpr Phrase kTopicTooLong{"a topic has at most {0} characters: make it shorter",
                               "в теме не больше {0} знаков: сократите её"};

}  // namespace chat::say
