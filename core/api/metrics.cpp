// SPDX-License-Identifier: Apache-2.0
#include "api/metrics.h"

#include <limits>
#include <map>
#include <utility>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "base/log.h"
#include "command/command_table.h"
#include "command/dispatcher.h"
#include "net/service.h"
#include "net/shard.h"
#include "plugin/plugin_manager.h"
#include "plugin/plugin_metrics.h"
#include "plugin/worker_pool.h"
#include "session/channels.h"
#include "session/session_registry.h"
#include "storage/store.h"

namespace parley::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<std::pair<std::string, std::string>>;

class Exposition {
 public:
  void counter(const std::string& name, const std::string& help, double value, Labels labels = {}) {
    metric(name, help, MetricType::Counter, std::move(labels)).counter.value = value;
  }
  void gauge(const std::string& name, const std::string& help, double value, Labels labels = {}) {
    metric(name, help, MetricType::Gauge, std::move(labels)).gauge.value = value;
  }
  // Buckets are counts of their own; Prometheus wants them cumulative.
  void histogram(const std::string& name, const std::string& help,
                 const std::vector<double>& bounds, const std::vector<std::uint64_t>& counts,
                 double sum, Labels labels) {
    auto& histogram = metric(name, help, MetricType::Histogram, std::move(labels)).histogram;
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
      total += counts[i];
      ClientMetric::Bucket bucket;
      bucket.cumulative_count = total;
      bucket.upper_bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
      histogram.bucket.push_back(bucket);
    }
    histogram.sample_count = total;
    histogram.sample_sum = sum;
  }

  std::string text() const {
    std::vector<MetricFamily> all;
    for (const auto& [name, family] : families_) all.push_back(family);
    return prometheus::TextSerializer().Serialize(all);
  }

 private:
  ClientMetric& metric(const std::string& name, const std::string& help, MetricType type,
                       Labels labels) {
    auto& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    auto& made = family.metric.emplace_back();
    for (auto& [key, value] : labels) made.label.push_back({key, value});
    return made;
  }
  std::map<std::string, MetricFamily> families_;
};

void add_network(Exposition& out, const Context& context) {
  for (int i = 0; i < context.shards.size(); ++i) {
    const auto& stats = context.shards.at(i).stats();
    const Labels shard{{"shard", std::to_string(i)}};
    const auto labelled = [&](const char* key, const char* value) {
      auto labels = shard;
      labels.emplace_back(key, value);
      return labels;
    };
    out.gauge("parley_connections", "Open connections.",
              static_cast<double>(stats.connections.get()), shard);
    out.gauge("parley_websockets", "Open WebSocket connections.",
              static_cast<double>(stats.websockets.get()), shard);
    out.counter("parley_connections_accepted_total", "Connections accepted.",
                static_cast<double>(stats.accepted.get()), shard);
    out.counter("parley_http_requests_total", "HTTP requests.",
                static_cast<double>(stats.http_requests.get()), shard);
    out.counter("parley_bytes_total", "Bytes by direction.",
                static_cast<double>(stats.bytes_in.get()), labelled("direction", "in"));
    out.counter("parley_bytes_total", "Bytes by direction.",
                static_cast<double>(stats.bytes_out.get()), labelled("direction", "out"));
    out.counter("parley_messages_total", "WebSocket messages by direction.",
                static_cast<double>(stats.messages_in.get()), labelled("direction", "in"));
    out.counter("parley_messages_total", "WebSocket messages by direction.",
                static_cast<double>(stats.messages_out.get()), labelled("direction", "out"));
    out.gauge("parley_outbox_bytes", "Bytes that wait in outboxes.",
              static_cast<double>(stats.queued_bytes.get()), shard);
    out.counter("parley_outbox_drops_total", "Volatile frames dropped for slow clients.",
                static_cast<double>(stats.drops.get()), shard);
    out.counter("parley_slow_closes_total", "Connections closed because they did not read (4403).",
                static_cast<double>(stats.slow_closes.get()), shard);
    out.counter("parley_pong_timeouts_total",
                "Connections closed because they did not answer pings (4404).",
                static_cast<double>(stats.pong_timeouts.get()), shard);
    out.counter("parley_timeouts_total",
                "Requests, messages and handshakes that were not finished in time.",
                static_cast<double>(stats.timeouts.get()), shard);
    out.counter("parley_tls_failures_total", "Failed TLS handshakes.",
                static_cast<double>(stats.tls_failures.get()), shard);
    out.counter("parley_turns_total", "Turns of the event loop.",
                static_cast<double>(stats.turns.get()), shard);
    constexpr std::array kRefusals = {"total", "rate", "hook", "descriptors"};
    for (std::size_t r = 0; r < kRefusals.size(); ++r) {
      out.counter("parley_connections_refused_total", "Connections refused, by limit.",
                  static_cast<double>(stats.refused[r].get()), labelled("limit", kRefusals[r]));
    }
    constexpr std::array kErrors = {"1002", "1007", "1009", "1008", "other"};
    for (std::size_t e = 0; e < kErrors.size(); ++e) {
      out.counter(
          "parley_protocol_errors_total", "Connections closed for broken frames, by close code.",
          static_cast<double>(stats.protocol_errors[e].get()), labelled("code", kErrors[e]));
    }
  }
  out.gauge("parley_outbox_budget_bytes", "Bytes all outboxes and replay rings together may hold.",
            static_cast<double>(context.budget.total()));
  out.gauge("parley_outbox_used_bytes", "Bytes all outboxes and replay rings together hold.",
            static_cast<double>(context.budget.used()));
}

