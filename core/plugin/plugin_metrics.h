// SPDX-License-Identifier: Apache-2.0
// The figures that plugins define for /metrics. Ids carry a generation, so that one kept over an
// unload is stale, not somebody else's.
//
// Ownership: the server owns the table; a metric lives until its plugin is gone. Thread: update()
// from any, without a lock that a scrape holds while it writes; the rest from any. Failure: values
// as in ext/metrics.h.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <parley/ext/metrics.h>

namespace parley::plugin {

struct MetricSample {
  std::string plugin, name, help;
  std::uint32_t kind = PARLEY_METRIC_COUNTER;
  double value = 0;                    // counter, gauge; a histogram's sum
  std::uint64_t count = 0;             // histogram
  std::vector<double> bounds;          // histogram, upper bounds
  std::vector<std::uint64_t> buckets;  // not cumulative, one more than bounds
};

class PluginMetrics {
 public:
  explicit PluginMetrics(std::size_t per_plugin = 64) : per_plugin_(per_plugin) {}

  // `generation`: of the plugin. A newer one that defines the same name takes the metric over with
  // its value.
  parley_status define(const std::string& plugin, const parley_metric& metric, parley_id* id,
                       std::uint32_t generation = 1);
  parley_status update(parley_id id, double value);
  // What that generation and older ones defined; by default all of the plugin's.
  void drop(const std::string& plugin, std::uint32_t up_to_generation = ~std::uint32_t{0});
  // That generation did not come to serve: what it took over goes back, what it added goes.
  void take_back(const std::string& plugin, std::uint32_t generation);
  std::vector<MetricSample> collect() const;

 private:
  struct Metric {
    std::mutex mutex;
    MetricSample sample;
    std::uint32_t generation = 1;  // under the table's mutex
    std::uint32_t before = 0;      // whose it was, 0: nobody's
  };
  const std::size_t per_plugin_;
  mutable std::mutex mutex_;
  std::unordered_map<parley_id, std::shared_ptr<Metric>> metrics_;
  parley_id next_ = 1;
};

}  // namespace parley::plugin
