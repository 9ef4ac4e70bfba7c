// SPDX-License-Identifier: Apache-2.0
// The C++20 wrapper of the plugin ABI, header-only. A whole plugin:
//
//   #include <parley/plugin.hpp>
//
//   class Hello : public parley::Plugin {
//    public:
//     explicit Hello(parley::Host host) : Plugin(host) {
//       command("hello", "Say hello", &Hello::hello);
//     }
//
//    private:
//     void hello(parley::Request& request) {
//       request.reply("hello", {{"name", request.user().name()}});
//     }
//   };
//   PARLEY_PLUGIN(Hello, "hello", "1.0.0", "Says hello")
//
// Ownership: the server owns the plugin between create and destroy; the plugin owns its members,
// and they are its registrations. Thread: everything runs on the plugin's symbolic thread, one call
// at a time, except what says "background" or "any"; so a plugin needs no locks. Failure: an
// exception that leaves a handler is logged, and the user gets `plugin_error`; one that leaves the
// constructor or on_start refuses the load with its text as the reason.
// Since 1.0.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "accounts.hpp"
#include "background.hpp"
#include "channels.hpp"
#include "command.hpp"
#include "commands.hpp"
#include "detail/register_command.hpp"
#include "events.hpp"
#include "ext/config.h"
#include "files.hpp"
#include "host.hpp"
#include "json.hpp"
#include "json_view.hpp"
#include "messages.hpp"
#include "metrics.hpp"
#include "phrase.hpp"
#include "push.hpp"
#include "request.hpp"
#include "state.hpp"
#include "storage.hpp"
#include "text.hpp"
#include "timer.hpp"
#include "variables.hpp"

namespace parley {

enum class CancelReason : std::uint32_t {
  kTimeout = PARLEY_CANCEL_TIMEOUT,
  kSessionClosed = PARLEY_CANCEL_SESSION_CLOSED,
  kDraining = PARLEY_CANCEL_DRAINING,
};

class Plugin {
 public:
  // What a plugin asks for; declare your own in your class to replace them.
  static constexpr std::string_view kPermissions[] = {"commands"};
  static constexpr std::string_view kConfigSchema = "";  // JSON Schema subset: ext/config.h
  static constexpr bool kStateful = false;               // holds state that a reload must hand over
  static constexpr std::uint32_t kStateSchema = 0;       // from 1: save and load do so (state.hpp)
  // Plugins that must serve before this one: {"game >=1.2 <2"}.
  static constexpr std::array<std::string_view, 0> kRequires{};

  explicit Plugin(Host host);
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;

 protected:
  // Registered already in part; blocking calls are allowed. Throwing refuses the load.
  virtual void on_start() {}
  // The last call: join own threads.
  virtual void on_stop() {}
  // New settings; blocking calls are allowed. A sentence refuses them, and the old ones stay.
  virtual std::optional<std::string> on_config(JsonView) { return std::nullopt; }
  // For plugins with a kStateSchema. save: nothing may change, because this version may serve on.
  // load: after the constructor, before on_start, and only when another version was there. Throwing
  // calls the reload off.
  virtual void save(StateWriter&) {}
  virtual void load(const StateReader&) {}
  // The host answered a deferred request itself.
  virtual void on_cancel(parley_id, CancelReason) {}

  // Declarations, in the constructor. Handlers are members of the plugin or any function object.
  template <typename T>
  CommandBuilder command(std::string_view name, const Phrase& help, void (T::*handler)(Request&)) {
    return command(name, help,
                   [self = static_cast<T*>(this), handler](Request& r) { (self->*handler)(r); });
  }
  CommandBuilder command(std::string_view name, const Phrase& help,
                         Callback<void(Request&)> handler) {
    detail::CommandSpec& spec = commands_declared_.emplace_back();
    spec.name = name;
    spec.help = help;
    spec.handler = std::move(handler);
    return CommandBuilder(spec);
  }

  // handler: Verdict(const Message&), or void(const Message&), which passes every message.
  template <typename T, typename Result>
  void on_message(MessageFilter filter, Result (T::*handler)(const Message&)) {
    on_message(std::move(filter), [self = static_cast<T*>(this), handler](const Message& m) {
      return (self->*handler)(m);
    });
  }
  template <std::invocable<const Message&> Handler>
  void on_message(MessageFilter filter, Handler handler) {
    if constexpr (std::is_void_v<std::invoke_result_t<Handler&, const Message&>>) {
      listeners_.push_back(
          {std::move(filter), [handler = std::move(handler)](const Message& m) mutable {
             handler(m);
             return Verdict::pass();
           }});
    } else {
      listeners_.push_back({std::move(filter), std::move(handler)});
    }
  }

  template <typename T>
  void on_event(EventKind kind, void (T::*handler)(const Event&)) {
    on_event(kind,
             [self = static_cast<T*>(this), handler](const Event& e) { (self->*handler)(e); });
  }
  void on_event(EventKind kind, Callback<void(const Event&)> handler) {
    event_handlers_.push_back({kind, std::move(handler)});
  }

  // Services; `.granted()` says whether the server gave one.
  Storage& storage() { return storage_; }
  Timers& timers() { return timers_; }
  Pushes& push() { return pushes_; }
  Channels& channels() { return channels_; }
  Accounts& accounts() { return accounts_; }
  Commands& commands() { return commands_; }
  Files& files() { return files_; }
  Background& background() { return background_; }
  Metrics& metrics() { return metrics_; }
  Variables& variables() { return variables_; }

  // The settings in force, checked against kConfigSchema, defaults filled in. Valid until the next
  // on_config returns.
  JsonView config() const { return JsonView(config_); }

  // One line in the server's log, under the plugin's name. Never a secret.
  void log_debug(std::string_view text) const { host_.log(LogLevel::kDebug, text); }
  void log_info(std::string_view text) const { host_.log(LogLevel::kInfo, text); }
  void log_warning(std::string_view text) const { host_.log(LogLevel::kWarning, text); }
  void log_error(std::string_view text) const { host_.log(LogLevel::kError, text); }

  const Host& host() const { return host_; }

 private:
  friend struct detail::Trampolines;

  struct Listener {
    MessageFilter filter;
    Callback<Verdict(const Message&)> handler;
  };
  struct EventHandler {
    EventKind kind;
    Callback<void(const Event&)> handler;
  };

  Host host_;
  parley_plugin_state state_abi_{};  // schema 0: none; filled by the entry, which knows the class
  const parley_host_request* request_table_;
  const parley_host_messages* message_table_;
  const parley_host_events* event_table_;
  std::string config_;
  parley_plugin abi_;
  std::deque<detail::CommandSpec> commands_declared_;
  std::vector<Listener> listeners_;
  std::vector<EventHandler> event_handlers_;
  Storage storage_;
  Timers timers_;
  Pushes pushes_;
  Channels channels_;
  Accounts accounts_;
  Commands commands_;
  Files files_;
  Background background_;
  Metrics metrics_;
  Variables variables_;
};

}  // namespace parley

#include "detail/entry.hpp"

// Exports the plugin: class, id, version, one English line. Permissions, settings and statefulness
// are members of the class: kPermissions, kConfigSchema, kStateful, kRequires.
#define PARLEY_PLUGIN(Class, Id, Version, Description)                                  \
  extern "C" PARLEY_EXPORT constinit const parley_plugin_entry parley_plugin_entry_v1 = \
      ::parley::detail::make_entry<Class>(Id, Version, Description);
