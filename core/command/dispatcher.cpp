// SPDX-License-Identifier: Apache-2.0
#include "command/dispatcher.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "command/admission.h"
#include "command/call_router.h"
#include "command/command_target.h"
#include "command/cooldowns.h"
#include "command/preparation.h"
#include "protocol/envelope.h"
#include "session/session.h"
#include "session/session_keeper.h"

namespace parley::command {

using protocol::Envelope;
using protocol::EnvelopeError;

struct Dispatcher::Impl {
  Impl(DispatcherDeps deps, const config::Config& config)
      : router(deps.shards, deps.sessions, deps.channels, deps.keeper, deps.commands, deps.keys,
               deps.clock, config),
        replies(router),
        identity(router),
        admission(router),
        preparation(router, cooldowns, admission) {}

  using Rule = std::shared_ptr<const RuleRun>;
  void handle(Peer& peer, const Envelope& envelope, Clock::TimePoint now, Rule rule = nullptr);
  bool begin(Peer& peer, const Envelope& envelope, const RuleRun* rule);
  bool moves(Peer& peer, const Envelope& envelope, std::string_view payload);
  void start(Peer& peer, InvocationPtr invocation, Clock::TimePoint now);
  void run(InvocationPtr invocation, bool in_lane, Clock::TimePoint now);
  void launch(InvocationPtr invocation, Clock::TimePoint now);
  void run_keyed(InvocationPtr invocation, Clock::TimePoint now);
  void out_of_slots(const Invocation& invocation, bool in_lane);
  void run_rule(std::uint64_t session_key, const std::string& message, const Rule& rule);
  void refuse(Peer& peer, const protocol::RequestId& id, const Refusal& refusal,
              const RuleRun* rule);
  void expire(ShardState& state, Clock::TimePoint now);

