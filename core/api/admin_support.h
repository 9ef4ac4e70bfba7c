// SPDX-License-Identifier: Apache-2.0
// What the admin routes share: reading a JSON body and its members, answering, auditing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/context.h"
#include "api/router.h"
#include "base/clock.h"

namespace parley::api {

using Json = nlohmann::json;

// The body as an object, each of whose names stands once; nothing when it is none, and then the
// answer is sent.
std::optional<Json> read_body(const net::HttpRequest& request, net::HttpResponder& responder);

// The members of a body, which stays there meanwhile. One that is absent gives the second argument,
// or nothing; one that is not what it must be gives the same, and status() then refuses the request
// with its name. Look at status() before anything is done.
class Fields {
 public:
  explicit Fields(const Json& body) : body_(body) {}

  std::string text(const char* name, std::string_view absent = {});  // without U+0000
  bool flag(const char* name);
  std::optional<std::int64_t> from_one(const char* name);  // a whole number
  Millis duration(const char* name, Millis absent);        // above nothing
  std::vector<std::string> texts(const char* name);

  const Status& status() const { return status_; }

 private:
  const Json* find(const char* name) const;
  void refuse(const char* name, const char* must);

  const Json& body_;
  Status status_ = Status::ok();  // of the first that is wrong
};

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
