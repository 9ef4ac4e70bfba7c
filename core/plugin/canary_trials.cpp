// SPDX-License-Identifier: Apache-2.0
#include "plugin/canary_trials.h"

#include <atomic>
#include <utility>

#include "base/log.h"
#include "command/command_table.h"
#include "plugin/holding_queue.h"
#include "plugin/publication.h"
#include "plugin/retirement.h"

namespace parley::plugin {
namespace {

// Whatever still comes by `from` goes to `to`.
void lead_on(const CanaryTrials::Plugin& from, const CanaryTrials::Plugin& to) {
  const auto limits = from->settings().limits;
  const auto queue = HoldingQueue::before(from, limits.queue, limits.freeze);
  queue->open_to(to);
  from->redirect(queue);
}

}  // namespace

std::shared_ptr<Canary> CanaryTrials::trial_of(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = trials_.find(id);
  return found != trials_.end() ? found->second : nullptr;
}

void CanaryTrials::set_trial(const std::string& id, std::shared_ptr<Canary> canary) {
  const std::lock_guard lock(mutex_);
  if (canary == nullptr) {
    trials_.erase(id);
  } else {
    trials_[id] = std::move(canary);
  }
}

CanaryTrials::Plugin CanaryTrials::on_trial(const std::string& id) const {
  const auto trial = trial_of(id);
  return trial != nullptr ? trial->next() : nullptr;
}

Status CanaryTrials::none_on_trial(const std::string& id) const {
  const auto trial = trial_of(id);
  if (trial == nullptr) return Status::ok();
  return Status::conflict("version " + trial->next()->manifest().version + " of plugin " + id +
                          " is on trial for " + trial->share().text() +
                          ": `parleyctl plugin promote " + id + "` or `rollback " + id +
                          "` ends that first");
}

Status CanaryTrials::may_begin(const std::string& id, const CanaryShare& share) const {
  if (auto status = share.check(); !status) return status;
  if (auto status = none_on_trial(id); !status) return status;
  const auto old = records_.active(id);
  if (old == nullptr) {
    return Status::not_found("plugin " + id +
                             " does not serve, so there is nothing to try a next version against: "
                             "load it");
  }
  if (old->manifest().stateful || old->hands_over_state()) {
    return Status::conflict("plugin " + id +
                            " keeps state, and of two versions at once each would have half of it: "
                            "reload it; faults bring the old version back by themselves");
  }
  return Status::ok();
}

bool CanaryTrials::start(Operation& operation, const Plugin& next) {
  return operation.step("start", [&] {
    if (next->manifest().stateful || next->hands_over_state()) {
      return Status::conflict("version " + next->manifest().version + " of " + next->id() +
                              " keeps state: reload to it instead");
    }
    auto status = next->start();
    return status ? services_.commands.check(next->id(), next->registrations().commands) : status;
  });
}

Operation CanaryTrials::begin(const std::string& id, const std::string& from,
                              const CanaryShare& share) {
  Operation operation;
  operation.status = may_begin(id, share);
  if (!operation.status) return operation;
  const auto old = records_.active(id);
  const auto next =
      loader_.prepare(operation, id, from.empty() ? loader_.usual_source(id, old->source()) : from);
  if (next == nullptr) return operation;
  if (!start(operation, next)) {
    discard(services_, operation, next);
    return operation;
  }
  split(old, std::make_shared<Canary>(old, next, share), operation);
  return operation;
}

void CanaryTrials::split(const Plugin& old, std::shared_ptr<Canary> canary, Operation& operation) {
  const auto& next = canary->next();
  watch(next);
  operation.step("split", [&] {
    next->go_live();
    old->redirect(canary);
    return Status::ok();
  });
  std::string left_out;
  for (const auto& name : canary->left_out()) left_out += (left_out.empty() ? "" : ", ") + name;
  if (!left_out.empty()) operation.steps.back().detail = "the old version keeps " + left_out;
  records_.set_canary(old->id(), next, canary->share().text());
  log::Event(log::Level::kInfo, "plugin")
      .plugin(old->id())
      .write("version {} (generation {}) is on trial for {}", next->manifest().version,
             next->generation(), canary->share().text());
  set_trial(old->id(), std::move(canary));
}

void CanaryTrials::watch(const Plugin& next) {
  const auto once = std::make_shared<std::atomic<bool>>(false);
  const auto limit = static_cast<std::uint64_t>(next->settings().limits.probation_faults);
  next->faults().on_fault([this, once, limit, id = next->id(), generation = next->generation()](
                              std::uint64_t count, const std::string& what) {
    if (count < limit || once->exchange(true)) return;
    lanes_.post(id, [this, id, generation, count, what] {
      const auto there = on_trial(id);
      if (there == nullptr || there->generation() != generation) return;
      (void)end(id, std::to_string(count) + " faults on trial, the last in " + what);
    });
  });
}

Operation CanaryTrials::end(const std::string& id, const std::string& why) {
  Operation operation;
  const auto canary = trial_of(id);
  if (canary == nullptr) {
    operation.status = Status::not_found("no version of plugin " + id + " is on trial");
    return operation;
  }
  set_trial(id, nullptr);
  const auto& next = canary->next();
  next->faults().on_fault({});
  log::Event(why.empty() ? log::Level::kInfo : log::Level::kError, "plugin")
      .plugin(id)
      .write("the trial of version {} is over{}{}", next->manifest().version,
             why.empty() ? "" : ": ", why);
  operation.step("join", [&] {
    if (const auto old = records_.active(id)) {
      old->redirect(nullptr);
      lead_on(next, old);
    }
    return Status::ok();
  });
  records_.set_canary(id, nullptr, "");
  discard(services_, operation, next);
  return operation;
}

CanaryTrials::Plugin CanaryTrials::promote(Operation& operation, const std::string& id) {
  const auto next = on_trial(id);
  const auto old = records_.active(id);
  if (next == nullptr || old == nullptr) {
    operation.status =
        Status::not_found("no version of plugin " + id + " is on trial: `parleyctl plugin canary " +
                          id + " 10` begins one");
    return nullptr;
  }
  if (!operation.step("commit", [&] { return publish(services_, next); })) return nullptr;
  lead_on(old, next);
  next->take_over(*old);
  set_trial(id, nullptr);
  records_.set_canary(id, nullptr, "");
  return next;
}

}  // namespace parley::plugin
