// SPDX-License-Identifier: Apache-2.0
// Which addresses may be listened on as configured, and by which names clients may come.
// Pure functions. Failure: a sentence that names the key to change.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/status.h"
#include "config/config.h"

namespace parley::api {

// Off loopback the client port needs TLS, a trusted proxy or listen.allow_plaintext; the operator
// port needs TLS.
Status check_listen(const config::Config& config);

// http.public_origins, or the listening address's own names when that is empty; as host_key() has them.
std::set<std::string> allowed_origins(const config::Config& config, std::uint16_t port);
// Host values of the operator port, as host_key() has them: its loopback names and
// http.operator_hosts.
std::set<std::string> operator_hosts(const config::Config& config, std::uint16_t port);
// A Host or an origin as it is compared: without regard to case, and without the dot that ends a
// whole name.
std::string host_key(std::string_view host);
// "http://127.0.0.1:8080/", for people and scripts.
std::string url_of(const std::string& address, bool tls);

}  // namespace parley::api
