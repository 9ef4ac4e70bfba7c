// SPDX-License-Identifier: Apache-2.0
// Files, background jobs and metrics over a FakeServer. A job runs when it is settled, in the
// background phase.
#pragma once

#include <string>

#include "fake_server.hpp"

namespace parley::testing {

struct WorkTable {
  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }

  // ---- files

  static Outcome find_file(const FakeServer& server, const std::string& path,
                           std::string& content) {
    if (path.find("..") != std::string::npos) return Outcome::kDenied;
    if (path.rfind('/', 0) == 0) {
      bool granted = false;
      for (const std::string& permission : server.permissions) {
        granted = granted ||
                  (permission.rfind("files:", 0) == 0 && path.rfind(permission.substr(6), 0) == 0);
      }
      if (!granted) return Outcome::kDenied;
    }
    const auto found = server.files.find(path);
    if (found == server.files.end()) return Outcome::kNotFound;
    content = found->second;
    return Outcome::kOk;
  }
  static parley_status read_file(const parley_host* host, parley_token token, parley_string path) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin | kInBackground)) return status;
    server.complete(token, [&server, token, name = std::string(detail::to_view(path))] {
      std::string content;
      const auto outcome = find_file(server, name, content);
      server.half<parley_plugin_files>(PARLEY_EXT_FILES)
          ->on_file(server.data(), token, static_cast<parley_status>(outcome),
                    detail::to_abi(content));
    });
    return PARLEY_OK;
  }
  static parley_status read_file_now(const parley_host* host, parley_string path,
                                     const parley_sink* sink) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kInBackground)) return status;
    std::string content;
    const auto outcome = find_file(server, std::string(detail::to_view(path)), content);
    if (is_ok(outcome)) detail::write_to(sink, content);
    return static_cast<parley_status>(outcome);
  }
  static parley_status list_files_now(const parley_host* host, parley_string folder,
                                      const parley_sink* sink) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kInBackground)) return status;
    std::string prefix(detail::to_view(folder));
    if (!prefix.empty() && prefix.back() != '/') prefix += '/';
    std::string lines;
    for (const auto& [path, content] : server.files) {
      const bool inside =
          path.rfind(prefix, 0) == 0 && path.find('/', prefix.size()) == std::string::npos;
      if (inside) lines += path + "\n";
    }
    if (lines.empty()) return PARLEY_E_NOT_FOUND;
    detail::write_to(sink, lines);
    return PARLEY_OK;
  }
  static parley_status locate_file_now(const parley_host* host, parley_string path,
                                       const parley_sink* sink) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kInBackground)) return status;
    const std::string name(detail::to_view(path));
    if (server.files.count(name) == 0) return PARLEY_E_NOT_FOUND;
    detail::write_to(sink, name.rfind('/', 0) == 0 ? name : "/plugin/" + name);
    return PARLEY_OK;
  }
  static parley_status watch_file(const parley_host* host, parley_string path, parley_id* id) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin)) return status;
    server.watches[++server.last_id] = detail::to_view(path);
    if (id != nullptr) *id = server.last_id;
    return PARLEY_OK;
  }
  static parley_status unwatch_file(const parley_host* host, parley_id id) {
    return of(host).watches.erase(id) > 0 ? PARLEY_OK : PARLEY_E_STALE;
  }

  // ---- background

  static parley_status submit_job(const parley_host* host, parley_token token, parley_id* id) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin | kInBackground)) return status;
    if (token == 0) return server.invalid("background.submit: token 0");
    const parley_id job = ++server.last_id;
    server.waiting_jobs.insert(job);
    if (id != nullptr) *id = job;
    server.later([&server, token, job] {
      const auto* half = server.half<parley_plugin_background>(PARLEY_EXT_BACKGROUND);
      const bool cancelled = server.waiting_jobs.erase(job) == 0;
      const parley_status status =
          cancelled ? PARLEY_E_CANCELLED
                    : server.in(kInBackground, [&] { return half->run(server.data(), token); });
      server.later([&server, half, token, status] {
        server.in(kOnPlugin, [&] { half->done(server.data(), token, status); });
      });
    });
    return PARLEY_OK;
  }
  static parley_status post_job(const parley_host* host, parley_token token) {
    FakeServer& server = of(host);
    server.later([&server, token] {
      server.in(kOnPlugin, [&] {
        server.half<parley_plugin_background>(PARLEY_EXT_BACKGROUND)
            ->done(server.data(), token, PARLEY_OK);
      });
    });
    return PARLEY_OK;
  }
  static parley_status cancel_job(const parley_host* host, parley_id id) {
    return of(host).waiting_jobs.erase(id) > 0 ? PARLEY_OK : PARLEY_E_STALE;
  }

  // ---- metrics

  static parley_status define_metric(const parley_host* host, const parley_metric* metric,
                                     parley_id* id) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart)) return status;
    const std::string name(detail::to_view(metric->name));
    for (const auto& [known, existing] : server.metrics) {
      if (existing.name != name) continue;
      *id = known;
      return existing.kind == metric->kind ? PARLEY_OK : PARLEY_E_CONFLICT;
    }
    *id = ++server.last_id;
    server.metrics[*id] = {metric->kind, name, 0, 0};
    return PARLEY_OK;
  }
  static parley_status update_metric(const parley_host* host, parley_id id, double value) {
    FakeServer& server = of(host);
    const std::lock_guard lock(server.mutex);
    const auto found = server.metrics.find(id);
    if (found == server.metrics.end()) return PARLEY_E_STALE;
    FakeMetric& metric = found->second;
    if (metric.kind == PARLEY_METRIC_COUNTER && value < 0)
      return server.invalid("a counter only grows");
    metric.value = metric.kind == PARLEY_METRIC_GAUGE ? value : metric.value + value;
    ++metric.updates;
    return PARLEY_OK;
  }
};

}  // namespace parley::testing
