/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole plugin in C11: `/count` and `/count 5` add to a total that outlives every restart.
 *
 *   cc -std=c11 -fPIC -fvisibility=hidden -c counter.c $(pkg-config --cflags-only-I parley-plugin)
 *   cc -shared counter.o -o counter.so $(pkg-config --variable=ldflags parley-plugin)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <parley/ext/commands.h>
#include <parley/ext/request.h>
#include <parley/ext/storage.h>

enum { kCount = 1 }; /* the token of the command */

typedef struct counter {
  parley_plugin plugin; /* first: what create returns */
  const parley_host* host;
  const parley_host_commands* commands;
  const parley_host_request* requests;
  const parley_host_storage* storage;
  int64_t total;
} counter;

static parley_string text(const char* words) {
  return (parley_string){words, strlen(words)};
}

static parley_status refuse(const parley_sink* why, const char* sentence) {
  why->write(why->context, text(sentence));
  return PARLEY_E_DENIED;
}

/* Blocking is allowed in start only; the number comes back as it was written below. */
static void take_total(void* context, parley_string bytes) {
  char digits[32] = {0};
  if (bytes.size < sizeof digits) memcpy(digits, bytes.data, bytes.size);
  ((counter*)context)->total = strtoll(digits, NULL, 10);
}

static parley_status declare(counter* self) {
  const parley_text help[] = {{text("en"), text("Add to the total")},
                              {text("ru"), text("Прибавить к счёту")}};
  const parley_text by_help[] = {{text("en"), text("How many")}, {text("ru"), text("Сколько")}};
  const parley_argument by = {.size = sizeof by,
                              .type = PARLEY_TYPE_INT,
                              .flags = PARLEY_ARGUMENT_HAS_MIN | PARLEY_ARGUMENT_HAS_MAX,
                              .name = text("by"),
                              .help = by_help,
                              .help_count = 2,
                              .minimum = 1,
                              .maximum = 1000,
                              .fallback = {.type = PARLEY_TYPE_INT, .as.integer = 1}};
  const parley_argument* arguments[] = {&by};
  const parley_command command = {.size = sizeof command,
                                  .handler = kCount,
                                  .name = text("count"),
                                  .help = help,
                                  .help_count = 2,
                                  .arguments = arguments,
                                  .argument_count = 1};
  return self->commands->add(self->host, &command);
}

static parley_status start(void* data, const parley_sink* why) {
  counter* self = data;
  const parley_sink sink = {self, take_total};
  if (self->commands == NULL || self->requests == NULL)
    return refuse(why, "counter needs the permission `commands`");
  if (self->storage == NULL) return refuse(why, "counter needs a server with storage");
  self->total = 0;
  parley_status status = self->storage->get_now(self->host, text("total"), &sink);
  if (status != PARLEY_OK && status != PARLEY_E_NOT_FOUND)
    return refuse(why, "counter cannot read its total; is the server's disk well?");
  return declare(self);
}

/* The answer goes out when the new total is on disk; nobody is told a number that could be lost. */
static parley_status count(counter* self, parley_id request, int64_t by) {
  char digits[32], json[64];
  const int64_t total = self->total + by;
  snprintf(digits, sizeof digits, "%" PRId64, total);
  snprintf(json, sizeof json, "{\"total\":%" PRId64 "}", total);
  const parley_storage_write write = {
      .size = sizeof write, .kind = PARLEY_WRITE_PUT, .key = text("total"), .value = text(digits)};
  const parley_storage_write* writes[] = {&write};
  const parley_reply reply = {
      .size = sizeof reply, .request = request, .type = text("counted"), .data = text(json)};
  /* The token is what to take back if the write fails. */
  const parley_status status =
      self->storage->write_and_reply(self->host, (parley_token)by, writes, 1, &reply);
  if (status == PARLEY_OK) self->total = total;
  return status;
}

static void on_written(void* data, parley_token token, parley_status status) {
  if (status != PARLEY_OK) ((counter*)data)->total -= (int64_t)token;
}

static parley_status call(void* data, parley_token handler, const parley_request* request) {
  if (handler != kCount) return PARLEY_E_INVALID;
  return count(data, request->id, request->arguments[0].as.integer);
}

static const void* get_extension(void* data, parley_string id) {
  static const parley_plugin_storage storage = {.size = sizeof storage, .on_written = on_written};
  (void)data;
  const int asked =
      id.size == strlen(PARLEY_EXT_STORAGE) && memcmp(id.data, PARLEY_EXT_STORAGE, id.size) == 0;
  return asked ? &storage : NULL;
}

static void stop(void* data) {
  (void)data;
}
static void destroy(void* data) {
  free(data);
}

static const parley_plugin* create(const parley_host* host, const parley_sink* why) {
  counter* self = calloc(1, sizeof *self);
  if (self == NULL) {
    refuse(why, "no memory");
    return NULL;
  }
  self->plugin = (parley_plugin){.size = sizeof self->plugin,
                                 .plugin_data = self,
                                 .start = start,
                                 .stop = stop,
                                 .destroy = destroy,
                                 .call = call,
                                 .get_extension = get_extension};
  self->host = host;
  self->commands = host->get_extension(host, text(PARLEY_EXT_COMMANDS));
  self->requests = host->get_extension(host, text(PARLEY_EXT_REQUEST));
  self->storage = host->get_extension(host, text(PARLEY_EXT_STORAGE));
  return &self->plugin;
}

#define LITERAL(words) \
  { words, sizeof(words) - 1 }
static const parley_string permissions[] = {LITERAL("commands")};

PARLEY_EXPORT const parley_plugin_entry parley_plugin_entry_v1 = {
    .size = sizeof parley_plugin_entry_v1,
    .abi_major = PARLEY_ABI_MAJOR,
    .abi_minor = PARLEY_ABI_MINOR,
    .id = LITERAL("counter"),
    .version = LITERAL("1.0.0"),
    .description = LITERAL("Counts, in plain C"),
    .permissions = permissions,
    .permission_count = 1,
    .create = create};
