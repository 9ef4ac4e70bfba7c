// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_reloader.h"

#include <atomic>
#include <utility>

#include "base/log.h"
#include "plugin/requirements.h"
#include "plugin/retirement.h"

namespace parley::plugin {
namespace {

std::string named(const PluginInstance& plugin) {
  return "version " + plugin.manifest().version + " (generation " +
         std::to_string(plugin.generation()) + ")";
}

Status replaced_before_it_answered(const PluginInstance& next) {
  return Status(ErrorCode::kPluginUnavailable,
                "The plugin " + next.id() +
                    " was replaced by a new version before it answered. "
                    "Send the command again.");
}

}  // namespace

PluginReloader::Track& PluginReloader::track_of(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return tracks_[id];
}

Status PluginReloader::may_reload(const PluginInstance& old) const {
  if (old.hangs()) {
    return Status(ErrorCode::kPluginUnavailable,
                  "plugin " + old.id() +
                      " hangs in a call, so it can neither save its state nor come to rest: unload "
                      "and load it; its state in memory is lost then");
  }
  if (!old.manifest().stateful || old.hands_over_state()) return Status::ok();
  return Status(ErrorCode::kPluginError,
                "plugin " + old.id() +
                    " holds state and has no way to hand it over: unload and load it instead, its "
                    "state in memory is lost then");
}

Operation PluginReloader::reload(const std::string& id, const std::string& from) {
  Operation operation;
  const auto old = records_.active(id);
  operation.status = may_reload(*old);
  if (operation.status) operation.status = trials_.none_on_trial(id);
  if (operation.status) {
    const auto next = loader_.prepare(
        operation, id, from.empty() ? loader_.usual_source(id, old->source()) : from);
    if (next == nullptr) {
      serves_on(operation, old);
    } else {
      exchange(operation, old, next);
    }
  }
  report(id, "reload", operation);
  return operation;
}

bool PluginReloader::exchange(Operation& operation, const Plugin& old, const Plugin& next) {
  const auto before = records_.state(old->id());
  State saved;
  bool done = false;
  {
    ReloadTransaction transaction(services_, operation, old);
    records_.transition(old->id(), PluginState::kFrozen, {}, old);
    done = transaction.freeze() && transaction.save() &&
           transaction.start(next, transaction.saved()) &&
           commit(operation, transaction, next, PluginState::kProbation, {});
    saved = transaction.saved();
  }
  if (done) {
    settle_in(operation, old, next, std::move(saved));
    return true;
  }
  // The old version serves again by now.
  records_.transition(old->id(), before, {}, old);
  discard(services_, operation, next);
  serves_on(operation, old);
  return false;
}

// What the next version needs, or what needs it, may have changed while it started.
bool PluginReloader::commit(Operation& operation, ReloadTransaction& transaction,
                            const Plugin& next, PluginState into, const std::string& why) {
  return records_.in_one_step([&] {
    operation.status = fits(next->manifest(), records_.active());
    if (!operation.status || !transaction.commit(next)) return false;
    records_.transition(next->id(), into, why, next);
    return true;
  });
}

void PluginReloader::serves_on(Operation& operation, const Plugin& old) {
  const auto quarantine = old->faults().reason();
  std::string now = " serves on";
  if (!quarantine.empty()) now = " is in quarantine: " + quarantine;
  if (old->is_lost()) now = " is started again, its process is gone";
  operation.status =
      Status(operation.status.code(), operation.status.message() + "; " + named(*old) + now);
}

// The new version serves. The old one ends, and is kept.
void PluginReloader::settle_in(Operation& operation, const Plugin& old, const Plugin& next,
                               State state) {
  watch(next);
  auto& before = track_of(next->id()).before;
  before = keep(operation, old, next, std::move(state));
  records_.remember(next->id(), before ? before->parts.manifest.version : "");
}

std::optional<PluginReloader::Kept> PluginReloader::keep(Operation& operation, const Plugin& old,
                                                         const Plugin& next, State state) {
  // What of the old one could not be ended is said in its step; the reload itself is done.
  retire(services_, operation, old, replaced_before_it_answered(*next));
  operation.status = Status::ok();
  auto parts = old->take_parts();
  if (!parts) return std::nullopt;
  return Kept{std::move(*parts), std::move(state)};
}

void PluginReloader::watch(const Plugin& next) {
  const auto limits = next->settings().limits;
  auto& track = track_of(next->id());
  track.on_probation = next->generation();
  track.probation_until = services_.clock.now() + limits.probation;
  {
    const std::lock_guard lock(mutex_);
    probations_[next->id()] = track.probation_until;
  }
  const auto once = std::make_shared<std::atomic<bool>>(false);
  next->faults().on_fault([this, once, id = next->id(), generation = next->generation(),
                           until = track.probation_until,
                           limit = static_cast<std::uint64_t>(limits.probation_faults)](
                              std::uint64_t count, const std::string& what) {
    if (count < limit || services_.clock.now() > until || once->exchange(true)) return;
    lanes_.post(id, [this, id, generation, count, what] {
      if (track_of(id).on_probation != generation) return;
      (void)go_back(id, std::to_string(count) + " faults on probation, the last in " + what);
    });
  });
}

// What a crashed version had in memory is gone, so the one before gets the state it handed over.
bool PluginReloader::crashed(const Plugin& plugin, const std::string& how) {
  const auto& track = track_of(plugin->id());
  if (track.on_probation != plugin->generation() || services_.clock.now() > track.probation_until ||
      !track.before)
    return false;
  return go_back(plugin->id(), "a crash on probation: " + how).status.is_ok();
}

std::vector<std::string> PluginReloader::due() {
  std::vector<std::string> over;
  const std::lock_guard lock(mutex_);
  std::erase_if(probations_, [&, now = services_.clock.now()](const auto& probation) {
    if (now < probation.second) return false;
    over.push_back(probation.first);
    return true;
  });
  return over;
}

// Not the one that was due any more, if a reload came meanwhile.
void PluginReloader::end_probation(const std::string& id) {
  auto& track = track_of(id);
  if (track.on_probation == 0 || services_.clock.now() < track.probation_until) return;
  track.on_probation = 0;
  if (records_.state(id) == PluginState::kProbation)
    records_.transition(id, PluginState::kActive, "probation passed", records_.active(id));
}

Operation PluginReloader::rollback(const std::string& id) {
  if (trials_.on_trial(id) == nullptr) return go_back(id, "");
  auto operation = trials_.end(id, "");
  report(id, "rollback", operation);
  return operation;
}

Operation PluginReloader::canary(const std::string& id, const std::string& from,
                                 const CanaryShare& share) {
  auto operation = trials_.begin(id, from, share);
  if (const auto old = records_.active(id); !operation.status && old != nullptr)
    serves_on(operation, old);
  report(id, "canary", operation);
  return operation;
}

Operation PluginReloader::promote(const std::string& id) {
  Operation operation;
  const auto old = records_.active(id);
  const auto next = records_.in_one_step([&]() -> Plugin {
    if (const auto trial = trials_.on_trial(id))
      operation.status = fits(trial->manifest(), records_.active());
    if (!operation.status) return nullptr;
    auto taken = trials_.promote(operation, id);
    if (taken != nullptr) records_.transition(id, PluginState::kProbation, {}, taken);
    return taken;
  });
  if (next != nullptr) settle_in(operation, old, next, nullptr);
  report(id, "promote", operation);
  return operation;
}

void PluginReloader::end_trial(const std::string& id, const std::string& why) {
  if (trials_.on_trial(id) != nullptr) (void)trials_.end(id, why);
}

void PluginReloader::forget(const std::string& id) {
  end_trial(id, "");
  const std::lock_guard lock(mutex_);
  tracks_.erase(id);
  probations_.erase(id);
}

void PluginReloader::forget_all() {
  const std::lock_guard lock(mutex_);
  tracks_.clear();
  probations_.clear();
}

PluginReloader::Plugin PluginReloader::reopen(Operation& operation, Kept& kept) {
  Plugin plugin;
  operation.step("reopen", [&] {
    auto opened = loader_.reopen(std::move(kept.parts));
    if (opened) plugin = std::move(opened).value();
    return opened.status();
  });
  return plugin;
}

// `why` empty: by hand.
Operation PluginReloader::go_back(const std::string& id, const std::string& why) {
  Operation operation;
  const auto now = records_.active(id);
  auto& track = track_of(id);
  if (now == nullptr || !track.before) {
    operation.status = Status::not_found("there is no version of " + id +
                                         " to go back to: one is kept from a reload on");
    return operation;
  }
  loader_.await(track.before->parts.manifest);
  operation.status = fits(track.before->parts.manifest, records_.active());
  if (!operation.status) {
    serves_on(operation, now);
    report(id, "rollback", operation);
    return operation;
  }
  end_trial(id, "the version before comes back");
  if (!why.empty())
    log::Event(log::Level::kError, "plugin")
        .plugin(id)
        .write("{} has {}: going back to version {}", named(*now), why,
               track.before->parts.manifest.version);
  track.on_probation = 0;
  const auto state_before = records_.state(id);
  Kept kept = std::move(*track.before);
  track.before.reset();
  State saved;
  Plugin back;
  {
    ReloadTransaction transaction(services_, operation, now);
    records_.transition(id, PluginState::kFrozen, why, now);
    if (transaction.freeze()) {
      back = bring_back(operation, transaction, now, kept, why);
    } else {
      track.before = std::move(kept);  // it was not touched
    }
    saved = transaction.saved();
  }
  if (back != nullptr) {
    auto gone = keep(operation, now, back, std::move(saved));
    // A version that failed is not kept: nobody should come back to it by mistake.
    if (why.empty()) track.before = std::move(gone);
  } else {
    records_.transition(
        id, state_before == PluginState::kProbation ? PluginState::kActive : state_before,
        operation.status.message(), now);
    serves_on(operation, now);
  }
  records_.remember(id, track.before ? track.before->parts.manifest.version : "");
  report(id, "rollback", operation);
  return operation;
}

// Offers the current state first and the kept one after; a version that refused one is not asked
// again, it is opened anew.
PluginReloader::Plugin PluginReloader::bring_back(Operation& operation,
                                                  ReloadTransaction& transaction, const Plugin& now,
                                                  Kept& kept, const std::string& why) {
  const auto serve = [&](const Plugin& back, const State& state) {
    return transaction.start(back, state) &&
           commit(operation, transaction, back, PluginState::kActive, why);
  };
  const bool saved = transaction.save();
  const std::string save_problem = saved ? "" : operation.status.message();
  const auto from = kept.state;
  auto back = reopen(operation, kept);
  if (back == nullptr) return nullptr;
  const auto current = back->hands_over_state() ? transaction.saved() : nullptr;
  if (saved && (current != nullptr || from == nullptr)) {
    if (serve(back, current)) return back;
    const auto refused = operation.status;
    discard(services_, operation, back);
    auto parts = back->take_parts();
    if (from == nullptr || !parts) return nullptr;
    kept.parts = std::move(*parts);
    back = reopen(operation, kept);
    if (back == nullptr) return nullptr;
  }
  const auto span = from == nullptr ? 0 : (services_.clock.wall_ms() - from->saved_at) / 1000;
  if (serve(back, from)) {
    log::Event(log::Level::kWarn, "plugin")
        .plugin(back->id())
        .write(
            "version {} serves with the state it had {} s ago: what {} kept since then is dropped",
            back->manifest().version, span, named(*now));
    return back;
  }
  discard(services_, operation, back);
  return nullptr;
}

}  // namespace parley::plugin
