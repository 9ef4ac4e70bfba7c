// SPDX-License-Identifier: Apache-2.0
#include "plugin/request_view.h"

#include <algorithm>

#include "plugin/abi.h"

namespace parley::plugin {
namespace {

std::uint32_t kind_of(const users::User* user) {
  if (user == nullptr) return PARLEY_USER_NONE;
  if (user->kind == "guest") return PARLEY_USER_GUEST;
  if (user->kind == "bot") return PARLEY_USER_BOT;
  if (user->kind == "service") return PARLEY_USER_BACKEND;
  return PARLEY_USER_PERSON;
}

parley_value value_of(const command::ArgumentValue& argument) {
  parley_value value{};
  if (!argument.present) return value;
  using command::ArgumentType;
  switch (argument.type) {
    case ArgumentType::kInt:
      value.type = PARLEY_TYPE_INT;
      value.as.integer = argument.integer;
      return value;
    case ArgumentType::kNumber:
      value.type = PARLEY_TYPE_NUMBER;
      value.as.number = argument.number;
      return value;
    case ArgumentType::kBool:
      value.type = PARLEY_TYPE_BOOL;
      value.as.boolean = argument.boolean ? 1 : 0;
      return value;
    case ArgumentType::kString:
      value.type = PARLEY_TYPE_STRING;
      break;
    case ArgumentType::kUser:
      value.type = PARLEY_TYPE_USER;
      break;
    case ArgumentType::kChannel:
      value.type = PARLEY_TYPE_CHANNEL;
      break;
    case ArgumentType::kJson:
      value.type = PARLEY_TYPE_JSON;
      break;
  }
  value.as.string = borrow(argument.text);
  return value;
}

}  // namespace

UserView::UserView(const users::User* user) {
  view_.size = sizeof view_;
  view_.kind = kind_of(user);
  if (user == nullptr) return;
  view_.id = borrow(user->id);
  view_.name = borrow(user->name);
  parley_string* roles = few_roles_.data();
  if (user->roles.size() > few_roles_.size()) {
    many_roles_.resize(user->roles.size());
    roles = many_roles_.data();
  }
  std::transform(user->roles.begin(), user->roles.end(), roles,
                 [](const std::string& role) { return borrow(role); });
  view_.roles = roles;
  view_.role_count = user->roles.size();
}

RequestView::RequestView(const command::Invocation& invocation, std::int64_t deadline_wall_ms)
    : user_(invocation.user.get()) {
  const auto arguments = invocation.args.values();
  parley_value* values = few_.data();
  if (arguments.size() > few_.size()) {
    many_.resize(arguments.size());
    values = many_.data();
  }
  std::transform(arguments.begin(), arguments.end(), values, value_of);

  view_.size = sizeof view_;
  if (invocation.from_command_line) view_.flags |= PARLEY_REQUEST_SLASH;
  if (invocation.rule != nullptr) view_.flags |= PARLEY_REQUEST_BUTTON;
  view_.id = invocation.call.value;
  view_.arguments = values;
  view_.argument_count = arguments.size();
  view_.raw = borrow(invocation.raw_json);
  view_.user = user_.get();
  view_.session = borrow(invocation.session_id);
  view_.channel = borrow(invocation.channel);
  view_.locale = borrow(invocation.locale);
  view_.peer = borrow(invocation.peer_address);
  view_.action = borrow(invocation.spec().name);
  view_.deadline = deadline_wall_ms;
}

}  // namespace parley::plugin
