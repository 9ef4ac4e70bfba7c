// SPDX-License-Identifier: Apache-2.0
// PluginInstance while it serves: commands and completions on their way through the gate.
#include <utility>

#include "base/log.h"
#include "command/dispatcher.h"
#include "command/keyed.h"
#include "command/replies.h"
#include "net/shard.h"
#include "plugin/abi.h"
#include "plugin/call_scope.h"
#include "plugin/plugin_instance.h"
#include "plugin/request_view.h"

namespace parley::plugin {

// What was dropped without having run goes to the version that serves now, or is answered.
class PluginInstance::Ticket {
 public:
  Ticket(PluginInstance& plugin, command::InvocationPtr invocation, const Detour* from)
      : plugin_(plugin), invocation_(std::move(invocation)), from_(from) {}
  Ticket(Ticket&&) noexcept = default;
  ~Ticket() {
    if (invocation_ != nullptr) plugin_.unrun(std::move(invocation_), from_);
  }
  void run() {
    const auto mine = std::move(invocation_);
    plugin_.run(*mine);
  }

 private:
  PluginInstance& plugin_;
  command::InvocationPtr invocation_;
  const Detour* from_;  // compared only: it would send it back here
};

class PluginInstance::VisitTicket {
 public:
  VisitTicket(std::shared_ptr<PluginInstance> plugin, VisitPtr visit)
      : plugin_(std::move(plugin)), visit_(std::move(visit)) {}
  VisitTicket(VisitTicket&&) noexcept = default;
  ~VisitTicket() {
    if (visit_ == nullptr) return;
    if (const auto detour = plugin_->detour()) detour->take(std::move(visit_));
  }
  void run() {
    const auto mine = std::move(visit_);
    CallScope scope(*plugin_, Phase::kPlugin);
    scope.what = "a message or an event";
    plugin_->guarded("a handler of messages or events",
                     [&] { mine->call(*plugin_, plugin_->plugin_->plugin_data); });
  }

