/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.accounts/1: registration, login and lookup. `accounts.read` for lookup,
 * `accounts.write` for the others.
 *
 * Those that change an identity take an open request of the plugin: the host does the work off
 * the plugin's thread (hashing is slow and queued) and answers the request itself: welcome (with
 * data.token), ok, or an error whose code is one of invalid_args, conflict, unauthorized,
 * rate_limited, overloaded. Passwords are not kept, logged or echoed. Since 1.0.
 */
#ifndef PARLEY_EXT_ACCOUNTS_H
#define PARLEY_EXT_ACCOUNTS_H

#include "../plugin_abi.h"

#define PARLEY_EXT_ACCOUNTS "parley.accounts/1"

#ifdef __cplusplus
extern "C" {
#endif

enum { /* lookup by */
       PARLEY_LOOKUP_ID = 1,
       PARLEY_LOOKUP_NAME = 2, /* normalised like names at registration */
       PARLEY_LOOKUP_ANY = 3   /* id if it looks like one and exists, else name */
};

typedef struct parley_account {
  uint32_t size;
  uint32_t online; /* 1: has a live session */
  const parley_user* user;
  int64_t created;   /* instant; 0: a guest */
  int64_t last_seen; /* instant; 0: unknown */
} parley_account;

typedef struct parley_host_accounts {
  uint32_t size;
  uint32_t reserved;
  /* [plugin] From a guest: keeps the user id and data. */
  parley_status (*register_user)(const parley_host* host, parley_id request, parley_string name,
                                 parley_string password);
  /* [plugin] */
  parley_status (*login)(const parley_host* host, parley_id request, parley_string name,
                         parley_string password);
  /* [plugin] Answers ok, then ends this session's identity. */
  parley_status (*logout)(const parley_host* host, parley_id request);
  /* [plugin] The user's other sessions end. */
  parley_status (*change_password)(const parley_host* host, parley_id request,
                                   parley_string old_password, parley_string new_password);
  /* [plugin] Accounts and live guests. Completion: on_account; NOT_FOUND. */
  parley_status (*lookup)(const parley_host* host, parley_token token, uint32_t by,
                          parley_string value);
  /* [plugin] register_user with the code that the server asks for where registration is by
     invitation; empty: none. */
  parley_status (*register_invited)(const parley_host* host, parley_id request, parley_string name,
                                    parley_string password, parley_string invitation);
  /* [plugin] logout, and every other session and token of the user ends. */
  parley_status (*logout_everywhere)(const parley_host* host, parley_id request);
} parley_host_accounts;

typedef struct parley_plugin_accounts {
  uint32_t size;
  uint32_t reserved;
  void (*on_account)(void* plugin_data, parley_token token, parley_status status,
                     const parley_account* account);
} parley_plugin_accounts;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_ACCOUNTS_H */
