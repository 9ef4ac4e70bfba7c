// SPDX-License-Identifier: Apache-2.0
#include "command/call_log.h"

#include <chrono>
#include <string>

#include "base/log.h"
#include "command/peer.h"
#include "session/session.h"

namespace parley::command {
namespace {

constexpr std::string_view kComponent = "command";
constexpr double kRefusalsPerSecond = 5;

std::string text_of(const protocol::RequestId& id) {
  if (const auto* text = id.text()) return *text;
  return id.to_json();
}

std::string_view id_of(const session::Session* session) {
  return session ? std::string_view(session->id()) : std::string_view();
}

log::Turn turn_of(const session::Session* session, const std::string& else_key) {
  return log::rate_limited("refusals of " + (session ? std::string(session->id()) : else_key),
                           kRefusalsPerSecond);
}

log::Level level_of(std::string_view result) {
  return result == kAnsweredOk ? log::Level::kDebug : log::Level::kInfo;
}

// Which version of a plugin served; the core has only one.
std::string version_text(const CommandSpec& spec) {
  if (spec.generation == 0) return "";
  return " (version " + spec.version + ", generation " + std::to_string(spec.generation) + ")";
}

std::string skipped_text(const log::Turn& turn) {
  return turn.skipped > 0 ? " (" + std::to_string(turn.skipped) + " more not shown)" : "";
}

}  // namespace

bool logs_answered(std::string_view result) {
  return log::enabled(level_of(result), kComponent);
}

void log_answered(const Caller& caller, const session::Session* session, std::string_view result,
                  Clock::TimePoint now) {
  const bool good = result == kAnsweredOk;
  const auto turn = good ? log::Turn{.write = true, .skipped = 0}
                         : turn_of(session, std::to_string(caller.connection));
  if (!turn.write) return;
  const std::chrono::duration<double, std::milli> took = now - caller.started;
  log::Event(level_of(result), kComponent)
      .plugin(caller.entry->spec.plugin)
      .session(id_of(session))
      .user(caller.user ? std::string_view(caller.user->name) : std::string_view())
      .request(text_of(caller.request))
      .write("{}: {} in {:.1f} ms{}{}", caller.entry->spec.name, result, took.count(),
             version_text(caller.entry->spec), skipped_text(turn));
}

void log_refused(Peer& peer, const protocol::RequestId& request, std::string_view action,
                 std::string_view code) {
  if (!log::enabled(log::Level::kInfo, kComponent)) return;
  const auto* session = peer.session();
  const auto turn = turn_of(session, peer.address());
  if (!turn.write) return;
  log::Event(log::Level::kInfo, kComponent)
      .session(id_of(session))
      .user(session ? std::string_view(session->user()->name) : std::string_view())
      .request(text_of(request))
      .write("{}: {}, refused from {}{}", action, code, peer.address(), skipped_text(turn));
}

}  // namespace parley::command
