// SPDX-License-Identifier: Apache-2.0
#include "plugin/local_plugin.h"

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
#include "plugin/file_watcher.h"
#include "plugin/request_view.h"
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
  log::Event(kLevels[known], "plugin").plugin(LocalPlugin::of(host).id()).write_text(view(text));
}

std::int64_t host_now(const parley_host* host) {
  return LocalPlugin::of(host).services().clock.wall_ms();
}

const void* host_extension(const parley_host* host, parley_string id) {
  return host_half(LocalPlugin::of(host), view(id));
}

}  // namespace

Result<std::shared_ptr<LocalPlugin>> LocalPlugin::create(Services& services, Parts parts) {
  auto image = loader::SharedObject::open(parts.staged.path());
  if (!image) return image.status();
  std::shared_ptr<LocalPlugin> plugin(
      new LocalPlugin(services, std::move(parts), std::move(image).value()));
  plugin->timers_ = std::make_unique<PluginTimers>(*plugin);
  plugin->jobs_ = std::make_unique<PluginJobs>(*plugin, plugin->settings_.limits.queue);
  if (auto status = plugin->create_instance(); !status) {
    (void)plugin->gate_.close(Millis(0));  // completions that create asked for hold the object
    if (auto unmapped = plugin->unmap(); !unmapped)
      log::warn("plugin", "{}: {}", plugin->id(), unmapped.message());
    return status;
  }
  return plugin;
}

LocalPlugin::LocalPlugin(Services& services, Parts parts,
                         std::unique_ptr<loader::SharedObject> image)
    : services_(services),
      parts_(std::move(parts)),
      sha256_(parts_.staged.sha256()),
      image_(std::move(image)),
      gate_(services.workers, parts_.settings.limits.queue, CallGate::Begin::kHeld),
      inline_(parts_.settings.execution == config::Execution::kInline),
      settings_(parts_.settings) {
  host_.size = sizeof host_;
  host_.abi_major = PARLEY_ABI_MAJOR;
  host_.abi_minor = PARLEY_ABI_MINOR;
  host_.host_data = this;
  host_.server_version = borrow(services_.server_version);
  host_.get_extension = host_extension;
  host_.log = host_log;
  host_.now = host_now;
}

LocalPlugin::~LocalPlugin() {
  // stop() was not called, or could not end it: its code may still be on a stack.
  if (image_) image_->leak(plugin_);
}

