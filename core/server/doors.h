// SPDX-License-Identifier: Apache-2.0
// Where the outside comes in: the client port with page and WebSocket, the operator port, the admin
// socket in the state folder.
//
// Ownership: owns listeners and routes; borrows the rest. Lifetime: the listeners go before the
// shards stop, the routes after. Failure: a sentence that names the address or file.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "api/admin_keys.h"
#include "api/client_gateway.h"
#include "api/context.h"
#include "api/operator_port.h"
#include "net/admission.h"
#include "net/listener.h"
#include "net/tls.h"
#include "server/live_config.h"
#include "server/plugins.h"
#include "server/runtime.h"
#include "server/state.h"
#include "server/users.h"

namespace parley::server {

// What the doors open onto.
struct House {
  const Clock& clock;
  const LiveConfig& config;
  State& state;
  Users& users;
  Runtime& runtime;
  Plugins& plugins;
  const std::atomic<bool>& draining;
  Clock::TimePoint started;
  std::function<void(std::function<void(api::Reloaded)>)> reload;
};

struct Doors {
  // Ports are bound here; nothing is accepted before the shards run.
  static Result<std::unique_ptr<Doors>> open(const House& house);

  void close();  // the listeners

  std::unique_ptr<api::Context> context;
  std::shared_ptr<net::TlsContext> tls;           // none: plain
  std::shared_ptr<net::TlsContext> operator_tls;  // the same
  std::shared_ptr<net::Admission> admission;
  std::unique_ptr<api::ClientGateway> gateway;
  std::unique_ptr<api::AdminKeys> admin_keys;
  std::unique_ptr<api::OperatorPort> operator_port;
  std::unique_ptr<net::Listener> client_listener, operator_listener, admin_listener;

 private:
  Status open_client_port(const House& house);
  Status open_operator_port(const House& house);
  std::shared_ptr<net::Service> operator_service(const House& house,
                                                 std::shared_ptr<net::TlsContext> with);
};

}  // namespace parley::server
