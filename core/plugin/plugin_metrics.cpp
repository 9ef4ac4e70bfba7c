// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_metrics.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "plugin/abi.h"

namespace parley::plugin {
namespace {

bool is_metric_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_sound(const parley_metric& metric) {
  if (!is_metric_name(view(metric.name)) || metric.kind < PARLEY_METRIC_COUNTER ||
      metric.kind > PARLEY_METRIC_HISTOGRAM)
    return false;
  return metric.kind != PARLEY_METRIC_HISTOGRAM ||
         (metric.bucket_count > 0 && metric.bucket_count <= 64 &&
          std::is_sorted(metric.buckets, metric.buckets + metric.bucket_count));
}

}  // namespace

parley_status PluginMetrics::define(const std::string& plugin, const parley_metric& metric,
                                    parley_id* id, std::uint32_t generation) {
  if (!is_sound(metric)) return PARLEY_E_INVALID;
  const std::lock_guard lock(mutex_);
  std::size_t own = 0;
  for (const auto& [known_id, known] : metrics_) {
    if (known->sample.plugin != plugin) continue;
    ++own;
    if (known->sample.name != view(metric.name)) continue;
    if (generation > known->generation)
      known->before = std::exchange(known->generation, generation);
    if (known->sample.kind != metric.kind) return PARLEY_E_CONFLICT;
    if (id) *id = known_id;
    return PARLEY_OK;
  }
  if (own >= per_plugin_) return PARLEY_E_LIMIT;
  auto made = std::make_shared<Metric>();
  made->generation = generation;
  made->sample.plugin = plugin;
  made->sample.name = view(metric.name);
  made->sample.help = view(metric.help);
  made->sample.kind = metric.kind;
  if (metric.kind == PARLEY_METRIC_HISTOGRAM) {
    made->sample.bounds.assign(metric.buckets, metric.buckets + metric.bucket_count);
    made->sample.buckets.assign(metric.bucket_count + 1, 0);
  }
  metrics_.emplace(next_, std::move(made));
  if (id) *id = next_;
  ++next_;
  return PARLEY_OK;
}

parley_status PluginMetrics::update(parley_id id, double value) {
  std::shared_ptr<Metric> metric;
  {
    const std::lock_guard lock(mutex_);
    const auto found = metrics_.find(id);
    if (found == metrics_.end()) return PARLEY_E_STALE;
    metric = found->second;
  }
  const std::lock_guard lock(metric->mutex);
  auto& sample = metric->sample;
  if (!std::isfinite(value) || (sample.kind == PARLEY_METRIC_COUNTER && value < 0))
    return PARLEY_E_INVALID;
  if (sample.kind == PARLEY_METRIC_GAUGE) {
    sample.value = value;
    return PARLEY_OK;
  }
  sample.value += value;
  if (sample.kind == PARLEY_METRIC_HISTOGRAM) {
    ++sample.count;
    const auto bucket =
        std::lower_bound(sample.bounds.begin(), sample.bounds.end(), value) - sample.bounds.begin();
    ++sample.buckets[static_cast<std::size_t>(bucket)];
  }
  return PARLEY_OK;
}

void PluginMetrics::drop(const std::string& plugin, std::uint32_t up_to_generation) {
  const std::lock_guard lock(mutex_);
  std::erase_if(metrics_, [&](const auto& entry) {
    return entry.second->sample.plugin == plugin && entry.second->generation <= up_to_generation;
  });
}

void PluginMetrics::take_back(const std::string& plugin, std::uint32_t generation) {
  const std::lock_guard lock(mutex_);
  std::erase_if(metrics_, [&](const auto& entry) {
    auto& metric = *entry.second;
    if (metric.sample.plugin != plugin || metric.generation != generation) return false;
    metric.generation = std::exchange(metric.before, 0);
    return metric.generation == 0;
  });
}

std::vector<MetricSample> PluginMetrics::collect() const {
  std::vector<std::shared_ptr<Metric>> all;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, metric] : metrics_) all.push_back(metric);
  }
  std::vector<MetricSample> samples;
  for (const auto& metric : all) {
    const std::lock_guard lock(metric->mutex);
    samples.push_back(metric->sample);
  }
  return samples;
}

}  // namespace parley::plugin
