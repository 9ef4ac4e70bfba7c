/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.files/1: read files and hear of their changes. Read-only.
 *
 * A relative path is looked for in plugins.d/<id>/ (the operator's copy) and then in <id>/ beside
 * the plugin's file (what it was shipped with); that needs no permission. An absolute path needs
 * `files:<path>` for it or a folder above.
 * ".." and links that lead out are PARLEY_E_DENIED. A file above the configured size is
 * PARLEY_E_LIMIT. Since 1.0.
 */
#ifndef PARLEY_EXT_FILES_H
#define PARLEY_EXT_FILES_H

#include "../plugin_abi.h"

#define PARLEY_EXT_FILES "parley.files/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_host_files {
  uint32_t size;
  uint32_t reserved;
  /* [start] [plugin] [background] Completion: on_file. */
  parley_status (*read)(const parley_host* host, parley_token token, parley_string path);
  /* [start] [background] Blocks. */
  parley_status (*read_now)(const parley_host* host, parley_string path,
                            const parley_sink* content);
  /* [start] [background] Blocks. Files directly in a folder, one path per line, sorted; each can be
   * read. */
  parley_status (*list_now)(const parley_host* host, parley_string folder,
                            const parley_sink* paths);
  /* [start] [background] Blocks. The absolute path a relative one stands for now, for messages to
   * the operator. */
  parley_status (*locate_now)(const parley_host* host, parley_string path,
                              const parley_sink* absolute);
  /* [start] [plugin] on_changed when this file, or a file in this folder, was made, changed or
   * removed. Several changes at once come as one call per path. `id` may be NULL. */
  parley_status (*watch)(const parley_host* host, parley_string path, parley_id* id);
  /* [start] [plugin] */
  parley_status (*unwatch)(const parley_host* host, parley_id id);
} parley_host_files;

typedef struct parley_plugin_files {
  uint32_t size;
  uint32_t reserved;
  void (*on_file)(void* plugin_data, parley_token token, parley_status status,
                  parley_string content);
  /* `path` in the form in which it was watched (plus the file's name, for a folder). */
  void (*on_changed)(void* plugin_data, parley_id id, parley_string path);
} parley_plugin_files;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_FILES_H */
