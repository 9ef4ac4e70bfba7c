/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin that is compiled with headers of another release than the host's: with the frozen ones it is an older plugin, with those of
 * the next minor a newer one. It works with every struct that the host fills or reads and that may grow one day.
 *
 *   oldEcho what      answers at once with the argument
 *   oldLater          answers in 30 s by a timer, and rings a bell for everybody
 *   oldKeep value     writes and answers in one commit;  oldRecall  reads it back
 *   "old spam"        is denied in every channel, "old darn" replaced
 */
#include <stdio.h>
#include <string.h>

#include <parley/ext/commands.h>
#include <parley/ext/config.h>
#include <parley/ext/events.h>
#include <parley/ext/messages.h>
#include <parley/ext/push.h>
#include <parley/ext/request.h>
#include <parley/ext/storage.h>
#include <parley/ext/timer.h>

enum { kEcho = 1, kLater = 2, kKeep = 3, kRecall = 4 };

static const parley_host* host;
static const parley_host_commands* commands;
static const parley_host_events* events;
static const parley_host_messages* messages;
static const parley_host_push* pushes;
static const parley_host_request* requests;
static const parley_host_storage* storage;
static const parley_host_timer* timers;
static parley_id sleeper;

static parley_string text(const char* words) {
  return (parley_string){words, strlen(words)};
}
static int same(parley_string left, const char* right) {
  return left.size == strlen(right) && memcmp(left.data, right, left.size) == 0;
}

static parley_status answer(parley_id request, const char* type, parley_string data) {
  const parley_reply reply = {
      .size = sizeof reply, .request = request, .type = text(type), .data = data};
  return requests->reply(host, &reply);
}

static parley_status add(const char* name, parley_token handler, parley_type type,
                         const char* argument_name) {
  const parley_text help = {text("en"), text("Of another release")};
  const parley_argument argument = {.size = sizeof argument,
                                    .type = type,
                                    .flags = PARLEY_ARGUMENT_REQUIRED,
                                    .name = text(argument_name),
                                    .help = &help,
                                    .help_count = 1};
  const parley_argument* arguments[] = {&argument};
  const parley_command command = {.size = sizeof command,
                                  .handler = handler,
                                  .name = text(name),
                                  .help = &help,
                                  .help_count = 1,
                                  .arguments = arguments,
                                  .argument_count = type == PARLEY_TYPE_NONE ? 0 : 1};
  return commands->add(host, &command);
}

static parley_status start(void* data, const parley_sink* why) {
  const parley_message_filter filter = {.size = sizeof filter,
                                        .stage = PARLEY_STAGE_FILTER,
                                        .kinds = PARLEY_MESSAGE_CHANNEL,
                                        .handler = 1,
                                        .channel = text("*"),
                                        .prefix = text("old ")};
  (void)data;
  if (!commands || !requests || !messages || !pushes || !storage || !timers || !events) {
    why->write(why->context, text("an extension is missing that 1.0 had"));
    return PARLEY_E_UNSUPPORTED;
  }
  parley_status status = add("oldEcho", kEcho, PARLEY_TYPE_JSON, "what");
  if (status == PARLEY_OK) status = add("oldLater", kLater, PARLEY_TYPE_NONE, "");
  if (status == PARLEY_OK) status = add("oldKeep", kKeep, PARLEY_TYPE_JSON, "value");
  if (status == PARLEY_OK) status = add("oldRecall", kRecall, PARLEY_TYPE_NONE, "");
  if (status == PARLEY_OK) status = messages->listen(host, &filter);
  if (status == PARLEY_OK) status = events->subscribe(host, 1u << PARLEY_EVENT_JOINED);
  return status;
}

static parley_status later(const parley_request* request) {
  const parley_timer timer = {.size = sizeof timer,
                              .name = text("later"),
                              .payload = text("{\"rings\":3}"),
                              .delay = 30000};
  sleeper = request->id;
  const parley_status status = requests->defer(host, request->id);
  return status == PARLEY_OK ? timers->set(host, &timer, NULL) : status;
}

static parley_status keep(const parley_request* request) {
  const parley_storage_write write = {.size = sizeof write,
                                      .kind = PARLEY_WRITE_PUT,
                                      .key = text("kept"),
                                      .value = request->arguments[0].as.string};
  const parley_storage_write* writes[] = {&write};
  const parley_reply reply = {.size = sizeof reply, .request = request->id, .type = text("kept")};
  return storage->write_and_reply(host, 0, writes, 1, &reply);
}

