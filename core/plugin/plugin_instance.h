// SPDX-License-Identifier: Apache-2.0
// One loaded version of a plugin: the host's side of it, the same whether its code (plugin_code.h)
// is mapped into this process or runs in a child.
//
// Ownership: the manager holds it; command table entries, completions and timers hold it too, so
// the C++ object may outlive the code. Nothing of the code is touched once stop() has closed the
// gate. Thread: as marked; invoke() on a shard; everything else from any. The plugin's own begin and
// end run on threads of their own (life_call.h), because they may hang. Failure: a call that throws, breaks the contract or answers nothing is
// a fault: the user gets plugin_error, the log names the plugin; too many faults put it in
// quarantine for a while.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <absl/functional/any_invocable.h>
#include <absl/functional/function_ref.h>

#include <parley/plugin_abi.h>

#include "command/command_target.h"
#include "config/plugin_settings.h"
#include "loader/manifest.h"
#include "loader/staging.h"
#include "plugin/call_gate.h"
#include "plugin/call_scope.h"
#include "plugin/command_stats.h"
#include "plugin/deferred_calls.h"
#include "plugin/fault_ledger.h"
#include "plugin/held_effects.h"
#include "plugin/host_tables.h"
#include "plugin/outstanding.h"
#include "plugin/plugin_code.h"
#include "plugin/plugin_jobs.h"
#include "plugin/plugin_timers.h"
#include "plugin/registrations.h"
#include "plugin/services.h"
#include "plugin/state_transfer.h"
#include "plugin/visit.h"

