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
#include "plugin/life_call.h"
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
    if (plugin->code_ == nullptr) return status;  // it hangs and was given up
    if (auto closed = plugin->end_code(); !closed)
      log::warn("plugin", "{}: {}", plugin->id(), closed.message());
    return status;
  }
  return plugin;
}

PluginInstance::PluginInstance(Services& services, Parts parts, std::unique_ptr<PluginCode> code)
    : services_(services),
      parts_(std::move(parts)),
      sha256_(parts_.staged.sha256()),
      life_name_(life_thread_name(parts_.manifest.id)),
      code_(std::move(code)),
      place_(code_->whereabouts()),
      gate_(services.workers, parts_.settings.limits.queue, CallGate::Begin::kHeld),
      inline_(parts_.settings.execution == config::Execution::kInline),
      settings_(parts_.settings),
      faults_(parts_.manifest.id, label(), parts_.settings.limits, services.clock) {
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

std::shared_ptr<PluginInstance::LifeEnd> PluginInstance::life_call(const char* name, Phase phase,
                                                                   Millis at_most, LifeWork work,
                                                                   Task late) {
  const auto end = std::make_shared<LifeEnd>();
  const bool back = run_life_call(
      life_name_, at_most,
      // Keeps everything the call may still use when nobody waits for it any more.
      [self = shared_from_this(), code = code_, end, name, phase, work = std::move(work)] {
        CallScope scope(*self, phase);
        scope.what = name;
        const auto sink = sink_into(end->why);
        end->threw = !self->guarded(name, [&] { work(*end, sink); });
      },
      std::move(late));
  if (back) return end;
  hung_ = true;
  const auto what =
      std::string(name) + " did not return within " + std::to_string(at_most.count()) + " ms";
  misbehaved(what);
  code_->hung(what);
  return nullptr;
}

Status PluginInstance::judge(const char* name, const LifeEnd* end, Millis at_most) const {
  const std::string who = "plugin " + id() + " " + manifest().version;
  if (end == nullptr) {
    return failed(who + " did not return from " + name + " within " +
                  std::to_string(at_most.count()) + " ms");
  }
  if (end->threw) return failed(who + " threw in " + name + ": " + or_no_reason(end->why));
  if (end->status == PARLEY_OK) return Status::ok();
  const auto code =
      end->status == PARLEY_E_UNSUPPORTED ? ErrorCode::kUnsupported : ErrorCode::kPluginError;
  return Status(code, who + " refused to " + name + ": " + or_no_reason(end->why));
}

Status PluginInstance::create_plugin() {
  auto again = code_->describe();
  if (!again) return again.status();
  if (again->id != id() || again->version != manifest().version)
    return failed(parts_.source + " changed while it was loaded");
  const auto at_most = parts_.settings.limits.start;
  const auto end =
      life_call("create", Phase::kStart, at_most, [this](LifeEnd& made, const parley_sink& why) {
        made.created = code_->create(&host_, &why);
        if (made.created != nullptr) made.status = PARLEY_OK;
        if (PARLEY_HAS(made.created, get_extension) && made.created->get_extension != nullptr)
          halves_ = ask_halves(*made.created);
      });
  if (end == nullptr) return give_up(judge("create", nullptr, at_most).message());
  if (end->threw) return failed("plugin " + id() + " threw in create");
  plugin_ = end->created;
  if (plugin_ == nullptr)
    return failed("plugin " + id() + " refused to be created: " + or_no_reason(end->why));
  if (!PARLEY_HAS(plugin_, get_extension) || plugin_->start == nullptr ||
      plugin_->stop == nullptr || plugin_->destroy == nullptr || plugin_->call == nullptr) {
    return failed("plugin " + id() + " leaves out start, stop, destroy or call");
  }
  return Status::ok();
}

void PluginInstance::on_crash(Crashed tell) {
  if (code_ == nullptr) return;
  code_->on_lost([weak = weak_from_this(), tell = std::move(tell)](const std::string& how) {
    if (const auto self = weak.lock()) self->crashed(how, tell);
  });
}

void PluginInstance::crashed(const std::string& how, const Crashed& tell) {
  log::Event(log::Level::kError, "plugin").plugin(id()).write("its process is gone: {}", how);
  answer_pending(crash_status());
  tell(how);
}

Status PluginInstance::crash_status() const {
  return Status(ErrorCode::kPluginCrashed,
                "The plugin " + id() + " crashed before it answered. It is being started again.");
}

// One that only reads may be sent again, and of one with a key its ledger knows whether it may.
Status PluginInstance::left_unanswered(command::CallId call, const Status& may_be_repeated) const {
  const auto caller = services_.dispatcher.replies().peek(call);
  if (!caller || caller->keyed != nullptr || caller->entry->spec.read_only) return may_be_repeated;
  return Status(
      ErrorCode::kOutcomeUnknown,
      "The plugin " + id() +
          " ended before it answered. Look what came of your command before you repeat it.");
}

Status PluginInstance::load(std::shared_ptr<const SavedState> state) {
  const auto at_most = parts_.settings.limits.start;
  transfer_.loading = std::move(state);
  const auto end =
      life_call("load", Phase::kStart, at_most, [this](LifeEnd& loaded, const parley_sink& why) {
        const auto from = transfer_.loading;
        loaded.status =
            halves_.state->load(plugin_->plugin_data, from->schema, borrow(from->bytes), &why);
      });
  if (end != nullptr) transfer_.loading = nullptr;  // a call that hangs still reads it
  return judge("load", end.get(), at_most);
}

Status PluginInstance::start() {
  const auto at_most = parts_.settings.limits.start;
  // The gate is still held: completions of what create and start ask for wait until go_live().
  const auto end =
      life_call("start", Phase::kStart, at_most, [this](LifeEnd& begun, const parley_sink& why) {
        begun.status = plugin_->start(plugin_->plugin_data, &why);
      });
  auto status = judge("start", end.get(), at_most);
  started_ = status.is_ok();
  if (!status) return status;
  for (const auto& command : registrations_.commands) stats_.emplace_back(command.spec.name);
  door_ = Door::kOpen;
  return status;
}

void PluginInstance::go_live() {
  live_ = true;
  effects_.let_go();
  timers_->resume();
  gate_.release();
}

bool PluginInstance::come_to_rest(Millis at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  while (true) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    if (left <= Millis(0) || !gate_.wait_idle(left)) return false;
    // Nothing runs. If nothing is on its way either, and nothing came meanwhile, it is at rest.
    const auto offered = gate_.offered();
    if (!outstanding_.wait_none(left)) return false;
    if (gate_.hold(offered)) return true;
  }
}