static parley_status call(void* data, parley_token handler, const parley_request* request) {
  (void)data;
  if (handler == kEcho) return answer(request->id, "echo", request->arguments[0].as.string);
  if (handler == kLater) return later(request);
  if (handler == kKeep) return keep(request);
  const parley_status status = requests->defer(host, request->id);
  return status == PARLEY_OK ? storage->get(host, request->id, text("kept")) : status;
}

static void on_timer(void* data, parley_id id, parley_string name, parley_string payload) {
  const parley_push push = {.size = sizeof push,
                            .scope = PARLEY_PUSH_ALL,
                            .flags = PARLEY_PUSH_VOLATILE,
                            .type = text("bell"),
                            .data = payload};
  (void)data;
  (void)id;
  if (!same(name, "later")) return;
  answer(sleeper, "late", payload);
  pushes->send(host, &push);
}

static void on_value(void* data, parley_token token, parley_status status, parley_string value) {
  (void)data;
  answer(token, status == PARLEY_OK ? "recalled" : "nothing", value);
}

static parley_status on_message(void* data, parley_token handler, const parley_message* message) {
  (void)data;
  (void)handler;
  if (same(message->text, "old spam"))
    return messages->decide(host, message->id, PARLEY_VERDICT_DENY, text("spam"), text("no spam"));
  if (same(message->text, "old darn"))
    return messages->decide(host, message->id, PARLEY_VERDICT_REPLACE, text(""), text("old d***"));
  return PARLEY_OK;
}

static void on_event(void* data, const parley_event* event) {
  char line[256];
  (void)data;
  snprintf(line, sizeof line, "%.*s joined %.*s", (int)event->user->name.size,
           event->user->name.data, (int)event->channel.size, event->channel.data);
  host->log(host, PARLEY_LOG_INFO, text(line));
}

static parley_status on_config(void* data, parley_string json, const parley_sink* why) {
  (void)data;
  (void)json;
  why->write(why->context, text("it has no settings"));
  return PARLEY_E_INVALID;
}

static const void* get_extension(void* data, parley_string id) {
  static const parley_plugin_config config = {.size = sizeof config, .on_config = on_config};
  static const parley_plugin_events heard = {.size = sizeof heard, .on_event = on_event};
  static const parley_plugin_messages read = {.size = sizeof read, .on_message = on_message};
  static const parley_plugin_storage stored = {.size = sizeof stored, .on_value = on_value};
  static const parley_plugin_timer ticked = {.size = sizeof ticked, .on_timer = on_timer};
  (void)data;
  if (same(id, PARLEY_EXT_CONFIG)) return &config;
  if (same(id, PARLEY_EXT_EVENTS)) return &heard;
  if (same(id, PARLEY_EXT_MESSAGES)) return &read;
  if (same(id, PARLEY_EXT_STORAGE)) return &stored;
  if (same(id, PARLEY_EXT_TIMER)) return &ticked;
  return NULL;
}

static void stop(void* data) {
  (void)data;
}
static void destroy(void* data) {
  (void)data;
}

static const parley_plugin plugin = {.size = sizeof plugin,
                                     .start = start,
                                     .stop = stop,
                                     .destroy = destroy,
                                     .call = call,
                                     .get_extension = get_extension};

static const parley_plugin* create(const parley_host* given, const parley_sink* why) {
  (void)why;
  host = given;
  commands = host->get_extension(host, text(PARLEY_EXT_COMMANDS));
  events = host->get_extension(host, text(PARLEY_EXT_EVENTS));
  messages = host->get_extension(host, text(PARLEY_EXT_MESSAGES));
  pushes = host->get_extension(host, text(PARLEY_EXT_PUSH));
  requests = host->get_extension(host, text(PARLEY_EXT_REQUEST));
  storage = host->get_extension(host, text(PARLEY_EXT_STORAGE));
  timers = host->get_extension(host, text(PARLEY_EXT_TIMER));
  return &plugin;
}

#define LITERAL(words) \
  { words, sizeof(words) - 1 }
static const parley_string permissions[] = {LITERAL("commands"), LITERAL("filter:*"),
                                            LITERAL("push:all")};

PARLEY_EXPORT const parley_plugin_entry parley_plugin_entry_v1 = {
    .size = sizeof parley_plugin_entry_v1,
    .abi_major = PARLEY_ABI_MAJOR,
    .abi_minor = PARLEY_ABI_MINOR,
    .id = LITERAL("old"),
    .version = LITERAL("1.0.0"),
    .description = LITERAL("Of another release"),
    .permissions = permissions,
    .permission_count = 3,
    .create = create};