void add_resume(Exposition& out, const session::SessionTotals& totals) {
  out.gauge("parley_sessions_detached", "Sessions that wait for their client to come back.",
            static_cast<double>(totals.detached));
  const auto* help = "Sessions taken up again, by whether direct frames were lost.";
  out.counter("parley_sessions_resumed_total", help, static_cast<double>(totals.resumed),
              {{"kind", "whole"}});
  out.counter("parley_sessions_resumed_total", help, static_cast<double>(totals.restored),
              {{"kind", "restored"}});
  out.counter("parley_replayed_frames_total", "Direct frames sent again.",
              static_cast<double>(totals.replayed));
  out.counter("parley_caught_up_frames_total",
              "Channel frames read from history for clients that were away or behind.",
              static_cast<double>(totals.caught_up));
  out.counter("parley_lags_total", "Times a client was too slow for its channels.",
              static_cast<double>(totals.lags));
  out.counter("parley_overruns_total",
              "Connections closed because too much waited for them (4403).",
              static_cast<double>(totals.overruns));
}

void add_sessions(Exposition& out, const Context& context) {
  const auto totals = context.sessions.totals();
  out.gauge("parley_sessions", "Sessions now.", static_cast<double>(totals.open));
  out.counter("parley_sessions_opened_total", "Sessions opened.",
              static_cast<double>(totals.opened));
  out.counter("parley_sessions_refused_total", "Sessions over limits.connections_per_user.",
              static_cast<double>(totals.refused));
  out.counter("parley_direct_frames_total", "Frames addressed to sessions.",
              static_cast<double>(totals.direct_frames));
  out.counter("parley_channel_frames_total", "Channel frames, one per member served.",
              static_cast<double>(totals.channel_frames));
  out.counter("parley_volatile_drops_total", "Volatile frames that were not delivered.",
              static_cast<double>(totals.volatile_drops));
  out.counter("parley_access_denied_total", "Subscribe, history and presence without the right.",
              static_cast<double>(totals.denied));
  add_resume(out, totals);
  const auto stats = context.dispatcher.stats();
  out.counter("parley_commands_total", "Commands handed to a target.",
              static_cast<double>(stats.commands));
  out.counter("parley_commands_refused_total",
              "Commands answered with an error before a target, by reason.",
              static_cast<double>(stats.rate_limited), {{"reason", "rate_limited"}});
  out.counter("parley_commands_refused_total",
              "Commands answered with an error before a target, by reason.",
              static_cast<double>(stats.malformed), {{"reason", "malformed"}});
  out.counter("parley_commands_refused_total",
              "Commands answered with an error before a target, by reason.",
              static_cast<double>(stats.refused - stats.rate_limited - stats.malformed),
              {{"reason", "other"}});
  const auto limited = [&](const char* by, std::uint64_t count) {
    out.counter("parley_rate_limited_total", "Commands refused as too fast, by what was counted.",
                static_cast<double>(count), {{"by", by}});
  };
  limited("connection", stats.rate_limited - stats.user_limited - stats.address_limited);
  limited("user", stats.user_limited);
  limited("address", stats.address_limited);
  limited("command", stats.command_limited);
  const auto closed = [&](const char* reason, std::uint64_t count) {
    out.counter("parley_client_closes_total", "Connections closed by a rule, by reason.",
                static_cast<double>(count), {{"reason", reason}});
  };
  closed("noise", stats.noise_closes);
  closed("rate_abuse", stats.abuse_closes);
  closed("connections_per_address", stats.address_full);
  closed("auth_timeout", stats.auth_timeouts);
  closed("unauthenticated_share", stats.crowded_out);
  closed("token_expired", stats.expired);
  out.counter("parley_command_timeouts_total", "Commands answered plugin_timeout.",
              static_cast<double>(stats.timeouts));
  out.counter("parley_stale_answers_total", "Answers that came too late or twice.",
              static_cast<double>(stats.stale));
  out.counter("parley_commands_repeated_total",
              "Commands that came again with their key and did not run again.",
              static_cast<double>(stats.repeated));
  out.gauge("parley_command_keys", "Idempotency keys that are remembered.",
            static_cast<double>(stats.keys));
  out.gauge("parley_unauthenticated_connections", "Connections that wait for authentication.",
            static_cast<double>(stats.unauthenticated));
  out.gauge("parley_commands_inflight", "Commands that run now.",
            static_cast<double>(stats.inflight));
  out.gauge("parley_commands_revision", "Revision of the command table.",
            static_cast<double>(context.commands.rev()));
}