namespace parley::plugin {

class PluginInstance final : public command::CommandTarget,
                             public std::enable_shared_from_this<PluginInstance> {
 public:
  struct Parts {
    loader::Manifest manifest;
    loader::StagedFile staged;
    std::string source;  // where the file came from
    config::PluginSettings settings;
    std::uint32_t generation = 1;
    std::string signature;  // the text it was admitted with, "" for none
  };

  // Opens the staged file's code and calls create. Nothing is visible to anyone yet.
  static Result<std::shared_ptr<PluginInstance>> create(Services& services, Parts parts,
                                                        const OpenCode& open);
  ~PluginInstance() override;

  // --- life, on the plugin's lane ---
  // Hands over what the version before saved; before start(). kUnsupported: this version cannot
  // read that schema.
  Status load(std::shared_ptr<const SavedState> state);
  // Calls the plugin's start and keeps what it registers. Calls may come afterwards, and wait.
  Status start();
  const Registrations& registrations() const { return registrations_; }
  // Lets calls, completions, timers and effects go: it serves.
  void go_live();

  // Sends what comes from outside round by `detour` and waits until nothing of this version is on
  // its way: no call, job or completion. Then its timers and its gate stand still. Not ok: it did
  // not come to rest; thaw() it.
  Status freeze(std::shared_ptr<Detour> detour, Millis at_most);
  void thaw();
  // Frozen. Null when it keeps no state. Not ok: it refused, threw or hangs.
  Result<std::shared_ptr<const SavedState>> save(Millis at_most);
  bool hands_over_state() const { return halves_.state != nullptr; }
  bool hangs() const { return hung_; }
  // The requests that `before` offered and this version claimed, and its named timers.
  void take_over(PluginInstance& before);
  // What comes to this version from now on goes round by `detour`; null: comes in again.
  void redirect(std::shared_ptr<Detour> detour);

  // Its code is gone without having been ended (a child process that crashed): what was pending has
  // been answered plugin_crashed. Called once, on any thread; at once when that is so already.
  using Crashed = std::function<void(const std::string& how)>;
  void on_crash(Crashed crashed);
  bool is_lost() const {
    return place_.lost != nullptr && place_.lost->load(std::memory_order_acquire);
  }
  const PluginCode::Whereabouts& whereabouts() const { return place_; }

  // Ends it: no new calls, waits for what runs (at most `drain`) and for the answers it still owes
  // (at most `for_answers`), answers what is pending, stop, destroy, unmap. `to_pending` is for what
  // may be sent again; of anything else the caller is told that it may have been done. Not ok:
  // something did not end; the code is given up and the sentence says what became of it.
  Status stop(Millis drain, Millis for_answers, const Status& to_pending);

  const Parts& parts() const { return parts_; }
  // After stop(): what the same version can be made from again. Nothing when its code was given up.
  std::optional<Parts> take_parts();

  // Hands a new configuration over; the plugin may refuse it and keep the old one.
  Status configure(config::PluginSettings settings);

  void invoke(command::InvocationPtr invocation) override;
  void cancelled(command::CallId call) override;
  void visit(VisitPtr visit);
  // A command meant for another version of this plugin; one whose declaration is another here is
  // refused.
  void adopt(command::InvocationPtr invocation, CallGate::Limit limit = CallGate::Limit::kNone);
  void adopt(VisitPtr visit);
  // One that `from`, this version's own detour, sends in.
  void admit(command::InvocationPtr invocation, const Detour& from);
  // Whether adopt() would take such a command.
  bool offers(const command::CommandSpec& wanted) const { return own_form_of(wanted) != nullptr; }
  void refuse(const command::Invocation& invocation, Status status);

  const std::string& id() const { return parts_.manifest.id; }
  const loader::Manifest& manifest() const { return parts_.manifest; }
  const std::string& source() const { return parts_.source; }
  const std::string& sha256() const { return sha256_; }
  std::uint32_t generation() const { return parts_.generation; }
  // For the log: which of its versions.
  std::string label() const;
  config::PluginSettings settings() const;
  const std::deque<CommandStats>& stats() const { return stats_; }
  bool runs_inline() const { return inline_.load(std::memory_order_relaxed); }
  std::size_t queued() const { return gate_.queued(); }
  FaultLedger& faults() { return faults_; }
  const FaultLedger& faults() const { return faults_; }
  // The command that runs now and since when, for the watchdog; empty: none.
  std::string running_command() const;

  // For the host tables (host/*.cpp).
  static PluginInstance& of(const parley_host* host) {
    return *static_cast<PluginInstance*>(host->host_data);
  }
  Services& services() const { return services_; }
  const PluginHalves& halves() const { return halves_; }
  Registrations& collecting() { return registrations_; }
  PluginTimers& timers() { return *timers_; }
  PluginJobs& jobs() { return *jobs_; }
  bool granted(std::string_view permission) const;
  HeldEffects& effects() { return effects_; }
  StateTransfer& state_transfer() { return transfer_; }
  // This version, counted as having a completion to come until the last copy is gone.
  std::shared_ptr<PluginInstance> pin();
  // Runs `work` on the plugin's thread, if the plugin still lives by then. Guarded like every call
  // into it.
  using PluginWork = absl::AnyInvocable<void(void* plugin_data)>;
  void complete(PluginWork work);
  // The request is answered later: by the plugin, or by the host on its behalf.
  bool defer(command::CallId call);
  void settle(command::CallId call);  // it was answered
  bool has_deferred(command::CallId call) { return deferred_.has(call); }
  void keep_watch(std::uint64_t id);  // file watches end with the plugin
  bool drop_watch(std::uint64_t id);
  // A breach of the contract, logged under the plugin's name.
  void misbehaved(std::string_view what);
  // Runs plugin code; false when it threw.
  bool guarded(std::string_view what, absl::FunctionRef<void()> call);
  void* plugin_data() const { return plugin_->plugin_data; }

 private:
  PluginInstance(Services& services, Parts parts, std::unique_ptr<PluginCode> code);
  class Ticket;
  class VisitTicket;
  enum class Door { kClosed, kOpen, kDetour };
  struct LifeEnd {
    parley_status status = PARLEY_E_INTERNAL;
    bool threw = false;
    std::string why;
    const parley_plugin* created = nullptr;
  };
  using LifeWork = std::function<void(LifeEnd& end, const parley_sink& why)>;
  // Null: it hangs, and this version can only be given up.
  std::shared_ptr<LifeEnd> life_call(const char* name, Phase phase, Millis at_most, LifeWork work,
                                     Task late = {});
  Status judge(const char* name, const LifeEnd* end, Millis at_most) const;
  bool come_to_rest(Millis at_most);
  bool finish_calls(Millis drain, Millis for_answers);
  std::shared_ptr<Detour> detour() const;
  command::EntryPtr entry_of(const command::Registration& own);
  const command::Registration* own_form_of(const command::CommandSpec& wanted) const;
  void accept(command::InvocationPtr invocation, CallGate::Limit limit,
              const Detour* from = nullptr);
  void accept(VisitPtr visit);
  // A configuration on its way to the plugin's thread; whoever waits for it may give up.
  struct Handover {
    std::mutex mutex;
    std::condition_variable done;
    std::optional<parley_status> status;
    std::string why;
    bool given_up = false;
  };
  Status create_plugin();
  void run(const command::Invocation& invocation);
  void account(const command::Invocation& invocation, Clock::TimePoint started, bool faulted);
  void unrun(command::InvocationPtr invocation, const Detour* from = nullptr);
  Status busy() const;
  void hand_over(Handover& handover, config::PluginSettings settings);
  void answer_pending(const Status& status);
  Status left_unanswered(command::CallId call, const Status& may_be_repeated) const;
  void crashed(const std::string& how, const Crashed& tell);
  Status crash_status() const;
  void end_watches();
  Status end_code();
  Status close_code();
  Status give_up(const std::string& why);

  Services& services_;
  Parts parts_;
  const std::string sha256_;
  const std::string life_name_;
  std::shared_ptr<PluginCode> code_;  // null once closed or abandoned; a hung call keeps it too
  const PluginCode::Whereabouts place_;
  parley_host host_{};
  const parley_plugin* plugin_ = nullptr;
  PluginHalves halves_;
  CallGate gate_;
  Registrations registrations_;
  std::deque<CommandStats> stats_;
  std::unique_ptr<PluginTimers> timers_;
  std::unique_ptr<PluginJobs> jobs_;

  std::atomic<Door> door_{Door::kClosed};
  // The lane's:
  bool started_ = false;
  bool live_ = false;    // the gate was released
  bool frozen_ = false;  // and is held again
  bool hung_ = false;    // a life call did not come back
  bool closed_ = false;  // the code was closed in order
  std::atomic<bool> inline_{false};
  int inline_overruns_ = 0;  // only the gate's holder
  std::atomic<const std::string*> running_{nullptr};

  mutable std::mutex mutex_;
  config::PluginSettings settings_;
  std::shared_ptr<Detour> detour_;
  std::unordered_set<std::uint64_t> watches_;
  FaultLedger faults_;
  DeferredCalls deferred_;
  Outstanding outstanding_;
  HeldEffects effects_;
  StateTransfer transfer_;
};

}  // namespace parley::plugin
