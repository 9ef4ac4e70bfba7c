// SPDX-License-Identifier: Apache-2.0
#include "api/version_routes.h"

#include <utility>

#include "api/plugin_routes.h"
#include "base/ids.h"
#include "plugin/plugin_manager.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

Json version_json(const plugin::VersionInfo& info) {
  return {{"version", info.version},    {"sha256", info.sha256},   {"file", info.file},
          {"signedBy", info.signed_by}, {"revoked", info.revoked}, {"bytes", info.bytes},
          {"pinned", info.pinned},      {"serving", info.serving}};
}

// On the plugin's lane, because a file of many megabytes is decoded.
void upload(const Context& context, const HttpRequest& request, const std::string& id,
            net::HttpResponder& responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto file = fields.text("file"), signature = fields.text("signature");
  const bool downgrade = fields.flag("allowDowngrade"), same = fields.flag("allowSameVersion");
  if (!fields.status()) return respond(responder, fields.status());
  auto bytes = base64url_decode(file);
  if (!bytes)
    return respond(responder, Status::invalid_args("`file` must be the file as base64url"));
  plugin::Uploaded done;
  const auto operation = context.plugins.versions().upload({.id = id,
                                                            .bytes = std::move(*bytes),
                                                            .signature = signature,
                                                            .allow_downgrade = downgrade,
                                                            .allow_same_version = same},
                                                           done);
  audit(context, request, "plugin.upload", id, operation.status,
        "version " + done.version + ", sha256 " + done.sha256 + ", signed with key " + done.key);
  answer_operation(responder, operation,
                   {{"file", done.file}, {"version", done.version}, {"sha256", done.sha256}});
}

void pin(const Context& context, const HttpRequest& request, const std::string& id,
         net::HttpResponder& responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const bool none = body->value("version", Json("")).is_null();
  const auto version = none ? std::string() : fields.text("version");
  const bool downgrade = fields.flag("allowDowngrade");
  if (!fields.status()) return respond(responder, fields.status());
  if (version.empty() && !none)
    return respond(responder, Status::invalid_args("send {\"version\": \"1.2.0\"}, or null to load "
                                                   "from plugins.folder again"));
  const auto status = context.plugins.versions().pin(id, version, downgrade);
  audit(context, request, none ? "plugin.unpin" : "plugin.pin", id, status,
        none ? "" : "to version " + version);
  if (!status) return respond(responder, status);
  respond(responder, Json{{"ok", true}});
}

void revoke(const Context& context, const HttpRequest& request, net::HttpResponder& responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto kind = fields.text("kind"), value = fields.text("value");
  const auto reason = fields.text("reason");
  if (!fields.status()) return respond(responder, fields.status());
  const auto status = context.plugins.versions().revoke(kind, value, reason);
  audit(context, request, "plugin.revoke", kind + " " + value, status, reason);
  if (!status) return respond(responder, status);
  respond(responder, Json{{"ok", true}});
}

void list_versions(const Context& context, const std::string& id, net::HttpResponder& responder) {
  const auto all = context.plugins.versions().versions(id);
  if (!all) return respond(responder, all.status());
  Json rows = Json::array();
  for (const auto& info : *all) rows.push_back(version_json(info));
  const auto config = context.config();
  respond(responder, Json{{"versions", rows},
                          {"uploads", config->plugins.upload},
                          {"uploadMax", config->plugins.upload_max}});
}

void list_revocations(const Context& context, net::HttpResponder& responder) {
  const auto all = context.plugins.versions().revocations();
  if (!all) return respond(responder, all.status());
  Json rows = Json::array();
  for (const auto& one : *all)
    rows.push_back(
        {{"kind", one.kind}, {"value", one.value}, {"reason", one.reason}, {"at", one.at}});
  respond(responder, Json{{"revocations", rows}});
}

// After what else is done to that plugin's versions, or to the list of revocations.
template <typename Work>
Router::Handler behind(const Context& context, Work work) {
  return [&context, work](const HttpRequest& request, const PathValues& path,
                          HttpResponder responder) {
    const auto id = path.find("id");
    context.plugins.run_in_background(id != path.end() ? id->second : "#revocations",
                                      [request, path, work, answer = share(std::move(responder))] {
                                        work(request, path, *answer);
                                      });
  };
}

}  // namespace

void add_version_routes(Router& router, const Context& context) {
  const auto add = [&](const char* method, const char* path, auto work) {
    router.add(method, path, behind(context, std::move(work)));
  };
  add("GET", "/admin/v1/plugins/{id}/versions",
      [&](const HttpRequest&, const PathValues& path, HttpResponder& responder) {
        list_versions(context, path.at("id"), responder);
      });
  add("POST", "/admin/v1/plugins/{id}/upload",
      [&](const HttpRequest& request, const PathValues& path, HttpResponder& responder) {
        upload(context, request, path.at("id"), responder);
      });
  add("POST", "/admin/v1/plugins/{id}/pin",
      [&](const HttpRequest& request, const PathValues& path, HttpResponder& responder) {
        pin(context, request, path.at("id"), responder);
      });
  add("GET", "/admin/v1/plugin-revocations",
      [&](const HttpRequest&, const PathValues&, HttpResponder& responder) {
        list_revocations(context, responder);
      });
  add("POST", "/admin/v1/plugin-revocations",
      [&](const HttpRequest& request, const PathValues&, HttpResponder& responder) {
        revoke(context, request, responder);
      });
}

}  // namespace parley::api