void add_storage(Exposition& out, const Context& context) {
  const auto stats = context.store.stats();
  out.counter("parley_database_batches_total", "Commits.", static_cast<double>(stats.batches));
  out.counter("parley_database_writes_total", "Writes acknowledged.",
              static_cast<double>(stats.items));
  out.counter("parley_database_failures_total", "Writes answered with an error.",
              static_cast<double>(stats.failures));
  out.counter("parley_database_refused_total", "Writes refused because the queue was full.",
              static_cast<double>(stats.refused));
  out.gauge("parley_database_queue", "Writes that wait.", static_cast<double>(stats.queue));
  out.gauge("parley_database_commit_seconds", "How long the last commit took.",
            static_cast<double>(stats.last_commit_us) / 1e6);
}

void add_plugins(Exposition& out, const Context& context) {
  static const std::vector<double> bounds = [] {
    std::vector<double> seconds;
    for (const auto us : plugin::CommandStats::kBounds)
      seconds.push_back(static_cast<double>(us) / 1e6);
    return seconds;
  }();
  for (const auto& loaded : context.plugins.running()) {
    const Labels plugin{{"plugin", loaded->id()},
                        {"version", loaded->manifest().version},
                        {"generation", std::to_string(loaded->generation())}};
    out.gauge("parley_plugin_generation", "How often the plugin was loaded.", loaded->generation(),
              {{"plugin", loaded->id()}, {"version", loaded->manifest().version}});
    out.gauge("parley_plugin_queue", "Calls that wait for the plugin.",
              static_cast<double>(loaded->queued()), plugin);
    out.counter("parley_plugin_faults_total", "Faults of the plugin.",
                static_cast<double>(loaded->faults().count()), plugin);
    out.gauge("parley_plugin_quarantined", "1 while the plugin is in quarantine.",
              loaded->faults().reason().empty() ? 0 : 1, plugin);
    for (const auto& command : loaded->stats()) {
      std::vector<std::uint64_t> counts;
      for (const auto& bucket : command.buckets)
        counts.push_back(bucket.load(std::memory_order_relaxed));
      auto labels = plugin;
      labels.emplace_back("command", command.name);
      out.histogram(
          "parley_command_seconds", "Time in the handler, by plugin and command.", bounds, counts,
          static_cast<double>(command.total_us.load(std::memory_order_relaxed)) / 1e6, labels);
    }
  }
  for (const auto& known : context.plugins.list()) {
    if (known.pid == 0 && known.restarts == 0) continue;
    const Labels plugin{{"plugin", known.id}};
    out.gauge("parley_plugin_pid", "The plugin's process, when it has one of its own.",
              static_cast<double>(known.pid), plugin);
    out.counter("parley_plugin_restarts_total", "How often its process was started again.",
                static_cast<double>(known.restarts), plugin);
  }
  for (const auto& change : context.plugins.transitions())
    out.counter("parley_plugin_transitions_total", "Changes of state of plugins.",
                static_cast<double>(change.count),
                {{"plugin", change.plugin}, {"state", change.state}});
  const auto workers = context.workers.stats();
  out.gauge("parley_worker_queue", "Tasks that wait for a worker.",
            static_cast<double>(workers.queued));
  out.gauge("parley_workers_busy", "Workers in a task.", workers.busy);
  out.gauge("parley_workers_stuck", "Workers written off because a plugin hangs.", workers.stuck);
  for (const auto& sample : context.plugin_metrics.collect()) {
    std::string name = "parley_plugin_" + sample.plugin + "_" + sample.name;
    for (auto& c : name) {
      if (c == '-') c = '_';
    }
    if (sample.kind == PARLEY_METRIC_COUNTER) out.counter(name, sample.help, sample.value);
    if (sample.kind == PARLEY_METRIC_GAUGE) out.gauge(name, sample.help, sample.value);
    if (sample.kind == PARLEY_METRIC_HISTOGRAM)
      out.histogram(name, sample.help, sample.bounds, sample.buckets, sample.value, {});
  }
}

}  // namespace

std::string metrics_text(const Context& context) {
  Exposition out;
  add_network(out, context);
  add_sessions(out, context);
  add_storage(out, context);
  add_plugins(out, context);
  out.counter("parley_log_dropped_total", "Log lines pushed out of a full queue.",
              static_cast<double>(log::dropped()));
  out.counter("parley_log_unwritten_total", "Log lines the file did not take.",
              static_cast<double>(log::unwritten()));
  out.counter("parley_log_suppressed_total", "Log lines held back by the rate limit.",
              static_cast<double>(log::suppressed()));
  return out.text();
}

}  // namespace parley::api
