// SPDX-License-Identifier: Apache-2.0
// Files: what was shipped with the plugin, the operator's copies, and what was granted; read-only.
//
//   const std::string book = files().read_now("rules.yaml");   // in on_start: blocks, throws
//   Watch watch_ = files().watch("rules.yaml", [this](std::string_view) { reread(); });
//
// Where a path is looked for: ext/files.h. Thread: see each. Since 1.0.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "detail/abi.hpp"
#include "ext/files.h"
#include "host.hpp"

namespace parley {

namespace detail {

struct WatchTable {
  using OnChange = Callback<void(std::string_view)>;
  Host host;
  const parley_host_files* table;
  std::unordered_map<parley_id, std::shared_ptr<OnChange>> entries;
};

}  // namespace detail

// The handle is the registration: its destruction ends the watch.
class [[nodiscard]] Watch {
 public:
  Watch() = default;
  Watch(Watch&& other) noexcept
      : table_(std::move(other.table_)), id_(std::exchange(other.id_, 0)) {}
  Watch& operator=(Watch&& other) noexcept {
    if (this != &other) {
      cancel();
      table_ = std::move(other.table_);
      id_ = std::exchange(other.id_, 0);
    }
    return *this;
  }
  ~Watch() { cancel(); }

  void cancel() {
    const auto table = table_.lock();
    const parley_id id = std::exchange(id_, 0);
    if (table && table->entries.erase(id) > 0) table->table->unwatch(table->host.abi(), id);
  }

 private:
  friend class Files;
  Watch(std::weak_ptr<detail::WatchTable> table, parley_id id)
      : table_(std::move(table)), id_(id) {}
  std::weak_ptr<detail::WatchTable> table_;
  parley_id id_ = 0;
};

class Files : public detail::Service<parley_host_files> {
 public:
  using ThenContent = Callback<void(Outcome, std::string_view)>;
  using OnChange = detail::WatchTable::OnChange;

  explicit Files(Host host)
      : Service(host, PARLEY_EXT_FILES),
        watches_(std::make_shared<detail::WatchTable>(detail::WatchTable{host, table_, {}})) {}

  // start, plugin, background.
  void read(std::string_view path, ThenContent then) {
    contents_.start(std::move(then), [&](parley_token token) {
      return call(&parley_host_files::read, token, detail::to_abi(path));
    });
  }
  // start, background: blocks.
  std::string read_now(std::string_view path) const {
    detail::TextSink content;
    call_or_throw("reading file " + std::string(path), &parley_host_files::read_now,
                  detail::to_abi(path), content.abi());
    return content.take();
  }
  // start, background: blocks. Files directly in a folder.
  std::vector<std::string> list_now(std::string_view folder) const {
    detail::TextSink paths;
    call_or_throw("listing folder " + std::string(folder), &parley_host_files::list_now,
                  detail::to_abi(folder), paths.abi());
    return lines(paths.take());
  }
  // start, background: blocks. Where the file really is, for messages to the operator.
  std::string locate_now(std::string_view path) const {
    detail::TextSink absolute;
    call_or_throw("looking for file " + std::string(path), &parley_host_files::locate_now,
                  detail::to_abi(path), absolute.abi());
    return absolute.take();
  }
  // start, plugin. Not watching (and a line in the log) when refused.
  Watch watch(std::string_view path, OnChange on_change) {
    parley_id id = 0;
    const auto outcome =
        static_cast<Outcome>(call(&parley_host_files::watch, detail::to_abi(path), &id));
    if (!is_ok(outcome)) {
      host_.log(LogLevel::kWarning,
                "watching " + std::string(path) + ": " + std::string(describe(outcome)));
      return {};
    }
    watches_->entries[id] = std::make_shared<OnChange>(std::move(on_change));
    return Watch(watches_, id);
  }

 private:
  friend struct detail::Trampolines;

  void changed(parley_id id, std::string_view path) {
    const auto found = watches_->entries.find(id);
    if (found == watches_->entries.end()) return;
    const auto on_change = found->second;  // the callback may end its own watch
    (*on_change)(path);
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> result;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      if (end > at) result.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return result;
  }

  detail::Pending<std::string_view> contents_;
  std::shared_ptr<detail::WatchTable> watches_;
};

}  // namespace parley