Status PluginInstance::freeze(std::shared_ptr<Detour> detour, Millis at_most) {
  redirect(std::move(detour));
  timers_->pause();
  frozen_ = come_to_rest(at_most);
  if (frozen_) return Status::ok();
  return failed("plugin " + id() + " did not come to rest within " +
                std::to_string(at_most.count()) + " ms" +
                (running_command().empty() ? ": something it asked for is not done yet"
                                           : ": " + running_command() + " still runs"));
}

void PluginInstance::thaw() {
  redirect(nullptr);
  timers_->resume();
  if (std::exchange(frozen_, false)) gate_.release();
}

Result<std::shared_ptr<const SavedState>> PluginInstance::save(Millis at_most) {
  if (halves_.state == nullptr) return std::shared_ptr<const SavedState>();
  const auto state = std::make_shared<SavedState>();
  state->schema = halves_.state->schema;
  state->saved_at = services_.clock.wall_ms();
  transfer_.saving = state;
  transfer_.most = parts_.settings.limits.state_max;
  const auto end = life_call(
      "save", Phase::kPlugin, at_most,
      [this](LifeEnd& saved, const parley_sink& why) {
        saved.status = halves_.state->save(plugin_->plugin_data, &why);
      },
      [this] {  // back after all, the life call keeps this alive: it may be called again
        timers_->resume();
        gate_.release();
      });
  if (end != nullptr) transfer_.saving = nullptr;  // a call that hangs still writes
  auto status = judge("save", end.get(), at_most);
  if (!status) return status;
  return std::shared_ptr<const SavedState>(state);
}

void PluginInstance::take_over(PluginInstance& before) {
  auto& replies = services_.dispatcher.replies();
  for (const auto request : transfer_.claimed) {
    const auto caller = replies.peek({request});
    if (!before.deferred_.remove({request})) continue;
    deferred_.add({request});
    if (const auto* own = caller ? own_form_of(caller->entry->spec) : nullptr)
      replies.taken_over({request}, entry_of(*own));
  }
  timers_->take_over(*before.timers_);
}

