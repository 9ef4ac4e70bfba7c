// SPDX-License-Identifier: Apache-2.0
// The host's halves of the extensions, over a FakeServer: commands, requests, messages, events,
// timers, pushes, config. The others have files of their own.
#pragma once

#include "fake_server.hpp"
#include "tables_bans.hpp"
#include "tables_channels.hpp"
#include "tables_state.hpp"
#include "tables_storage.hpp"
#include "tables_variables.hpp"
#include "tables_work.hpp"

namespace parley::testing {

struct Tables {
  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }

  // ---- commands

  static parley_status add_command(const parley_host* host, const parley_command* command) {
    FakeServer& server = of(host);
    if (!server.registering) return server.check(0);
    DeclaredCommand declared = copy_command(*command);
    if ((declared.flags & PARLEY_COMMAND_ANONYMOUS) != 0 && !server.allowed("anonymous"))
      return PARLEY_E_DENIED;
    static constexpr std::string_view kTaken[] = {"action", "data", "key", "as"};
    for (const DeclaredArgument& argument : declared.arguments) {
      for (const auto taken : kTaken) {
        if (argument.name == taken)
          return server.invalid("argument '" + argument.name + "' has a reserved name");
      }
    }
    for (const DeclaredCommand& other : server.commands) {
      if (other.name == declared.name) return PARLEY_E_CONFLICT;
    }
    server.commands.push_back(std::move(declared));
    return PARLEY_OK;
  }
  static parley_status run_command(const parley_host* host, parley_token token,
                                   const parley_command_run* run) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (!server.allowed("buttons")) return PARLEY_E_DENIED;
    if (run->request != 0 && !server.open(run->request)) return PARLEY_E_STALE;
    const Outcome wanted = std::exchange(server.next_write, Outcome::kOk);
    if (!is_ok(wanted)) return static_cast<parley_status>(wanted);
    server.ran.push_back({std::string(detail::to_view(run->session)),
                          std::string(detail::to_view(run->action)),
                          std::string(detail::to_view(run->arguments))});
    if (run->request != 0) server.answer(run->request, {"ok", "", ""});
    server.complete(token, [&server, token] {
      server.half<parley_plugin_commands>(PARLEY_EXT_COMMANDS)
          ->on_ran(server.data(), token, PARLEY_OK, {});
    });
    return PARLEY_OK;
  }

  // ---- requests

  static parley_status reply(const parley_host* host, const parley_reply* reply) {
    FakeServer& server = of(host);
    const auto type = detail::to_view(reply->type);
    const auto data = detail::to_view(reply->data);
    const auto fields = detail::to_view(reply->fields);
    if (!server.well_formed(data, fields))
      return server.invalid("reply: no valid JSON, or a reserved field");
    return server.answer(reply->request, {type.empty() ? "ok" : std::string(type),
                                          std::string(data), std::string(fields)});
  }
  static parley_status fail(const parley_host* host, const parley_failure* failure) {
    return of(host).answer_error(failure->request, detail::to_view(failure->code),
                                 detail::to_view(failure->message),
                                 detail::to_view(failure->details), failure->retry_after);
  }
  static parley_status progress(const parley_host* host, parley_id request, parley_string type,
                                parley_string data) {
    FakeServer& server = of(host);
    const std::lock_guard lock(server.mutex);
    const auto exchange = server.open(request);
    if (!exchange) return PARLEY_E_STALE;
    if (!server.well_formed(detail::to_view(data), {}))
      return server.invalid("progress: no valid JSON");
    exchange->progress.push_back({type.size == 0 ? "progress" : std::string(detail::to_view(type)),
                                  std::string(detail::to_view(data)), ""});
    return PARLEY_OK;
  }
  static parley_status defer(const parley_host* host, parley_id request) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    const auto exchange = server.open(request);
    if (!exchange) return PARLEY_E_STALE;
    exchange->deferred = true;
    return PARLEY_OK;
  }
  static parley_status abandon(const parley_host* host, parley_id request) {
    if (of(host).kept_from_abandon.count(request) > 0) return PARLEY_E_STALE;
    return of(host).answer_error(request, "plugin_error", "the plugin gave the request up");
  }

  // ---- messages and events

  static parley_status listen(const parley_host* host, const parley_message_filter* filter) {
    FakeServer& server = of(host);
    if (!server.registering) return server.check(0);
    const std::string channel(detail::to_view(filter->channel));
    if (!channel.empty() && !server.may_see(channel)) return PARLEY_E_DENIED;
    if ((filter->kinds & PARLEY_MESSAGE_DIRECT) != 0 && !server.allowed("dm"))
      return PARLEY_E_DENIED;
    server.listeners.push_back({filter->stage, filter->kinds, filter->priority, filter->handler,
                                channel, std::string(detail::to_view(filter->prefix))});
    return PARLEY_OK;
  }
  static parley_status decide(const parley_host* host, parley_id message, parley_verdict verdict,
                              parley_string code, parley_string text) {
    FakeServer& server = of(host);
    if (server.verdict == nullptr || message != server.message_in_filter) return PARLEY_E_STALE;
    if (verdict == PARLEY_VERDICT_REPLACE) server.verdict->text = detail::to_view(text);
    if (verdict != PARLEY_VERDICT_DENY) return PARLEY_OK;
    server.verdict->denied = true;
    server.verdict->code = code.size == 0 ? "denied" : std::string(detail::to_view(code));
    server.verdict->reason = detail::to_view(text);
    return PARLEY_OK;
  }
  static parley_status subscribe_events(const parley_host* host, std::uint64_t kinds) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin)) return status;
    server.events = kinds;
    return PARLEY_OK;
  }

  // ---- timers

  static parley_status set_timer(const parley_host* host, const parley_timer* timer,
                                 parley_id* id) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart | kOnPlugin)) return status;
    const std::string name(detail::to_view(timer->name));
    if (name.empty() || name.size() > 64 || timer->delay < 0 ||
        (timer->period != 0 && timer->period < 10)) {
      return server.invalid("timer '" + name + "': its name, delay or period breaks the contract");
    }
    if (timer->payload.size > 4096) return PARLEY_E_LIMIT;
    std::erase_if(server.timers, [&](const auto& entry) { return entry.second.name == name; });
    const parley_id given = ++server.last_id;
    server.timers[given] = {given, name, std::string(detail::to_view(timer->payload)),
                            server.now + timer->delay, timer->period};
    if (id != nullptr) *id = given;
    return PARLEY_OK;
  }
  static parley_status cancel_timer(const parley_host* host, parley_id id) {
    return of(host).timers.erase(id) > 0 ? PARLEY_OK : PARLEY_E_STALE;
  }

  // ---- pushes

  static parley_status push(const parley_host* host, const parley_push* push) {
    static constexpr std::string_view kScopes[] = {"", "session", "user", "channel", "role", "all"};
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin | kInBackground)) return status;
    if (push->scope < PARLEY_PUSH_SESSION || push->scope > PARLEY_PUSH_ALL)
      return server.invalid("push: no such scope");
    if (!server.allowed("push:" + std::string(kScopes[push->scope]))) return PARLEY_E_DENIED;
    const auto data = detail::to_view(push->data);
    const auto fields = detail::to_view(push->fields);
    if (push->type.size == 0 || !server.well_formed(data, fields)) {
      return server.invalid("push: no type, no valid JSON, or a reserved field");
    }
    server.pushes.push_back(
        {push->scope,
         copy_strings(push->targets, push->target_count),
         copy_strings(push->except, push->except_count),
         (push->flags & PARLEY_PUSH_VOLATILE) != 0,
         (push->flags & PARLEY_PUSH_STORE) != 0,
         std::string(detail::to_view(push->conflate)),
         push->ttl,
         {std::string(detail::to_view(push->type)), std::string(data), std::string(fields)}});
    return PARLEY_OK;
  }

  // ---- config

  static parley_status read_config(const parley_host* host, const parley_sink* json) {
    detail::write_to(json, of(host).config);
    return PARLEY_OK;
  }

  // ---- the host itself

  static void log(const parley_host* host, parley_log_level level, parley_string text) {
    FakeServer& server = of(host);
    const std::lock_guard lock(server.mutex);
    server.logs.push_back({level, std::string(detail::to_view(text))});
  }
  static std::int64_t now(const parley_host* host) { return of(host).now; }

  static bool granted(const FakeServer& server, std::string_view id) {
    const auto any = [&](std::string_view prefix) {
      for (const std::string& permission : server.permissions) {
        if (permission.rfind(prefix, 0) == 0) return true;
      }
      return false;
    };
    if (id == PARLEY_EXT_COMMANDS || id == PARLEY_EXT_REQUEST) return server.allowed("commands");
    if (id == PARLEY_EXT_MESSAGES) return any("filter:") || server.allowed("dm");
    if (id == PARLEY_EXT_PUSH) return any("push:");
    if (id == PARLEY_EXT_ACCOUNTS) return any("accounts.");
    if (id == PARLEY_EXT_METRICS) return server.allowed("metrics");
    return true;
  }
  static const void* get_extension(const parley_host* host, parley_string abi_id);
};

