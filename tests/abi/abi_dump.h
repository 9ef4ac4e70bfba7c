/* SPDX-License-Identifier: Apache-2.0 */
/* The ABI as text, one line per struct, field and value. Included by one C and one C++ file, each of which defines
 * PARLEY_ABI_DUMP as the function's name; what the two compilers see must be the same. */
#include <stdio.h>

#include <parley/ext/accounts.h>
#include <parley/ext/background.h>
#include <parley/ext/channels.h>
#include <parley/ext/commands.h>
#include <parley/ext/config.h>
#include <parley/ext/events.h>
#include <parley/ext/files.h>
#include <parley/ext/messages.h>
#include <parley/ext/metrics.h>
#include <parley/ext/push.h>
#include <parley/ext/request.h>
#include <parley/ext/state.h>
#include <parley/ext/storage.h>
#include <parley/ext/timer.h>
#include <parley/ext/variables.h>
#include <parley/plugin_abi.h>

#define STRUCT(type)                                                          \
  fprintf(out, "struct %s size %u align %u\n", #type, (unsigned)sizeof(type), \
          (unsigned)_Alignof(type));
#define FIELD(type, name)                                                                 \
  fprintf(out, "%s.%s offset %u size %u\n", #type, #name, (unsigned)offsetof(type, name), \
          (unsigned)sizeof(((type*)0)->name));
#define VALUE(name) fprintf(out, "%s = %lld\n", #name, (long long)(name));
#define TEXT(name) fprintf(out, "%s = \"%s\"\n", #name, name);

void PARLEY_ABI_DUMP(FILE* out) {
#include "abi_table.inc"
}
