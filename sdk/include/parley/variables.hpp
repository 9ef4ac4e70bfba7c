// SPDX-License-Identifier: Apache-2.0
// What a plugin keeps in somebody's session: texts by name. There again after a lost connection and a
// restart of the server, and in an account's next session; no permission.
//
//   variables().set(request.session(), "room", "cellar");
//   const auto room = variables().get(request.session(), "room").value_or("hall");
//
// Thread: the plugin's, and background jobs. Failure: get() and names() are empty where there is
// nothing, or no such session now; the others say so: kStale for no such session, kLimit above what
// the operator allows (plugins.limits.variables), kInvalid for a name or value that cannot be
// (ext/variables.h). Saved within about a second: what must not be lost belongs into storage().
// Since 1.0.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detail/abi.hpp"
#include "ext/variables.h"
#include "host.hpp"
#include "outcome.hpp"

namespace parley {

class Variables : public detail::Service<parley_host_variables> {
 public:
  explicit Variables(Host host) : Service(host, PARLEY_EXT_VARIABLES) {}

  std::optional<std::string> get(std::string_view session, std::string_view name) const {
    detail::TextSink value;
    const auto status = call(&parley_host_variables::get, detail::to_abi(session),
                             detail::to_abi(name), value.abi());
    return status == PARLEY_OK ? std::optional(value.take()) : std::nullopt;
  }
  Outcome set(std::string_view session, std::string_view name, std::string_view value) const {
    return static_cast<Outcome>(call(&parley_host_variables::set, detail::to_abi(session),
                                     detail::to_abi(name), detail::to_abi(value)));
  }
  // kNotFound: there was none of that name.
  Outcome erase(std::string_view session, std::string_view name) const {
    return static_cast<Outcome>(
        call(&parley_host_variables::erase, detail::to_abi(session), detail::to_abi(name)));
  }
  // In order.
  std::vector<std::string> names(std::string_view session) const {
    detail::TextSink lines;
    std::vector<std::string> names;
    const auto status = call(&parley_host_variables::list, detail::to_abi(session), lines.abi());
    if (status != PARLEY_OK) return names;
    const std::string text = lines.take();
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t end = std::min(text.find('\n', from), text.size());
      names.push_back(text.substr(from, end - from));
      from = end + 1;
    }
    return names;
  }
};

}  // namespace parley
