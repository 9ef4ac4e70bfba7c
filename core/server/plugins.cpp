// SPDX-License-Identifier: Apache-2.0
#include "server/plugins.h"

#include <filesystem>
#include <utility>

#include "config/plugin_settings.h"
#include "server/folders.h"

namespace parley::server {
namespace {

plugin::PluginPaths paths_of(const State& state, const config::Config& config,
                             const std::string& settings_folder) {
  const auto program = program_folder();
  return {.plugins = config::plugins_folder(config),
          .state = state.folder,
          .staging = state.folder / "staged",
          .host_program = program / "parley-plugin-host",
          .settings = settings_folder};
}

// A text that takes the place of another passes the filters that the first one passed.
session::Channels::TextFilter filter_of(plugin::MessagePipeline& messages) {
  return [&messages](session::SpokenText spoken, session::Channels::Verdict done) {
    auto message = std::make_shared<plugin::ChatMessage>();
    message->user = std::move(spoken.user);
    message->session = std::move(spoken.session);
    message->channel = std::move(spoken.channel);
    message->locale = std::move(spoken.locale);
    message->text = std::move(spoken.text);
    message->direct = message->channel.starts_with("dm:");
    messages.filter(message,
                    [message, done = std::move(done)](const plugin::Verdict& verdict) mutable {
                      if (verdict.denied)
                        return done(Status::forbidden(verdict.reason), verdict.code, {});
                      done(Status::ok(), {}, message->text);
                    });
  };
}

}  // namespace

Result<std::unique_ptr<Plugins>> Plugins::open(const State& state, const Users& users,
                                               Runtime& runtime, const Clock& clock,
                                               const LiveConfig& live,
                                               const std::string& settings_folder) {
  const auto config = live.get();
  auto made = std::make_unique<Plugins>();
  auto& it = *made;
  runtime.channels->filter_texts(filter_of(it.messages));
  it.workers = std::make_unique<plugin::WorkerPool>(
      plugin::WorkerPool::Options{config->workers.threads, config->workers.max_stuck,
                                  config->plugins.limits.hard_budget},
      clock);
  it.files = std::make_unique<plugin::FileWatcher>();
  it.services = std::make_unique<plugin::Services>(
      plugin::Services{.clock = clock,
                       .workers = *it.workers,
                       .timer_shard = runtime.shards->at(0),
                       .store = *state.store,
                       .accounts = *users.accounts,
                       .tokens = *users.tokens,
                       .sessions = *runtime.sessions,
                       .channels = *runtime.channels,
                       .pusher = *runtime.pusher,
                       .commands = runtime.commands,
                       .dispatcher = *runtime.dispatcher,
                       .messages = it.messages,
                       .events = it.events,
                       .metrics = it.metrics,
                       .files = *it.files,
                       .server_version = PARLEY_VERSION,
                       .settings_folder = settings_folder,
                       .config = [&live] { return live.get(); }});
  auto manager =
      plugin::PluginManager::open(*it.services, paths_of(state, *config, settings_folder));
  if (!manager) return manager.status();
  it.manager = std::move(manager).value();
  return made;
}

}  // namespace parley::server
