// SPDX-License-Identifier: Apache-2.0
// Where calls wait while a plugin is reloaded: bounded in count and in time.
//
// It opens once, to the version that serves afterwards, new or old; from then on it only shows the
// way, for those that still come by the old one. Ownership: shared by the version it stands in front
// of and by whoever is about to call. Thread: any. Failure: what finds it full, or waits too long,
// is answered plugin_unavailable (try again); an event is lost then and a message passes.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "plugin/visit.h"

namespace parley::plugin {

class HoldingQueue final : public Detour, public std::enable_shared_from_this<HoldingQueue> {
 public:
  // `at_most`: how long something may wait here, from now on.
  static std::shared_ptr<HoldingQueue> before(const std::shared_ptr<PluginInstance>& plugin,
                                              std::size_t limit, Millis at_most);

  void take(command::InvocationPtr invocation) override;
  void take(VisitPtr visit) override;
  void cancelled(command::CallId call) override;

  void open_to(std::shared_ptr<PluginInstance> next);
  // What waits is refused, and what comes until it opens.
  void lose_patience();

 private:
  explicit HoldingQueue(std::weak_ptr<PluginInstance> plugin, std::size_t limit)
      : plugin_(std::move(plugin)), limit_(limit) {}
  std::shared_ptr<PluginInstance> next() const;
  void refuse(const command::Invocation& invocation) const;

  const std::weak_ptr<PluginInstance> plugin_;
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::deque<command::InvocationPtr> calls_;
  std::deque<VisitPtr> visits_;
  std::shared_ptr<PluginInstance> next_;
  bool impatient_ = false;
};

}  // namespace parley::plugin
