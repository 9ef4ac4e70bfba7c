// SPDX-License-Identifier: Apache-2.0
// parleyctl acl: who may call which command, other names for commands, and how long to wait.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ctl/verbs.h"

namespace parley::ctl {

struct AclRule {
  std::string subject;
  std::string command = "*", channel = "*", note = {};
  int at = 0;  // its place, from 1; 0: the last
};

// Milliseconds.
struct AclCooldown {
  std::optional<std::int64_t> user, channel, all;
};

int acl_list(Context& context);
int acl_add(Context& context, bool allow, const AclRule& rule);
int acl_remove(Context& context, int place);
int acl_move(Context& context, int place, int to);
int acl_explain(Context& context, const std::string& user, const std::string& command,
                const std::string& channel);
// No command: the alias is removed.
int acl_alias(Context& context, const std::string& name, const std::string& command);
// No waits: the command's own count again.
int acl_cooldown(Context& context, const std::string& command, const AclCooldown& waits);

}  // namespace parley::ctl