inline const void* Tables::get_extension(const parley_host* host, parley_string abi_id) {
  using T = Tables;
  using S = StorageTable;
  using C = ChannelTable;
  using W = WorkTable;
  static constexpr parley_host_commands commands{sizeof(parley_host_commands), 0, T::add_command,
                                                 T::run_command};
  static constexpr parley_host_request request{
      sizeof(parley_host_request), 0, T::reply, T::fail, T::progress, T::defer, T::abandon};
  static constexpr parley_host_messages messages{sizeof(parley_host_messages), 0, T::listen,
                                                 T::decide};
  static constexpr parley_host_events events{sizeof(parley_host_events), 0, T::subscribe_events};
  static constexpr parley_host_storage storage{
      sizeof(parley_host_storage), 0,          S::get,     S::scan, S::write,
      S::write_and_reply,          S::get_now, S::scan_now};
  static constexpr parley_host_timer timer{sizeof(parley_host_timer), 0, T::set_timer,
                                           T::cancel_timer};
  static constexpr parley_host_push push{sizeof(parley_host_push), 0, T::push};
  static constexpr parley_host_channels channels{sizeof(parley_host_channels),
                                                 0,
                                                 C::publish,
                                                 C::ensure,
                                                 C::set_topic,
                                                 C::info,
                                                 C::members,
                                                 C::is_member,
                                                 C::subscribe,
                                                 C::unsubscribe,
                                                 C::dm_name,
                                                 C::may_write,
                                                 C::change_topic,
                                                 BanTable::ban,
                                                 BanTable::unban,
                                                 BanTable::bans};
  static constexpr parley_host_accounts accounts{sizeof(parley_host_accounts),
                                                 0,
                                                 C::register_user,
                                                 C::login,
                                                 C::logout,
                                                 C::change_password,
                                                 C::lookup,
                                                 C::register_invited,
                                                 C::logout_everywhere};
  static constexpr parley_host_config config{sizeof(parley_host_config), 0, T::read_config};
  static constexpr parley_host_files files{sizeof(parley_host_files),
                                           0,
                                           W::read_file,
                                           W::read_file_now,
                                           W::list_files_now,
                                           W::locate_file_now,
                                           W::watch_file,
                                           W::unwatch_file};
  static constexpr parley_host_background background{sizeof(parley_host_background), 0,
                                                     W::submit_job, W::post_job, W::cancel_job};
  static constexpr parley_host_metrics metrics{sizeof(parley_host_metrics), 0, W::define_metric,
                                               W::update_metric};

  static constexpr parley_host_state state{sizeof(parley_host_state), 0, StateTable::write,
                                           StateTable::offer, StateTable::claim};

  using V = VariablesTable;
  static constexpr parley_host_variables variables{
      sizeof(parley_host_variables), 0, V::get, V::set, V::erase, V::list};

  struct Half {
    std::string_view id;
    const void* table;
  };
  static constexpr Half halves[] = {
      {PARLEY_EXT_STATE, &state},           {PARLEY_EXT_COMMANDS, &commands},
      {PARLEY_EXT_REQUEST, &request},       {PARLEY_EXT_MESSAGES, &messages},
      {PARLEY_EXT_EVENTS, &events},         {PARLEY_EXT_STORAGE, &storage},
      {PARLEY_EXT_TIMER, &timer},           {PARLEY_EXT_PUSH, &push},
      {PARLEY_EXT_CHANNELS, &channels},     {PARLEY_EXT_ACCOUNTS, &accounts},
      {PARLEY_EXT_CONFIG, &config},         {PARLEY_EXT_FILES, &files},
      {PARLEY_EXT_BACKGROUND, &background}, {PARLEY_EXT_METRICS, &metrics},
      {PARLEY_EXT_VARIABLES, &variables}};
  const auto id = detail::to_view(abi_id);
  for (const Half& half : halves) {
    if (half.id == id) return granted(of(host), id) ? half.table : nullptr;
  }
  return nullptr;
}

}  // namespace parley::testing
