// SPDX-License-Identifier: Apache-2.0
#include "command/core_commands.h"

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "command/command_list.h"
#include "command/command_target.h"
#include "command/core_account.h"
#include "command/core_auth.h"
#include "command/core_messages.h"
#include "command/core_resume.h"
#include "command/core_specs.h"
#include "protocol/json_writer.h"
#include "session/channel_rights.h"
#include "session/channels.h"
#include "session/session_registry.h"
#include "users/accounts.h"
#include "users/token_service.h"

namespace parley::command {
namespace {

using protocol::ObjectWriter;

std::string_view text_of(const Invocation& call, std::size_t i) {
  return call.args[i].present ? std::string_view(call.args[i].text) : std::string_view();
}
std::optional<std::int64_t> integer_of(const Invocation& call, std::size_t i) {
  if (!call.args[i].present) return std::nullopt;
  return call.args[i].integer;
}
std::size_t count_of(const Invocation& call, std::size_t i) {
  return static_cast<std::size_t>(integer_of(call, i).value_or(0));
}

class CoreCommands final : public CommandTarget {
 public:
  explicit CoreCommands(CoreDeps deps)
      : deps_(deps),
        replies_(deps.dispatcher.replies()),
        auth_(deps),
        resume_(deps),
        messages_(deps),
        account_(deps) {}

  void invoke(InvocationPtr invocation) override {
    const auto call = invocation->call;
    run(*invocation);
    invocation.reset();
    deps_.dispatcher.returned(call);
  }

 private:
  void run(const Invocation& call) {
    switch (static_cast<CoreCommand>(call.entry->index)) {
      case CoreCommand::kAuth:
        return auth_.run(call);
      case CoreCommand::kResume:
        return resume_.run(call);
      case CoreCommand::kPing:
        return ping(call);
      case CoreCommand::kLocale:
        return locale(call);
      case CoreCommand::kMeta:
        deps_.dispatcher.set_meta(call.connection, call.args[0].boolean);
        return static_cast<void>(replies_.ok(call.call));
      case CoreCommand::kAck:
        return ack(call);
      case CoreCommand::kSync:
        return sync(call);
      case CoreCommand::kCommands:
        return commands(call);
      case CoreCommand::kHelp:
        return help(call);
      case CoreCommand::kSubscribe:
        return subscribe(call);
      case CoreCommand::kUnsubscribe:
        return unsubscribe(call);
      case CoreCommand::kHistory:
        return history(call);
      case CoreCommand::kPresence:
        return presence(call);
      case CoreCommand::kChannels:
        return channels(call);
      case CoreCommand::kEditMessage:
        return messages_.edit(call);
      case CoreCommand::kDeleteMessage:
        return messages_.erase(call);
      case CoreCommand::kMarkRead:
        return messages_.mark_read(call);
      case CoreCommand::kBlock:
        return messages_.block(call, true);
      case CoreCommand::kUnblock:
        return messages_.block(call, false);
      case CoreCommand::kBlocked:
        return messages_.blocked(call);
      case CoreCommand::kSessions:
        return account_.sessions(call);
      case CoreCommand::kEndSession:
        return account_.end_session(call);
      case CoreCommand::kMyData:
        return account_.my_data(call);
    }
  }

  session::Session* session_of(const Invocation& call) {
    return deps_.sessions.find(call.session_key);
  }

  void ping(const Invocation& call) {
    std::string data;
    {
      ObjectWriter object(data);
      if (call.args[0].present) object.raw("t", call.args[0].text);
      object.field("now", deps_.clock.wall_ms());
    }
    replies_.reply(call.call, "pong", data);
  }

  // The language of the server's own texts; what a client was greeted in stays as it was.
  void locale(const Invocation& call) {
    if (auto* session = session_of(call)) session->set_locale(text_of(call, 0));
    deps_.dispatcher.set_locale(call.connection, text_of(call, 0));
    std::string data;
    ObjectWriter(data).field("locale", text_of(call, 0).substr(0, 2) == "ru" ? "ru" : "en");
    replies_.ok(call.call, data);
  }

  // The client has every frame up to `seq`: they need not be kept.
  void ack(const Invocation& call) {
    auto* session = session_of(call);
    if (!session) return;
    const auto seq = static_cast<std::uint64_t>(call.args[0].integer);
    if (seq > session->last_seq())
      return static_cast<void>(replies_.fail(
          call.call, Status::invalid_args("there is no frame " + std::to_string(seq) +
                                          " yet: acknowledge what you have received")));
    session->trim_ring(seq);
    replies_.done(call.call);
  }

  void sync(const Invocation& call) {
    auto* session = session_of(call);
    if (!session) return;
    const auto seq = static_cast<std::uint64_t>(call.args[0].integer);
    if (!session->ring().covers(seq))
      return static_cast<void>(replies_.fail(
          call.call, {ErrorCode::kPositionLost, "the frames after " + std::to_string(seq) +
                                                    " are not kept: reconnect and resume"}));
    session->replay_after(seq);
    replies_.ok(call.call);
  }

  void commands(const Invocation& call) {
    const auto asked = text_of(call, 0).substr(0, 2);
    const auto locale = asked == "ru" || asked == "en" ? asked : call.locale;
    replies_.reply(call.call, "commands",
                   command_list_json(*deps_.commands.table(), call.user.get(), locale));
  }

