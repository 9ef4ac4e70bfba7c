// SPDX-License-Identifier: Apache-2.0
#include "api/audit_route.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "api/admin_support.h"
#include "config/problem.h"
#include "session/channel_rights.h"
#include "storage/store.h"
#include "users/names.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;
using storage::AuditEntry;
using storage::AuditQuery;
using storage::Reader;

constexpr std::int64_t kMost = 10'000;

// What is written by this version. A database may hold others, and those are found too.
const std::vector<std::string> kActions{
    "access.alias",      "access.allow",      "access.cooldown",
    "access.deny",       "access.move",       "access.remove",
    "account.disable",   "account.enable",    "account.enroll",
    "account.forget",    "account.login",     "account.logout",
    "account.outside",   "account.password",  "account.register",
    "account.roles",     "admin.redeem",      "backup",
    "channel.topic",     "channel.unban",     "command.try",
    "config.reload",     "invitation.make",   "invitation.revoke",
    "log.level",         "logout.everywhere", "message.delete",
    "message.edit",      "plugin.canary",     "plugin.config",
    "plugin.load",       "plugin.pin",        "plugin.promote",
    "plugin.quarantine", "plugin.release",    "plugin.reload",
    "plugin.revoke",     "plugin.rollback",   "plugin.unload",
    "plugin.unpin",      "plugin.upload",     "say",
    "session.kick",      "session.resume",    "token.make",
    "token.reused",      "token.revoke",      "token.rotate"};

bool is_known(const std::string& action) {
  return std::ranges::any_of(kActions, [&action](const std::string& one) {
    return one == action || one.starts_with(action + ".");
  });
}

// A slip of the pen would read as "it never happened".
Status unknown_action(const std::string& action) {
  std::string all;
  for (const auto& one : kActions) all += (all.empty() ? "" : ", ") + one;
  auto nearest = config::suggestion(action, kActions);
  if (nearest.empty()) nearest = ".";
  return Status::invalid_args("nothing is recorded as " + action + nearest + " There are: " + all +
                              "; `plugin` alone finds all of plugin.*");
}

// A whole number of the query; false, and an answer sent, when it is none.
bool take_number(const HttpRequest& request, std::string_view name, std::int64_t& value,
                 HttpResponder& responder) {
  const auto text = request.query_value(name);
  if (!text) return true;
  const auto* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  if (error == std::errc() && at == end && value >= 0) return true;
  respond(responder, Status::invalid_args(std::string(name) + " must be a whole number"));
  return false;
}

// The audit names people by id; an operator knows them by name, today's or one that is gone.
void find_person(Reader& reader, const std::string& wanted, AuditQuery& query) {
  query.who = query.who_else = wanted;
  const auto name = users::parse_any_name(wanted, {});
  if (!name) return;
  if (const auto found = reader.user_by_skeleton(name->skeleton)) query.who_else = found->id;
}

class Names {
 public:
  explicit Names(Reader& reader) : reader_(reader) {}
  // "" for what is no user's id and for users who are gone.
  const std::string& of(const std::string& id) {
    const auto [place, added] = known_.try_emplace(id);
    if (added && session::is_user_id(id)) {
      if (const auto user = reader_.user(id)) place->second = user->name;
    }
    return place->second;
  }

 private:
  Reader& reader_;
  std::map<std::string, std::string> known_;
};

Json entry_json(const AuditEntry& entry, Names& names) {
  return {{"at", entry.ts},
          {"actor", entry.actor},
          {"actorName", names.of(entry.actor)},
          {"address", entry.address},
          {"action", entry.action},
          {"target", entry.target},
          {"targetName", names.of(entry.target)},
          {"result", entry.result},
          {"detail", entry.detail}};
}

void list(const Context& context, const HttpRequest& request, HttpResponder responder) {
  AuditQuery query;
  auto limit = static_cast<std::int64_t>(query.limit);
  if (!take_number(request, "limit", limit, responder)) return;
  if (!take_number(request, "since", query.since, responder)) return;
  query.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(limit, 1, kMost));
  query.action = std::string(request.query_value("action").value_or(""));
  const std::string user(request.query_value("user").value_or(""));
  auto answer = share(std::move(responder));
  const auto status = context.store.read([query, user, answer](Reader& reader) mutable {
    if (!user.empty()) find_person(reader, user, query);
    const auto entries = reader.audit(query);
    if (!entries) return respond(*answer, entries.status());
    if (entries->empty() && !query.action.empty() && !is_known(query.action))
      return respond(*answer, unknown_action(query.action));
    Names names(reader);
    Json rows = Json::array();
    for (const auto& entry : *entries) rows.push_back(entry_json(entry, names));
    respond(*answer, Json{{"entries", rows}});
  });
  if (!status) respond(*answer, status);
}

}  // namespace

void add_audit_route(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/audit",
             [&](const HttpRequest& request, const PathValues&, HttpResponder responder) {
               list(context, request, std::move(responder));
             });
}

}  // namespace parley::api
