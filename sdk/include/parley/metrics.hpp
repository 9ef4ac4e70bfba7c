// SPDX-License-Identifier: Apache-2.0
// Metrics: figures on the operator's /metrics page (permission `metrics`). Members, defined in the
// constructor:
//
//   Counter rolls_ = metrics().counter("rolls", "Dice rolled");
//   rolls_.add();
//
// Thread: defining at start, updating from any. Failure: without the permission a metric counts
// nothing.
// Since 1.0.
#pragma once

#include <string_view>
#include <vector>

#include "detail/abi.hpp"
#include "ext/metrics.h"
#include "host.hpp"

namespace parley {

namespace detail {

class Metric {
 public:
  Metric() = default;
  Metric(Host host, const parley_host_metrics* table, parley_id id)
      : host_(host), table_(table), id_(id) {}

 protected:
  void update(double value) const {
    if (id_ != 0) table_->update(host_.abi(), id_, value);
  }

 private:
  Host host_{nullptr};
  const parley_host_metrics* table_ = nullptr;
  parley_id id_ = 0;
};

}  // namespace detail

class Counter : public detail::Metric {
 public:
  using Metric::Metric;
  void add(double amount = 1) const { update(amount); }
};
class Gauge : public detail::Metric {
 public:
  using Metric::Metric;
  void set(double value) const { update(value); }
};
class Histogram : public detail::Metric {
 public:
  using Metric::Metric;
  void observe(double value) const { update(value); }
};

class Metrics : public detail::Service<parley_host_metrics> {
 public:
  explicit Metrics(Host host) : Service(host, PARLEY_EXT_METRICS) {}

  Counter counter(std::string_view name, std::string_view help) {
    return define<Counter>(PARLEY_METRIC_COUNTER, name, help, {});
  }
  Gauge gauge(std::string_view name, std::string_view help) {
    return define<Gauge>(PARLEY_METRIC_GAUGE, name, help, {});
  }
  // buckets: upper bounds, ascending.
  Histogram histogram(std::string_view name, std::string_view help,
                      const std::vector<double>& buckets) {
    return define<Histogram>(PARLEY_METRIC_HISTOGRAM, name, help, buckets);
  }

 private:
  template <typename Kind>
  Kind define(std::uint32_t kind, std::string_view name, std::string_view help,
              const std::vector<double>& buckets) {
    auto metric = detail::sized<parley_metric>();
    metric.kind = kind;
    metric.name = detail::to_abi(name);
    metric.help = detail::to_abi(help);
    metric.buckets = buckets.data();
    metric.bucket_count = buckets.size();
    const parley_metric* pointer = &metric;
    parley_id id = 0;
    const auto outcome = static_cast<Outcome>(call(&parley_host_metrics::define, pointer, &id));
    if (!is_ok(outcome)) {
      host_.log(LogLevel::kWarning,
                "metric " + std::string(name) + ": " + std::string(describe(outcome)));
      return {};
    }
    return Kind(host_, table_, id);
  }
};

}  // namespace parley
