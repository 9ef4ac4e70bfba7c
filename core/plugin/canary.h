// SPDX-License-Identifier: Apache-2.0
// A next version on trial: it serves some sessions while the version before serves the rest.
//
// Everything from outside comes to the old version first, and takes this detour: by its session a
// call, message or event goes always to the same of the two. A command that the next version has
// not, or declares otherwise, stays with the old one; commands that only it has come with promote.
//
// Ownership: holds both versions; the old one holds it while it is set. Thread: any. Failure: what
// a version refuses is answered by it, as ever.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "plugin/plugin_instance.h"
#include "plugin/visit.h"

namespace parley::plugin {

// Whom a canary serves: a share of all sessions, or certain users, by id or name.
struct CanaryShare {
  int percent = 0;
  std::vector<std::string> users;

  bool takes(std::string_view session, const users::User* user) const;
  std::string text() const;  // "10 % of the sessions", "the users u_7Kq, Neo"
  Status check() const;
};

class Canary final : public Detour, public std::enable_shared_from_this<Canary> {
 public:
  using Plugin = std::shared_ptr<PluginInstance>;
  Canary(const Plugin& old, Plugin next, CanaryShare share)
      : old_(old), next_(std::move(next)), share_(std::move(share)) {}

  void take(command::InvocationPtr invocation) override;
  void take(VisitPtr visit) override;
  void cancelled(command::CallId call) override { next_->cancelled(call); }

  const Plugin& next() const { return next_; }
  const CanaryShare& share() const { return share_; }
  // The old version's commands that the next one does not take.
  std::vector<std::string> left_out() const;

 private:
  const std::weak_ptr<PluginInstance> old_;  // it holds this
  const Plugin next_;
  const CanaryShare share_;
};

}  // namespace parley::plugin
