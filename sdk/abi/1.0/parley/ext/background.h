/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.background/1: slow work on the host's pool, then back on the plugin's thread. No
 * permission.
 *
 * run is off the plugin's thread and may overlap with any other call: it must not touch what the
 * handlers use. done always follows, on the plugin's thread, and may. Unloading waits for running
 * jobs. Since 1.0.
 */
#ifndef PARLEY_EXT_BACKGROUND_H
#define PARLEY_EXT_BACKGROUND_H

#include "../plugin_abi.h"

#define PARLEY_EXT_BACKGROUND "parley.background/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_host_background {
  uint32_t size;
  uint32_t reserved;
  /* [start] [plugin] [background] Calls run, then done. Token must not be 0. `id` may be NULL.
   * BUSY: too many wait. */
  parley_status (*submit)(const parley_host* host, parley_token token, parley_id* id);
  /* [any] Calls done on the plugin's thread, nothing before it: the way back from the plugin's own
   * threads. */
  parley_status (*post)(const parley_host* host, parley_token token);
  /* [start] [plugin] A job not yet begun is skipped, its done gets CANCELLED; a begun one runs on:
   * STALE. */
  parley_status (*cancel)(const parley_host* host, parley_id id);
} parley_host_background;

typedef struct parley_plugin_background {
  uint32_t size;
  uint32_t reserved;
  /* [background] Not PARLEY_OK: handed to done as it is, and logged. */
  parley_status (*run)(void* plugin_data, parley_token token);
  void (*done)(void* plugin_data, parley_token token, parley_status status);
} parley_plugin_background;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_BACKGROUND_H */
