// SPDX-License-Identifier: Apache-2.0
// parley.variables/1 over a FakeServer. Every session that is named is there, unless the test has
// ended it.
#pragma once

#include <algorithm>

#include "fake_server.hpp"

namespace parley::testing {

struct VariablesTable {
  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }
  static bool is_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '.' || c == '-';
    });
  }
  static std::size_t bytes_of(const std::map<std::string, std::string>& variables) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : variables) bytes += name.size() + value.size();
    return bytes;
  }
  // What every call looks at first.
  static parley_status enter(FakeServer& server, parley_string session) {
    if (const auto status = server.check(kOnPlugin | kInBackground)) return status;
    return server.ended_sessions.count(std::string(detail::to_view(session))) > 0 ? PARLEY_E_STALE
                                                                                  : PARLEY_OK;
  }

  static parley_status get(const parley_host* host, parley_string session, parley_string name,
                           const parley_sink* value) {
    FakeServer& server = of(host);
    if (const auto status = enter(server, session)) return status;
    if (!is_name(detail::to_view(name))) return server.invalid("variables.get: no name");
    const auto& variables = server.variables[std::string(detail::to_view(session))];
    const auto found = variables.find(std::string(detail::to_view(name)));
    if (found == variables.end()) return PARLEY_E_NOT_FOUND;
    value->write(value->context, detail::to_abi(found->second));
    return PARLEY_OK;
  }
  static parley_status set(const parley_host* host, parley_string session, parley_string name,
                           parley_string value) {
    FakeServer& server = of(host);
    if (const auto status = enter(server, session)) return status;
    if (!is_name(detail::to_view(name))) return server.invalid("variables.set: no name");
    const std::string_view text = detail::to_view(value);
    if (text.find('\0') != text.npos || !JsonCheck::valid(Json(text).text()))
      return server.invalid("variables.set: no UTF-8 text");
    auto after = server.variables[std::string(detail::to_view(session))];
    after[std::string(detail::to_view(name))] = text;
    if (bytes_of(after) > server.variables_max) return PARLEY_E_LIMIT;
    server.variables[std::string(detail::to_view(session))] = std::move(after);
    return PARLEY_OK;
  }
  static parley_status erase(const parley_host* host, parley_string session, parley_string name) {
    FakeServer& server = of(host);
    if (const auto status = enter(server, session)) return status;
    if (!is_name(detail::to_view(name))) return server.invalid("variables.erase: no name");
    auto& variables = server.variables[std::string(detail::to_view(session))];
    return variables.erase(std::string(detail::to_view(name))) > 0 ? PARLEY_OK : PARLEY_E_NOT_FOUND;
  }
  static parley_status list(const parley_host* host, parley_string session,
                            const parley_sink* names) {
    FakeServer& server = of(host);
    if (const auto status = enter(server, session)) return status;
    std::string lines;
    for (const auto& [name, value] : server.variables[std::string(detail::to_view(session))])
      lines += (lines.empty() ? "" : "\n") + name;
    names->write(names->context, detail::to_abi(lines));
    return PARLEY_OK;
  }
};

}  // namespace parley::testing
