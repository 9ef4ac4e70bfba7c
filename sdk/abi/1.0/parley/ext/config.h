/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.config/1: the plugin's own settings, from plugins.d/<id>.yaml. No permission.
 *
 * The text is one JSON object, checked against the entry's config_schema, defaults filled in.
 * Since 1.0.
 */
#ifndef PARLEY_EXT_CONFIG_H
#define PARLEY_EXT_CONFIG_H

#include "../plugin_abi.h"

#define PARLEY_EXT_CONFIG "parley.config/1"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct parley_host_config {
  uint32_t size;
  uint32_t reserved;
  /* [start] [plugin] [background] The configuration in force, handed to the sink. */
  parley_status (*read)(const parley_host* host, const parley_sink* json);
} parley_host_config;

typedef struct parley_plugin_config {
  uint32_t size;
  uint32_t reserved;
  /* [start] on the plugin's symbolic thread: blocking calls are allowed. PARLEY_OK takes the new
   * configuration; anything else keeps the old one in force, and `why` takes a sentence for the
   * operator. Absent: a change needs a reload. */
  parley_status (*on_config)(void* plugin_data, parley_string json, const parley_sink* why);
} parley_plugin_config;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_CONFIG_H */
