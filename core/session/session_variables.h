// SPDX-License-Identifier: Apache-2.0
// What plugins keep in one session: texts by name, of each plugin its own.
//
// Ownership: shared by the session and whoever asks for it by the session's id; values are copied.
// Thread: any. Failure: too_large above what one plugin, or all of them, may keep; not_found for a
// name that is not there. Units: bytes; what is kept is counted as the bytes of names and values.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/thread_annotations.h"

namespace parley::session {

class SessionVariables {
 public:
  // Bytes that may be kept in one session.
  struct Quota {
    std::size_t plugin = 0;  // by the plugin that asks: plugins.limits.variables
    std::size_t all = 0;     // by all plugins together: session.variables
  };

  // `changed` is called without a lock for the first change after a snapshot(), by whoever made it.
  explicit SessionVariables(std::function<void()> changed) : changed_(std::move(changed)) {}

  Result<std::string> get(std::string_view plugin, std::string_view name) const;
  Status set(std::string_view plugin, std::string_view name, std::string_view value,
             const Quota& quota);
  Status erase(std::string_view plugin, std::string_view name);
  std::vector<std::string> names(std::string_view plugin) const;  // in order

  // All of them as JSON, {"plugin":{"name":"value"}}; "{}" for none.
  std::string to_json() const;
  // The same when something has changed since the last time, else "".
  std::string snapshot();
  // What snapshot() gave last was lost: it gives it again.
  void not_saved();
  bool empty() const;
  // Takes what was kept, where there is nothing yet. Text that is no such JSON is nothing.
  void restore(const std::string& json);
  // The same from another session of that person; counts as a change.
  void take_over(const std::string& json);

 private:
  using OfPlugin = std::map<std::string, std::string, std::less<>>;
  std::string render() const PARLEY_REQUIRES(mutex_);
  void tell(bool first) const;

  const std::function<void()> changed_;
  mutable Mutex mutex_;
  std::map<std::string, OfPlugin, std::less<>> all_ PARLEY_GUARDED_BY(mutex_);
  bool dirty_ PARLEY_GUARDED_BY(mutex_) = false;
};

}  // namespace parley::session
