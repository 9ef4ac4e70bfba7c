/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.state/1: what a plugin hands to its next version when it is reloaded. No permission.
 *
 * The host freezes the old version (no call, job or completion is on its way), asks it to save, and
 * gives the bytes to the new one between its create and its start. Until the new version has taken
 * over, what it writes, and what it answers, is held back: if load or start fails, none of it has
 * happened and the old version serves on, its memory untouched. A version that gives this extension
 * is refused a reload to one that does not. Since 1.0.
 */
#ifndef PARLEY_EXT_STATE_H
#define PARLEY_EXT_STATE_H

#include "../plugin_abi.h"

#define PARLEY_EXT_STATE "parley.state/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_host_state {
  uint32_t size;
  uint32_t reserved;
  /* [plugin] Inside save: appends to the state. LIMIT: it would be larger than the operator allows
   * (limits.state_max); save should then fail. */
  parley_status (*write)(const parley_host* host, parley_string bytes);
  /* [plugin] Inside save: offers a deferred request to the next version. Its id keeps its meaning;
   * the plugin puts it into the state by itself. One that is not offered, or not claimed, is
   * answered plugin_error. STALE: it is answered already. */
  parley_status (*offer)(const parley_host* host, parley_id request);
  /* [start] Inside load: takes such a request over, as if deferred by this version. NOT_FOUND: it
   * was not offered. STALE: it was answered meanwhile. */
  parley_status (*claim)(const parley_host* host, parley_id request);
} parley_host_state;

typedef struct parley_plugin_state {
  uint32_t size;
  uint32_t schema; /* of what save writes; the plugin's own number, from 1 */
  /* [plugin] Writes the state; changes nothing, because the plugin may be asked to serve on. Not
   * PARLEY_OK: the reload is off; `why` takes a sentence. */
  parley_status (*save)(void* plugin_data, const parley_sink* why);
  /* [start] Before start, and only when there is a predecessor. `schema` is the predecessor's, which
   * may be older or, when the operator goes back, newer. UNSUPPORTED: it cannot read that schema.
   * Anything but PARLEY_OK: the reload is off, destroy follows; `why` takes a sentence. */
  parley_status (*load)(void* plugin_data, uint32_t schema, parley_string state,
                        const parley_sink* why);
} parley_plugin_state;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_STATE_H */
