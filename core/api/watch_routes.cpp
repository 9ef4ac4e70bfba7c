// SPDX-License-Identifier: Apache-2.0
#include "api/watch_routes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "api/admin_support.h"
#include "base/json_text.h"
#include "base/log.h"
#include "base/log_file.h"
#include "command/dispatcher.h"
#include "config/loader.h"
#include "net/service.h"
#include "net/shard.h"
#include "plugin/plugin_manager.h"
#include "plugin/worker_pool.h"
#include "session/session_registry.h"
#include "storage/store.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

// --- The figures of the moment -----------------------------------------------------------------

std::uint64_t memory_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

Json network_json(const Context& context) {
  std::uint64_t connections = 0, websockets = 0, in = 0, out = 0, queued = 0;
  for (int i = 0; i < context.shards.size(); ++i) {
    const auto& stats = context.shards.at(i).stats();
    connections += stats.connections.get();
    websockets += stats.websockets.get();
    in += stats.messages_in.get();
    out += stats.messages_out.get();
    queued += stats.queued_bytes.get();
  }
  return {{"connections", connections}, {"websockets", websockets},
          {"messagesIn", in},           {"messagesOut", out},
          {"queueBytes", queued},       {"queueBudget", context.budget.total()}};
}

// Time in handlers, over all commands of all plugins: how many took up to each bound.
Json latency_json(const Context& context, Json& plugins) {
  std::array<std::uint64_t, plugin::CommandStats::kBounds.size() + 1> counts{};
  for (const auto& loaded : context.plugins.running()) {
    std::uint64_t calls = 0, total_us = 0;
    for (const auto& command : loaded->stats()) {
      calls += command.calls.load(std::memory_order_relaxed);
      total_us += command.total_us.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] += command.buckets[i].load(std::memory_order_relaxed);
    }
    plugins.push_back({{"id", loaded->id()},
                       {"generation", loaded->generation()},
                       {"calls", calls},
                       {"totalUs", total_us},
                       {"queued", loaded->queued()},
                       {"faults", loaded->faults().count()}});
  }
  return {{"boundsUs", plugin::CommandStats::kBounds}, {"counts", counts}};
}

Json live_json(const Context& context) {
  Json body = network_json(context);
  Json plugins = Json::array();
  const auto stats = context.dispatcher.stats();
  const auto store = context.store.stats();
  const auto workers = context.workers.stats();
  body["at"] = context.clock.wall_ms();
  body["sessions"] = context.sessions.count();
  body["commands"] = stats.commands;
  body["refused"] = stats.refused;
  body["inflight"] = stats.inflight;
  body["databaseQueue"] = store.queue;
  body["databaseCommitUs"] = store.last_commit_us;
  body["workersBusy"] = workers.busy;
  body["workersQueued"] = workers.queued;
  body["memoryBytes"] = memory_bytes();
  body["latency"] = latency_json(context, plugins);
  body["plugins"] = std::move(plugins);
  return body;
}

// --- The log -----------------------------------------------------------------------------------

// The lines of a file from its end to its beginning, read in blocks.
class LinesFromEnd {
 public:
  explicit LinesFromEnd(const std::string& path) : file_(path, std::ios::binary | std::ios::ate) {
    if (file_) left_ = static_cast<std::size_t>(file_.tellg());
  }
  // False at the file's beginning, or after `budget` bytes, from which what is read is taken.
  bool next(std::string& line, std::size_t& budget) {
    for (;;) {
      if (const auto at = held_.rfind('\n'); at != held_.npos) {
        line = held_.substr(at + 1);
        held_.resize(at);
        if (!line.empty()) return true;
        continue;
      }
      if (left_ == 0) break;
      if (budget == 0) return false;
      read_block(budget);
    }
    line = std::exchange(held_, {});
    return !line.empty();
  }

 private:
  static constexpr std::size_t kBlock = 256 * 1024;

