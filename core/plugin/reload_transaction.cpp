// SPDX-License-Identifier: Apache-2.0
#include "plugin/reload_transaction.h"

#include <utility>

#include "base/log.h"
#include "command/command_table.h"
#include "plugin/publication.h"

namespace parley::plugin {

ReloadTransaction::ReloadTransaction(Services& services, Operation& operation, Plugin old)
    : services_(services), operation_(operation), old_(std::move(old)) {
  const auto limits = old_->settings().limits;
  queue_ = HoldingQueue::before(old_, limits.queue, limits.freeze);
  old_->redirect(queue_);
}

ReloadTransaction::~ReloadTransaction() {
  if (committed_) return;
  if (hangs_) {
    // Its code is somewhere in save: nothing may enter it, and nobody may wait for it either.
    queue_->lose_patience();
    old_->redirect(nullptr);
    return;
  }
  queue_->open_to(old_);
  old_->thaw();
}

bool ReloadTransaction::freeze() {
  return operation_.step("freeze",
                         [&] { return old_->freeze(queue_, old_->settings().limits.freeze); });
}

bool ReloadTransaction::save() {
  if (!old_->hands_over_state()) return true;
  return operation_.step("save", [&] {
    auto state = old_->save(old_->settings().limits.freeze);
    hangs_ = old_->hangs() && !old_->is_lost();  // a process that hangs was ended
    if (hangs_) old_->faults().quarantine("it hangs in save");
    if (!state) return state.status();
    saved_ = std::move(state).value();
    return Status::ok();
  });
}

Status ReloadTransaction::load(PluginInstance& next,
                               const std::shared_ptr<const SavedState>& state) const {
  if (next.hands_over_state()) return next.load(state);
  return Status(ErrorCode::kUnsupported,
                "version " + next.manifest().version + " of " + next.id() +
                    " takes no state, and version " + old_->manifest().version +
                    " keeps some: unload and load it, if that state may be lost");
}

bool ReloadTransaction::start(const Plugin& next, std::shared_ptr<const SavedState> state) {
  next->effects().hold();
  if (state != nullptr && !operation_.step("load", [&] { return load(*next, state); }))
    return false;
  return operation_.step("start", [&] {
    auto status = next->start();
    return status ? services_.commands.check(next->id(), next->registrations().commands) : status;
  });
}

bool ReloadTransaction::commit(const Plugin& next) {
  return operation_.step("commit", [&] {
    if (next->is_lost()) {
      return Status(ErrorCode::kPluginCrashed, "version " + next->manifest().version + " of " +
                                                   next->id() + " crashed before it served");
    }
    if (auto status = publish(services_, next); !status) return status;
    next->take_over(*old_);
    queue_->open_to(next);
    next->go_live();
    committed_ = true;
    return Status::ok();
  });
}

}  // namespace parley::plugin
