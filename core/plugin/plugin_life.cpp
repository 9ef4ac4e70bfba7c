// SPDX-License-Identifier: Apache-2.0
// PluginInstance from create to its end.
#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "command/dispatcher.h"
#include "command/replies.h"
#include "plugin/abi.h"
#include "plugin/file_watcher.h"
#include "plugin/plugin_instance.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {
namespace {

Status failed(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
}

std::string or_no_reason(std::string why) {
  return why.empty() ? "it gave no reason" : why;
}

void host_log(const parley_host* host, parley_log_level level, parley_string text) {
  static constexpr std::array kLevels = {log::Level::kTrace, log::Level::kDebug,
                                         log::Level::kInfo,  log::Level::kWarn,
                                         log::Level::kError, log::Level::kError};
  const auto known = std::min<std::size_t>(level, kLevels.size() - 1);
  log::Event(kLevels[known], "plugin").plugin(PluginInstance::of(host).id()).write_text(view(text));
}

std::int64_t host_now(const parley_host* host) {
  return PluginInstance::of(host).services().clock.wall_ms();
}

const void* host_extension(const parley_host* host, parley_string id) {
  return host_half(PluginInstance::of(host), view(id));
}

}  // namespace

Result<std::shared_ptr<PluginInstance>> PluginInstance::create(Services& services, Parts parts,
                                                               const OpenCode& open) {
  auto code = open({parts.manifest, parts.staged, parts.source, parts.settings});
  if (!code) return code.status();
  std::shared_ptr<PluginInstance> plugin(
      new PluginInstance(services, std::move(parts), std::move(code).value()));
  plugin->timers_ = std::make_unique<PluginTimers>(*plugin);
  plugin->jobs_ = std::make_unique<PluginJobs>(*plugin, plugin->settings_.limits.queue);
  if (auto status = plugin->create_plugin(); !status) {
    (void)plugin->gate_.close(Millis(0));  // completions that create asked for hold the object
    if (auto closed = plugin->close_code(); !closed)
      log::warn("plugin", "{}: {}", plugin->id(), closed.message());
    return status;
  }
  return plugin;
}

PluginInstance::PluginInstance(Services& services, Parts parts, std::unique_ptr<PluginCode> code)
    : services_(services),
      parts_(std::move(parts)),
      sha256_(parts_.staged.sha256()),
      code_(std::move(code)),
      gate_(services.workers, parts_.settings.limits.queue, CallGate::Begin::kHeld),
      inline_(parts_.settings.execution == config::Execution::kInline),
      settings_(parts_.settings),
      faults_(parts_.manifest.id, parts_.settings.limits, services.clock) {
  host_.size = sizeof host_;
  host_.abi_major = PARLEY_ABI_MAJOR;
  host_.abi_minor = PARLEY_ABI_MINOR;
  host_.host_data = this;
  host_.server_version = borrow(services_.server_version);
  host_.get_extension = host_extension;
  host_.log = host_log;
  host_.now = host_now;
}

PluginInstance::~PluginInstance() {
  // stop() was not called, or could not end it: its code may still be on a stack.
  if (code_) (void)code_->abandon(plugin_);
}

Status PluginInstance::create_plugin() {
  auto again = code_->describe();
  if (!again) return again.status();
  if (again->id != id() || again->version != manifest().version)
    return failed(parts_.source + " changed while it was loaded");
  std::string why;
  const auto sink = sink_into(why);
  const CallScope scope(*this, Phase::kStart);
  if (!guarded("create", [&] { plugin_ = code_->create(&host_, &sink); }))
    return failed("plugin " + id() + " threw in create");
  if (plugin_ == nullptr)
    return failed("plugin " + id() + " refused to be created: " + or_no_reason(why));
  if (!PARLEY_HAS(plugin_, get_extension) || plugin_->start == nullptr ||
      plugin_->stop == nullptr || plugin_->destroy == nullptr || plugin_->call == nullptr) {
    return failed("plugin " + id() + " leaves out start, stop, destroy or call");
  }
  halves_ = ask_halves(*plugin_);
  return Status::ok();
}

Status PluginInstance::start() {
  std::string why;
  parley_status status = PARLEY_E_INTERNAL;
  bool threw = false;
  {
    // The gate is still held: completions of what create and start ask for wait until it has
    // returned.
    const CallScope scope(*this, Phase::kStart);
    const auto sink = sink_into(why);
    threw = !guarded("start", [&] { status = plugin_->start(plugin_->plugin_data, &sink); });
  }
  started_ = !threw && status == PARLEY_OK;
  for (const auto& command : registrations_.commands) stats_.emplace_back(command.spec.name);
  gate_.release();
  if (threw) return failed("plugin " + id() + " threw in start: " + or_no_reason(why));
  if (status != PARLEY_OK)
    return failed("plugin " + id() + " refused to start: " + or_no_reason(why));
  accepting_ = true;
  return Status::ok();
}

Status PluginInstance::stop(Millis drain) {
  accepting_ = false;
  const bool idle = gate_.wait_idle(drain);
  timers_->clear();
  for (const auto watch : [this] {
         const std::lock_guard lock(mutex_);
         return std::exchange(watches_, {});
       }()) {
    services_.files.unwatch(watch);
  }
  const bool jobs_ended = jobs_->close(drain);
  answer_pending();
  if (!idle || !jobs_ended) {
    (void)gate_.close(Millis(0));
    return give_up(std::string(idle ? "a background job" : "a call") + " of plugin " + id() +
                   " did not end within " + std::to_string(drain.count()) + " ms");
  }
  const bool closed = gate_.close_with(
      [&] {
        const CallScope scope(*this, Phase::kPlugin);
        if (started_) guarded("stop", [&] { plugin_->stop(plugin_->plugin_data); });
      },
      drain);
  answer_pending();  // deferred by what ran meanwhile
  if (!closed) return give_up("plugin " + id() + " had no end to its calls");
  const CallScope scope(*this, Phase::kStart);  // destructors of members may call the host
  guarded("destroy", [&] { plugin_->destroy(plugin_->plugin_data); });
  return close_code();
}

Status PluginInstance::give_up(const std::string& why) {
  parts_.staged.keep();
  const auto code = std::move(code_);
  return failed(why + ": it is retired, " + code->abandon(plugin_));
}

Status PluginInstance::close_code() {
  plugin_ = nullptr;
  halves_ = {};
  const auto code = std::move(code_);
  return code->close();
}

void PluginInstance::answer_pending() {
  for (const auto call : deferred_.take_all()) {
    services_.dispatcher.replies().fail(
        {call},
        Status(ErrorCode::kPluginUnavailable,
               "The plugin " + id() + " was unloaded before it answered. Try again in a moment."));
  }
}

}  // namespace parley::plugin
