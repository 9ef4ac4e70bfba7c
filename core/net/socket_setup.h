// SPDX-License-Identifier: Apache-2.0
// Listening descriptors: bound, listening, non-blocking; or a sentence that says why not.
//
// Ownership: the caller closes what is returned. Thread: any.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "net/ip_address.h"

namespace parley::net {

// Fails when anyone listens there, this process included; gives the endpoint with a real port.
Result<Endpoint> prove_free(const Endpoint& endpoint);
Result<int> listen_shared(const Endpoint& endpoint, int backlog);  // with SO_REUSEPORT
Result<int> listen_unix(const std::string& path, int backlog);     // mode 0600

}  // namespace parley::net
