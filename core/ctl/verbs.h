// SPDX-License-Identifier: Apache-2.0
// What each verb does. A verb prints its result and returns the process's exit code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ctl/admin_client.h"
#include "ctl/log_view.h"
#include "ctl/terminal.h"

namespace parley::ctl {

constexpr int kDone = 0, kRefused = 1, kUsage = 2;

enum class Format { kTable, kJson };

struct Context {
  Terminal& terminal;
  std::string state_dir;
  bool state_given = false;  // by flag or environment, not the default
  Format format = Format::kTable;
  Millis timeout{60'000};
  bool yes = false;         // whoever typed the command has confirmed it
  std::string verb = {};    // as it was typed: "plugin load"
  ServerAddress address{};  // with `url` when the server is reached over the operator port

  AdminClient client() const { return {address, timeout}; }
  bool remote() const { return !address.url.empty(); }
};

using KeyValues = std::vector<std::pair<std::string, std::string>>;

// server_verbs.cpp
int status(Context& context);
int sessions(Context& context);
int kick(Context& context, const std::string& session, const std::string& reason);
struct AuditFilter {
  int limit = 50;
  std::int64_t since = 0;  // milliseconds since 1970
  std::string user, action;
};
int audit(Context& context, const AuditFilter& filter);
int log_level(Context& context, const std::string& component, const std::string& level);
int backup(Context& context, const std::string& file);
int log_levels(Context& context);
int reload_config(Context& context);
int live_config(Context& context);

// channel_verbs.cpp
int channels(Context& context);
int channel_bans(Context& context, const std::string& channel);  // "": of all channels
int channel_unban(Context& context, const std::string& channel, const std::string& user);
int say(Context& context, const std::string& channel, const std::string& text);
int channel_info(Context& context, const std::string& channel);
int channel_messages(Context& context, const std::string& channel, int limit, int before);
int channel_topic(Context& context, const std::string& channel, const std::string& topic);
int channel_delete_message(Context& context, const std::string& channel, int offset);

// try_verbs.cpp
int commands(Context& context);
struct TryCommand {
  std::string line;
  std::string user;     // a name or an id; empty: a passing guest
  std::string channel;  // where it is typed; empty: nowhere
};
int try_command(Context& context, const TryCommand& wanted);

// user_verbs.cpp: a name or an id
int user_list(Context& context);
int user_info(Context& context, const std::string& name);
// With a password that the server makes, shown this once, or the one on standard input.
int user_create(Context& context, const std::string& name, const std::vector<std::string>& roles,
                bool password_stdin);
// `how` is "roles" (exactly these), "add" or "remove".
int user_roles(Context& context, const std::string& name, const std::string& how,
               const std::vector<std::string>& roles);
int user_disabled(Context& context, const std::string& name, bool disabled);
int user_password(Context& context, const std::string& name, const std::string& password_file);
int redeem(Context& context, const std::string& code, const std::string& name,
           const std::string& password_file);

// plugin_verbs.cpp
int plugin_list(Context& context);
int plugin_info(Context& context, const std::string& id);
// `operation` is load, unload, reload, rollback, promote, quarantine or release; `from` names another file than
// <plugins.folder>/<id>.so.
int plugin_operate(Context& context, const std::string& operation, const std::string& id,
                   const std::string& from);
// One after the other, all of them although one is refused; `all`: every plugin that serves.
int plugin_reload(Context& context, std::vector<std::string> ids, bool all,
                  const std::string& from);
// `share`: "10" or "10%", or "user" and names or ids.
int plugin_canary(Context& context, const std::string& id, const std::vector<std::string>& share,
                  const std::string& from);
int plugin_config(Context& context, const std::string& id, const KeyValues& changes);

// token_verbs.cpp
// `life` is a duration such as 12h; empty: the server's default.
int token_make(Context& context, const std::string& name, const std::string& life);
// The token is read from a file, or from standard input for "-", where no other process sees it.
int token_check(Context& context, const std::string& file);
int token_revoke(Context& context, const std::string& id, const std::string& issuer,
                 const std::string& name);
int token_rotate(Context& context);

// invitation_verbs.cpp
int invitation_make(Context& context, const std::string& note, const std::string& life);
int invitation_list(Context& context);
int invitation_revoke(Context& context, const std::string& id);

// admin_key_verbs.cpp
// `life` empty: the server's default.
int admin_key_make(Context& context, const std::string& name,
                   const std::vector<std::string>& scopes, const std::string& life);
int admin_key_list(Context& context);
int admin_key_revoke(Context& context, const std::string& id);

// author_verbs.cpp
// Writes a plugin to begin with; `folder` empty: ./<id>.
int plugin_new(Context& context, const std::string& id, const std::string& folder);
// Runs parley-plugin-NAME, which lies beside this program, with these words; its exit code.
int kit_program(Context& context, const std::string& name, std::vector<std::string> words);
// Builds and reloads at every save, until interrupted; `once`: now, and no more.
int dev(Context& context, const std::string& folder, bool once);

// local_verbs.cpp: these ask no server, but show_logs with --url
int show_logs(Context& context, const std::string& file, const LogFilter& filter, std::size_t last,
              bool follow);
int check_config(Context& context, const std::string& file);
int print_config(Context& context, const std::string& file);
int restore(Context& context, const std::string& file, const std::string& program);

// confirm.cpp
// Asks before something is lost, unless --yes was given or nobody sits at a terminal. Nothing: go
// on; else the exit code.
std::optional<int> ask_first(Context& context, const std::string& question);

// answers.cpp
// Prints a refusal, or a failure to ask, to standard error; the exit code is kRefused.
int refuse(Context& context, const Status& status);
int refuse(Context& context, const Reply& reply);
// Asks, and on success hands the body to `show` (table) or prints it (json).
using Show = void (*)(Context&, const nlohmann::json&);
int answer(Context& context, const Result<Reply>& reply, Show show);
void print_json(Context& context, const nlohmann::json& value);
void print_list(Context& context, const nlohmann::json& body, const char* list,
                const std::vector<std::string>& columns);
void print_object(Context& context, const nlohmann::json& body);
// "done" or the server's own `message`.
void print_done(Context& context, const nlohmann::json& body);

}  // namespace parley::ctl
