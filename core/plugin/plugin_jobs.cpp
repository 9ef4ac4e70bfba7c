// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_jobs.h"

#include <memory>

#include "plugin/plugin_instance.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {

parley_status PluginJobs::submit(parley_token token, parley_id* id) {
  const auto* half = plugin_.halves().background;
  if (token == 0 || half == nullptr || half->run == nullptr) return PARLEY_E_INVALID;
  parley_id made = 0;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return PARLEY_E_CANCELLED;
    if (waiting_.size() >= limit_) return PARLEY_E_BUSY;
    made = next_++;
    waiting_.emplace(made, token);
  }
  if (id != nullptr) *id = made;
  plugin_.effects().pass([plugin = plugin_.pin(), made, token] {
    plugin->services().workers.post([plugin, made, token] { plugin->jobs().run(made, token); });
  });
  return PARLEY_OK;
}

void PluginJobs::run(parley_id id, parley_token token) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.erase(id) == 0) return;  // cancelled, or the plugin is going
    ++running_;
  }
  parley_status status = PARLEY_E_INTERNAL;
  {
    const CallScope scope(plugin_, Phase::kBackground);
    plugin_.guarded("a background job", [&] {
      status = plugin_.halves().background->run(plugin_.plugin_data(), token);
    });
  }
  finish(token, status);
  const std::lock_guard lock(mutex_);
  --running_;
  idle_.notify_all();
}

void PluginJobs::finish(parley_token token, parley_status status) {
  plugin_.complete([half = plugin_.halves().background, token, status](void* plugin_data) {
    if (half != nullptr && half->done != nullptr) half->done(plugin_data, token, status);
  });
}

parley_status PluginJobs::post(parley_token token) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return PARLEY_E_CANCELLED;
  }
  if (token == 0) return PARLEY_E_INVALID;
  finish(token, PARLEY_OK);
  return PARLEY_OK;
}

parley_status PluginJobs::cancel(parley_id id) {
  parley_token token = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return PARLEY_E_STALE;
    token = found->second;
    waiting_.erase(found);
  }
  finish(token, PARLEY_E_CANCELLED);
  return PARLEY_OK;
}

bool PluginJobs::close(Millis at_most) {
  std::unique_lock lock(mutex_);
  closed_ = true;
  waiting_.clear();
  return idle_.wait_for(lock, at_most, [&] { return running_ == 0; });
}

}  // namespace parley::plugin
