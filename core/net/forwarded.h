// SPDX-License-Identifier: Apache-2.0
// Who the client is, when a proxy stands before the server.
//
// Thread: pure. X-Forwarded-For and X-Forwarded-Proto are believed only from the listed proxies:
// the client is the last address in the chain that is none of them, because everything left of it
// is what that client claims.
#pragma once

#include <vector>

#include "net/http_message.h"
#include "net/ip_address.h"

namespace parley::net {

bool is_trusted(const IpAddress& address, const std::vector<Network>& proxies);
void apply_forwarded(HttpRequestHead& head, const std::vector<Network>& proxies);

}  // namespace parley::net
