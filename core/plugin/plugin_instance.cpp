// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_instance.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <exception>
#include <utility>

#include "base/log.h"
#include "command/dispatcher.h"
#include "command/replies.h"
#include "net/shard.h"
#include "plugin/abi.h"
#include "plugin/crash_reports.h"
#include "plugin/file_watcher.h"
#include "plugin/request_view.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {
namespace {

std::string or_no_reason(std::string why) {
  return why.empty() ? "it gave no reason" : why;
}

}  // namespace

Status PluginInstance::configure(config::PluginSettings settings) {
  const auto* half = halves_.config;
  if (half == nullptr || half->on_config == nullptr) {
    return Status(ErrorCode::kUnsupported,
                  "plugin " + id() +
                      " takes a new configuration only at a reload: parleyctl plugin reload " +
                      id());
  }
  const auto handover = std::make_shared<Handover>();
  const auto at_most = settings.limits.start;
  // One that hangs in it must not hang who asks.
  gate_.offer(
      [self = shared_from_this(), handover, settings = std::move(settings)]() mutable {
        self->hand_over(*handover, std::move(settings));
      },
      CallGate::Where::kWorker, CallGate::Limit::kNone);
  std::unique_lock lock(handover->mutex);
  if (!handover->done.wait_for(lock, at_most, [&] { return handover->status.has_value(); })) {
    handover->given_up = true;
    return Status(ErrorCode::kPluginUnavailable,
                  "plugin " + id() + " is busy and did not take the configuration within " +
                      std::to_string(at_most.count()) +
                      " ms: the old one stays in force, try again");
  }
  if (*handover->status == PARLEY_OK) return Status::ok();
  return Status::invalid_args(
      "plugin " + id() +
      " refused the configuration, the old one stays in force: " + or_no_reason(handover->why));
}

void PluginInstance::hand_over(Handover& handover, config::PluginSettings settings) {
  {
    const std::lock_guard lock(handover.mutex);
    if (handover.given_up) return;
  }
  const auto swap_settings = [&] {
    const std::lock_guard lock(mutex_);
    std::swap(settings_, settings);
  };
  swap_settings();  // config.read inside on_config sees the new one
  std::string why;
  parley_status status = PARLEY_E_INTERNAL;
  {
    const CallScope scope(*this, Phase::kStart);
    const auto sink = sink_into(why);
    const std::string json = this->settings().config_json;
    guarded("on_config",
            [&] { status = halves_.config->on_config(plugin_->plugin_data, borrow(json), &sink); });
  }
  if (status != PARLEY_OK) swap_settings();
  const std::lock_guard lock(handover.mutex);
  handover.why = std::move(why);
  handover.status = status;
  handover.done.notify_all();
}

bool PluginInstance::defer(command::CallId call) {
  if (services_.dispatcher.replies().defer(call) == command::ReplyResult::kStale) return false;
  if (auto* scope = CallScope::of(*this); scope != nullptr && scope->call == call)
    scope->settled = true;
  deferred_.add(call);
  return true;
}

void PluginInstance::settle(command::CallId call) {
  auto* scope = CallScope::of(*this);
  if (scope != nullptr && scope->call == call && !scope->settled) {
    scope->settled = true;  // answered inside its own call: it was never deferred
    return;
  }
  deferred_.remove(call);
}

bool PluginInstance::granted(std::string_view permission) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(
      settings_.permissions.begin(), settings_.permissions.end(),
      [&](const std::string& grant) { return loader::permission_covers(grant, permission); });
}

void PluginInstance::keep_watch(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  watches_.insert(id);
}

bool PluginInstance::drop_watch(std::uint64_t id) {
  {
    const std::lock_guard lock(mutex_);
    if (watches_.erase(id) == 0) return false;
  }
  services_.files.unwatch(id);
  return true;
}

config::PluginSettings PluginInstance::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

bool PluginInstance::guarded(std::string_view what, absl::FunctionRef<void()> call) {
  CrashReports::prepare_this_thread();
  try {
    call();
    return true;
  } catch (const std::exception& error) {
    misbehaved(std::string(what) + " let an exception out: " + error.what());
  } catch (...) {
    misbehaved(std::string(what) + " let an exception out");
  }
  return false;
}

void PluginInstance::misbehaved(std::string_view what) {
  log::Event(log::Level::kError, "plugin-misbehaving").plugin(id()).write("{}: {}", label(), what);
}

std::string PluginInstance::label() const {
  return "version " + manifest().version + ", generation " + std::to_string(generation());
}

std::string PluginInstance::running_command() const {
  const auto* name = running_.load(std::memory_order_relaxed);
  return name != nullptr ? *name : std::string();
}

}  // namespace parley::plugin
