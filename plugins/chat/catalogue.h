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
                               "канал; если не указан — текущий или global"};
constexpr Phrase kReplyTo{"offset of the message you answer",
                          "номер (offset) сообщения, на которое вы отвечаете"};
constexpr Phrase kDirectMessage{"Write to one person alone", "Написать одному человеку"};
constexpr Phrase kToWhom{"their name or id", "имя или id"};
constexpr Phrase kDirectText{"the text", "текст"};
constexpr Phrase kTopic{"Show or set a channel's topic", "Показать или изменить тему канала"};
constexpr Phrase kTopicChannel{"#channel; the one you are in if left out",
                               "#канал; если не указан — текущий"};
constexpr Phrase kTopicText{"the new topic; left out: show the present one",
                            "новая тема; если не указана, будет показана текущая"};
constexpr Phrase kTyping{"Tell a channel that you are writing", "Показать каналу, что вы пишете"};

// Refusals
constexpr Phrase kEmptyMessage{"there is nothing to send: write some text",
                               "нечего отправлять: напишите текст"};
constexpr Phrase kUnknownUser{"there is nobody called {0}: /who shows who is here",
                              "нет никого с именем {0}: кто здесь, покажет /who"};
constexpr Phrase kToOneself{"you cannot write to yourself: name somebody else",
                            "самому себе написать нельзя: укажите другое имя"};
constexpr Phrase kNoChannel{"there is no channel {0} for you: /channels lists those you can join",
                            "канала {0} нет или он вам недоступен: доступные покажет /channels"};
constexpr Phrase kNoTopicRight{"only those with an account may set a topic: register first",
                               "чтобы менять тему, нужна учётная запись: сначала "
                               "зарегистрируйтесь"};
constexpr Phrase kTopicTooLong{"a topic has at most {0} characters: make it shorter",
                               "в теме не больше {0} знаков: сократите её"};

}  // namespace chat::say
