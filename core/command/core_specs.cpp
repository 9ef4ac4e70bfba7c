// SPDX-License-Identifier: Apache-2.0
#include "command/core_specs.h"

#include <utility>

namespace parley::command {
namespace {

using enum ArgumentType;

Registration declare(CoreCommand command, CommandSpec spec) {
  spec.version = "1";
  return {std::move(spec), static_cast<std::uint32_t>(command)};
}

// Part of every client's conversation, not of what people are offered.
CommandSpec plumbing(std::string name, std::vector<ArgumentSpec> args, bool anonymous) {
  CommandSpec spec{.name = std::move(name), .args = std::move(args)};
  spec.anonymous = anonymous;
  spec.read_only = spec.hidden = true;
  return spec;
}

ArgumentSpec count(std::string name, LocalText help) {
  return {.name = std::move(name), .type = kInt, .min = 0, .help = std::move(help)};
}

// Optional where a command line says by itself which channel it was typed in.
ArgumentSpec channel(bool required) {
  return {
      .name = "channel",
      .type = kChannel,
      .required = required,
      .help = {"the channel; in a command line the one you are in", "канал; по умолчанию текущий"}};
}

CommandSpec auth() {
  auto spec = plumbing("auth",
                       {{.name = "token", .secret = true, .max = 8192},
                        {.name = "refresh", .secret = true, .max = 128},
                        {.name = "guest", .max = 64},
                        {.name = "client", .type = kJson},
                        {.name = "locale", .max = 35}},
                       true);
  spec.read_only = false;
  spec.own_session = true;
  return spec;
}

CommandSpec resume() {
  auto spec = plumbing("resume",
                       {{.name = "session", .required = true, .max = 64},
                        {.name = "resume", .required = true, .secret = true, .max = 128},
                        count("seq", {}),
                        {.name = "channels", .type = kJson},
                        {.name = "token", .secret = true, .max = 8192},
                        {.name = "client", .type = kJson},
                        {.name = "locale", .max = 35}},
                       true);
  spec.read_only = false;
  spec.own_session = true;
  return spec;
}

// The last frame the client has.
ArgumentSpec seq() {
  auto spec = count("seq", {});
  spec.required = true;
  return spec;
}

CommandSpec overtaking(CommandSpec spec) {
  spec.concurrent = true;
  return spec;
}

CommandSpec commands() {
  auto spec = plumbing("commands", {{.name = "locale", .max = 35}}, true);
  spec.help = {"Lists the commands you may call", "Показать доступные вам команды"};
  return spec;
}

CommandSpec help() {
  return {.name = "help",
          .help = {"Shows what you can do here", "Показать, что здесь можно делать"},
          .args = {{.name = "command", .max = 64, .help = {"one command", "одна команда"}}},
          .read_only = true,
          .clickable = true};
}

CommandSpec subscribe() {
  return {.name = "subscribe",
          .aliases = {"join"},
          .help = {"Joins a channel", "Присоединиться к каналу"},
          .args = {channel(true),
                   count("since", {"messages after this offset", "сообщения после этого номера"}),
                   count("history", {"so many of the newest messages",
                                     "сколько последних сообщений показать"}),
                   {.name = "presence",
                    .type = kBool,
                    .help = {"tell who comes and goes", "сообщать, кто приходит и уходит"}}},
          .clickable = true,
          .own_session = true};
}

CommandSpec unsubscribe() {
  return {.name = "unsubscribe",
          .aliases = {"leave"},
          .help = {"Leaves a channel", "Покинуть канал"},
          .args = {channel(false)},
          .own_session = true};
}

CommandSpec history() {
  return {.name = "history",
          .help = {"Shows earlier messages of a channel", "Показать прежние сообщения канала"},
          .args = {channel(false),
                   count("limit", {"how many", "сколько"}),
                   count("before", {"older than this offset", "раньше этого номера"}),
                   count("after", {"newer than this offset", "позже этого номера"}),
                   {.name = "changes",
                    .type = kBool,
                    .help = {"with the frames that say what was changed",
                             "вместе с записями об изменениях"}}},
          .read_only = true,
          .clickable = true};
}

CommandSpec presence() {
  return {.name = "presence",
          .aliases = {"who"},
          .help = {"Shows who is in a channel", "Показать, кто в канале"},
          .args = {channel(false),
                   {.name = "after", .max = 64, .help = {"the next page", "следующая страница"}},
                   count("limit", {"how many", "сколько"})},
          .read_only = true,
          .clickable = true};
}

CommandSpec channels() {
  return {.name = "channels",
          .help = {"Lists the public channels", "Показать общие каналы"},
          .args = {{.name = "after", .max = 64, .help = {"the next page", "следующая страница"}},
                   count("limit", {"how many", "сколько"})},
          .read_only = true,
          .clickable = true};
}

// A message of a channel, by its place.
ArgumentSpec place(LocalText help) {
  return {.name = "offset", .type = kInt, .required = true, .min = 1, .help = std::move(help)};
}

CommandSpec edit_message() {
  return {.name = "editMessage",
          .help = {"Changes a message", "Изменить сообщение"},
          .args = {channel(true),
                   place({"which message", "номер сообщения"}),
                   {.name = "message",
                    .required = true,
                    .rest = true,
                    .help = {"what it shall say", "новый текст"}}}};
}

CommandSpec delete_message() {
  return {.name = "deleteMessage",
          .help = {"Takes a message away", "Удалить сообщение"},
          .args = {channel(true), place({"which message", "номер сообщения"})},
          .clickable = true};
}

CommandSpec mark_read() {
  auto spec = plumbing("markRead", {channel(true), place({})}, false);
  spec.read_only = false;
  return spec;
}

CommandSpec about_person(std::string name, LocalText help) {
  return {.name = std::move(name),
          .help = std::move(help),
          .args = {{.name = "user",
                    .type = kUser,
                    .required = true,
                    .help = {"a name or an id", "имя или идентификатор"}}},
          .clickable = true};
}

CommandSpec blocked() {
  return {.name = "blocked",
          .help = {"Lists whom you have blocked", "Показать, кого вы заблокировали"},
          .read_only = true,
          .clickable = true};
}

CommandSpec sessions() {
  return {.name = "sessions",
          .help = {"Shows where you are logged in", "Показать, где вы вошли"},
          .read_only = true};
}

CommandSpec end_session() {
  return {.name = "endSession",
          .help = {"Ends one of your sessions elsewhere", "Завершить другой ваш сеанс"},
          .args = {{.name = "session",
                    .required = true,
                    .max = 64,
                    .help = {"as \"sessions\" shows it", "как показывает /sessions"}}}};
}

CommandSpec my_data() {
  return {.name = "mydata",
          .help = {"Gives you a copy of your data, or deletes it",
                   "Получить копию своих данных или удалить их"},
          .args = {{.name = "what",
                    .required = true,
                    .choices = {"export", "forget"},
                    .help = {"a copy, or deletion for good", "копия или удаление навсегда"}},
                   count("after", {"the next page of a copy", "следующая страница копии"}),
                   {.name = "password",
                    .secret = true,
                    .max = 1024,
                    .help = {"for forget: of your account", "для forget: от учётной записи"}},
                   {.name = "confirm",
                    .max = 64,
                    .help = {"for forget: your name", "для forget: ваше имя"}}},
          .cooldown = Millis(2'000)};
}

}  // namespace

std::vector<Registration> core_registrations() {
  using enum CoreCommand;
  std::vector<Registration> list;
  list.push_back(declare(kAuth, auth()));
  list.push_back(declare(kResume, resume()));
  list.push_back(
      declare(kPing, overtaking(plumbing("ping", {{.name = "t", .type = kJson}}, true))));
  list.push_back(declare(
      kLocale, overtaking(plumbing(
                   "locale", {{.name = "locale", .required = true, .min = 2, .max = 35}}, true))));
  list.push_back(declare(
      kMeta,
      overtaking(plumbing("meta", {{.name = "on", .type = kBool, .preset = "true"}}, true))));
  list.push_back(declare(kAck, overtaking(plumbing("ack", {seq()}, false))));
  list.push_back(declare(kSync, overtaking(plumbing("sync", {seq()}, false))));
  list.push_back(declare(kCommands, commands()));
  list.push_back(declare(kHelp, help()));
  list.push_back(declare(kSubscribe, subscribe()));
  list.push_back(declare(kUnsubscribe, unsubscribe()));
  list.push_back(declare(kHistory, history()));
  list.push_back(declare(kPresence, presence()));
  list.push_back(declare(kChannels, channels()));
  list.push_back(declare(kEditMessage, edit_message()));
  list.push_back(declare(kDeleteMessage, delete_message()));
  list.push_back(declare(kMarkRead, overtaking(mark_read())));
  list.push_back(
      declare(kBlock, about_person("block", {"Refuses somebody's direct messages",
                                             "Больше не принимать личные сообщения от человека"})));
  list.push_back(
      declare(kUnblock, about_person("unblock", {"Takes somebody's direct messages again",
                                                 "Снова принимать личные сообщения"})));
  list.push_back(declare(kBlocked, blocked()));
  list.push_back(declare(kSessions, sessions()));
  list.push_back(declare(kEndSession, end_session()));
  list.push_back(declare(kMyData, my_data()));
  return list;
}

}  // namespace parley::command
