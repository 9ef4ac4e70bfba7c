// SPDX-License-Identifier: Apache-2.0
// The way of a command and of a message into the plugin: checked, handed over, looked at
// afterwards.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "fake_server.hpp"

namespace parley::testing {

struct Dispatch {
  FakeServer& server;

  // ---- commands

  const DeclaredCommand* find(std::string_view action) const {
    for (const DeclaredCommand& command : server.commands) {
      if (command.name == action) return &command;
      for (const std::string& alias : command.aliases) {
        if (alias == action) return &command;
      }
    }
    return nullptr;
  }

  void dispatch(Exchange& exchange, JsonView given) {
    const DeclaredCommand* command = find(exchange.action);
    if (command == nullptr) return fail(exchange, "unknown_action", "there is no such command");
    if (!permitted(*command, exchange)) return;
    const Arguments arguments(*command, given);
    if (!arguments.errors().absent()) {
      const Json fields{{"fields", arguments.errors()}};
      server.answer_error(exchange.id, "invalid_args", "arguments: " + arguments.errors().text(),
                          fields.text());
      return;
    }
    invoke(*command, exchange, arguments);
  }
  bool permitted(const DeclaredCommand& command, const Exchange& exchange) {
    const Caller& caller = exchange.caller;
    const bool anonymous = (command.flags & PARLEY_COMMAND_ANONYMOUS) != 0;
    if (caller.kind == UserKind::kNone && !anonymous) {
      return fail(exchange, "unauthorized", "log in first"), false;
    }
    bool has_role = command.roles.empty();
    for (const std::string& role : command.roles) {
      for (const std::string& own : caller.roles) has_role = has_role || own == role;
    }
    if (!has_role) return fail(exchange, "forbidden", "your roles do not allow that"), false;
    std::int64_t& free_again = server.cooldowns[caller.id + " " + command.name];
    if (command.cooldown > 0 && server.now < free_again) {
      server.answer_error(exchange.id, "rate_limited", "wait a moment", {},
                          free_again - server.now);
      return false;
    }
    free_again = server.now + command.cooldown;
    return true;
  }
  void invoke(const DeclaredCommand& command, Exchange& exchange, const Arguments& arguments) {
    const Caller& caller = exchange.caller;
    const AbiUser user(caller);
    auto request = detail::sized<parley_request>();
    request.id = exchange.id;
    request.arguments = arguments.values().data();
    request.argument_count = arguments.values().size();
    request.raw = detail::to_abi(arguments.raw());
    request.user = user.get();
    request.session = detail::to_abi(caller.session);
    request.channel = detail::to_abi(caller.channel);
    request.locale = detail::to_abi(caller.locale);
    request.peer = detail::to_abi(caller.peer);
    request.origin = detail::to_abi(caller.origin);
    request.action = detail::to_abi(exchange.action);
    request.deadline = exchange.deadline;
    const parley_status status = server.in(
        kOnPlugin, [&] { return server.plugin->call(server.data(), command.handler, &request); });
    const bool over = exchange.terminal.has_value() || (status == PARLEY_OK && exchange.deferred);
    if (!over) fail(exchange, "plugin_error", "the plugin failed");
  }
  void fail(const Exchange& exchange, std::string_view code, std::string_view message) {
    server.answer_error(exchange.id, code, message);
  }

  // ---- messages

  void deliver(std::uint32_t stage, Said& said, const Caller& caller, const std::string& channel) {
    const bool direct = channel.rfind("dm:", 0) == 0;
    auto listeners = server.listeners;  // by priority; equal ones as declared
    std::stable_sort(
        listeners.begin(), listeners.end(),
        [](const FakeListener& a, const FakeListener& b) { return a.priority > b.priority; });
    for (const FakeListener& listener : listeners) {
      if (listener.stage == stage && !said.denied &&
          wants(listener, said.text, caller, channel, direct)) {
        show(listener, stage, said, caller, channel, direct);
      }
    }
  }
  static bool wants(const FakeListener& listener, const std::string& text, const Caller& caller,
                    const std::string& channel, bool direct) {
    const bool bot = caller.kind == UserKind::kBot || caller.kind == UserKind::kBackend;
    if (bot && (listener.kinds & PARLEY_MESSAGE_FROM_BOTS) == 0) return false;
    if ((listener.kinds & (direct ? PARLEY_MESSAGE_DIRECT : PARLEY_MESSAGE_CHANNEL)) == 0)
      return false;
    const bool here = listener.channel.empty() || listener.channel == channel ||
                      (listener.channel == "*" && !direct);
    return here && text.rfind(listener.prefix, 0) == 0;
  }
  void show(const FakeListener& listener, std::uint32_t stage, Said& said, const Caller& caller,
            const std::string& channel, bool direct) {
    const AbiUser user(caller);
    const std::string text = said.text;  // decide may replace it meanwhile
    auto message = detail::sized<parley_message>();
    message.kind = direct ? PARLEY_MESSAGE_DIRECT : PARLEY_MESSAGE_CHANNEL;
    message.id = ++server.last_id;
    message.user = user.get();
    message.session = detail::to_abi(caller.session);
    message.channel = detail::to_abi(channel);
    message.text = detail::to_abi(text);
    message.locale = detail::to_abi(caller.locale);
    message.origin = detail::to_abi(caller.origin);
    message.stage = stage;
    message.offset = said.offset;
    message.ts = server.now;
    message.reply_to = said.reply_to;
    if (stage == PARLEY_STAGE_FILTER) {
      server.message_in_filter = message.id;
      server.verdict = &said;
    }
    const auto* half = server.half<parley_plugin_messages>(PARLEY_EXT_MESSAGES);
    server.in(kOnPlugin, [&] { half->on_message(server.data(), listener.handler, &message); });
    server.verdict = nullptr;
  }
};

}  // namespace parley::testing
