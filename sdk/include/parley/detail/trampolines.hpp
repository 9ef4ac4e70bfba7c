// SPDX-License-Identifier: Apache-2.0
// Where the server's calls arrive: C functions that find the Plugin, call it, and let no exception
// out.
//
// They are members of one struct, so that Plugin and the services need one friend.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "../plugin.hpp"

namespace parley::detail {

struct Trampolines {
  static Plugin& self(void* data) { return *static_cast<Plugin*>(data); }

  static const parley_plugin* abi_of(Plugin& plugin) { return &plugin.abi_; }

  // ---- the exception barrier

  static std::string text_of_current_exception() {
    try {
      throw;
    } catch (const std::exception& error) {
      return error.what();
    } catch (...) {
      return "an exception that is no std::exception";
    }
  }
  static void log_current_exception(const Plugin& plugin, std::string_view where) noexcept {
    try {
      plugin.host_.log(LogLevel::kError, std::string(where) + ": " + text_of_current_exception());
    } catch (...) {
      // Out of memory while saying so: the status already tells the host.
    }
  }
  template <typename Function>
  static parley_status guarded(Plugin& plugin, std::string_view where, Function function) noexcept {
    try {
      function();
      return PARLEY_OK;
    } catch (...) {
      log_current_exception(plugin, where);
      return PARLEY_E_INTERNAL;
    }
  }

  // ---- life

  static parley_status start(void* data, const parley_sink* why) noexcept {
    Plugin& plugin = self(data);
    try {
      register_commands(plugin);
      register_listeners(plugin);
      subscribe_events(plugin);
      plugin.on_start();
      return PARLEY_OK;
    } catch (...) {
      refuse(why);
      return PARLEY_E_INTERNAL;
    }
  }
  // Hands the current exception's text to the host.
  static void refuse(const parley_sink* why) noexcept {
    try {
      write_to(why, text_of_current_exception());
    } catch (...) {
      write_to(why, "out of memory");
    }
  }
  static void stop(void* data) noexcept {
    guarded(self(data), "on_stop", [&] { self(data).on_stop(); });
  }
  static void destroy(void* data) noexcept { delete static_cast<Plugin*>(data); }

  static void register_commands(Plugin& plugin) {
    parley_token handler = 0;
    for (const CommandSpec& spec : plugin.commands_declared_) {
      const auto outcome =
          plugin.commands_.table_ == nullptr || plugin.request_table_ == nullptr
              ? Outcome::kDenied
              : register_command(plugin.host_, *plugin.commands_.table_, spec, ++handler);
      if (!is_ok(outcome)) throw Error("command '" + spec.name + "'", outcome);
    }
  }
  static void register_listeners(Plugin& plugin) {
    parley_token handler = 0;
    for (const auto& [declared, handle] : plugin.listeners_) {
      auto filter = sized<parley_message_filter>();
      filter.stage = static_cast<std::uint32_t>(declared.stage);
      filter.kinds = flag_if(declared.channels, PARLEY_MESSAGE_CHANNEL) |
                     flag_if(declared.direct, PARLEY_MESSAGE_DIRECT) |
                     flag_if(declared.bots, PARLEY_MESSAGE_FROM_BOTS);
      filter.priority = declared.priority;
      filter.handler = ++handler;
      filter.channel = to_abi(declared.channel);
      filter.prefix = to_abi(declared.prefix);
      const auto outcome =
          plugin.message_table_ == nullptr
              ? Outcome::kDenied
              : static_cast<Outcome>(plugin.message_table_->listen(plugin.host_.abi(), &filter));
      if (!is_ok(outcome)) throw Error("message handler for '" + declared.channel + "'", outcome);
    }
  }
  static void subscribe_events(Plugin& plugin) {
    std::uint64_t kinds = 0;
    for (const auto& declared : plugin.event_handlers_)
      kinds |= 1ull << static_cast<std::uint32_t>(declared.kind);
    if (kinds == 0) return;
    const auto outcome =
        plugin.event_table_ == nullptr
            ? Outcome::kUnsupported
            : static_cast<Outcome>(plugin.event_table_->subscribe(plugin.host_.abi(), kinds));
    if (!is_ok(outcome)) throw Error("events", outcome);
  }

