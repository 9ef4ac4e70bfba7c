/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.events/1: what happens to sessions, users and plugins. No permission.
 *
 * Events come after the fact, in order for one session; nothing waits for them.
 * Since 1.0.
 */
#ifndef PARLEY_EXT_EVENTS_H
#define PARLEY_EXT_EVENTS_H

#include "../plugin_abi.h"

#define PARLEY_EXT_EVENTS "parley.events/1"

#ifdef __cplusplus
extern "C" {
#endif

enum { /* parley_event.kind; a subscription is a set of (1 << kind) */
       PARLEY_EVENT_SESSION_OPENED = 0,
       PARLEY_EVENT_SESSION_RESUMED = 1,
       PARLEY_EVENT_SESSION_DETACHED = 2,
       PARLEY_EVENT_SESSION_CLOSED = 3,
       PARLEY_EVENT_JOINED = 4,          /* a user joined `channel`: the first session there */
       PARLEY_EVENT_LEFT = 5,            /* the last session left it */
       PARLEY_EVENT_USER_REGISTERED = 6, /* `previous` is the guest's id they had, or empty */
       PARLEY_EVENT_USER_DELETED = 7,    /* erase what you keep about them */
       PARLEY_EVENT_PLUGIN_LOADED = 8,   /* `plugin`; another one, never itself */
       PARLEY_EVENT_PLUGIN_UNLOADED = 9
};

typedef struct parley_event {
  uint32_t size;
  uint32_t kind;
  int64_t ts;
  const parley_user* user; /* NULL where there is none */
  parley_string session;
  parley_string channel;
  parley_string plugin;
  parley_string previous;
  parley_string locale;
} parley_event;

typedef struct parley_host_events {
  uint32_t size;
  uint32_t reserved;
  /* [start] [plugin] Replaces the set; 0: none. */
  parley_status (*subscribe)(const parley_host* host, uint64_t kinds);
} parley_host_events;

typedef struct parley_plugin_events {
  uint32_t size;
  uint32_t reserved;
  void (*on_event)(void* plugin_data, const parley_event* event);
} parley_plugin_events;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_EVENTS_H */
