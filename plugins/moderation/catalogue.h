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
constexpr Phrase kMuteFor{"for how long: 10m, 2h, 1d; 0: until /unmute",
                          "на сколько: 10м, 2ч, 1д; 0 — до /unmute"};
constexpr Phrase kBanFor{"for how long: 10m, 2h, 1d; left out or 0: until /unban",
                         "на сколько: 10м, 2ч, 1д; не указано или 0 — до /unban"};
constexpr Phrase kChannel{"#channel; the one you are in if left out",
                          "#канал; если не указан — текущий"};
constexpr Phrase kReason{"why; they read it", "причина; человек её увидит"};

// Answers
constexpr Phrase kMuted{"{0} is muted {1}", "{0}: запрет писать, {1}"};
constexpr Phrase kUnmuted{"{0} may speak again", "{0} снова может писать"};
constexpr Phrase kBanned{"{0} is banned from #{1}", "{0}: вход в #{1} закрыт"};
constexpr Phrase kBannedFor{"{0} is banned from #{1} {2}", "{0}: вход в #{1} закрыт, {2}"};
constexpr Phrase kUnbanned{"{0} may come to #{1} again", "{0}: вход в #{1} снова открыт"};
constexpr Phrase kFor{"for {0}", "{0}"};
constexpr Phrase kForever{"until it is lifted", "бессрочно"};
constexpr Phrase kBy{" (by {0}: {1})", " ({0}: {1})"};
constexpr Phrase kNoReason{"no reason given", "причина не указана"};
constexpr Phrase kModule{"automatic", "автоматически"};
constexpr Phrase kNobody{"Nobody is muted or banned", "Запретов нет"};

// What those concerned read
constexpr Phrase kYouAreMuted{
    "you may not write here {0}: {1}. A moderator can lift it",
    "вам запрещено здесь писать ({0}): {1}. Снять запрет может модератор"};
constexpr Phrase kYouWereMuted{"A moderator has muted you {0}: {1}",
                               "Модератор запретил вам писать ({0}): {1}"};
constexpr Phrase kYouWereBanned{"A moderator has sent you out of #{0}: {1}",
                                "Модератор закрыл вам вход в #{0}: {1}"};
constexpr Phrase kYouWereBannedFor{"A moderator has sent you out of #{0} {1}: {2}",
                                   "Модератор закрыл вам вход в #{0} ({1}): {2}"};
constexpr Phrase kBadWord{"there is a word in it that is not welcome here: say it in another way",
                          "в сообщении есть слово, которое здесь не пишут: скажите иначе"};
constexpr Phrase kFlood{"that is too much at once: wait {0} s",
                        "слишком много сообщений подряд: подождите {0} с"};
constexpr Phrase kFloodReason{"too many messages", "слишком много сообщений"};

// Refusals
constexpr Phrase kUnknownUser{"there is nobody called {0}: check the name",
                              "нет никого с именем {0}: проверьте имя"};
constexpr Phrase kNoSpan{
    "write the time as 10m, 2h or 1d, at most 366d, and the reason after it; 0: until /unmute",
    "напишите время в виде 10м, 2ч или 1д, не больше 366д, а причину после него; 0 — до /unmute"};
constexpr Phrase kNoBanSpan{
    "write another channel with its #, the time as 10m, 2h or 1d, at most 366d, and the reason "
    "after it; 0: until /unban",
    "другой канал напишите с #, время в виде 10м, 2ч или 1д, не больше 366д, а причину после него; "
    "0 — до /unban"};
constexpr Phrase kWhichChannel{"say which channel: /ban {0} #channel",
                               "укажите канал: /ban {0} #канал"};
constexpr Phrase kNoChannel{"there is no channel {0}: /channels lists those there are",
                            "нет канала {0}: список покажет /channels"};
constexpr Phrase kNotThere{
    "nobody can be banned from a private conversation: /block NAME keeps "
    "their messages away",
    "из личной переписки не исключают: сообщения человека скроет /block ИМЯ"};
constexpr Phrase kNotThem{"moderators and admins cannot be muted or banned: take the role first",
                          "модераторов и администраторов так не ограничить: сначала снимите роль"};
constexpr Phrase kNothing{"nothing is in force against {0}: /sanctions lists what is",
                          "для {0} запретов нет: действующие покажет /sanctions"};
constexpr Phrase kFullOfMutes{"there are {0} mutes already: lift some with /unmute",
                              "запретов писать уже {0}: снимите часть командой /unmute"};
constexpr Phrase kFullOfBans{
    "there are as many bans as the server keeps: lift some with /unban",
    "больше закрытых входов сервер не хранит: откройте часть командой /unban"};

}  // namespace moderation::say