  // ---- commands

  static parley_status call(void* data, parley_token handler, const parley_request* abi) noexcept {
    Plugin& plugin = self(data);
    if (handler == 0 || handler > plugin.commands_declared_.size()) return PARLEY_E_INVALID;
    const CommandSpec& spec = plugin.commands_declared_[handler - 1];
    return guarded(plugin, spec.name, [&] {
      Request request(plugin.host_, plugin.request_table_, abi, spec.argument_names);
      spec.handler(request);
    });
  }
  static void on_cancel(void* data, parley_id request, std::uint32_t reason) noexcept {
    guarded(self(data), "on_cancel",
            [&] { self(data).on_cancel(request, static_cast<CancelReason>(reason)); });
  }
  static void on_ran(void* data, parley_token token, parley_status status,
                     parley_string code) noexcept {
    guarded(self(data), "after a command run as the speaker", [&] {
      self(data).commands_.codes_.finish(token, static_cast<Outcome>(status), to_view(code));
    });
  }

  // ---- messages and events

  static parley_status on_message(void* data, parley_token handler,
                                  const parley_message* abi) noexcept {
    Plugin& plugin = self(data);
    if (handler == 0 || handler > plugin.listeners_.size()) return PARLEY_E_INVALID;
    return guarded(plugin, "on_message", [&] {
      const Verdict verdict = plugin.listeners_[handler - 1].handler(Message(abi));
      if (verdict.kind() == PARLEY_VERDICT_PASS) return;
      plugin.message_table_->decide(plugin.host_.abi(), abi->id, verdict.kind(),
                                    to_abi(verdict.code()), to_abi(verdict.text()));
    });
  }
  static void on_event(void* data, const parley_event* abi) noexcept {
    Plugin& plugin = self(data);
    for (const auto& declared : plugin.event_handlers_) {
      if (static_cast<std::uint32_t>(declared.kind) != abi->kind) continue;
      guarded(plugin, "on_event", [&] { declared.handler(Event(abi)); });
    }
  }

  // ---- completions