void PluginInstance::redirect(std::shared_ptr<Detour> detour) {
  const std::lock_guard lock(mutex_);
  door_ = detour != nullptr ? Door::kDetour : Door::kOpen;
  detour_ = std::move(detour);
}

// What a command asked for before may be stored already: its answer comes with the commit, so it is
// waited for rather than denied. False: a call did not return.
bool PluginInstance::finish_calls(Millis drain, Millis for_answers) {
  const auto until = std::chrono::steady_clock::now() + for_answers;
  while (gate_.wait_idle(drain)) {
    const auto left = std::chrono::ceil<Millis>(until - std::chrono::steady_clock::now());
    if (left <= Millis(0) || is_lost()) return true;
    const auto offered = gate_.offered();
    // What came meanwhile may have deferred something again.
    if (!deferred_.wait_none(left) || gate_.offered() == offered) return true;
  }
  return false;
}

Status PluginInstance::stop(Millis drain, Millis for_answers, const Status& to_pending) {
  if (door_ == Door::kOpen) door_ = Door::kClosed;
  const bool idle = !hung_ && (!live_ || frozen_ || finish_calls(drain, for_answers));
  timers_->clear();
  end_watches();
  const bool jobs_ended = jobs_->close(hung_ ? Millis(0) : drain);
  answer_pending(to_pending);
  const bool closed = gate_.close(idle && jobs_ended ? drain : Millis(0));
  answer_pending(to_pending);  // deferred by what ran meanwhile
  if (hung_) return give_up("plugin " + id() + " hangs in a call");
  if (!idle || !jobs_ended) {
    return give_up(std::string(idle ? "a background job" : "a call") + " of plugin " + id() +
                   " did not end within " + std::to_string(drain.count()) + " ms");
  }
  if (!closed) return give_up("plugin " + id() + " had no end to its calls");
  if (started_ && !life_call("stop", Phase::kPlugin, drain, [this](LifeEnd&, const parley_sink&) {
        plugin_->stop(plugin_->plugin_data);
      }))
    return give_up("plugin " + id() + " hangs in stop");
  // Destructors of members may call the host.
  if (!life_call("destroy", Phase::kStart, drain,
                 [this](LifeEnd&, const parley_sink&) { plugin_->destroy(plugin_->plugin_data); }))
    return give_up("plugin " + id() + " hangs in destroy");
  return end_code();
}

// Unmapped under a thread, the code would take the server along.
Status PluginInstance::end_code() {
  const auto threads = code_->left_running();
  const auto named = static_cast<std::size_t>(threads_named(life_name_));
  if (threads.empty() && named == 0) return close_code();
  std::string which;
  for (const auto& thread : threads)
    which += (which.empty() ? ": " : ", ") + std::to_string(thread.id) + " \"" + thread.name + '"';
  return give_up("plugin " + id() + " left " + std::to_string(std::max(threads.size(), named)) +
                 " of its threads running (stop must join them)" + which);
}

void PluginInstance::end_watches() {
  std::unordered_set<std::uint64_t> watches;
  {
    const std::lock_guard lock(mutex_);
    watches.swap(watches_);
  }
  for (const auto watch : watches) services_.files.unwatch(watch);
}

Status PluginInstance::give_up(const std::string& why) {
  parts_.staged.keep();
  const auto code = std::exchange(code_, nullptr);
  return failed(why + ": it is retired, " + code->abandon(plugin_));
}

Status PluginInstance::close_code() {
  plugin_ = nullptr;
  halves_ = {};
  closed_ = true;
  const auto code = std::exchange(code_, nullptr);
  return code->close();
}

std::optional<PluginInstance::Parts> PluginInstance::take_parts() {
  if (!closed_) return std::nullopt;
  // The rest stays: whoever still comes by this version asks for its name.
  return Parts{parts_.manifest, std::move(parts_.staged), parts_.source,
               settings(),      parts_.generation,        parts_.signature};
}

void PluginInstance::answer_pending(const Status& status) {
  const bool lost = is_lost();
  for (const auto call : deferred_.take_all()) {
    const auto why = lost ? crash_status() : left_unanswered({call}, status);
    services_.dispatcher.replies().fail({call}, why);
  }
}

}  // namespace parley::plugin
