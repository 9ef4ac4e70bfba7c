// SPDX-License-Identifier: Apache-2.0
// C++ values as the ABI's structs, for the length of one call. Ownership: borrows everything it
// shows; lives on the caller's stack.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <parley/plugin_abi.h>

#include "command/invocation.h"
#include "users/accounts.h"

namespace parley::plugin {

// A user, or nobody (null).
class UserView {
 public:
  explicit UserView(const users::User* user);
  UserView(const UserView&) = delete;
  UserView& operator=(const UserView&) = delete;
  const parley_user* get() const { return &view_; }

 private:
  parley_user view_{};
  std::array<parley_string, 8> few_roles_;
  std::vector<parley_string> many_roles_;
};

class RequestView {
 public:
  RequestView(const command::Invocation& invocation, std::int64_t deadline_wall_ms);
  const parley_request* get() const { return &view_; }

 private:
  UserView user_;
  parley_request view_{};
  std::array<parley_value, 8> few_;  // most commands have fewer arguments: no allocation for them
  std::vector<parley_value> many_;
};

}  // namespace parley::plugin
