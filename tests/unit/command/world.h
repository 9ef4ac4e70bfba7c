// SPDX-License-Identifier: Apache-2.0
// A dispatcher with everything under it, on shards that run when told to, and clients that talk to
// it as in a dialogue.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command/command_target.h"
#include "command/core_commands.h"
#include "command/dispatcher.h"
#include "command/key_ledger.h"
#include "session/channels.h"
#include "session/session_keeper.h"
#include "session/session_registry.h"
#include "unit/session/fakes.h"
#include "users/accounts.h"
#include "users/blocks.h"
#include "users/token_service.h"

namespace parley::command {

struct TestLink final : session::Link {
  explicit TestLink(std::uint64_t connection) : id(connection) {}
  net::SendResult send(std::string_view json) override {
    if (close_code) return net::SendResult::kClosed;
    frames.emplace_back(json);
    return net::SendResult::kSent;
  }
  net::SendResult send(const net::SharedFrame& frame, bool) override {
    return send(frame.payload());
  }
  void close(std::uint16_t code, std::string_view) override {
    if (!close_code) close_code = code;
  }
  bool move_to(int shard) override {
    moved_to = shard;
    return true;
  }
  std::size_t queued_bytes() const override { return 0; }
  std::string peer_address() const override { return "192.0.2.7"; }
  std::uint64_t connection_id() const override { return id; }

  std::uint64_t id;
  std::vector<std::string> frames;
  std::uint16_t close_code = 0;
  int moved_to = -1;
};

// Answers by name: `echo…` at once with its arguments, everything else when the test says so.
struct TestTarget final : CommandTarget {
  void invoke(InvocationPtr invocation) override {
    if (enters && invocation->keyed) invocation->keyed->enter();
    order.push_back(invocation->spec().name);
    last = invocation->call;
    if (invocation->spec().name.rfind("echo", 0) != 0) {
      held.push_back(std::move(invocation));
      return;
    }
    dispatcher->replies().reply(last, "echoed", invocation->raw_json);
    dispatcher->returned(last);
  }
  void cancelled(CallId call) override { cancels.push_back(call); }

  Dispatcher* dispatcher = nullptr;
  bool enters = true;  // false: what it takes waits and does not begin
  std::vector<std::string> order;
  std::deque<InvocationPtr> held;
  std::vector<CallId> cancels;
  CallId last;
};

inline CommandSpec command(std::string name, std::vector<ArgumentSpec> args = {}) {
  return {.name = std::move(name), .args = std::move(args)};
}

inline std::vector<Registration> test_commands() {
  const ArgumentSpec text{.name = "text"};
  auto open = command("echo", {text});
  open.open = true;
  auto anonymous = command("echoAnonymous", {{.name = "name"}});
  anonymous.anonymous = true;
  auto login = command("login", {{.name = "password", .required = true, .secret = true}});
  login.anonymous = true;
  auto admin = command("echoAdmin");
  admin.roles = {"admin", "moderator"};
  auto cooled = command("echoCooled");
  cooled.cooldown = Millis(1000);
  auto concurrent = command("echoNow", {text});
  concurrent.concurrent = true;
  auto outside = command("holdOutside");
  outside.external = true;
  auto own = command("echoOwn");
  own.own_session = true;
  auto secret = command("echoSecret");
  secret.secret_reply = true;
  auto read_only = command("echoRead");
  read_only.read_only = true;
  auto say = command("echoChat", {{.name = "message", .required = true, .command_line = true},
                                  {.name = "channel", .type = ArgumentType::kChannel}});
  std::vector<Registration> list;
  for (auto& spec :
       {open, anonymous, login, admin, cooled, concurrent, read_only, outside, own, secret, say,
        command("hold", {text}),
        command("echoMove", {{.name = "direction", .required = true, .choices = {"north", "south"}},
                             {.name = "steps", .type = ArgumentType::kInt, .max = 9.0}})})
    list.push_back({spec, static_cast<std::uint32_t>(list.size())});
  return list;
}

struct World {
  explicit World(config::Config with = {}) : config(std::move(with)) {
    target->dispatcher = &dispatcher;
    const auto core = publish_core_commands({dispatcher, commands, sessions, channels, accounts,
                                             tokens, guard, blocks, keeper, store, clock});
    if (!core) throw std::runtime_error(core.message());
    const auto test = commands.publish("test", test_commands(), target).status();
    if (!test) throw std::runtime_error(test.message());
    run();
  }

