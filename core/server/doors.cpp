// SPDX-License-Identifier: Apache-2.0
#include "server/doors.h"

#include <filesystem>
#include <string>
#include <utility>

#include "api/listen_rules.h"
#include "base/ids.h"
#include "net/service.h"
#include "net/static_files.h"
#include "server/folders.h"

namespace parley::server {
namespace {

api::Context context_of(const House& house) {
  return {.clock = house.clock,
          .shards = *house.runtime.shards,
          .budget = *house.runtime.budget,
          .store = *house.state.store,
          .accounts = *house.users.accounts,
          .first_admin = *house.users.first_admin,
          .tokens = *house.users.tokens,
          .token_keys = *house.users.token_keys,
          .sessions = *house.runtime.sessions,
          .channels = *house.runtime.channels,
          .commands = house.runtime.commands,
          .dispatcher = *house.runtime.dispatcher,
          .plugins = *house.plugins.manager,
          .plugin_metrics = house.plugins.metrics,
          .workers = *house.plugins.workers,
          .draining = house.draining,
          .version = PARLEY_VERSION,
          .started = house.started,
          .config = [&live = house.config] { return live.get(); },
          .live_config = [&live = house.config] { return live.with_origins(); },
          .reload = house.reload};
}

Result<std::shared_ptr<const net::StaticFiles>> load_page(const config::Config& config) {
  const auto root = config.http.web_root.empty() ? program_folder().parent_path() / "web"
                                                 : std::filesystem::path(config.http.web_root);
  return net::StaticFiles::load({.folder = root.string()});
}

// The console, which is not the page: the client port must not serve it.
Result<std::shared_ptr<const net::StaticFiles>> load_console(const config::Config& config) {
  const auto root = config.console.root.empty() ? program_folder().parent_path() / "console"
                                                : std::filesystem::path(config.console.root);
  return net::StaticFiles::load({.folder = root.string()});
}

Result<std::shared_ptr<net::TlsContext>> load_tls(const config::Tls& files) {
  if (!files.enabled()) return std::shared_ptr<net::TlsContext>();
  return net::TlsContext::load(files);
}

Status trust_proxies(net::Service& service, const config::Config& config) {
  for (const auto& text : config.http.trusted_proxies) {
    auto network = net::Network::parse(text);
    if (!network) return network.status();
    service.trusted_proxies.push_back(*network);
  }
  return Status::ok();
}

Status keep(std::unique_ptr<net::Listener>& place, Result<std::unique_ptr<net::Listener>> opened) {
  if (!opened) return opened.status();
  place = std::move(opened).value();
  return Status::ok();
}

}  // namespace

Result<std::unique_ptr<Doors>> Doors::open(const House& house) {
  auto doors = std::make_unique<Doors>();
  doors->context = std::make_unique<api::Context>(context_of(house));
  if (auto status = doors->open_client_port(house); !status) return status;
  if (auto status = doors->open_operator_port(house); !status) return status;
  return doors;
}

void Doors::close() {
  client_listener.reset();
  operator_listener.reset();
  admin_listener.reset();
}

Status Doors::open_client_port(const House& house) {
  const auto config = house.config.get();
  auto page = load_page(*config);
  if (!page) return page.status();
  auto loaded = load_tls(config->listen.tls);
  if (!loaded) return loaded.status();
  tls = std::move(loaded).value();
  gateway = std::make_unique<api::ClientGateway>(*context, *house.users.tokens,
                                                 *house.users.tickets, std::move(page).value());
  auto service = std::make_shared<net::Service>();
  service->http = config->http;
  service->websocket = config->websocket;
  service->outbox = config->outbox;
  service->max_message = config->limits.frame;
  service->budget = house.runtime.budget;
  service->tls = tls;
  if (auto status = trust_proxies(*service, *config); !status) return status;
  service->handle = [this](const net::HttpRequest& request, net::HttpResponder responder) {
    gateway->serve(request, std::move(responder));
  };
  service->upgrade = [this](const net::HttpRequestHead& head) { return gateway->admit(head); };
  admission = std::make_shared<net::Admission>(
      net::Admission::Options{.connections = config->limits.connections,
                              .new_connections = config->limits.new_connections,
                              .admit = {}},
      house.clock);
  auto status = keep(client_listener, net::Listener::open(*house.runtime.shards,
                                                          {.address = config->listen.address,
                                                           .backlog = config->listen.backlog,
                                                           .admission = admission},
                                                          service));
  if (!status) return status;
  gateway->set_origins(api::allowed_origins(*config, client_listener->port()));
  return Status::ok();
}

Status Doors::open_operator_port(const House& house) {
  const auto config = house.config.get();
  auto console = load_console(*config);
  if (!console) return console.status();
  auto keys = api::AdminKeys::open(*house.state.store, house.clock);
  if (!keys) return keys.status();
  admin_keys = std::move(keys).value();
  auto loaded = load_tls(config->listen.operator_tls);
  if (!loaded) return loaded.status();
  operator_tls = std::move(loaded).value();
  const auto service = [&](std::shared_ptr<net::TlsContext> with) {
    return operator_service(house, std::move(with));
  };
  auto outer = service(operator_tls);
  if (auto status = trust_proxies(*outer, *config); !status) return status;
  auto& shards = *house.runtime.shards;
  auto status =
      keep(operator_listener, net::Listener::open(shards,
                                                  {.address = config->listen.operator_address,
                                                   .backlog = 64,
                                                   .only_shard = 0,
                                                   .admission = {}},
                                                  outer));
  if (!status) return status;
  const auto socket = (house.state.folder / "admin.sock").string();
  status =
      keep(admin_listener, net::Listener::open_unix(shards, {.path = socket}, service(nullptr)));
  if (!status) return status;
  const std::string token = random_secret("o_");
  operator_port = std::make_unique<api::OperatorPort>(
      *context, *admin_keys,
      api::OperatorPort::Options{.hosts = api::operator_hosts(*config, operator_listener->port()),
                                 .token = token,
                                 .console = std::move(console).value()});
  return write_private(house.state.folder / "operator.token", token + "\n");
}

// For the port and, without TLS, for the admin socket.
std::shared_ptr<net::Service> Doors::operator_service(const House& house,
                                                      std::shared_ptr<net::TlsContext> with) {
  auto service = std::make_shared<net::Service>();
  service->http = house.config.get()->http;
  service->budget = house.runtime.budget;
  service->tls = std::move(with);
  service->handle = [this](const net::HttpRequest& request, net::HttpResponder responder) {
    if (request.local) return operator_port->serve_socket(request, std::move(responder));
    operator_port->serve_port(request, std::move(responder));
  };
  service->body = [this](const net::HttpRequestHead& head) {
    return operator_port->body_terms(head);
  };
  return service;
}

}  // namespace parley::server
