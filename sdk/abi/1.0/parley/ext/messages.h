/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.messages/1: see chat messages. Permission `filter:<channel>`, for direct messages `dm`.
 *
 * Two stages. FILTER comes before a message is stored; the handlers run by priority, highest first,
 * and the first DENY ends it. PUBLISHED comes after it was stored and fanned out; there a verdict
 * is PARLEY_E_STALE. A bot that answers listens to PUBLISHED, so that its answer follows the
 * question. What the plugin itself published is not shown to it. Since 1.0.
 */
#ifndef PARLEY_EXT_MESSAGES_H
#define PARLEY_EXT_MESSAGES_H

#include "../plugin_abi.h"

#define PARLEY_EXT_MESSAGES "parley.messages/1"

#ifdef __cplusplus
extern "C" {
#endif

enum { /* stage */
       PARLEY_STAGE_FILTER = 1,
       PARLEY_STAGE_PUBLISHED = 2
};

enum { /* kinds, a set */
       PARLEY_MESSAGE_CHANNEL = 1u << 0,
       PARLEY_MESSAGE_DIRECT = 1u << 1,
       PARLEY_MESSAGE_FROM_BOTS = 1u
                                  << 2 /* also those of other plugins, backends and bridges' bots */
};

typedef struct parley_message_filter {
  uint32_t size;
  uint32_t stage;
  uint32_t kinds;
  int32_t priority;      /* FILTER: higher runs first; 0 is ordinary */
  parley_token handler;  /* handed to on_message */
  parley_string channel; /* exact name; "*": every public channel; empty: as the kinds say */
  parley_string prefix;  /* the text must begin so, case-sensitive; empty: any */
} parley_message_filter;

enum { /* format */
       PARLEY_FORMAT_PLAIN = 0,
       PARLEY_FORMAT_MARKDOWN = 1
};

typedef struct parley_message {
  uint32_t size;
  uint32_t kind; /* PARLEY_MESSAGE_CHANNEL or _DIRECT */
  parley_id id;  /* for decide */
  const parley_user* user;
  parley_string session; /* the author's; empty when it has none any more */
  parley_string channel;
  parley_string text;
  parley_string locale;
  parley_string origin; /* JSON object {ns,id} or empty */
  uint32_t format;
  uint32_t stage;
  int64_t offset;   /* PUBLISHED: its place in the channel; else 0 */
  int64_t ts;       /* instant */
  int64_t reply_to; /* offset of the message it answers; -1: none */
} parley_message;

typedef uint32_t parley_verdict;
enum {
  PARLEY_VERDICT_PASS = 0,
  PARLEY_VERDICT_DENY = 1,   /* the author gets `<plugin>.<code>` with `text` as the reason */
  PARLEY_VERDICT_REPLACE = 2 /* `text` takes the message's place, which is then marked as edited */
};

typedef struct parley_host_messages {
  uint32_t size;
  uint32_t reserved;
  /* [start] */
  parley_status (*listen)(const parley_host* host, const parley_message_filter* filter);
  /* [plugin] Inside on_message only; no call means PASS. code: for DENY, empty: "denied". */
  parley_status (*decide)(const parley_host* host, parley_id message, parley_verdict verdict,
                          parley_string code, parley_string text);
} parley_host_messages;

typedef struct parley_plugin_messages {
  uint32_t size;
  uint32_t reserved;
  /* Not PARLEY_OK is a fault; the message passes. */
  parley_status (*on_message)(void* plugin_data, parley_token handler,
                              const parley_message* message);
} parley_plugin_messages;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_MESSAGES_H */
