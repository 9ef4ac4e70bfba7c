// SPDX-License-Identifier: Apache-2.0
#include "api/try_routes.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "api/find_user.h"
#include "base/ids.h"
#include "command/command_table.h"
#include "command/slash_line.h"
#include "protocol/error_codes.h"
#include "storage/store.h"
#include "users/accounts.h"

namespace parley::api {
namespace {

using command::CommandSpec;
using net::HttpRequest;
using net::HttpResponder;

// ---- the table

Json argument_json(const command::ArgumentSpec& argument, std::string_view locale) {
  Json json{{"name", argument.name},           {"type", command::argument_type_name(argument.type)},
            {"required", argument.required},   {"secret", argument.secret},
            {"rest", argument.rest},           {"choices", argument.choices},
            {"help", argument.help.in(locale)}};
  if (argument.min) json["min"] = *argument.min;
  if (argument.max) json["max"] = *argument.max;
  if (argument.preset) json["preset"] = *argument.preset;
  return json;
}

Json command_json(const CommandSpec& spec, std::string_view locale) {
  Json arguments = Json::array();
  for (const auto& argument : spec.args) arguments.push_back(argument_json(argument, locale));
  return {{"name", spec.name},
          {"aliases", spec.aliases},
          {"usage", command::usage(spec)},
          {"help", spec.help.in(locale)},
          {"args", std::move(arguments)},
          {"roles", spec.roles},
          {"anonymous", spec.anonymous},
          {"hidden", spec.hidden},
          {"cooldownMs", spec.cooldown.count()},
          {"plugin", spec.plugin},
          {"version", spec.version},
          {"generation", spec.generation}};
}

void list_commands(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto table = context.commands.table();
  const auto locale = request.query_value("locale").value_or("en");
  Json rows = Json::array();
  for (const auto& entry : table->entries()) {
    Json row = command_json(entry->spec, locale);
    for (const auto& [alias, command] : table->access().aliases)
      if (command == entry->spec.name && table->find_own(alias) == nullptr)
        row["aliases"].push_back(alias);
    rows.push_back(std::move(row));
  }
  respond(responder, Json{{"rev", table->rev()}, {"commands", std::move(rows)}});
}

// ---- one command as somebody

struct Asked {
  std::string line, user, channel, locale;
};

std::string name_in(const std::string& line) {
  const auto read = command::read_line(line);
  return read.kind == command::LineKind::kCommand ? std::string(read.name) : std::string();
}

// Who served it, as the answer says; of the server's own commands, which say nothing, the table.
Json served_by(Json& answer, const command::EntryPtr* entry) {
  auto& holder =
      answer.value("type", "") == "error" && answer.contains("data") ? answer["data"] : answer;
  if (holder.is_object() && holder.contains("meta")) {
    Json meta = holder["meta"];
    holder.erase("meta");
    return meta;
  }
  if (entry == nullptr || (*entry)->spec.plugin != command::kCorePlugin) return nullptr;
  return {{"plugin", (*entry)->spec.plugin}, {"version", (*entry)->spec.version}};
}

std::string result_of(const Json& answer) {
  if (!answer.is_object()) return "plugin_timeout";
  if (answer.value("type", "") != "error") return "ok";
  return answer.value("data", Json::object()).value("code", std::string("internal"));
}

// An admin who acted for somebody: whatever came of it, and never the arguments, which may hold
// anything.
void note(const Context& context, const HttpRequest& request, const users::User& user,
          const Asked& asked, const std::string& result) {
  context.store.append_audit({.ts = context.clock.wall_ms(),
                              .actor = actor_of(request),
                              .address = request.local ? std::string() : request.peer_address(),
                              .action = "command.try",
                              .target = user.id,
                              .result = result,
                              .detail = "/" + name_in(asked.line) + " as " + user.name +
                                        (asked.channel.empty() ? "" : " in " + asked.channel)});
}

void answer_with(const Context& context, const users::User& user, const Asked& asked,
                 TrialOutcome outcome, HttpResponder& answer) {
  const auto table = context.commands.table();
  const auto* entry = table->find(name_in(asked.line));
  Json body{{"line", asked.line},
            {"user", {{"id", user.id}, {"name", user.name}, {"kind", user.kind}}},
            {"command", entry ? (*entry)->spec.name : ""},
            {"result", result_of(outcome.answer)},
            {"frames", std::move(outcome.frames)},
            {"framesLeftOut", outcome.left_out}};
  body["servedBy"] = nullptr;
  if (outcome.answer.is_object()) {
    body["tookUs"] = outcome.took_us;
    body["servedBy"] = served_by(outcome.answer, entry);
  }
  body["answer"] = std::move(outcome.answer);
  respond(answer, body);
}

void run_as(const Context& context, CommandTrials& trials, const HttpRequest& request,
            const Asked& asked, const users::User& user, const SharedResponder& answer) {
  const auto person = std::make_shared<const users::User>(user);
  trials.run(*answer->shard(),
             {.user = person,
              .line = asked.line,
              .channel = asked.channel,
              .locale = asked.locale,
              .address = request.peer_address()},
             [&context, request, asked, person, answer](Result<TrialOutcome> outcome) {
               note(context, request, *person, asked,
                    outcome ? result_of(outcome->answer)
                            : std::string(protocol::error_name(outcome.status().code())));
               if (!outcome) return respond(*answer, outcome.status());
               answer_with(context, *person, asked, std::move(*outcome), *answer);
             });
}

// A disabled account may do nothing, whoever asks.
void as_user(const Context& context, CommandTrials& trials, const HttpRequest& request,
             const Asked& asked, const SharedResponder& answer) {
  with_user(
      context, asked.user, answer,
      [&context, &trials, request, asked](const users::User& user, const SharedResponder& found) {
        const auto status = context.store.read(
            [&context, &trials, request, asked, user, found](storage::Reader& reader) {
              const auto record = reader.user(user.id);
              if (!record) return respond(*found, record.status());
              if (record->disabled)
                return respond(*found, Status::conflict(user.name + " is disabled."));
              run_as(context, trials, request, asked, user, found);
            });
        if (!status) respond(*found, status);
      });
}

void as_guest(const Context& context, CommandTrials& trials, const HttpRequest& request,
              const Asked& asked, const SharedResponder& answer) {
  constexpr std::size_t kLetters = 8;  // nobody else has this name
  context.accounts.make_guest("Passer-by " + random_base62(kLetters),
                              [&context, &trials, request, asked, answer](
                                  const Result<users::User>& user, const std::string&) {
                                if (!user) return respond(*answer, user.status());
                                run_as(context, trials, request, asked, *user, answer);
                              });
}

void try_command(const Context& context, CommandTrials& trials, const HttpRequest& request,
                 HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  Asked asked{.line = fields.text("line"),
              .user = fields.text("user"),
              .channel = fields.text("channel"),
              .locale = fields.text("locale")};
  if (!fields.status()) return respond(responder, fields.status());
  if (const auto first = asked.line.find_first_not_of(" \t"); first != std::string::npos)
    asked.line.erase(0, first);
  if (name_in(asked.line).empty())
    return respond(responder,
                   Status::invalid_args("give a command line as people type it: /roll 2d6"));
  auto answer = share(std::move(responder));
  if (asked.user.empty()) return as_guest(context, trials, request, asked, answer);
  as_user(context, trials, request, asked, answer);
}

}  // namespace

void add_try_routes(Router& router, const Context& context, CommandTrials& trials) {
  router.add("GET", "/admin/v1/commands",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               list_commands(context, r, std::move(responder));
             });
  router.add("POST", "/admin/v1/try",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               try_command(context, trials, r, std::move(responder));
             });
}

}  // namespace parley::api
