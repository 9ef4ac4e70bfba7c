// SPDX-License-Identifier: Apache-2.0
// Names of channels, and who may read and write them. Default deny.
//
//   [a-z0-9][a-z0-9_-]{0,31}    public: everyone
//   dm:<lower id>:<higher id>   those two
//   @<user id>                  that user reads; only the server and plugins write
//   <plugin>:<rest>             as that plugin's rule says; without a rule nobody
//
// Ids match [a-z]_[A-Za-z0-9]+. Ownership: rules are owned here. Thread: any; a rule may be asked
// from several threads at once. Failure: invalid_args for what is no name; not_found, with one
// sentence for "no such channel" and "not for you", where the right is missing; what the rule of
// direct channels says, to one of its two.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/thread_annotations.h"
#include "users/accounts.h"

namespace parley::session {

enum class ChannelKind { kPublic, kDirect, kUser, kPlugin };

// Views into the name that was parsed.
struct ChannelName {
  ChannelKind kind = ChannelKind::kPublic;
  std::string_view first;   // kDirect: lower id; kUser: the user; kPlugin: the plugin
  std::string_view second;  // kDirect: higher id; kPlugin: what follows the colon
};

Result<ChannelName> parse_channel_name(std::string_view name);
bool is_user_id(std::string_view text);
// "dm:<lower>:<higher>"; invalid_args for what are no two different user ids.
Result<std::string> direct_channel(std::string_view a, std::string_view b);
inline std::string user_channel(std::string_view user_id) {
  return "@" + std::string(user_id);
}

// The one sentence for a channel that is not there and one that is not for this user.
Status no_such_channel(std::string_view name);

enum class ChannelAccess { kRead, kWrite };

class ChannelRights {
 public:
  using Rule = std::function<bool(const users::User&, std::string_view channel, ChannelAccess)>;

  ChannelRights();
  ~ChannelRights();

  void set_rule(std::string_view plugin, Rule rule);
  void remove_rule(std::string_view plugin);

  // Before the first session: who may write to whom in a direct channel.
  using DirectRule = std::function<Status(const users::User& from, std::string_view to)>;
  void set_direct_rule(DirectRule rule) { direct_rule_ = std::move(rule); }

  Status check(const users::User& user, std::string_view channel, ChannelAccess access) const;

 private:
  struct Rules;
  std::shared_ptr<const Rule> rule_of(std::string_view plugin) const;

  DirectRule direct_rule_;
  mutable Mutex mutex_;
  std::unique_ptr<Rules> rules_ PARLEY_GUARDED_BY(mutex_);
};

}  // namespace parley::session
