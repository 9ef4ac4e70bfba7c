// SPDX-License-Identifier: Apache-2.0
// Who may ask what on the operator's two doors: the operator port and the admin socket.
//
// The port answers /healthz and /readyz to anyone who reaches it, /metrics to who does so from the
// same machine, and /admin/ with the console. The admin API there takes one of three credentials,
// never two: the bearer token of <state>/operator.token (0600, made at every start), an admin key
// within its scopes (admin_keys.h), or the cookie of an admin's login to the console
// (console_routes.h), whose changes carry the session's token too. Host is held against an exact
// list (421), so that a page elsewhere cannot reach it through a rebound name, and a foreign Origin
// is refused. The socket is for the server's own uid; a peer that descends from the server (a
// plugin's child) is refused. Ownership: owns the console's sessions, borrows the rest. Thread: any
// shard.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "api/admin_keys.h"
#include "api/command_trials.h"
#include "api/console_sessions.h"
#include "api/context.h"
#include "api/router.h"
#include "net/service.h"
#include "net/static_files.h"

namespace parley::api {

class OperatorPort {
 public:
  struct Options {
    std::set<std::string> hosts;  // allowed Host values, with port
    std::string token;            // of operator.token
    std::shared_ptr<const net::StaticFiles> console;
  };
  OperatorPort(const Context& context, AdminKeys& keys, Options options);

  void serve_port(const net::HttpRequest& request, net::HttpResponder responder);
  void serve_socket(const net::HttpRequest& request, net::HttpResponder responder) const;
  // Of the body behind this head: only an upload that will be let in may be larger than
  // http.max_body, and all of them together no larger than plugins.upload_total, so that nobody can
  // fill the memory.
  net::BodyTerms body_terms(const net::HttpRequestHead& head);
  // Their password, roles or account changed: they log in again.
  void end_console_sessions(std::string_view user_id) { sessions_.end_all_of(user_id); }

 private:
  bool is_ours(std::string_view host) const;
  bool is_foreign(const net::HttpRequestHead& head) const;
  bool may_upload(const net::HttpRequestHead& head);
  bool owns_socket(const net::HttpRequestHead& head) const;
  void serve_metrics(const net::HttpRequest& request, net::HttpResponder responder);
  void serve_console(const net::HttpRequest& request, net::HttpResponder responder) const;
  void serve_admin(const net::HttpRequest& request, net::HttpResponder responder);
  // Whose credential this bearer is, or why it opens nothing.
  Result<std::string> bearer_of(const net::HttpRequestHead& head, std::string_view scope);
  // The console session that this request may act for.
  Result<ConsoleSession> console_of(const net::HttpRequestHead& head);
  void serve_admin_of_console(const net::HttpRequest& request, const ConsoleSession& session,
                              net::HttpResponder responder) const;

  net::BodyTerms hold_upload(const net::HttpRequestHead& head, std::size_t limit) const;

  const Context& context_;
  // Bytes of the bodies that are being received or worked on.
  const std::shared_ptr<std::atomic<std::size_t>> uploading_ =
      std::make_shared<std::atomic<std::size_t>>(0);
  AdminKeys& keys_;
  const Options options_;
  ConsoleSessions sessions_;
  CommandTrials trials_;
  Router open_;  // health, redeeming the first admin's code, logging in
  Router admin_;
};

// Does the process `pid` descend from this one?
bool descends_from_us(int pid);

}  // namespace parley::api