  struct Client {
    explicit Client(std::uint64_t id) : link(id) {}
    TestLink link;
    Peer* peer = nullptr;
    int shard = 0;
    std::vector<std::string>& frames() { return link.frames; }
    std::string last() const { return link.frames.empty() ? "" : link.frames.back(); }
  };

  Client& connect(int shard = 0) {
    auto& client = *clients.emplace_back(std::make_unique<Client>(clients.size() + 1));
    client.shard = shard;
    on(client, [&] { client.peer = &dispatcher.open(client.link, ""); });
    return client;
  }
  // A guest whose frames begin after the welcome.
  Client& enter(const std::string& name, int shard = 0) {
    auto& client = connect(shard);
    say(client, R"({"action":"auth","id":1,"guest":")" + name + "\"}");
    if (client.last().find("welcome") == std::string::npos) throw std::runtime_error(client.last());
    client.frames().clear();
    return client;
  }
  void on(const Client& client, const std::function<void()>& work) {
    shards[static_cast<std::size_t>(client.shard)]->on(work);
  }
  // Handled, but what it posted waits.
  void feed(Client& client, std::string_view text) {
    on(client, [&] { dispatcher.on_text(*client.peer, text); });
  }
  // Handled to the end; answers with the frame that came last.
  std::string say(Client& client, std::string_view text) {
    client.frames().clear();
    feed(client, text);
    run();
    return client.last();
  }
  void close(Client& client) {
    on(client, [&] { dispatcher.closed(*client.peer); });
    client.peer = nullptr;
  }
  // The connection goes where its link was told to.
  void follow(Client& client) {
    std::unique_ptr<Peer> moving;
    on(client, [&] { moving = dispatcher.leave(*client.peer); });
    client.shard = client.link.moved_to;
    on(client, [&] { dispatcher.arrive(std::move(moving), client.peer); });
    run();
  }
  void tick(Client& client) {
    on(client, [&] { dispatcher.tick(); });
    run();
  }
  session::Session* session_of(const Client& client) { return client.peer->session(); }
  void run() {
    for (bool busy = true; busy;) {
      busy = store.read_one();
      busy |= store.commit_one();
      for (auto& shard : shards) busy |= shard->run_one();
    }
  }

  config::Config config;
  ManualClock clock;
  session::TempStore disk;
  session::GatedStore store{*disk.store};
  std::vector<std::unique_ptr<session::FakeShard>> shards = make_shards();
  session::ShardSet set{{shards[0].get(), shards[1].get()}, &session::current_shard};
  session::ChannelRights rights;
  session::SessionRegistry sessions{set, clock, config};
  session::Channels channels{sessions, store, rights, clock, config};
  session::SessionKeeper keeper{sessions, store, clock, config};
  users::PasswordHasher hasher{users::password_options(config.auth)};
  users::LoginGuard guard{users::login_guard_options(config.auth), clock};
  std::unique_ptr<users::Blocks> made_blocks = std::move(users::Blocks::open(store, 3).value());
  users::Blocks& blocks = *made_blocks;
  users::Accounts accounts{store, hasher, guard, clock, users::accounts_options(config)};
  users::TokenService tokens{store, clock, key_ring(), config.auth, {}};
  CommandRegistry commands;
  std::shared_ptr<TestTarget> target = std::make_shared<TestTarget>();
  std::vector<std::unique_ptr<Client>> clients;
  KeyLedger keys{store, clock, config};
  Dispatcher dispatcher{{set, sessions, channels, keeper, commands, keys, clock}, config};

  ~World() { target->held.clear(); }

  static users::KeyRing key_ring() {
    users::KeyRing ring;
    const auto added = ring.add({.kid = "test", .secret = std::string(32, 'k')});
    if (!added) throw std::runtime_error(added.message());
    return ring;
  }

 private:
  static std::vector<std::unique_ptr<session::FakeShard>> make_shards() {
    std::vector<std::unique_ptr<session::FakeShard>> made;
    for (int i = 0; i < 2; ++i) made.push_back(std::make_unique<session::FakeShard>(i));
    return made;
  }
};

}  // namespace parley::command
