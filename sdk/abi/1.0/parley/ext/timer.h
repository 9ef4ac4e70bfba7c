/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.timer/1: named timers, in memory. No permission.
 *
 * The name is what a reload rebinds a timer by: setting a name again replaces the timer that had
 * it, and what the version before had set and this one has not goes on, with a new id. Names that
 * begin with '#' are not rebound. Names up to 64 bytes, payload up to 4 KiB. A timer never fires before set has returned; ticks
 * that were missed are not made up. Since 1.0.
 */
#ifndef PARLEY_EXT_TIMER_H
#define PARLEY_EXT_TIMER_H

#include "../plugin_abi.h"

#define PARLEY_EXT_TIMER "parley.timer/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_timer {
  uint32_t size;
  uint32_t reserved;
  parley_string name;
  parley_string payload; /* copied, handed back to on_timer */
  int64_t delay;         /* until the first tick, from 0 */
  int64_t period;        /* between ticks, at least 10; 0: one shot */
} parley_timer;

typedef struct parley_host_timer {
  uint32_t size;
  uint32_t reserved;
  /* [start] [plugin] `id` may be NULL. */
  parley_status (*set)(const parley_host* host, const parley_timer* timer, parley_id* id);
  /* [start] [plugin] STALE: it has fired, was replaced or cancelled. */
  parley_status (*cancel)(const parley_host* host, parley_id id);
} parley_host_timer;

typedef struct parley_plugin_timer {
  uint32_t size;
  uint32_t reserved;
  void (*on_timer)(void* plugin_data, parley_id id, parley_string name, parley_string payload);
} parley_plugin_timer;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_TIMER_H */
