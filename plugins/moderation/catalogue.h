// SPDX-License-Identifier: Apache-2.0
// What `moderation` says, in English and Russian.
#pragma once

#include <parley/phrase.hpp>

namespace moderation::say {

using parley::Phrase;

// Help
constexpr Phrase kMute{"Keep somebody from writing for a while",
                       "На время запретить человеку писать"};
constexpr Phrase kUnmute{"Let somebody speak again", "Снова разрешить человеку писать"};
constexpr Phrase kBan{"Send somebody out of a channel and keep them out",
                      "Закрыть человеку вход в канал"};
constexpr Phrase kUnban{"Let somebody into a channel again", "Снова открыть человеку вход в канал"};
constexpr Phrase kList{"Who is muted or banned", "Кому запрещено писать или входить"};
constexpr Phrase kUser{"their name or id", "имя или id"};
constexpr Phrase kMinutes{"for how many minutes; 0: until /unmute",
                          "на сколько минут; 0 — до /unmute"};
constexpr Phrase kChannel{"the channel, without #", "канал, без #"};
constexpr Phrase kReason{"why; they read it", "причина; человек её увидит"};

// Answers
constexpr Phrase kMuted{"{0} is muted {1}", "{0}: запрет писать, {1}"};
constexpr Phrase kUnmuted{"{0} may speak again", "{0} снова может писать"};
constexpr Phrase kBanned{"{0} is banned from #{1}", "{0}: вход в #{1} закрыт"};
constexpr Phrase kUnbanned{"{0} may come to #{1} again", "{0}: вход в #{1} снова открыт"};
constexpr Phrase kForMinutes{"for {0} min", "{0} мин"};
constexpr Phrase kForever{"until it is lifted", "бессрочно"};
constexpr Phrase kBy{" (by {0}: {1})", " ({0}: {1})"};
constexpr Phrase kNoReason{"no reason given", "причина не указана"};
constexpr Phrase kModule{"automatic", "автоматически"};
constexpr Phrase kNobody{"Nobody is muted or banned", "Запретов нет"};

// What those concerned read
constexpr Phrase kYouAreMuted{
    "you may not write here {0}: {1}. A moderator can lift it",
    "вам запрещено здесь писать ({0}): {1}. Снять запрет может модератор"};
constexpr Phrase kYouAreBanned{"you may not write in #{0}: {1}. A moderator can lift it",
                               "вам запрещено писать в #{0}: {1}. Снять запрет может модератор"};
constexpr Phrase kYouWereMuted{"A moderator has muted you {0}: {1}",
                               "Модератор запретил вам писать ({0}): {1}"};
constexpr Phrase kYouWereBanned{"A moderator has sent you out of #{0}: {1}",
                                "Модератор закрыл вам вход в #{0}: {1}"};
constexpr Phrase kBadWord{"there is a word in it that is not welcome here: say it in another way",
                          "в сообщении есть слово, которое здесь не пишут: скажите иначе"};
constexpr Phrase kFlood{"that is too much at once: wait {0} s",
                        "слишком много сообщений подряд: подождите {0} с"};
constexpr Phrase kFloodReason{"too many messages", "слишком много сообщений"};

// Refusals
constexpr Phrase kUnknownUser{"there is nobody called {0}: check the name",
                              "нет никого с именем {0}: проверьте имя"};
constexpr Phrase kNotThem{"moderators and admins cannot be muted or banned: take the role first",
                          "модераторов и администраторов так не ограничить: сначала снимите роль"};
constexpr Phrase kNothing{"nothing is in force against {0}: /sanctions lists what is",
                          "для {0} запретов нет: действующие покажет /sanctions"};
constexpr Phrase kFull{"there are {0} mutes and bans already: lift some with /unmute or /unban",
                       "запретов уже {0}: снимите часть командами /unmute и /unban"};

}  // namespace moderation::say
