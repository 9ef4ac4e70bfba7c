/* SPDX-License-Identifier: Apache-2.0 */
/* A whole plugin in plain C11: the command `echo`, which answers with its argument. */
#include <string.h>

#include <parley/ext/commands.h>
#include <parley/ext/request.h>

#define TEXT(literal) \
  { literal, sizeof(literal) - 1 }

static const parley_host* host;
static const parley_host_commands* commands;
static const parley_host_request* requests;

static parley_string text(const char* literal) {
  parley_string result = {literal, strlen(literal)};
  return result;
}

static parley_status start(void* data, const parley_sink* why) {
  parley_argument argument = {
      .size = sizeof argument, .type = PARLEY_TYPE_JSON, .flags = PARLEY_ARGUMENT_REQUIRED};
  const parley_argument* arguments[] = {&argument};
  parley_command command = {
      .size = sizeof command, .handler = 7, .arguments = arguments, .argument_count = 1};
  (void)data;
  argument.name = text("what");
  command.name = text("echo");
  if (commands == NULL || requests == NULL) {
    why->write(why->context, text("echo needs the permission `commands`"));
    return PARLEY_E_DENIED;
  }
  return commands->add(host, &command);
}

static void stop(void* data) {
  (void)data;
}
static void destroy(void* data) {
  (void)data;
}

static parley_status call(void* data, parley_token handler, const parley_request* request) {
  parley_reply reply = {.size = sizeof reply, .request = request->id};
  (void)data;
  if (handler != 7) return PARLEY_E_INVALID;
  reply.type = text("echo");
  reply.data = request->arguments[0].as.string;
  return requests->reply(host, &reply);
}

static const void* get_extension(void* data, parley_string id) {
  (void)data;
  (void)id;
  return NULL;
}

static const parley_plugin plugin = {.size = sizeof plugin,
                                     .start = start,
                                     .stop = stop,
                                     .destroy = destroy,
                                     .call = call,
                                     .get_extension = get_extension};

static const parley_plugin* create(const parley_host* given, const parley_sink* why) {
  const parley_string commands_id = TEXT(PARLEY_EXT_COMMANDS);
  const parley_string request_id = TEXT(PARLEY_EXT_REQUEST);
  (void)why;
  host = given;
  commands = host->get_extension(host, commands_id);
  requests = host->get_extension(host, request_id);
  return &plugin;
}

static const parley_string permissions[] = {TEXT("commands")};

const parley_plugin_entry parley_plugin_entry_v1 = {.size = sizeof parley_plugin_entry_v1,
                                                    .abi_major = PARLEY_ABI_MAJOR,
                                                    .abi_minor = PARLEY_ABI_MINOR,
                                                    .id = TEXT("echo"),
                                                    .version = TEXT("1.0.0"),
                                                    .description = TEXT("Echoes"),
                                                    .permissions = permissions,
                                                    .permission_count = 1,
                                                    .create = create};
