/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.channels/1: publish into channels and look after them.
 *
 * Permission: publishing as the user of an open request into a channel they may write to needs
 * `commands` only. Publishing as the plugin, changing channels, subscribing people and banning them
 * need `push:channel`; dm:* channels also `dm`; buttons and cards `buttons`; members `accounts.read`. A
 * message is stored before anybody sees it. All completions arrive on the plugin's thread.
 * Since 1.0.
 */
#ifndef PARLEY_EXT_CHANNELS_H
#define PARLEY_EXT_CHANNELS_H

#include "../plugin_abi.h"

#define PARLEY_EXT_CHANNELS "parley.channels/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_publication {
  uint32_t size;
  uint32_t format; /* PARLEY_FORMAT_* of messages.h */
  parley_string channel;
  parley_string user; /* author's user id: their rights, their name, and the filters see it; empty:
                         the plugin as a bot */
  parley_string from; /* name shown for a bot; empty: the plugin's id */
  parley_string text;
  parley_string buttons; /* JSON array [{label, style?, command:{action,...}}] or empty */
  parley_string card;    /* JSON object {kind, title, fields} or empty */
  int64_t reply_to;      /* offset in the same channel; -1: none */
  /* Not 0: an open request of this plugin, which the host answers itself: `ok {offset}` once stored
   * and before anyone sees the message, or an error. Takes the request; no defer needed. */
  parley_id request;
  /* Of a message of the plugin's own: id of the user it speaks of, whose name or words are in it. It
   * goes when what that user wrote goes. Empty: nobody's. */
  parley_string about;
} parley_publication;

typedef struct parley_channel {
  uint32_t size;
  uint32_t direct; /* 1: dm:* */
  parley_string name;
  parley_string topic;
  int64_t last_offset; /* 0: no message yet */
  uint64_t members;    /* users with a live session there */
} parley_channel;

/* Somebody is kept out of a channel: no session of theirs joins, reads or writes there. */
typedef struct parley_ban {
  uint32_t size;
  uint32_t reserved;
  parley_string channel; /* public, or a plugin's */
  parley_string user;    /* their id */
  parley_string reason;  /* they read it; may be empty */
  parley_string by;      /* id of who decided it, or a name; empty: the plugin. Listed: the name */
  int64_t until;         /* milliseconds since 1970; 0: until they are let in again */
  /* Of those listed: */
  int64_t since;
  parley_string name; /* of the user */
} parley_ban;

typedef struct parley_host_channels {
  uint32_t size;
  uint32_t reserved;
  /* [plugin] [background] Completion: on_offset with the stored offset. */
  parley_status (*publish)(const parley_host* host, parley_token token,
                           const parley_publication* publication);
  /* [start] [plugin] Makes the channel if there is none; an existing topic stays. Completion:
   * on_done. */
  parley_status (*ensure)(const parley_host* host, parley_token token, parley_string channel,
                          parley_string topic);
  /* [plugin] Members get a `topic` frame. `user`: who did it, their rights are checked;
   * empty: the plugin. Completion: on_done. */
  parley_status (*set_topic)(const parley_host* host, parley_token token, parley_string channel,
                             parley_string topic, parley_string user);
  /* [plugin] Completion: on_channel. */
  parley_status (*info)(const parley_host* host, parley_token token, parley_string channel);
  /* [plugin] Users with a live session there, ordered by id, above the id `after`. Completion:
   * on_members. */
  parley_status (*members)(const parley_host* host, parley_token token, parley_string channel,
                           parley_string after, uint64_t limit);
  /* [plugin] Completion: on_done with OK (member) or NOT_FOUND. */
  parley_status (*is_member)(const parley_host* host, parley_token token, parley_string channel,
                             parley_string user);
  /* [plugin] Every session of the user; their rights are checked. Completion: on_done. */
  parley_status (*subscribe)(const parley_host* host, parley_token token, parley_string channel,
                             parley_string user);
  /* [plugin] Completion: on_done. */
  parley_status (*unsubscribe)(const parley_host* host, parley_token token, parley_string channel,
                               parley_string user);
  /* [any] Sync and pure: dm:<lower id>:<higher id>. */
  parley_status (*dm_name)(const parley_host* host, parley_string user_a, parley_string user_b,
                           const parley_sink* name);
  /* [plugin] Whether the user of the command that runs may write there: the rules of channels, and
   * who has blocked whom. Completion: on_done with OK, DENIED or NOT_FOUND. */
  parley_status (*may_write)(const parley_host* host, parley_token token, parley_string channel,
                             parley_string user);
  /* [plugin] As set_topic for the user of `request`, an open request of this plugin: filters see
   * the text as they see a message, and may change or refuse it. When it is refused the host
   * answers the request; otherwise that stays open. Completion: on_done. */
  parley_status (*change_topic)(const parley_host* host, parley_token token, parley_string channel,
                                parley_string topic, parley_id request);
  /* [start] [plugin] In place of one that is there. Every session of the user leaves and is pushed
   * `unsubscribed`. It is the server's, and holds whether the plugin is loaded or not. Completion:
   * on_done once it is on disk; INVALID for dm:* and @*, NOT_FOUND: no such user, LIMIT: limits.bans.
   */
  parley_status (*ban)(const parley_host* host, parley_token token, const parley_ban* ban);
  /* [plugin] Lets them in again. Completion: on_done with OK or NOT_FOUND. */
  parley_status (*unban)(const parley_host* host, parley_token token, parley_string channel,
                         parley_string user);
  /* [plugin] Those that hold now, ordered by channel and id, above `after`, of which channel and
   * user are looked at; null: from the first. `channel` empty: of all channels. Completion: on_bans.
   */
  parley_status (*bans)(const parley_host* host, parley_token token, parley_string channel,
                        const parley_ban* after, uint64_t limit);
} parley_host_channels;

typedef struct parley_plugin_channels {
  uint32_t size;
  uint32_t reserved;
  void (*on_offset)(void* plugin_data, parley_token token, parley_status status, int64_t offset);
  void (*on_done)(void* plugin_data, parley_token token, parley_status status);
  void (*on_channel)(void* plugin_data, parley_token token, parley_status status,
                     const parley_channel* channel);
  void (*on_members)(void* plugin_data, parley_token token, parley_status status,
                     const parley_user* const* users, uint64_t count, uint32_t more);
  void (*on_bans)(void* plugin_data, parley_token token, parley_status status,
                  const parley_ban* const* bans, uint64_t count, uint32_t more);
} parley_plugin_channels;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_CHANNELS_H */
