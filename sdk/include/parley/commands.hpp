// SPDX-License-Identifier: Apache-2.0
// Running a command as the person who spoke (permission `buttons`); declaring them is command.hpp.
//
//   commands().run(message.session(), "roll", {{"dice", "2d6"}});
//
// The action must be declared clickable; rights and results are the speaker's; what it runs cannot
// run another.
// Since 1.0.
#pragma once

#include <string_view>
#include <utility>

#include "detail/abi.hpp"
#include "ext/commands.h"
#include "host.hpp"
#include "json.hpp"
#include "responder.hpp"

namespace parley {

class Commands : public detail::Service<parley_host_commands> {
 public:
  // code: empty on success, else the error code the command ended with.
  using ThenCode = Callback<void(Outcome, std::string_view)>;

  explicit Commands(Host host) : Service(host, PARLEY_EXT_COMMANDS) {}

  void run(std::string_view session, std::string_view action, const Json& arguments = {},
           ThenCode then = {}) {
    run_for(0, session, action, arguments, std::move(then));
  }
  // The inner command's terminal frame answers the request.
  void run(Responder& request, std::string_view session, std::string_view action,
           const Json& arguments = {}) {
    request.hand_on([&](parley_id id) { return run_for(id, session, action, arguments, {}); });
  }

 private:
  friend struct detail::Trampolines;
  friend class Plugin;

  parley_status run_for(parley_id request, std::string_view session, std::string_view action,
                        const Json& arguments, ThenCode then) {
    auto run = detail::sized<parley_command_run>();
    run.session = detail::to_abi(session);
    run.action = detail::to_abi(action);
    run.arguments = detail::to_abi(arguments.text());
    run.request = request;
    parley_status status = PARLEY_OK;
    codes_.start(std::move(then), [&](parley_token token) {
      const parley_command_run* pointer = &run;
      return status = call(&parley_host_commands::run, token, pointer);
    });
    return status;
  }

  detail::Pending<std::string_view> codes_;
};

}  // namespace parley
