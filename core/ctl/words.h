// SPDX-License-Identifier: Apache-2.0
// The words of parleyctl, a file for each group: what may be typed, and which verb it calls.
//
// Every function adds its words to the command line it is given and keeps their values for itself:
// one command runs per process. Thread: one. Failure: none; what was typed wrong is said when it is
// read.
#pragma once

#include <functional>
#include <string>

#include "ctl/verbs.h"

namespace CLI {
class App;
}

namespace parley::ctl {

using Action = std::function<int(Context&)>;
// Adds a verb to a group; what it does runs when that verb was typed.
using AddVerb =
    std::function<CLI::App*(CLI::App& group, const char* name, const char* help, Action action)>;

// Adds a verb that is another program of the kit: everything behind it is that one's own.
using AddProgram = std::function<void(CLI::App& group, const char* name, const char* help)>;

CLI::App& add_group(CLI::App& parent, const char* name, const char* help);
// Says why, and which help shows how it is written; kUsage.
int wrong_usage(const Context& context, const std::string& why);
int wrong_since(Context& context, const std::string& since);

void add_server_words(CLI::App& app, const AddVerb& verb);   // status … restore, config
void add_channel_words(CLI::App& app, const AddVerb& verb);  // channels, channel, say
void add_try_words(CLI::App& app, const AddVerb& verb);      // commands, try
void add_log_words(CLI::App& app, const AddVerb& verb);      // audit, logs, log
// plugin, dev, key
void add_plugin_words(CLI::App& app, const AddVerb& verb, const AddProgram& program);
void add_people_words(CLI::App& app, const AddVerb& verb);     // user, admin, token, invitation
void add_admin_key_words(CLI::App& app, const AddVerb& verb);  // admin-key
void add_access_words(CLI::App& app, const AddVerb& verb);     // acl

}  // namespace parley::ctl
