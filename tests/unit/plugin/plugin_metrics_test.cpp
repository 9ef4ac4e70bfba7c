// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_metrics.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::plugin {
namespace {

using ::testing::ElementsAre;

struct Made {
  parley_status status = PARLEY_OK;
  parley_id id = 0;
};

Made define(PluginMetrics& metrics, const std::string& plugin, const std::string& name,
            std::uint32_t kind, std::vector<double> bounds = {}) {
  parley_metric metric{};
  metric.size = sizeof metric;
  metric.kind = kind;
  metric.name = {name.data(), name.size()};
  metric.help = {"help", 4};
  metric.buckets = bounds.data();
  metric.bucket_count = bounds.size();
  Made made;
  made.status = metrics.define(plugin, metric, &made.id);
  return made;
}

TEST(PluginMetricsTest, CountersAddGaugesSetHistogramsSort) {
  PluginMetrics metrics;
  const auto counter = define(metrics, "dice", "rolls", PARLEY_METRIC_COUNTER);
  EXPECT_EQ(metrics.update(counter.id, 2), PARLEY_OK);
  EXPECT_EQ(metrics.update(counter.id, 3), PARLEY_OK);
  EXPECT_EQ(metrics.update(counter.id, -1), PARLEY_E_INVALID);
  EXPECT_EQ(metrics.collect().at(0).value, 5);

  const auto gauge = define(metrics, "room", "people", PARLEY_METRIC_GAUGE);
  EXPECT_EQ(metrics.update(gauge.id, 7), PARLEY_OK);
  EXPECT_EQ(metrics.update(gauge.id, -2), PARLEY_OK);

  const auto histogram = define(metrics, "rooms", "sizes", PARLEY_METRIC_HISTOGRAM, {1, 10});
  for (const double value : {0.5, 1.0, 5.0, 10.0, 11.0})
    EXPECT_EQ(metrics.update(histogram.id, value), PARLEY_OK);
  for (const auto& sample : metrics.collect()) {
    if (sample.name == "people") {
      EXPECT_EQ(sample.value, -2);
    }
    if (sample.name != "sizes") continue;
    EXPECT_THAT(sample.buckets, ElementsAre(2u, 2u, 1u));
    EXPECT_EQ(sample.count, 5u);
    EXPECT_EQ(sample.value, 27.5);
  }
}

TEST(PluginMetricsTest, BadDefinitionsAndValuesAreRefused) {
  PluginMetrics metrics;
  for (const std::string name : {"", "Rolls", "1rolls", "ro-lls", "ro lls", "ro\"lls"}) {
    EXPECT_EQ(define(metrics, "dice", name, PARLEY_METRIC_COUNTER).status, PARLEY_E_INVALID)
        << name;
  }
  EXPECT_EQ(define(metrics, "dice", std::string(65, 'a'), PARLEY_METRIC_COUNTER).status,
            PARLEY_E_INVALID);
  EXPECT_EQ(define(metrics, "dice", "rolls", 0).status, PARLEY_E_INVALID);
  EXPECT_EQ(define(metrics, "dice", "rolls", 4).status, PARLEY_E_INVALID);
  EXPECT_EQ(define(metrics, "dice", "sizes", PARLEY_METRIC_HISTOGRAM).status, PARLEY_E_INVALID)
      << "no buckets";
  EXPECT_EQ(define(metrics, "dice", "sizes", PARLEY_METRIC_HISTOGRAM, {2, 1}).status,
            PARLEY_E_INVALID)
      << "not ascending";
  const auto gauge = define(metrics, "dice", "gauge", PARLEY_METRIC_GAUGE);
  EXPECT_EQ(metrics.update(gauge.id, std::nan("")), PARLEY_E_INVALID);
  EXPECT_EQ(metrics.update(gauge.id, std::numeric_limits<double>::infinity()), PARLEY_E_INVALID);
  EXPECT_EQ(metrics.update(999, 1), PARLEY_E_STALE);
  EXPECT_EQ(metrics.collect().size(), 1u);
}

TEST(PluginMetricsTest, ANameIsOneMetricPerPlugin) {
  PluginMetrics metrics(2);
  const auto first = define(metrics, "dice", "rolls", PARLEY_METRIC_COUNTER);
  EXPECT_EQ(define(metrics, "dice", "rolls", PARLEY_METRIC_COUNTER).id, first.id);
  EXPECT_EQ(define(metrics, "dice", "rolls", PARLEY_METRIC_GAUGE).status, PARLEY_E_CONFLICT);
  EXPECT_NE(define(metrics, "room", "rolls", PARLEY_METRIC_COUNTER).id, first.id);
  EXPECT_EQ(define(metrics, "dice", "second", PARLEY_METRIC_COUNTER).status, PARLEY_OK);
  EXPECT_EQ(define(metrics, "dice", "third", PARLEY_METRIC_COUNTER).status, PARLEY_E_LIMIT);
}

TEST(PluginMetricsTest, AnIdKeptOverAnUnloadIsStale) {
  PluginMetrics metrics;
  const auto first = define(metrics, "dice", "rolls", PARLEY_METRIC_COUNTER);
  metrics.drop("dice");
  EXPECT_EQ(metrics.update(first.id, 1), PARLEY_E_STALE);
  const auto second = define(metrics, "dice", "rolls", PARLEY_METRIC_COUNTER);
  EXPECT_NE(second.id, first.id);
  EXPECT_EQ(metrics.update(first.id, 1), PARLEY_E_STALE);
  EXPECT_EQ(metrics.collect().at(0).value, 0);
}

}  // namespace
}  // namespace parley::plugin
