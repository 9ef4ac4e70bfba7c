// SPDX-License-Identifier: Apache-2.0
// Who may ask what on the operator's two doors: the loopback port and the admin socket.
//
// The port answers /healthz, /readyz and /metrics to anyone who reaches it; the admin API there
// needs the bearer token of <state>/operator.token (0600, made at every start). Host is held
// against an exact list (421), so that a page elsewhere cannot reach it through a rebound name, and
// a foreign Origin is refused. The socket is for the server's own uid; a peer that descends from
// the server (a plugin's child) is refused. Ownership: borrows the router and context. Thread: any
// shard.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "api/context.h"
#include "api/router.h"
#include "net/service.h"

namespace parley::api {

class OperatorPort {
 public:
  // `hosts`: allowed Host values, with port. `token`: the bearer token for the admin API.
  OperatorPort(const Context& context, std::set<std::string> hosts, std::string token);

  void serve_port(const net::HttpRequest& request, net::HttpResponder responder) const;
  void serve_socket(const net::HttpRequest& request, net::HttpResponder responder) const;
  // Of the body behind this head: only an upload that will be let in may be larger than
  // http.max_body, and all of them together no larger than plugins.upload_total, so that nobody can
  // fill the memory.
  net::BodyTerms body_terms(const net::HttpRequestHead& head) const;

 private:
  bool is_foreign(const net::HttpRequestHead& head) const;
  bool has_token(const net::HttpRequestHead& head) const;
  bool owns_socket(const net::HttpRequestHead& head) const;

  net::BodyTerms hold_upload(const net::HttpRequestHead& head, std::size_t limit) const;

  const Context& context_;
  // Bytes of the bodies that are being received or worked on.
  const std::shared_ptr<std::atomic<std::size_t>> uploading_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  const std::set<std::string> hosts_;
  const std::string token_;
  Router open_;  // health, metrics, redeeming the first admin's code
  Router admin_;
};

// Does the process `pid` descend from this one?
bool descends_from_us(int pid);

}  // namespace parley::api
