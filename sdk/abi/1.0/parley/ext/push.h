/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.push/1: send frames that nobody asked for. Permission `push:<scope>`, for dm:* channels
 * also `dm`.
 *
 * With type "worldEvent", no data and fields {"event":"earthquake"} the frame is
 * {"type":"worldEvent", "event":"earthquake"}. Frames reach a session in the order they were sent.
 * Targets that are not there are skipped. Since 1.0.
 */
#ifndef PARLEY_EXT_PUSH_H
#define PARLEY_EXT_PUSH_H

#include "../plugin_abi.h"

#define PARLEY_EXT_PUSH "parley.push/1"

#ifdef __cplusplus
extern "C" {
#endif

enum {                          /* parley_push.scope */
       PARLEY_PUSH_SESSION = 1, /* targets are session ids */
       PARLEY_PUSH_USER = 2,    /* user ids: every session of each */
       PARLEY_PUSH_CHANNEL = 3, /* channel names: every subscribed session */
       PARLEY_PUSH_ROLE = 4,    /* role names */
       PARLEY_PUSH_ALL = 5      /* no targets: every authenticated session */
};

enum {                                 /* parley_push.flags */
       PARLEY_PUSH_VOLATILE = 1u << 0, /* no seq, may be dropped under load, not recovered */
       PARLEY_PUSH_STORE =
           1u << 1 /* USER only: kept in that user's own history for when they are offline */
};

typedef struct parley_push {
  uint32_t size;
  uint32_t scope;
  uint32_t flags;
  uint32_t reserved;
  const parley_string* targets;
  uint64_t target_count;
  const parley_string* except; /* session or user ids that get nothing */
  uint64_t except_count;
  parley_string
      conflate; /* only the newest frame with this key waits in a queue; empty: all wait */
  int64_t ttl;  /* not sent when older; 0: never too old */
  parley_string type;
  parley_string data;   /* JSON text or empty: no data */
  parley_string fields; /* JSON object of top-level fields or empty; reserved keys are refused */
} parley_push;

typedef struct parley_host_push {
  uint32_t size;
  uint32_t reserved;
  /* [plugin] [background] Needs no completion. */
  parley_status (*send)(const parley_host* host, const parley_push* push);
} parley_host_push;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_PUSH_H */