  void help(const Invocation& call) {
    const auto text =
        help_text(*deps_.commands.table(), call.user.get(), call.locale, text_of(call, 0));
    if (text.empty())
      return static_cast<void>(replies_.fail(
          call.call, Status::not_found("there is no such command: help lists all of them")));
    std::string data;
    ObjectWriter(data)
        .field("from", "Parley")
        .field("text", text)
        .field("format", "markdown")
        .field("bot", true);
    replies_.reply(call.call, "botMessage", data);
  }

  // The channel that was named or typed in; answers and says no when there is none.
  std::optional<std::string> channel_of(const Invocation& call) {
    if (!call.channel.empty()) return call.channel;
    FieldErrors errors;
    errors.add("channel", "is required");
    errors.translate(call.locale);
    replies_.fail(call.call, errors.status(), errors.details_json());
    return std::nullopt;
  }

  void subscribe(const Invocation& call) {
    auto* session = session_of(call);
    if (!session) return;
    replies_.defer(call.call);
    session::SubscribeOptions options{.since = integer_of(call, 1),
                                      .history = count_of(call, 2),
                                      .presence = call.args[3].boolean && call.args[3].present,
                                      .keep = true};
    deps_.channels.subscribe(*session, call.args[0].text, options,
                             [this, id = call.call](Result<session::Subscribed> result) {
                               if (!result) return replies_.fail(id, result.status());
                               return replies_.reply(id, "subscribed", result->data_json());
                             });
  }

  void unsubscribe(const Invocation& call) {
    auto* session = session_of(call);
    const auto channel = channel_of(call);
    if (!session || !channel) return;
    if (auto status = deps_.channels.leave(*session, *channel); !status)
      return static_cast<void>(replies_.fail(call.call, status));
    std::string data;
    ObjectWriter(data).field("channel", *channel);
    replies_.reply(call.call, "unsubscribed", data);
  }

  void history(const Invocation& call) {
    const auto channel = channel_of(call);
    if (!channel) return;
    replies_.defer(call.call);
    deps_.channels.history(call.user.get(), *channel,
                           {.limit = count_of(call, 1),
                            .before = integer_of(call, 2),
                            .after = integer_of(call, 3),
                            .changes = call.args[4].present && call.args[4].boolean},
                           [this, id = call.call](Result<session::ChannelHistory> result) {
                             if (!result) return replies_.fail(id, result.status());
                             return replies_.reply(id, "history", result->data_json());
                           });
  }

  void presence(const Invocation& call) {
    const auto* session = session_of(call);
    const auto channel = channel_of(call);
    if (!session || !channel) return;
    const auto page =
        deps_.channels.presence(*session, *channel, text_of(call, 1), count_of(call, 2));
    if (!page) return static_cast<void>(replies_.fail(call.call, page.status()));
    if (auto peer = peer_in(*channel, call.user->id); !peer.empty())
      return presence_of_two(call.call, *page, std::move(peer));
    replies_.reply(call.call, "presence", page->data_json());
  }

  // The other one of a direct channel; "" where there is none.
  static std::string peer_in(std::string_view channel, std::string_view self) {
    const auto name = session::parse_channel_name(channel);
    if (!name || name->kind != session::ChannelKind::kDirect) return {};
    return std::string(name->first == self ? name->second : name->first);
  }

  // Who is away is named too: whoever writes first has no message of theirs to take the name from.
  void presence_of_two(CallId id, session::PresencePage page, std::string peer) {
    replies_.defer(id);
    deps_.accounts.by_id(std::move(peer),
                         [this, id, page = std::move(page)](Result<users::User> user) mutable {
                           if (user) page.peer = session::Present{user->id, user->name, user->kind};
                           replies_.reply(id, "presence", page.data_json());
                         });
  }

  void channels(const Invocation& call) {
    replies_.defer(call.call);
    deps_.channels.list(text_of(call, 0), count_of(call, 1),
                        [this, id = call.call](Result<session::ChannelListing> page) {
                          if (!page) return static_cast<void>(replies_.fail(id, page.status()));
                          replies_.reply(id, "channels", page->data_json());
                        });
  }

  CoreDeps deps_;
  Replies& replies_;
  CoreAuth auth_;
  CoreResume resume_;
  CoreMessages messages_;
  CoreAccount account_;
};

users::TokenClaims claims_of(const users::User& user, const Credential& credential) {
  users::TokenClaims claims;
  claims.subject = user.id;
  claims.id = credential.token_id;
  claims.issuer = credential.issuer;
  claims.expires_at = credential.expires_at;
  return claims;
}

}  // namespace

Status publish_core_commands(CoreDeps deps) {
  deps.dispatcher.identity().on_left([&accounts = deps.accounts](const users::User& user) {
    if (user.kind == "guest") accounts.release_guest(user.id);
  });
  deps.dispatcher.identity().on_guest_ended(
      [&accounts = deps.accounts](const users::User& user) { accounts.end_guest(user.id); });
  deps.dispatcher.identity().on_signed_out(
      [&tokens = deps.tokens](const users::User& user, const Credential& credential) {
        if (!credential.family.empty()) return tokens.revoke_family(user.id, credential.family, {});
        if (!credential.token_id.empty()) tokens.revoke(claims_of(user, credential), {});
      });
  return deps.commands
      .publish(std::string(kCorePlugin), core_registrations(), std::make_shared<CoreCommands>(deps))
      .status();
}

}  // namespace parley::command
