/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parley.metrics/1: figures on the operator's /metrics page. Permission `metrics`.
 *
 * A metric shows as parley_plugin_<plugin>_<name>. Defining a name again with the same kind gives
 * the same id. Since 1.0.
 */
#ifndef PARLEY_EXT_METRICS_H
#define PARLEY_EXT_METRICS_H

#include "../plugin_abi.h"

#define PARLEY_EXT_METRICS "parley.metrics/1"

#ifdef __cplusplus
extern "C" {
#endif

enum {                             /* parley_metric.kind */
       PARLEY_METRIC_COUNTER = 1,  /* update adds; negative is INVALID */
       PARLEY_METRIC_GAUGE = 2,    /* update sets */
       PARLEY_METRIC_HISTOGRAM = 3 /* update observes */
};

typedef struct parley_metric {
  uint32_t size;
  uint32_t kind;
  parley_string name; /* [a-z][a-z0-9_]{0,63} */
  parley_string help;
  const double* buckets; /* HISTOGRAM: upper bounds, ascending */
  uint64_t bucket_count;
} parley_metric;

typedef struct parley_host_metrics {
  uint32_t size;
  uint32_t reserved;
  /* [start] LIMIT: too many. */
  parley_status (*define)(const parley_host* host, const parley_metric* metric, parley_id* id);
  /* [any] Cheap: no lock that a scrape could hold for long. */
  parley_status (*update)(const parley_host* host, parley_id id, double value);
} parley_host_metrics;

#ifdef __cplusplus
}
#endif

#endif /* PARLEY_EXT_METRICS_H */
