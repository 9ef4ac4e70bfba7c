/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.variables/1: what a plugin keeps in one session: texts by name, each plugin its own. No
 * permission.
 *
 * They are there as long as the session: through a lost connection, a resume and a restart of the
 * server. An account's next session begins with what the ones before left last; a guest who registers
 * takes them along; what guests leave ends with them. They are saved within about a second, so what
 * must not be lost belongs into parley.storage. A session is named by its id, as requests, messages
 * and events carry it.
 *
 * Names: 1 to 64 of A-Z a-z 0-9 _ . - (else INVALID). Values: UTF-8 text without U+0000 (else
 * INVALID). STALE: there is no such session now. LIMIT: more bytes of names and values than the
 * operator allows one plugin in one session.
 * Since 1.0.
 */
#ifndef PARLEY_EXT_VARIABLES_H
#define PARLEY_EXT_VARIABLES_H

#include "../plugin_abi.h"

#define PARLEY_EXT_VARIABLES "parley.variables/1"

#ifdef __cplusplus
extern "C" {
#endif

/* All of them answer at once. */
typedef struct parley_host_variables {
  uint32_t size;
  uint32_t reserved;
  /* [plugin] [background] NOT_FOUND: no variable of that name. */
  parley_status (*get)(const parley_host* host, parley_string session, parley_string name,
                       const parley_sink* value);
  /* [plugin] [background] Puts the value in the place of what was there. */
  parley_status (*set)(const parley_host* host, parley_string session, parley_string name,
                       parley_string value);
  /* [plugin] [background] NOT_FOUND: no variable of that name. */
  parley_status (*erase)(const parley_host* host, parley_string session, parley_string name);
  /* [plugin] [background] The names of this plugin's variables, in order, one a line. */
  parley_status (*list)(const parley_host* host, parley_string session, const parley_sink* names);
} parley_host_variables;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_VARIABLES_H */
