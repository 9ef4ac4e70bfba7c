// SPDX-License-Identifier: Apache-2.0
// parley.push/1: permissions and forms are checked here, delivery is session::Pusher's.
#include <algorithm>

#include <parley/ext/push.h>

#include "command/dispatcher.h"
#include "plugin/host/entry.h"
#include "plugin/host/json_check.h"
#include "session/pusher.h"

namespace parley::plugin {
namespace {

std::string_view scope_name(std::uint32_t scope) {
  switch (scope) {
    case PARLEY_PUSH_SESSION:
      return "session";
    case PARLEY_PUSH_USER:
      return "user";
    case PARLEY_PUSH_CHANNEL:
      return "channel";
    case PARLEY_PUSH_ROLE:
      return "role";
    case PARLEY_PUSH_ALL:
      return "all";
    default:
      return {};
  }
}

bool may_push(const PluginInstance& plugin, const parley_push& push, std::string_view scope) {
  if (!plugin.granted("push:" + std::string(scope))) return false;
  if (push.scope != PARLEY_PUSH_CHANNEL || plugin.granted("dm")) return true;
  for (std::uint64_t i = 0; i < push.target_count; ++i) {
    if (view(push.targets[i]).substr(0, 3) == "dm:") return false;
  }
  return true;
}

// Users as many as there are, sessions at most one: "everybody but the one who did it".
parley_status exceptions(const parley_push& push, session::PushOptions& options) {
  for (std::uint64_t i = 0; i < push.except_count; ++i) {
    const auto id = view(push.except[i]);
    if (id.substr(0, 2) != "s_") {
      options.except_users.emplace_back(id);
      continue;
    }
    if (!options.except_session.empty()) return PARLEY_E_LIMIT;
    options.except_session = id;
  }
  return PARLEY_OK;
}

std::vector<session::PushTarget> targets_of(const parley_push& push) {
  using session::PushTarget;
  std::vector<PushTarget> targets;
  if (push.scope == PARLEY_PUSH_ALL) targets.push_back(PushTarget::all());
  std::vector<std::string> users;
  for (std::uint64_t i = 0; i < push.target_count; ++i) {
    std::string name = copy(push.targets[i]);
    switch (push.scope) {
      case PARLEY_PUSH_SESSION:
        targets.push_back(PushTarget::session(std::move(name)));
        break;
      case PARLEY_PUSH_USER:
        users.push_back(std::move(name));
        break;
      case PARLEY_PUSH_CHANNEL:
        targets.push_back(PushTarget::channel(std::move(name)));
        break;
      case PARLEY_PUSH_ROLE:
        targets.push_back(PushTarget::role(std::move(name)));
        break;
      default:
        break;
    }
  }
  if (!users.empty()) targets.push_back(PushTarget::users(std::move(users)));
  return targets;
}

parley_status send(const parley_host* host, const parley_push* push) {
  auto* plugin = enter(host, {Phase::kPlugin, Phase::kBackground}, "push.send");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  if (!PARLEY_HAS(push, fields) || push->type.size == 0) return PARLEY_E_INVALID;
  const auto scope = scope_name(push->scope);
  if (scope.empty()) return PARLEY_E_INVALID;
  if (!may_push(*plugin, *push, scope)) {
    plugin->misbehaved("push refused: the permission push:" + std::string(scope) +
                       " (for direct channels also dm) was not granted");
    return PARLEY_E_DENIED;
  }
  if (const auto why = json_problem(view(push->type), view(push->data), view(push->fields));
      !why.empty()) {
    plugin->misbehaved("push refused: " + why);
    return PARLEY_E_INVALID;
  }
  session::PushOptions options{.volatile_ = (push->flags & PARLEY_PUSH_VOLATILE) != 0,
                               .conflate = copy(push->conflate),
                               .ttl = Millis(std::max<std::int64_t>(0, push->ttl)),
                               .store = (push->flags & PARLEY_PUSH_STORE) != 0};
  if (const auto status = exceptions(*push, options); status != PARLEY_OK) return status;
  const session::PushFrame frame{copy(push->type), copy(push->data), copy(push->fields)};
  if (options.store) plugin->services().dispatcher.mark_running(plugin->id());
  for (const auto& target : targets_of(*push)) {
    const auto status = plugin->services().pusher.push(target, frame, options);
    if (!status && status.code() != ErrorCode::kNotFound) {
      plugin->misbehaved("push refused: " + status.message());
      return status_code(status);
    }
  }
  return PARLEY_OK;
}

}  // namespace

const parley_host_push* push_table() {
  static const parley_host_push table{sizeof(parley_host_push), 0, send};
  return &table;
}

}  // namespace parley::plugin
