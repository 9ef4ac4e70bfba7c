// SPDX-License-Identifier: Apache-2.0
// parley.request/1: the answers of a plugin.
#include <parley/ext/request.h>

#include "command/dispatcher.h"
#include "command/replies.h"
#include "plugin/host/entry.h"
#include "plugin/host/json_check.h"
#include "protocol/error_codes.h"

namespace parley::plugin {
namespace {

parley_status settled(PluginInstance& plugin, command::CallId call, command::ReplyResult result) {
  plugin.settle(call);
  return result == command::ReplyResult::kSent ? PARLEY_OK : PARLEY_E_STALE;
}

command::Replies& replies_of(PluginInstance& plugin) {
  return plugin.services().dispatcher.replies();
}

parley_status reply(const parley_host* host, const parley_reply* answer) {
  auto& plugin = PluginInstance::of(host);
  if (!PARLEY_HAS(answer, fields)) return PARLEY_E_INVALID;
  if (const auto why = json_problem(view(answer->type), view(answer->data), view(answer->fields));
      !why.empty()) {
    plugin.misbehaved("reply refused: " + why);
    return PARLEY_E_INVALID;
  }
  const command::CallId call{answer->request};
  const auto type = answer->type.size > 0 ? view(answer->type) : std::string_view("ok");
  if (!plugin.effects().holding())
    return settled(plugin, call,
                   replies_of(plugin).reply(call, type, view(answer->data), view(answer->fields)));
  plugin.effects().pass([self = plugin.shared_from_this(), call, type = std::string(type),
                         data = copy(answer->data), fields = copy(answer->fields)] {
    settled(*self, call, replies_of(*self).reply(call, type, data, fields));
  });
  return PARLEY_OK;
}

parley_status fail(const parley_host* host, const parley_failure* failure) {
  auto& plugin = PluginInstance::of(host);
  if (!PARLEY_HAS(failure, retry_after) || failure->code.size == 0) return PARLEY_E_INVALID;
  if (const auto why = object_problem("details", view(failure->details)); !why.empty()) {
    plugin.misbehaved("fail refused: " + why);
    return PARLEY_E_INVALID;
  }
  std::string code = copy(failure->code);
  if (!protocol::parse_error_code(code)) code = plugin.id() + "." + code;
  if (!protocol::parse_error_code(code) && !protocol::is_plugin_error_code(code)) {
    plugin.misbehaved("fail with a malformed code: " + code);
    code = "plugin_error";
  }
  std::string details = copy(failure->details);
  if (failure->retry_after > 0) {
    const std::string retry =
        "\"retry\":true,\"retryAfterMs\":" + std::to_string(failure->retry_after);
    details = details.empty() || details == "{}"
                  ? "{" + retry + "}"
                  : "{" + retry + "," + details.substr(details.find('{') + 1);
  }
  const command::CallId call{failure->request};
  if (!plugin.effects().holding())
    return settled(plugin, call,
                   replies_of(plugin).fail(call, code, view(failure->message), details));
  plugin.effects().pass(
      [self = plugin.shared_from_this(), call, code, details, message = copy(failure->message)] {
        settled(*self, call, replies_of(*self).fail(call, code, message, details));
      });
  return PARLEY_OK;
}

parley_status progress(const parley_host* host, parley_id request, parley_string type,
                       parley_string data) {
  auto& plugin = PluginInstance::of(host);
  if (type.size > 0 && view(type) != "progress") return PARLEY_E_UNSUPPORTED;
  if (const auto why = value_problem("data", view(data)); !why.empty()) {
    plugin.misbehaved("progress refused: " + why);
    return PARLEY_E_INVALID;
  }
  if (plugin.effects().holding()) {
    plugin.effects().pass([self = plugin.shared_from_this(), request, text = copy(data)] {
      (void)replies_of(*self).progress({request}, text);
    });
    return PARLEY_OK;
  }
  return replies_of(plugin).progress({request}, view(data)) == command::ReplyResult::kSent
             ? PARLEY_OK
             : PARLEY_E_STALE;
}

parley_status defer(const parley_host* host, parley_id request) {
  auto* plugin = enter(host, {Phase::kPlugin}, "request.defer");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  return plugin->defer({request}) ? PARLEY_OK : PARLEY_E_STALE;
}

parley_status abandon(const parley_host* host, parley_id request) {
  auto& plugin = PluginInstance::of(host);
  const Status status(ErrorCode::kPluginError,
                      "The plugin " + plugin.id() + " gave the command up without an answer.");
  if (plugin.effects().holding()) {
    plugin.effects().pass([self = plugin.shared_from_this(), request, status] {
      settled(*self, {request}, replies_of(*self).fail({request}, status));
    });
    return PARLEY_OK;
  }
  // Another version may have claimed it.
  if (!plugin.has_deferred({request})) return PARLEY_E_STALE;
  return settled(plugin, {request}, replies_of(plugin).fail({request}, status));
}

}  // namespace

const parley_host_request* request_table() {
  static const parley_host_request table{
      sizeof(parley_host_request), 0, reply, fail, progress, defer, abandon};
  return &table;
}

}  // namespace parley::plugin