  static void on_value(void* data, parley_token token, parley_status status,
                       parley_string value) noexcept {
    guarded(self(data), "after a storage get", [&] {
      self(data).storage_.values_.finish(token, static_cast<Outcome>(status), to_view(value));
    });
  }
  static void on_page(void* data, parley_token token, parley_status status,
                      const parley_storage_page* page) noexcept {
    guarded(self(data), "after a storage scan", [&] {
      self(data).storage_.pages_.finish(token, static_cast<Outcome>(status),
                                        Storage::to_page(page));
    });
  }
  static void on_written(void* data, parley_token token, parley_status status) noexcept {
    guarded(self(data), "after a storage write",
            [&] { self(data).storage_.written_.finish(token, static_cast<Outcome>(status)); });
  }
  static void on_timer(void* data, parley_id id, parley_string name,
                       parley_string payload) noexcept {
    guarded(self(data), std::string_view(to_view(name)),
            [&] { self(data).timers_.fire(id, to_view(name), to_view(payload)); });
  }
  static void on_offset(void* data, parley_token token, parley_status status,
                        std::int64_t offset) noexcept {
    guarded(self(data), "after a publication", [&] {
      self(data).channels_.offsets_.finish(token, static_cast<Outcome>(status), offset);
    });
  }
  static void on_done(void* data, parley_token token, parley_status status) noexcept {
    guarded(self(data), "after a channel operation",
            [&] { self(data).channels_.done_.finish(token, static_cast<Outcome>(status)); });
  }
  static void on_channel(void* data, parley_token token, parley_status status,
                         const parley_channel* info) noexcept {
    guarded(self(data), "after channel info", [&] {
      self(data).channels_.infos_.finish(token, static_cast<Outcome>(status),
                                         Channels::to_info(info));
    });
  }
  static void on_members(void* data, parley_token token, parley_status status,
                         const parley_user* const* users, std::uint64_t count,
                         std::uint32_t more) noexcept {
    guarded(self(data), "after channel members", [&] {
      const Members members = Channels::to_members(users, count, more);
      self(data).channels_.members_.finish(token, static_cast<Outcome>(status), members);
    });
  }
  static void on_bans(void* data, parley_token token, parley_status status,
                      const parley_ban* const* bans, std::uint64_t count,
                      std::uint32_t more) noexcept {
    guarded(self(data), "after a list of bans", [&] {
      const Bans list = Channels::to_bans(bans, count, more);
      self(data).channels_.bans_.finish(token, static_cast<Outcome>(status), list);
    });
  }
  static void on_account(void* data, parley_token token, parley_status status,
                         const parley_account* abi) noexcept {
    guarded(self(data), "after an account lookup", [&] {
      self(data).accounts_.accounts_.finish(token, static_cast<Outcome>(status),
                                            Accounts::to_account(abi));
    });
  }
  static void on_file(void* data, parley_token token, parley_status status,
                      parley_string content) noexcept {
    guarded(self(data), "after reading a file", [&] {
      self(data).files_.contents_.finish(token, static_cast<Outcome>(status), to_view(content));
    });
  }
  static void on_changed(void* data, parley_id id, parley_string path) noexcept {
    guarded(self(data), "after a file changed",
            [&] { self(data).files_.changed(id, to_view(path)); });
  }
  static parley_status run(void* data, parley_token token) noexcept {
    return guarded(self(data), "background work", [&] { self(data).background_.work(token); });
  }
  static void done(void* data, parley_token token, parley_status status) noexcept {
    guarded(self(data), "after background work",
            [&] { self(data).background_.finish(token, static_cast<Outcome>(status)); });
  }

  // ---- state

  static void keep_state(Plugin& plugin, std::uint32_t schema) {
    plugin.state_abi_ = {sizeof(parley_plugin_state), schema, save, load};
  }
  static const void* state_half(const Plugin& plugin) {
    return plugin.state_abi_.schema > 0 ? &plugin.state_abi_ : nullptr;
  }
  static const parley_host_state* state_table(const Plugin& plugin) {
    const auto* table = plugin.host_.extension<parley_host_state>(PARLEY_EXT_STATE);
    if (table == nullptr) throw Error("state", Outcome::kUnsupported);
    return table;
  }
  static parley_status save(void* data, const parley_sink* why) noexcept {
    Plugin& plugin = self(data);
    try {
      StateWriter out(plugin.host_, state_table(plugin));
      plugin.save(out);
      return PARLEY_OK;
    } catch (...) {
      refuse(why);
      return PARLEY_E_INTERNAL;
    }
  }
  static parley_status load(void* data, std::uint32_t schema, parley_string state,
                            const parley_sink* why) noexcept {
    Plugin& plugin = self(data);
    try {
      plugin.load(StateReader(plugin.host_, state_table(plugin), plugin.request_table_, schema,
                              to_view(state)));
      return PARLEY_OK;
    } catch (const Error& error) {
      refuse(why);
      return static_cast<parley_status>(error.outcome());
    } catch (...) {
      refuse(why);
      return PARLEY_E_INTERNAL;
    }
  }

  // ---- configuration

  static parley_status on_config(void* data, parley_string json, const parley_sink* why) noexcept {
    Plugin& plugin = self(data);
    try {
      std::string next(to_view(json));
      if (const auto refusal = plugin.on_config(JsonView(next))) {
        write_to(why, *refusal);
        return PARLEY_E_INVALID;
      }
      plugin.config_ = std::move(next);
      return PARLEY_OK;
    } catch (...) {
      refuse(why);
      return PARLEY_E_INTERNAL;
    }
  }

  static const void* get_extension(void* data, parley_string id) noexcept;
};

}  // namespace parley::detail