  CallRouter router;
  Replies replies;
  Identity identity;
  Admission admission;
  Cooldowns cooldowns;
  Preparation preparation;
};

namespace {

void end(Peer& peer, const protocol::RequestId& id, CallRouter& router) {
  Caller caller;
  caller.session_key = peer.session() ? peer.session()->key() : 0;
  caller.connection = peer.key();
  caller.request = id;
  router.end_request(caller);
}

}  // namespace

// Claims the id and a place among those in flight; answers and says no when there is none.
bool Dispatcher::Impl::begin(Peer& peer, const Envelope& envelope, const RuleRun* rule) {
  auto* session = peer.session();
  if (!preparation.begin(peer, envelope.id)) {
    refuse(peer, envelope.id,
           {.status = {ErrorCode::kDuplicateId, "the id " + envelope.id.to_json() +
                                                    " is still in use: wait for its answer or "
                                                    "take another"},
            .action = std::string(envelope.action)},
           rule);
    return false;
  }
  const auto limit = static_cast<std::size_t>(std::max(0, router.here().settings.limits.inflight));
  const auto count = session ? session->inflight() : preparation.inflight(peer);
  if (limit == 0 || count <= limit) return true;
  end(peer, envelope.id, router);
  refuse(peer, envelope.id,
         {.status = {ErrorCode::kTooManyInflight, "more than " + std::to_string(limit) +
                                                      " commands without an answer: wait for some"},
          .action = std::string(envelope.action)},
         rule);
  return false;
}

void Dispatcher::Impl::handle(Peer& peer, const Envelope& envelope, Clock::TimePoint now,
                              Rule rule) {
  if (!begin(peer, envelope, rule.get())) return;
  auto invocation = router.here().pool.acquire();
  invocation->rule = std::move(rule);
  if (auto refusal = preparation.prepare(peer, envelope, now, *invocation)) {
    end(peer, envelope.id, router);
    return refuse(peer, envelope.id, *refusal, invocation->rule.get());
  }
  start(peer, std::move(invocation), now);
}

void Dispatcher::Impl::start(Peer& peer, InvocationPtr invocation, Clock::TimePoint now) {
  if (invocation->spec().concurrent) return run(std::move(invocation), false, now);
  auto& lane = preparation.lane(peer);
  if (lane.try_enter()) return run(std::move(invocation), true, now);
  lane.enqueue([this, waiting = std::move(invocation)]() mutable {
    run(std::move(waiting), true, router.clock().now());
  });
}

void Dispatcher::Impl::run(InvocationPtr invocation, bool in_lane, Clock::TimePoint now) {
  auto& state = router.here();
  const auto call = state.pending.open({.session_key = invocation->session_key,
                                        .connection = invocation->connection,
                                        .request = invocation->request,
                                        .entry = invocation->entry,
                                        .user = invocation->user,
                                        .in_lane = in_lane,
                                        .started = now,
                                        .rule = invocation->rule});
  if (!call) return out_of_slots(*invocation, in_lane);
  invocation->call = *call;
  if (invocation->key.empty()) return launch(std::move(invocation), now);
  run_keyed(std::move(invocation), now);
}

void Dispatcher::Impl::launch(InvocationPtr invocation, Clock::TimePoint now) {
  auto& state = router.here();
  const auto call = invocation->call;
  const auto budget = state.settings.hard_budget;
  const EntryPtr entry = invocation->entry;  // the target may let go of all others while it runs
  invocation->deadline = now + budget;
  state.counters.commands.bump();
  entry->target->invoke(std::move(invocation));
  if (state.pending.is_open(call)) state.pending.watch(call, now, budget);
}

// A command that may have been sent before: it runs once.
void Dispatcher::Impl::run_keyed(InvocationPtr invocation, Clock::TimePoint now) {
  auto& keyed = router.keyed();
  auto& pending = router.here().pending;
  const auto call = invocation->call;
  const bool first = keyed.begin(call, *invocation);
  const auto refused = first ? preparation.cool_down(now, *invocation) : std::nullopt;
  if (refused) {
    keyed.withdraw(call, refused->status);
    auto error = protocol::error_frame(refused->status);
    error.retry_after_ms = refused->retry_after.count();
    if (router.claim(call)) router.send_error(call, error);
  }
  if (first && !refused) {
    if (!invocation->spec().external) return launch(std::move(invocation), now);
    return keyed.run_marked(call, std::move(invocation), [this](InvocationPtr marked) {
      launch(std::move(marked), router.clock().now());
    });
  }
  const auto budget = router.here().settings.hard_budget;
  invocation.reset();
  if (pending.is_open(call)) pending.watch(call, now, budget);
  router.returned(call);
}

void Dispatcher::Impl::out_of_slots(const Invocation& invocation, bool in_lane) {
  Caller caller;
  caller.session_key = invocation.session_key;
  caller.connection = invocation.connection;
  caller.request = invocation.request;
  router.end_request(caller);
  if (auto* peer = router.peer(invocation.connection)) {
    refuse(*peer, invocation.request,
           {.status = Status::overloaded("too many commands are running: try again later"),
            .action = invocation.spec().name},
           invocation.rule.get());
  }
  if (in_lane) router.leave_lane(invocation.session_key, invocation.connection);
}

void Dispatcher::Impl::refuse(Peer& peer, const protocol::RequestId& id, const Refusal& refusal,
                              const RuleRun* rule) {
  if (rule == nullptr || !rule->answers) {
    admission.refuse(peer, id, refusal.status, refusal.action, refusal.retry_after,
                     refusal.details_json);
  }
  if (rule == nullptr) return;
  auto error = protocol::error_frame(refusal.status, refusal.action);
  error.retry_after_ms = refusal.retry_after.count();
  error.details_json = refusal.details_json;
  rule->failed(router, error);
}

void Dispatcher::Impl::run_rule(std::uint64_t session_key, const std::string& message,
                                const Rule& rule) {
  auto* session = router.sessions().find(session_key);
  auto* peer = session && session->link() ? router.peer(session->link()->connection_id()) : nullptr;
  if (!peer || peer->session() != session) return rule->nobody_there(router);
  auto parsed = protocol::parse_envelope(message, router.here().reader);
  if (const auto* error = std::get_if<EnvelopeError>(&parsed)) {
    log::Event(log::Level::kWarn, "command")
        .plugin(rule->plugin)
        .write("a rule's command is refused: {}", error->status.message());
    return rule->failed(router, protocol::error_frame(error->status));
  }
  auto& envelope = std::get<Envelope>(parsed);
  envelope.id = {};
  envelope.key = {};
  handle(*peer, envelope, router.clock().now(), rule);
}

void Dispatcher::Impl::expire(ShardState& state, Clock::TimePoint now) {
  state.late.clear();
  state.pending.expire(now, state.late);
  for (const auto call : state.late) {
    const EntryPtr entry = state.pending.caller(call)->entry;
    state.counters.timeouts.bump();
    log::Event(log::Level::kWarn, "command")
        .plugin(entry->spec.plugin)
        .write("{} did not answer in time", entry->spec.name);
    const Status late(ErrorCode::kPluginTimeout, entry->spec.name + " took too long: try again");
    router.send_error(call, protocol::error_frame(late));
    entry->target->cancelled(call);
  }
}

Dispatcher::Dispatcher(DispatcherDeps deps, const config::Config& config)
    : impl_(std::make_unique<Impl>(deps, config)) {}

// What waits in the lanes of sessions that live on came from pools that go now.
Dispatcher::~Dispatcher() {
  for (auto& state : impl_->router.states())
    for (auto& [key, peer] : state->peers) impl_->preparation.lane(*peer).clear();
}

Peer& Dispatcher::open(session::Link& link, std::string_view locale) {
  auto& peer = impl_->router.open_peer(link, locale);
  impl_->admission.make_room(impl_->router.here());
  if (!impl_->admission.enter(peer)) impl_->admission.crowded_address(peer);
  return peer;
}

void Dispatcher::on_text(Peer& peer, std::string_view payload) {
  if (impl_->preparation.is_closing(peer)) return;
  const auto now = impl_->router.clock().now();
  const Millis wait = impl_->admission.over_rate(peer, now);
  const auto parsed = protocol::parse_envelope(payload, impl_->router.here().reader);
  if (const auto* error = std::get_if<EnvelopeError>(&parsed))
    return impl_->admission.malformed(peer, error->status, error->id);
  const auto& envelope = std::get<Envelope>(parsed);
  if (wait.count() > 0) return impl_->admission.too_fast(peer, envelope.id, envelope.action, wait);
  if (auto* session = peer.session(); session && session->unconfirmed()) session->confirm_resume();
  if (impl_->moves(peer, envelope, payload)) return;
  impl_->handle(peer, envelope, now);
}

void Dispatcher::on_binary(Peer& peer) {
  if (impl_->preparation.is_closing(peer)) return;
  impl_->admission.over_rate(peer, impl_->router.clock().now());
  impl_->admission.malformed(
      peer, {ErrorCode::kBadFrame, "binary frames are not understood: send JSON as text"}, {});
}

void Dispatcher::set_locale(std::uint64_t connection, std::string_view locale) {
  if (auto* peer = impl_->router.peer(connection)) peer->set_locale(locale);
}

// A session stays on its shard, with its calls and its place in channels: who resumes it comes
// there.
bool Dispatcher::Impl::moves(Peer& peer, const Envelope& envelope, std::string_view payload) {
  if (envelope.action != "resume" || peer.session()) return false;
  const auto key = router.sessions().key_of(envelope.args.find("session").as_string().value_or(""));
  const int shard = session::shard_of(key);
  if (key == 0 || shard == peer.shard() || preparation.inflight(peer) > 0) return false;
  if (!peer.link().move_to(shard)) return false;
  preparation.begin_move(peer, payload);
  return true;
}

void Dispatcher::set_meta(std::uint64_t connection, bool on) {
  if (auto* peer = impl_->router.peer(connection)) impl_->router.set_meta(*peer, on);
}

void Dispatcher::closed(Peer& peer) {
  impl_->admission.left(peer);
  impl_->router.close_peer(peer);
}

void Dispatcher::drained(Peer& peer) {
  if (auto* session = peer.session(); session && session->link() == &peer.link())
    impl_->router.channels().drained(*session);
}

std::unique_ptr<Peer> Dispatcher::leave(Peer& peer) {
  return impl_->router.leave_peer(peer);
}

void Dispatcher::arrive(std::unique_ptr<Peer> moved, Peer*& there) {
  there = &impl_->router.arrive_peer(std::move(moved));
  const std::string frame = std::exchange(there->moving_frame_, {});
  const auto parsed = protocol::parse_envelope(frame, impl_->router.here().reader);
  if (const auto* envelope = std::get_if<Envelope>(&parsed)) {
    if (impl_->moves(*there, *envelope, frame)) return;
    impl_->handle(*there, *envelope, impl_->router.clock().now());
  }
}

void Dispatcher::returned(CallId call) {
  auto& router = impl_->router;
  if (!router.knows(call)) return;
  if (router.is_here(call)) return router.returned(call);
  router.shards().post(static_cast<int>(call.shard()), [&router, call] { router.returned(call); });
}

void Dispatcher::run_as(std::uint64_t session_key, std::string message, RuleRun run) {
  const auto shard = session::shard_of(session_key);
  if (shard >= impl_->router.shards().size()) return run.nobody_there(impl_->router);
  impl_->router.shards().post(shard, [impl = impl_.get(), session_key, message = std::move(message),
                                      rule = std::make_shared<const RuleRun>(std::move(run))] {
    impl->run_rule(session_key, message, rule);
  });
}

void Dispatcher::tick() {
  auto& state = impl_->router.here();
  const auto now = impl_->router.clock().now();
  impl_->expire(state, now);
  impl_->router.check_leaving();
  impl_->router.sessions().tick();
  impl_->router.keeper().tick();
  impl_->admission.check_waiting(state, now);
  const int expired = state.expiry.check(impl_->router, impl_->router.clock().wall_ms());
  state.counters.expired.bump(static_cast<std::uint64_t>(expired));
  state.counters.inflight.set(state.pending.size());
}

void Dispatcher::configure(const config::Config& config) {
  auto& router = impl_->router;
  for (int shard = 0; shard < router.shards().size(); ++shard)
    router.shards().post(
        shard, [&router, settings = Settings(config)] { router.configure_here(settings); });
}

void Dispatcher::mark_running(std::string_view plugin) {
  impl_->router.keyed().ledger().mark_running(plugin);
}

Replies& Dispatcher::replies() {
  return impl_->replies;
}
Identity& Dispatcher::identity() {
  return impl_->identity;
}

DispatcherStats Dispatcher::stats() const {
  DispatcherStats total;
  for (const auto& state : impl_->router.states()) {
    const auto& counters = state->counters;
    total.commands += counters.commands.get();
    total.refused += counters.refused.get();
    total.rate_limited += counters.rate_limited.get();
    total.user_limited += counters.user_limited.get();
    total.address_limited += counters.address_limited.get();
    total.command_limited += counters.command_limited.get();
    total.address_full += counters.address_full.get();
    total.malformed += counters.malformed.get();
    total.timeouts += counters.timeouts.get();
    total.inflight += counters.inflight.get();
    total.noise_closes += counters.noise_closes.get();
    total.abuse_closes += counters.abuse_closes.get();
    total.auth_timeouts += counters.auth_timeouts.get();
    total.crowded_out += counters.crowded_out.get();
    total.expired += counters.expired.get();
  }
  total.stale = impl_->router.stale();
  total.repeated = impl_->router.keyed().ledger().repeated();
  total.keys = impl_->router.keyed().ledger().size();
  total.unauthenticated =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, impl_->router.unauthenticated()));
  return total;
}

}  // namespace parley::command