 private:
  std::shared_ptr<PluginInstance> plugin_;
  VisitPtr visit_;
};

std::shared_ptr<Detour> PluginInstance::detour() const {
  const std::lock_guard lock(mutex_);
  return detour_;
}

Status PluginInstance::busy() const {
  if (is_lost()) {
    return Status(
        ErrorCode::kPluginUnavailable,
        "The plugin " + id() + " crashed and is being started again. Try again in a moment.");
  }
  if (door_.load(std::memory_order_acquire) == Door::kClosed) {
    return Status(ErrorCode::kPluginUnavailable,
                  "The plugin " + id() + " is being unloaded. Try again in a moment.");
  }
  return Status(ErrorCode::kPluginUnavailable,
                "The plugin " + id() + " has too much to do. Try again in a moment.");
}

void PluginInstance::unrun(command::InvocationPtr invocation, const Detour* from) {
  if (const auto round = detour(); round != nullptr && round.get() != from)
    return round->take(std::move(invocation));
  refuse(*invocation, busy());
}

void PluginInstance::invoke(command::InvocationPtr invocation) {
  const auto door = door_.load(std::memory_order_acquire);
  // While it comes to rest, what it waits for itself comes in.
  const bool awaited = invocation->rule != nullptr && invocation->rule->plugin == id();
  if (door == Door::kOpen || (door == Door::kDetour && awaited))
    return accept(std::move(invocation), CallGate::Limit::kQueue);
  unrun(std::move(invocation));
}

void PluginInstance::accept(command::InvocationPtr invocation, CallGate::Limit limit,
                            const Detour* from) {
  if (is_lost()) return refuse(*invocation, busy());
  if (faults_.in_quarantine()) {
    return refuse(*invocation, Status(ErrorCode::kPluginUnavailable,
                                      "The plugin " + id() +
                                          " failed too often and rests for a while. Try again "
                                          "later."));
  }
  const auto where = runs_inline() && net::Shard::current() != nullptr ? CallGate::Where::kHere
                                                                       : CallGate::Where::kWorker;
  // Refused or dropped later, the ticket answers.
  (void)gate_.offer(
      [ticket = Ticket(*this, std::move(invocation), from)]() mutable { ticket.run(); }, where,
      limit);
}

void PluginInstance::admit(command::InvocationPtr invocation, const Detour& from) {
  accept(std::move(invocation), CallGate::Limit::kQueue, &from);
}

const command::Registration* PluginInstance::own_form_of(const command::CommandSpec& wanted) const {
  for (const auto& own : registrations_.commands) {
    if (own.spec.name == wanted.name) return command::same_form(own.spec, wanted) ? &own : nullptr;
  }
  return nullptr;
}

void PluginInstance::adopt(command::InvocationPtr invocation, CallGate::Limit limit) {
  const auto& wanted = invocation->spec();
  if (const auto* own = own_form_of(wanted)) {
    invocation->entry = entry_of(*own);
    services_.dispatcher.replies().taken_over(invocation->call, invocation->entry);
    return accept(std::move(invocation), limit);
  }
  refuse(*invocation,
         Status(ErrorCode::kPluginUnavailable, "The command " + wanted.name +
                                                   " changed while yours waited: a new version "
                                                   "of " +
                                                   id() + " was loaded. Send it again."));
}

command::EntryPtr PluginInstance::entry_of(const command::Registration& own) {
  auto entry = std::make_shared<command::CommandEntry>();
  entry->spec = own.spec;
  entry->spec.plugin = id();
  entry->index = own.index;
  entry->target = shared_from_this();
  return entry;
}

void PluginInstance::visit(VisitPtr visit) {
  const auto door = door_.load(std::memory_order_acquire);
  // While it comes to rest, what it waits for itself comes in.
  if (door == Door::kOpen || (door == Door::kDetour && visit->caused_by() == id()))
    return accept(std::move(visit));
  if (const auto round = detour()) round->take(std::move(visit));
}

void PluginInstance::accept(VisitPtr visit) {
  const auto where = runs_inline() && net::Shard::current() != nullptr ? CallGate::Where::kHere
                                                                       : CallGate::Where::kWorker;
  (void)gate_.offer(
      [ticket = VisitTicket(shared_from_this(), std::move(visit))]() mutable { ticket.run(); },
      where, CallGate::Limit::kNone);
}

void PluginInstance::adopt(VisitPtr visit) {
  accept(std::move(visit));
}

void PluginInstance::refuse(const command::Invocation& invocation, Status status) {
  services_.dispatcher.replies().fail(invocation.call, status);
  services_.dispatcher.returned(invocation.call);
}

void PluginInstance::run(const command::Invocation& invocation) {
  if (invocation.keyed) invocation.keyed->enter();
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
    scope.from_rule = invocation.rule != nullptr;
    scope.what = invocation.spec().name;
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
  // A crash is no fault of this call's: it may have been another's, and crashes are counted apart.
  const bool lost = faulted && is_lost();
  if (faulted && !lost) faults_.record(invocation.spec().name);
  if (lost && replies.is_open(invocation.call)) {
    (void)deferred_.remove(invocation.call);
    replies.fail(invocation.call, crash_status());
  } else if (!answered && replies.is_open(invocation.call)) {
    if (!faulted) faults_.record(invocation.spec().name + " returned without answering");
    replies.fail(invocation.call,
                 Status(ErrorCode::kPluginError, "The command failed inside the plugin " + id() +
                                                     ". The operator can see why in the log."));
  }
  account(invocation, started, faulted);
  services_.dispatcher.returned(invocation.call);
}

void PluginInstance::account(const command::Invocation& invocation, Clock::TimePoint started,
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
        .write("{}: {} took {} ms, its budget is {} ms", label(), stats.name, ms,
               limits.soft_budget.count());
  }
  if (!runs_inline() || took <= limits.inline_budget || ++inline_overruns_ < limits.inline_overruns)
    return;
  inline_ = false;
  log::Event(log::Level::kWarn, "plugin")
      .plugin(id())
      .write(
          "{}: {} calls took longer than {} ms on an I/O thread (the last one, {}, {} ms): the "
          "plugin runs on the workers from now on",
          label(), inline_overruns_, limits.inline_budget.count(), stats.name, ms);
}

void PluginInstance::cancelled(command::CallId call) {
  // Timed out inside its handler, or before it began: the caller's next command does not wait for
  // that. run() says it again.
  if (!deferred_.remove(call)) {
    if (const auto round = detour()) return round->cancelled(call);
    return services_.dispatcher.returned(call);
  }
  complete([half = halves_.request, call](void* plugin_data) {
    if (half != nullptr && half->on_cancel != nullptr)
      half->on_cancel(plugin_data, call.value, PARLEY_CANCEL_TIMEOUT);
  });
}

std::shared_ptr<PluginInstance> PluginInstance::pin() {
  outstanding_.add();
  return {this, [self = shared_from_this()](PluginInstance*) { self->outstanding_.remove(); }};
}

void PluginInstance::complete(PluginWork work) {
  const auto where = runs_inline() && net::Shard::current() != nullptr ? CallGate::Where::kHere
                                                                       : CallGate::Where::kWorker;
  gate_.offer(
      [self = shared_from_this(), work = std::move(work)]() mutable {
        CallScope scope(*self, Phase::kPlugin);
        scope.what = "a completion";
        self->guarded("a completion", [&] { work(self->plugin_->plugin_data); });
      },
      where, CallGate::Limit::kNone);
}

}  // namespace parley::plugin
