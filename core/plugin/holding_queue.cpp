// SPDX-License-Identifier: Apache-2.0
#include "plugin/holding_queue.h"

#include <utility>

#include "command/dispatcher.h"
#include "net/shard.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {

std::shared_ptr<HoldingQueue> HoldingQueue::before(const std::shared_ptr<PluginInstance>& plugin,
                                                   std::size_t limit, Millis at_most) {
  std::shared_ptr<HoldingQueue> queue(new HoldingQueue(plugin, limit));
  auto& shard = plugin->services().timer_shard;
  shard.post([&shard, at_most, weak = std::weak_ptr(queue)] {
    shard.call_after(at_most, [weak] {
      if (const auto waiting = weak.lock()) waiting->lose_patience();
    });
  });
  return queue;
}

std::shared_ptr<PluginInstance> HoldingQueue::next() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

void HoldingQueue::take(command::InvocationPtr invocation) {
  std::unique_lock lock(mutex_);
  if (next_ != nullptr) {
    const auto next = next_;
    lock.unlock();
    return next->adopt(std::move(invocation));
  }
  if (!impatient_ && calls_.size() < limit_) return calls_.push_back(std::move(invocation)), void();
  lock.unlock();
  refuse(*invocation);
}

void HoldingQueue::take(VisitPtr visit) {
  std::unique_lock lock(mutex_);
  if (next_ != nullptr) {
    const auto next = next_;
    lock.unlock();
    return next->adopt(std::move(visit));
  }
  if (!impatient_ && visits_.size() < limit_) visits_.push_back(std::move(visit));
  lock.unlock();  // a visit that is dropped goes on elsewhere
}

void HoldingQueue::cancelled(command::CallId call) {
  if (const auto next = this->next()) return next->cancelled(call);
  if (const auto plugin = plugin_.lock()) plugin->services().dispatcher.returned(call);
}

void HoldingQueue::open_to(std::shared_ptr<PluginInstance> next) {
  std::unique_lock lock(mutex_);
  // Under the lock: what came first is called first.
  for (auto& call : calls_) next->adopt(std::move(call));
  for (auto& visit : visits_) next->adopt(std::move(visit));
  calls_.clear();
  visits_.clear();
  next_ = std::move(next);
}

void HoldingQueue::lose_patience() {
  std::deque<command::InvocationPtr> calls;
  std::deque<VisitPtr> visits;
  {
    const std::lock_guard lock(mutex_);
    if (next_ != nullptr) return;
    impatient_ = true;
    calls.swap(calls_);
    visits.swap(visits_);
  }
  for (const auto& call : calls) refuse(*call);
}

void HoldingQueue::refuse(const command::Invocation& invocation) const {
  const auto plugin = plugin_.lock();
  if (plugin == nullptr) return;
  plugin->refuse(invocation,
                 Status(ErrorCode::kPluginUnavailable,
                        "The plugin " + plugin->id() +
                            " is being reloaded and that takes longer than usual. Try again in a "
                            "moment."));
}

}  // namespace parley::plugin
