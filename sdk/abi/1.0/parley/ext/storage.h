/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.storage/1: the plugin's own durable key-value space. No permission; a quota.
 *
 * Keys: 1 to 256 bytes of UTF-8, ordered by bytes. Values: any bytes up to the configured size.
 * A completion with PARLEY_OK means on disk. Operations of one plugin take effect in the order they
 * were called, so a `get` sees every `write` made before it. The *_now calls block and see what is
 * committed: writes whose completion has not come yet may be missing from them. Since 1.0.
 */
#ifndef PARLEY_EXT_STORAGE_H
#define PARLEY_EXT_STORAGE_H

#include "../plugin_abi.h"
#include "request.h"

#define PARLEY_EXT_STORAGE "parley.storage/1"

#ifdef __cplusplus
extern "C" {
#endif

enum { /* parley_storage_write.kind */
       PARLEY_WRITE_PUT = 1,
       PARLEY_WRITE_ERASE = 2 /* an absent key is no error */
};

enum { /* parley_storage_write.expect */
       PARLEY_EXPECT_NOTHING = 0,
       PARLEY_EXPECT_ABSENT = 1, /* the key must not exist */
       PARLEY_EXPECT_VALUE = 2   /* the value must equal `expected`, byte for byte */
};

typedef struct parley_storage_write {
  uint32_t size;
  uint32_t kind;
  uint32_t expect;
  uint32_t reserved;
  parley_string key;
  parley_string value;
  parley_string expected;
} parley_storage_write;

typedef struct parley_storage_item {
  uint32_t size;
  uint32_t reserved;
  parley_string key;
  parley_string value;
} parley_storage_item;

/* One page of a scan. */
typedef struct parley_storage_page {
  uint32_t size;
  uint32_t more; /* 1: ask again with `after` = the last key */
  const parley_storage_item* const* items;
  uint64_t count;
} parley_storage_page;

/* Takes a page before the call returns. */
typedef struct parley_page_sink {
  uint32_t size;
  uint32_t reserved;
  void* context;
  void (*write)(void* context, const parley_storage_page* page);
} parley_page_sink;

typedef struct parley_host_storage {
  uint32_t size;
  uint32_t reserved;
  /* [start] [plugin] [background] Completion: on_value; NOT_FOUND when absent. */
  parley_status (*get)(const parley_host* host, parley_token token, parley_string key);
  /* [start] [plugin] [background] Keys that begin with `prefix`, above `after`, in order, at most
   * `limit` (0 or too many: 1000). Completion: on_page. */
  parley_status (*scan)(const parley_host* host, parley_token token, parley_string prefix,
                        parley_string after, uint64_t limit);
  /* [start] [plugin] [background] All writes or none, in one commit. Completion: on_written;
   * CONFLICT: an expectation failed; LIMIT: quota or value size. */
  parley_status (*write)(const parley_host* host, parley_token token,
                         const parley_storage_write* const* writes, uint64_t count);
  /* [plugin] [background] The same, and the host itself sends `reply` once it is durable, or an
   * error (conflict, too_large, overloaded, internal) if it is not. Takes the request; no defer
   * needed. Completion as write. */
  parley_status (*write_and_reply)(const parley_host* host, parley_token token,
                                   const parley_storage_write* const* writes, uint64_t count,
                                   const parley_reply* reply);
  /* [start] [background] Blocks. */
  parley_status (*get_now)(const parley_host* host, parley_string key, const parley_sink* value);
  /* [start] [background] Blocks. */
  parley_status (*scan_now)(const parley_host* host, parley_string prefix, parley_string after,
                            uint64_t limit, const parley_page_sink* page);
} parley_host_storage;

typedef struct parley_plugin_storage {
  uint32_t size;
  uint32_t reserved;
  void (*on_value)(void* plugin_data, parley_token token, parley_status status,
                   parley_string value);
  void (*on_page)(void* plugin_data, parley_token token, parley_status status,
                  const parley_storage_page* page);
  void (*on_written)(void* plugin_data, parley_token token, parley_status status);
} parley_plugin_storage;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_STORAGE_H */
