// SPDX-License-Identifier: Apache-2.0
#include "server/runtime.h"

#include <utility>
#include <vector>

#include "command/core_commands.h"

namespace parley::server {
namespace {

constexpr Millis kDispatcherTick{100};

session::ShardSet shard_set_of(net::ShardPool& pool) {
  std::vector<Executor*> shards;
  for (int i = 0; i < pool.size(); ++i) shards.push_back(&pool.at(i));
  return {std::move(shards),
          [] { return net::Shard::current() != nullptr ? net::Shard::current()->index() : -1; }};
}

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::open(const State& state, const Users& users,
                                               const Clock& clock, const config::Config& config) {
  auto made = std::make_unique<Runtime>();
  auto& it = *made;
  it.shards = std::make_unique<net::ShardPool>(
      net::ShardPool::Options{.count = config.listen.shards, .clock = &clock});
  it.shard_set = std::make_unique<session::ShardSet>(shard_set_of(*it.shards));
  it.budget = std::make_shared<net::OutboxBudget>(config.outbox.total);
  it.sessions =
      std::make_unique<session::SessionRegistry>(*it.shard_set, clock, config, it.budget.get());
  it.channels =
      std::make_unique<session::Channels>(*it.sessions, *state.store, it.rights, clock, config);
  if (Status loaded = it.channels->load_bans(); !loaded) return loaded;
  it.rights.set_direct_rule(
      [&blocks = *users.blocks](const users::User& from, std::string_view to) {
        return blocks.may_write(from.id, to);
      });
  it.keeper = std::make_unique<session::SessionKeeper>(*it.sessions, *state.store, clock, config);
  it.pusher = std::make_unique<session::Pusher>(*it.sessions, *it.channels);
  it.keys = std::make_unique<command::KeyLedger>(*state.store, clock, config);
  if (Status loaded = it.keys->load(); !loaded) return loaded;
  it.dispatcher =
      std::make_unique<command::Dispatcher>(command::DispatcherDeps{.shards = *it.shard_set,
                                                                    .sessions = *it.sessions,
                                                                    .channels = *it.channels,
                                                                    .keeper = *it.keeper,
                                                                    .commands = it.commands,
                                                                    .keys = *it.keys,
                                                                    .clock = clock},
                                            config);
  for (int i = 0; i < it.shards->size(); ++i)
    it.shards->at(i).call_every(kDispatcherTick, [&it] { it.dispatcher->tick(); });
  auto status = command::publish_core_commands({.dispatcher = *it.dispatcher,
                                                .commands = it.commands,
                                                .sessions = *it.sessions,
                                                .channels = *it.channels,
                                                .accounts = *users.accounts,
                                                .tokens = *users.tokens,
                                                .guard = *users.guard,
                                                .blocks = *users.blocks,
                                                .keeper = *it.keeper,
                                                .store = *state.store,
                                                .clock = clock});
  if (!status) return status;
  return made;
}

}  // namespace parley::server
