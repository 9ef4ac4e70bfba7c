/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.request/1: answer a command. Needs no permission beyond `commands`.
 *
 * A request gets exactly one terminal answer: reply, fail or abandon, or an operation of another
 * extension that takes the request (publish, write_and_reply, accounts). Later ones are
 * PARLEY_E_STALE. The host owns the deadline: it answers plugin_timeout by itself and then calls
 * on_cancel. Since 1.0.
 */
#ifndef PARLEY_EXT_REQUEST_H
#define PARLEY_EXT_REQUEST_H

#include "../plugin_abi.h"

#define PARLEY_EXT_REQUEST "parley.request/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_reply {
  uint32_t size;
  uint32_t reserved;
  parley_id request;
  parley_string type;   /* the frame's `type`; empty: "ok" */
  parley_string data;   /* JSON text for `data`; empty: no data */
  parley_string fields; /* JSON object whose members become top-level fields; reserved keys are
                           refused; may be empty */
} parley_reply;

typedef struct parley_failure {
  uint32_t size;
  uint32_t reserved;
  parley_id request;
  parley_string code;    /* a core code as it stands; any other becomes `<plugin>.<code>` */
  parley_string message; /* for people, in the request's language: what was wrong and what to do */
  parley_string details; /* JSON object merged into `data`; may be empty */
  int64_t retry_after; /* 0: the code decides whether to retry; else retry:true and retryAfterMs */
} parley_failure;

enum { /* on_cancel reason */
       PARLEY_CANCEL_TIMEOUT = 1,
       PARLEY_CANCEL_SESSION_CLOSED = 2,
       PARLEY_CANCEL_DRAINING = 3
};

typedef struct parley_host_request {
  uint32_t size;
  uint32_t reserved;
  /* [any] */
  parley_status (*reply)(const parley_host* host, const parley_reply* reply);
  /* [any] */
  parley_status (*fail)(const parley_host* host, const parley_failure* failure);
  /* [any] A frame on the way: {"for":<id>,"type":<type>,"data":<data>}; empty type: "progress".
   * Volatile. */
  parley_status (*progress)(const parley_host* host, parley_id request, parley_string type,
                            parley_string data);
  /* [plugin] Inside call: keep the right to answer after it has returned. */
  parley_status (*defer)(const parley_host* host, parley_id request);
  /* [any] Give a deferred request up: the user gets plugin_error. */
  parley_status (*abandon)(const parley_host* host, parley_id request);
} parley_host_request;

typedef struct parley_plugin_request {
  uint32_t size;
  uint32_t reserved;
  /* A deferred request was answered by the host; its id is stale now. */
  void (*on_cancel)(void* plugin_data, parley_id request, uint32_t reason);
} parley_plugin_request;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_REQUEST_H */
