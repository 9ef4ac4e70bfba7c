// SPDX-License-Identifier: Apache-2.0
#include "session/channel_rights.h"

#include <algorithm>
#include <utility>

#include "session/string_map.h"

namespace parley::session {
namespace {

constexpr std::size_t kMaxPublicName = 32;
constexpr std::size_t kMaxId = 64;
constexpr std::size_t kMaxPluginRest = 64;

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z');
}
bool is_public_char(char c) {
  return is_lower(c) || is_digit(c) || c == '_' || c == '-';
}
bool is_rest_char(char c) {
  return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ':';
}

bool is_public_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPublicName &&
         (is_lower(name[0]) || is_digit(name[0])) &&
         std::all_of(name.begin(), name.end(), is_public_char);
}

Status bad_name() {
  return Status::invalid_args(
      "That is no channel name. Write 1 to 32 of a-z, 0-9, _ and -, the first a letter or digit, "
      "without capitals and spaces: my-channel. Between two people it is dm:<lower id>:<higher id>,"
      " one's own is @<user id>.");
}

Result<ChannelName> parse_direct(std::string_view ids) {
  const std::size_t colon = ids.find(':');
  if (colon == std::string_view::npos) return bad_name();
  const ChannelName name{ChannelKind::kDirect, ids.substr(0, colon), ids.substr(colon + 1)};
  if (!is_user_id(name.first) || !is_user_id(name.second)) return bad_name();
  if (name.first >= name.second) {
    return Status::invalid_args(
        "A direct channel is dm:<lower id>:<higher id>, with two different ids in that order.");
  }
  return name;
}

}  // namespace

bool is_user_id(std::string_view text) {
  return text.size() >= 3 && text.size() <= kMaxId && is_lower(text[0]) && text[1] == '_' &&
         std::all_of(text.begin() + 2, text.end(), is_alnum);
}

Result<ChannelName> parse_channel_name(std::string_view name) {
  if (is_public_name(name)) return ChannelName{ChannelKind::kPublic, {}, {}};
  if (!name.empty() && name[0] == '@') {
    if (!is_user_id(name.substr(1))) return bad_name();
    return ChannelName{ChannelKind::kUser, name.substr(1), {}};
  }
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return bad_name();
  const std::string_view first = name.substr(0, colon);
  const std::string_view rest = name.substr(colon + 1);
  if (first == "dm") return parse_direct(rest);
  const bool fits = is_public_name(first) && !rest.empty() && rest.size() <= kMaxPluginRest &&
                    std::all_of(rest.begin(), rest.end(), is_rest_char);
  if (!fits) return bad_name();
  return ChannelName{ChannelKind::kPlugin, first, rest};
}

Result<std::string> direct_channel(std::string_view a, std::string_view b) {
  if (!is_user_id(a) || !is_user_id(b)) {
    return Status::invalid_args("A direct channel is between two user ids, such as u_7Kq.");
  }
  if (a == b) return Status::invalid_args("A direct message needs somebody else to read it.");
  return "dm:" + std::string(std::min(a, b)) + ":" + std::string(std::max(a, b));
}

Status no_such_channel(std::string_view name) {
  return Status::not_found("There is no channel " + std::string(name) + " for you.");
}

struct ChannelRights::Rules {
  StringMap<std::shared_ptr<const Rule>> by_plugin;
};

ChannelRights::ChannelRights() : rules_(std::make_unique<Rules>()) {}
ChannelRights::~ChannelRights() = default;

void ChannelRights::set_rule(std::string_view plugin, Rule rule) {
  auto shared = std::make_shared<const Rule>(std::move(rule));
  const MutexLock lock(mutex_);
  rules_->by_plugin[std::string(plugin)] = std::move(shared);
}

void ChannelRights::remove_rule(std::string_view plugin) {
  const MutexLock lock(mutex_);
  if (const auto found = rules_->by_plugin.find(plugin); found != rules_->by_plugin.end()) {
    rules_->by_plugin.erase(found);
  }
}

std::shared_ptr<const ChannelRights::Rule> ChannelRights::rule_of(std::string_view plugin) const {
  const MutexLock lock(mutex_);
  const auto found = rules_->by_plugin.find(plugin);
  return found == rules_->by_plugin.end() ? nullptr : found->second;
}

Status ChannelRights::check(const users::User& user, std::string_view channel,
                            ChannelAccess access) const {
  const Result<ChannelName> name = parse_channel_name(channel);
  if (!name) return name.status();
  bool allowed = false;
  switch (name->kind) {
    case ChannelKind::kPublic:
      allowed = true;
      break;
    case ChannelKind::kDirect:
      allowed = user.id == name->first || user.id == name->second;
      if (allowed && access == ChannelAccess::kWrite && direct_rule_)
        return direct_rule_(user, user.id == name->first ? name->second : name->first);
      break;
    case ChannelKind::kUser:
      allowed = user.id == name->first && access == ChannelAccess::kRead;
      break;
    case ChannelKind::kPlugin: {
      const std::shared_ptr<const Rule> rule = rule_of(name->first);
      allowed = rule && *rule && (*rule)(user, channel, access);
      break;
    }
  }
  return allowed ? Status::ok() : no_such_channel(channel);
}

}  // namespace parley::session
