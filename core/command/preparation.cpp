// SPDX-License-Identifier: Apache-2.0
#include "command/preparation.h"

#include <algorithm>
#include <utility>

#include "command/call_router.h"
#include "command/client_said.h"
#include "session/session.h"

namespace parley::command {
namespace {

using protocol::Envelope;

Refusal refusal(ErrorCode code, std::string message, std::string_view action) {
  return {.status = {code, std::move(message)}, .action = std::string(action)};
}

Refusal wrong_arguments(FieldErrors errors, std::string_view action, std::string_view locale) {
  errors.translate(locale);
  return {.status = errors.status(),
          .action = std::string(action),
          .details_json = errors.details_json()};
}

const ArgumentSpec* command_line_argument(const CommandSpec& spec) {
  for (const auto& argument : spec.args)
    if (argument.command_line) return &argument;
  return nullptr;
}

std::string role_list(const CommandSpec& spec) {
  std::string list;
  for (const auto& role : spec.roles) list += (list.empty() ? "" : ", ") + role;
  return list;
}

Refusal for_roles(const CommandSpec& spec) {
  return refusal(ErrorCode::kForbidden,
                 spec.name + (spec.roles.size() == 1 ? " is for the role " : " is for the roles ") +
                     role_list(spec),
                 spec.name);
}

Refusal too_soon(const CommandSpec& spec, Millis wait) {
  auto refused = refusal(
      ErrorCode::kRateLimited,
      spec.name + " can be called again in " + std::to_string(wait.count()) + " ms", spec.name);
  refused.retry_after = wait;
  return refused;
}

// Where it was typed: what the argument `channel` says.
void take_channel(Invocation& invocation) {
  const auto& spec = invocation.spec();
  for (std::size_t i = 0; i < spec.args.size(); ++i)
    if (spec.args[i].type == ArgumentType::kChannel && invocation.args[i].present)
      invocation.channel = invocation.args[i].text;
}

}  // namespace

bool Preparation::begin(Peer& peer, const protocol::RequestId& id) {
  return peer.session_ ? peer.session_->begin(id) : peer.begin(id);
}

std::size_t Preparation::inflight(Peer& peer) const {
  return peer.session_ ? peer.session_->inflight() : peer.inflight_count_;
}

session::Lane& Preparation::lane(Peer& peer) {
  return peer.session_ ? peer.session_->lane() : peer.lane_;
}

bool Preparation::is_closing(const Peer& peer) const {
  return peer.closing_ || peer.moving_;
}

void Preparation::begin_move(Peer& peer, std::string_view frame) {
  peer.moving_ = true;
  peer.moving_frame_ = frame;
}

Preparation::Outcome Preparation::prepare(Peer& peer, const Envelope& envelope,
                                          Clock::TimePoint now, Invocation& invocation) {
  router_.here().table.renew();
  if (!envelope.key.empty() && !peer.session_)
    return refusal(ErrorCode::kBadRequest, "\"key\" is accepted after authentication only",
                   envelope.action);
  if (!envelope.as.empty())
    return refusal(ErrorCode::kForbidden, "this connection may not act for others",
                   envelope.action);
  invocation.request = envelope.id;
  if (auto refused = find(peer, envelope.action, invocation.entry)) return refused;
  if (auto refused = read_envelope(peer, envelope, invocation)) return refused;
  if (invocation.spec().anonymous) note_client(peer, envelope.args.find("client"));
  if (auto refused = permit_there(peer, invocation)) return refused;
  describe(peer, invocation);
  // What only reads, or changes the session it came in, may run as often as it is asked to.
  const auto& spec = invocation.spec();
  if (!spec.read_only && !spec.own_session) invocation.key = envelope.key;
  // A repeated command does not pay for running again.
  if (invocation.key.empty()) return cool_down(now, invocation);
  return std::nullopt;
}

// Whoever comes in by a plugin's command, `login` for example, may say with it what program it is.
void Preparation::note_client(Peer& peer, protocol::JsonView client) {
  auto said = read_client(client);
  if (!said.locale.empty()) peer.set_locale(said.locale);
  if (said.name.empty()) return;
  peer.client_name_ = std::move(said.name);
  peer.client_version_ = std::move(said.version);
}

std::string_view Preparation::locale_of(const Peer& peer) {
  return peer.session_ ? peer.session_->locale() : peer.locale_;
}

Preparation::Outcome Preparation::find(Peer& peer, std::string_view action, EntryPtr& entry) {
  const auto* found = router_.here().table.now().find(action);
  if (!found && peer.session_) return unknown(action);
  if (!found || (!peer.session_ && !(*found)->spec.anonymous))
    return refusal(ErrorCode::kUnauthorized,
                   "say who you are first: send \"auth\" with a token or a guest's name, or log in",
                   action);
  if (peer.session_ && peer.session_->has_expired(router_.clock().wall_ms()) &&
      (*found)->spec.name != "auth")
    return refusal(ErrorCode::kTokenExpired,
                   "your token has expired: send \"auth\" with a new one on this connection",
                   action);
  if (auto refused = permit(peer, (*found)->spec)) return refused;
  entry = *found;
  return std::nullopt;
}

Preparation::Outcome Preparation::unknown(std::string_view action) {
  const auto plugin = router_.here().table.now().withdrawn_by(action);
  if (!plugin.empty())
    return refusal(
        ErrorCode::kUnknownAction,
        std::string(action) + " belongs to plugin " + std::string(plugin) + ", which is not loaded",
        action);
  if (!protocol::is_action_name(action))
    return refusal(ErrorCode::kUnknownAction, "that is no name of a command", action);
  return refusal(ErrorCode::kUnknownAction,
                 "there is no command " + std::string(action) + ": \"help\" lists them", action);
}

Preparation::Outcome Preparation::permit(Peer& peer, const CommandSpec& spec) {
  if (!peer.session_) {
    peer.waits_for_person_ =
        peer.waits_for_person_ || spec.plugin != kCorePlugin || spec.name == "commands";
    return std::nullopt;
  }
  if (access().concerns(spec))
    return std::nullopt;  // permit_there decides, once the place is known
  if (has_declared_role(spec, *peer.session_->user())) return std::nullopt;
  return for_roles(spec);
}

Preparation::Outcome Preparation::permit_there(Peer& peer, const Invocation& invocation) {
  const auto& spec = invocation.spec();
  if (!peer.session_ || !access().concerns(spec)) return std::nullopt;
  const auto& user = *peer.session_->user();
  const auto rule = access().deciding_rule(user, spec, invocation.channel);
  if (!rule) return has_declared_role(spec, user) ? Outcome() : for_roles(spec);
  if (access().rules[*rule].allow) return std::nullopt;
  return refusal(ErrorCode::kForbidden,
                 spec.name + " is not allowed to you here: ask who runs this server", spec.name);
}

const AccessPolicy& Preparation::access() {
  return router_.here().table.now().access();
}

Preparation::Outcome Preparation::read_envelope(Peer& peer, const Envelope& envelope,
                                                Invocation& invocation) {
  const auto& spec = invocation.spec();
  std::optional<std::string_view> line_text;
  if (const auto* argument = command_line_argument(spec)) {
    const auto text = envelope.args.find(argument->name).as_string().value_or("");
    const auto line = read_line(text);
    if (line.kind == LineKind::kCommand) {
      invocation.channel = envelope.args.find("channel").as_string().value_or("");
      return read_command_line(peer, line, invocation);
    }
    if (line.kind == LineKind::kEscaped) line_text = line.rest;
  }
  const auto errors = read_arguments(spec, envelope.args, envelope.flat, invocation.args,
                                     invocation.raw_json, line_text);
  if (!errors.empty()) return wrong_arguments(errors, spec.name, locale_of(peer));
  take_channel(invocation);
  return std::nullopt;
}

Preparation::Outcome Preparation::read_command_line(Peer& peer, const Line& line,
                                                    Invocation& invocation) {
  if (auto refused = find(peer, line.name, invocation.entry)) return refused;
  const auto& spec = invocation.spec();
  const auto split = split_line(spec, line.rest);
  if (!split.errors.empty()) return wrong_arguments(split.errors, spec.name, locale_of(peer));
  const auto errors = read_words(spec, split.words, invocation.args, invocation.raw_json);
  if (!errors.empty()) return wrong_arguments(errors, spec.name, locale_of(peer));
  for (std::size_t i = 0; i < spec.args.size(); ++i)
    if (spec.args[i].command_line && read_line(invocation.args[i].text).kind == LineKind::kCommand)
      return refusal(ErrorCode::kInvalidArgs, "a command line cannot hold another one", spec.name);
  invocation.from_command_line = true;
  take_channel(invocation);
  return std::nullopt;
}

// The operator's word in place of the plugin's; a call that waits for one of the three takes none of
// the others.
Preparation::Outcome Preparation::cool_down(Clock::TimePoint now, const Invocation& invocation) {
  const auto& spec = invocation.spec();
  if (const auto wait = admission_.over_command_rate(invocation, now); wait.count() > 0)
    return too_soon(spec, wait);
  const auto* rule = access().cooldown(spec.name);
  if ((spec.cooldown.count() == 0 && !rule) || !invocation.user) return std::nullopt;
  static const CooldownRule kAsDeclared;
  const CooldownRule& said = rule ? *rule : kAsDeclared;
  const Cooldowns::Wait waits[] = {
      {"user:" + invocation.user->id, said.user.value_or(spec.cooldown)},
      {"channel:" + invocation.channel,
       invocation.channel.empty() ? Millis(0) : said.channel.value_or(Millis(0))},
      {"all", said.all.value_or(Millis(0))}};
  const auto wait = cooldowns_.take(waits, spec.name, now);
  return wait.count() == 0 ? Outcome() : too_soon(spec, wait);
}

void Preparation::describe(Peer& peer, Invocation& invocation) {
  invocation.connection = peer.key_;
  invocation.peer_address = peer.address_;
  if (auto* session = peer.session_) {
    invocation.session_key = session->key();
    invocation.session_id = session->id();
    invocation.user = session->user();
    invocation.locale = session->locale();
  } else {
    invocation.session_key = 0;
    invocation.session_id.clear();
    invocation.user.reset();
    invocation.locale = peer.locale_;
  }
}

}  // namespace parley::command