  void read_block(std::size_t& budget) {
    const auto size = std::min({kBlock, left_, budget});
    std::string block(size, '\0');
    left_ -= size;
    budget -= size;
    file_.seekg(static_cast<std::streamoff>(left_));
    file_.read(block.data(), static_cast<std::streamsize>(size));
    if (!file_) left_ = 0;  // it was rotated away under the reader
    held_.insert(0, block);
  }

  std::ifstream file_;
  std::size_t left_ = 0;
  std::string held_;
};

constexpr std::array kFields = {"component", "plugin", "user", "session", "request"};

struct LogQuery {
  std::size_t lines = 200;
  log::Level level = log::Level::kTrace;
  std::string since, text;
  std::array<std::string, kFields.size()> fields;

  bool takes(const Json& line) const;
};

std::string folded(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool LogQuery::takes(const Json& line) const {
  if (!line.is_object()) return false;
  if (log::parse_level(text_of(line, "level")).value_or(log::Level::kInfo) < level) return false;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (!fields[i].empty() && text_of(line, kFields[i]) != fields[i]) return false;
  if (text.empty()) return true;
  std::string whole = text_of(line, "message");
  for (const auto* field : kFields) whole += '\n' + text_of(line, field);
  return folded(std::move(whole)).find(text) != std::string::npos;
}

Result<LogQuery> parse_query(const HttpRequest& request) {
  LogQuery query;
  constexpr std::size_t kMostLines = 2000;
  if (const auto text = request.query_value("lines")) {
    const auto [end, error] =
        std::from_chars(text->data(), text->data() + text->size(), query.lines);
    if (error != std::errc() || end != text->data() + text->size() || query.lines == 0)
      return Status::invalid_args("lines must be a whole number from 1 on");
    query.lines = std::min(query.lines, kMostLines);
  }
  if (const auto name = request.query_value("level").value_or(""); !name.empty()) {
    const auto level = log::parse_level(name);
    if (!level)
      return Status::invalid_args("levels are: trace, debug, info, warn, error, critical, off");
    query.level = *level;
  }
  for (std::size_t i = 0; i < kFields.size(); ++i)
    query.fields[i] = request.query_value(kFields[i]).value_or("");
  query.since = request.query_value("since").value_or("");
  query.text = folded(request.query_value("text").value_or(""));
  return query;
}

Json read_log(const LogQuery& query, const std::string& file) {
  auto files = log::existing_files(file);
  std::ranges::reverse(files);  // the newest first
  std::vector<Json> found;
  std::size_t budget = kMostRead;
  bool reached_since = false;
  for (const auto& name : files) {
    LinesFromEnd lines(name);
    for (std::string text; found.size() < query.lines && lines.next(text, budget);) {
      auto line = Json::parse(text, nullptr, false);
      reached_since =
          line.is_object() && !query.since.empty() && text_of(line, "time") < query.since;
      if (reached_since) break;
      if (query.takes(line)) found.push_back(std::move(line));
    }
    if (reached_since || budget == 0 || found.size() >= query.lines) break;
  }
  std::ranges::reverse(found);
  return {{"lines", std::move(found)}, {"cut", budget == 0}};
}

void show_log(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto query = parse_query(request);
  if (!query) return respond(responder, query.status());
  const auto file = config::log_settings(*context.config()).file;
  if (file.empty())
    return respond(responder, Status::not_found("the log goes to no file: set log.file"));
  auto answer = share(std::move(responder));
  const auto status = context.store.read([query = *query, file, answer](storage::Reader&) {
    respond(*answer, read_log(query, file));
  });
  if (!status) respond(*answer, status);
}

}  // namespace

void add_watch_routes(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/live",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               respond(responder, live_json(context));
             });
  router.add("GET", "/admin/v1/logs",
             [&](const HttpRequest& request, const PathValues&, HttpResponder responder) {
               show_log(context, request, std::move(responder));
             });
}

}  // namespace parley::api
