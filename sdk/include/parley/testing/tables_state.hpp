// SPDX-License-Identifier: Apache-2.0
// parley.state/1 over a FakeServer.
#pragma once

#include "fake_server.hpp"

namespace parley::testing {

struct StateTable {
  static FakeServer& of(const parley_host* host) {
    return *static_cast<FakeServer*>(host->host_data);
  }
  static parley_status write(const parley_host* host, parley_string bytes) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (server.saving == nullptr) return PARLEY_E_WRONG_THREAD;
    auto& state = server.saving->bytes;
    if (state.size() + bytes.size > server.state_max) return PARLEY_E_LIMIT;
    state.append(detail::to_view(bytes));
    return PARLEY_OK;
  }
  static parley_status offer(const parley_host* host, parley_id request) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kOnPlugin)) return status;
    if (server.saving == nullptr) return PARLEY_E_WRONG_THREAD;
    const auto exchange = server.open(request);
    if (!exchange || !exchange->deferred) return PARLEY_E_STALE;
    server.saving->offered.insert(request);
    return PARLEY_OK;
  }
  static parley_status claim(const parley_host* host, parley_id request) {
    FakeServer& server = of(host);
    if (const auto status = server.check(kInStart)) return status;
    if (server.loading == nullptr) return PARLEY_E_WRONG_THREAD;
    if (server.loading->offered.count(request) == 0) return PARLEY_E_NOT_FOUND;
    if (!server.open(request)) return PARLEY_E_STALE;
    server.claimed.insert(request);
    return PARLEY_OK;
  }
};

}  // namespace parley::testing