Status LocalPlugin::create_instance() {
  const auto* entry = static_cast<const parley_plugin_entry*>(image_->symbol(PARLEY_ENTRY_SYMBOL));
  // Read again from the image that is really mapped: the description came from another process.
  auto again = loader::read_manifest(entry, parts_.source);
  if (!again) return again.status();
  if (again->id != id() || again->version != manifest().version)
    return failed(parts_.source + " changed while it was loaded");
  std::string why;
  const auto sink = sink_into(why);
  const CallScope scope(*this, Phase::kStart);
  if (!guarded("create", [&] { plugin_ = entry->create(&host_, &sink); }))
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

Status LocalPlugin::start() {
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

Status LocalPlugin::stop(Millis drain) {
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
    image_->leak(plugin_);
    image_.reset();
    parts_.staged.keep();
    return failed(std::string(idle ? "a background job" : "a call") + " of plugin " + id() +
                  " did not end within " + std::to_string(drain.count()) +
                  " ms: it is retired, but its image stays mapped");
  }
  const bool closed = gate_.close_with(
      [&] {
        const CallScope scope(*this, Phase::kPlugin);
        if (started_) guarded("stop", [&] { plugin_->stop(plugin_->plugin_data); });
      },
      drain);
  answer_pending();  // deferred by what ran meanwhile
  if (!closed) {
    image_->leak(plugin_);
    image_.reset();
    parts_.staged.keep();
    return failed("plugin " + id() +
                  " had no end to its calls: it is retired, but its image stays mapped");
  }
  const CallScope scope(*this, Phase::kStart);  // destructors of members may call the host
  guarded("destroy", [&] { plugin_->destroy(plugin_->plugin_data); });
  return unmap();
}

Status LocalPlugin::unmap() {
  plugin_ = nullptr;
  halves_ = {};
  auto closed = image_->close();
  image_.reset();
  return closed;
}

Status LocalPlugin::configure(config::PluginSettings settings) {
  const auto* half = halves_.config;
  if (half == nullptr || half->on_config == nullptr) {
    return Status(ErrorCode::kUnsupported,
                  "plugin " + id() +
                      " takes a new configuration only at a reload: parleyctl plugin reload " +
                      id());
  }
  const auto handover = std::make_shared<Handover>();
  const auto at_most = settings.limits.drain;
  gate_.offer(
      [self = shared_from_this(), handover, settings = std::move(settings)]() mutable {
        self->hand_over(*handover, std::move(settings));
      },
      CallGate::Where::kHere, CallGate::Limit::kNone);
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

void LocalPlugin::hand_over(Handover& handover, config::PluginSettings settings) {
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

// Answers a call that was dropped without having run.
class LocalPlugin::Ticket {
 public:
  Ticket(LocalPlugin& plugin, command::InvocationPtr invocation)
      : plugin_(plugin), invocation_(std::move(invocation)) {}
  Ticket(Ticket&&) noexcept = default;
  ~Ticket() {
    if (invocation_ != nullptr) plugin_.refuse_unrun(invocation_->call);
  }
  void run() {
    const auto mine = std::move(invocation_);
    plugin_.run(*mine);
  }

 private:
  LocalPlugin& plugin_;
  command::InvocationPtr invocation_;
};

void LocalPlugin::refuse_unrun(command::CallId call) {
  if (!accepting_.load(std::memory_order_acquire)) {
    return refuse(call,
                  Status(ErrorCode::kPluginUnavailable,
                         "The plugin " + id() + " is being unloaded. Try again in a moment."));
  }
  refuse(call, Status(ErrorCode::kPluginUnavailable,
                      "The plugin " + id() + " has too much to do. Try again in a moment."));
}

void LocalPlugin::invoke(command::InvocationPtr invocation) {
  const auto call = invocation->call;
  if (!accepting_.load(std::memory_order_acquire)) return refuse_unrun(call);
  if (in_quarantine()) {
    return refuse(call, Status(ErrorCode::kPluginUnavailable,
                               "The plugin " + id() +
                                   " failed too often and rests for a while. Try again later."));
  }
  const auto where = runs_inline() ? CallGate::Where::kHere : CallGate::Where::kWorker;
  // Refused or dropped later, the ticket answers.
  (void)gate_.offer([ticket = Ticket(*this, std::move(invocation))]() mutable { ticket.run(); },
                    where, CallGate::Limit::kQueue);
}

void LocalPlugin::refuse(command::CallId call, Status status) {
  services_.dispatcher.replies().fail(call, status);
  services_.dispatcher.returned(call);
}

void LocalPlugin::run(const command::Invocation& invocation) {
  // Waited behind a slow call until its deadline: the caller has been told, so it must not happen
  // any more.
  if (!services_.dispatcher.replies().is_open(invocation.call))
    return services_.dispatcher.returned(invocation.call);
  const auto started = services_.clock.now();
  const auto left = std::chrono::duration_cast<Millis>(invocation.deadline - started).count();
  bool answered = false, faulted = false;
  running_.store(&invocation.spec().name, std::memory_order_relaxed);
  {
    const RequestView request(invocation, services_.clock.wall_ms() + left);
    CallScope scope(*this, Phase::kPlugin);
    scope.call = invocation.call;
    scope.session = invocation.session_id;
    scope.locale = invocation.locale;
    scope.peer = invocation.peer_address;
    parley_status status = PARLEY_E_INTERNAL;
    guarded(invocation.spec().name, [&] {
      status = plugin_->call(plugin_->plugin_data, registrations_.handlers[invocation.entry->index],
                             request.get());
    });
    answered = scope.settled;
    faulted = status != PARLEY_OK;
  }
  running_.store(nullptr, std::memory_order_relaxed);
  auto& replies = services_.dispatcher.replies();
  if (faulted) fault(invocation.spec().name);
  if (!answered && replies.is_open(invocation.call)) {
    if (!faulted) fault(invocation.spec().name + " returned without answering");
    replies.fail(invocation.call,
                 Status(ErrorCode::kPluginError, "The command failed inside the plugin " + id() +
                                                     ". The operator can see why in the log."));
  }
  account(invocation, started, faulted);
  services_.dispatcher.returned(invocation.call);
}

void LocalPlugin::account(const command::Invocation& invocation, Clock::TimePoint started,
                          bool faulted) {
  const auto took = services_.clock.now() - started;
  auto& stats = stats_[invocation.entry->index];
  stats.observe(std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  if (faulted) stats.faults.fetch_add(1, std::memory_order_relaxed);
  const auto& limits = parts_.settings.limits;
  const auto ms = std::chrono::duration_cast<Millis>(took).count();
  if (took > limits.soft_budget) {
    log::Event(log::Level::kWarn, "plugin")
        .plugin(id())
        .session(invocation.session_id)
        .write("{} took {} ms, its budget is {} ms", stats.name, ms, limits.soft_budget.count());
  }
  if (!runs_inline() || took <= limits.inline_budget || ++inline_overruns_ < limits.inline_overruns)
    return;
  inline_ = false;
  log::Event(log::Level::kWarn, "plugin")
      .plugin(id())
      .write(
          "{} calls took longer than {} ms on an I/O thread (the last one, {}, {} ms): the plugin "
          "runs on the workers from now on",
          inline_overruns_, limits.inline_budget.count(), stats.name, ms);
}

void LocalPlugin::cancelled(command::CallId call) {
  {
    const std::lock_guard lock(mutex_);
    if (deferred_.erase(call.value) == 0) {
      // Timed out inside its handler, or before it began: the caller's next command does not wait
      // for that. run() says it again.
      return services_.dispatcher.returned(call);
    }
  }
  complete([half = halves_.request, call](void* plugin_data) {
    if (half != nullptr && half->on_cancel != nullptr)
      half->on_cancel(plugin_data, call.value, PARLEY_CANCEL_TIMEOUT);
  });
}

void LocalPlugin::complete(PluginWork work) {
  const auto where = runs_inline() && net::Shard::current() != nullptr ? CallGate::Where::kHere
                                                                       : CallGate::Where::kWorker;
  gate_.offer(
      [self = shared_from_this(), work = std::move(work)]() mutable {
        const CallScope scope(*self, Phase::kPlugin);
        self->guarded("a completion", [&] { work(self->plugin_->plugin_data); });
      },
      where, CallGate::Limit::kNone);
}

bool LocalPlugin::defer(command::CallId call) {
  if (services_.dispatcher.replies().defer(call) == command::ReplyResult::kStale) return false;
  if (auto* scope = CallScope::of(*this); scope != nullptr && scope->call == call)
    scope->settled = true;
  const std::lock_guard lock(mutex_);
  deferred_.insert(call.value);
  return true;
}

void LocalPlugin::settle(command::CallId call) {
  auto* scope = CallScope::of(*this);
  if (scope != nullptr && scope->call == call && !scope->settled) {
    scope->settled = true;  // answered inside its own call: it was never deferred
    return;
  }
  const std::lock_guard lock(mutex_);
  deferred_.erase(call.value);
}

void LocalPlugin::answer_pending() {
  std::unordered_set<std::uint64_t> pending;
  {
    const std::lock_guard lock(mutex_);
    pending.swap(deferred_);
  }
  for (const auto call : pending) {
    services_.dispatcher.replies().fail(
        {call},
        Status(ErrorCode::kPluginUnavailable,
               "The plugin " + id() + " was unloaded before it answered. Try again in a moment."));
  }
}

bool LocalPlugin::granted(std::string_view permission) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(
      settings_.permissions.begin(), settings_.permissions.end(),
      [&](const std::string& grant) { return loader::permission_covers(grant, permission); });
}

void LocalPlugin::keep_watch(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  watches_.insert(id);
}

bool LocalPlugin::drop_watch(std::uint64_t id) {
  {
    const std::lock_guard lock(mutex_);
    if (watches_.erase(id) == 0) return false;
  }
  services_.files.unwatch(id);
  return true;
}

config::PluginSettings LocalPlugin::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

bool LocalPlugin::guarded(std::string_view what, absl::FunctionRef<void()> call) {
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

void LocalPlugin::misbehaved(std::string_view what) {
  log::Event(log::Level::kError, "plugin-misbehaving").plugin(id()).write_text(what);
}

void LocalPlugin::fault(std::string_view what) {
  fault_count_.fetch_add(1, std::memory_order_relaxed);
  const auto& limits = parts_.settings.limits;
  const auto now = services_.clock.now();
  const std::lock_guard lock(mutex_);
  recent_faults_.push_back(now);
  while (!recent_faults_.empty() && now - recent_faults_.front() > limits.fault_window)
    recent_faults_.pop_front();
  log::Event(log::Level::kWarn, "plugin")
      .plugin(id())
      .write("fault in {} ({} of {} in {} s)", what, recent_faults_.size(), limits.faults,
             limits.fault_window.count() / 1000);
  if (limits.faults <= 0 || recent_faults_.size() < static_cast<std::size_t>(limits.faults)) return;
  recent_faults_.clear();
  quarantine_reason_ = std::to_string(limits.faults) + " faults within " +
                       std::to_string(limits.fault_window.count() / 1000) + " s, the last in " +
                       std::string(what);
  quarantined_until_ = now + limits.quarantine;
  quarantined_ = true;
  log::Event(log::Level::kError, "plugin")
      .plugin(id())
      .write("in quarantine for {} s: {}", limits.quarantine.count() / 1000, quarantine_reason_);
}

bool LocalPlugin::in_quarantine() {
  if (!quarantined_.load(std::memory_order_relaxed)) return false;
  {
    const std::lock_guard lock(mutex_);
    if (services_.clock.now() < quarantined_until_) return true;
  }
  release_quarantine();
  return false;
}

void LocalPlugin::release_quarantine() {
  const std::lock_guard lock(mutex_);
  if (!quarantined_.exchange(false)) return;
  quarantine_reason_.clear();
  log::Event(log::Level::kInfo, "plugin").plugin(id()).write("released from quarantine");
}

std::string LocalPlugin::quarantine_reason() const {
  const std::lock_guard lock(mutex_);
  return quarantined_ ? quarantine_reason_ : std::string();
}

std::string LocalPlugin::running_command() const {
  const auto* name = running_.load(std::memory_order_relaxed);
  return name != nullptr ? *name : std::string();
}

}  // namespace parley::plugin
