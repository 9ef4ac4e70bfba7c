// SPDX-License-Identifier: Apache-2.0
// What the admin routes share: reading a JSON body, answering, auditing.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "api/context.h"
#include "api/router.h"
#include "base/json_text.h"

namespace parley::api {

using Json = nlohmann::json;

// The body as an object; nothing when it is none, and then the answer is sent.
std::optional<Json> read_body(const net::HttpRequest& request, net::HttpResponder& responder);

// Bytes that are no UTF-8 become U+FFFD.
std::string dump(const Json& value);
void respond(net::HttpResponder& responder, const Json& body);
void respond(net::HttpResponder& responder, const Status& status);
// A responder may be used once from any thread; this one can be copied into callbacks.
using SharedResponder = std::shared_ptr<net::HttpResponder>;
SharedResponder share(net::HttpResponder responder);

std::string actor_of(const net::HttpRequest& request);  // for the audit
// `detail` says what was done when it was done; the error's sentence stands there otherwise.
void audit(const Context& context, const net::HttpRequest& request, std::string action,
           std::string target, const Status& result, std::string detail = {});

}  // namespace parley::api
