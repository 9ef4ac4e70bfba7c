// SPDX-License-Identifier: Apache-2.0
// Pushes: frames that nobody asked for (permission `push:<scope>`).
//
//   push().send({.to = Target::all(), .type = "worldEvent", .fields = {{"event", "earthquake"}}});
//   push().send({.to = Target::user(id), .type = "playerStateUpdate", .data = {{"hp", 3}}});
//
// Thread: plugin and background. Order: per session as sent. Failure: the outcome; a refused push
// is also logged.
// Since 1.0.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/abi.hpp"
#include "ext/push.h"
#include "host.hpp"
#include "json.hpp"

namespace parley {

class Target {
 public:
  static Target session(std::string_view id) { return {PARLEY_PUSH_SESSION, {std::string(id)}}; }
  static Target user(std::string_view id) { return {PARLEY_PUSH_USER, {std::string(id)}}; }
  static Target users(std::vector<std::string> ids) { return {PARLEY_PUSH_USER, std::move(ids)}; }
  static Target channel(std::string_view name) {
    return {PARLEY_PUSH_CHANNEL, {std::string(name)}};
  }
  static Target role(std::string_view name) { return {PARLEY_PUSH_ROLE, {std::string(name)}}; }
  static Target all() { return {PARLEY_PUSH_ALL, {}}; }

  std::uint32_t scope() const { return scope_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  Target(std::uint32_t scope, std::vector<std::string> names)
      : scope_(scope), names_(std::move(names)) {}
  std::uint32_t scope_;
  std::vector<std::string> names_;
};

struct Frame {
  Target to;
  std::string type;
  Json data = {};
  Json fields = {};                      // object: top-level fields of the frame
  std::vector<std::string> except = {};  // session or user ids
  bool may_drop = false;                 // "volatile": no seq, not recovered
  bool store = false;                    // users only: kept for when they are offline
  std::string conflate = {};             // only the newest frame with this key waits
  std::chrono::milliseconds ttl{0};      // 0: never too old
};

class Pushes : public detail::Service<parley_host_push> {
 public:
  explicit Pushes(Host host) : Service(host, PARLEY_EXT_PUSH) {}

  Outcome send(const Frame& frame) {
    const auto targets = strings(frame.to.names());
    const auto except = strings(frame.except);
    auto push = detail::sized<parley_push>();
    push.scope = frame.to.scope();
    push.flags = detail::flag_if(frame.may_drop, PARLEY_PUSH_VOLATILE) |
                 detail::flag_if(frame.store, PARLEY_PUSH_STORE);
    push.targets = targets.data();
    push.target_count = targets.size();
    push.except = except.data();
    push.except_count = except.size();
    push.conflate = detail::to_abi(frame.conflate);
    push.ttl = frame.ttl.count();
    push.type = detail::to_abi(frame.type);
    push.data = detail::to_abi(frame.data.text());
    push.fields = detail::to_abi(frame.fields.text());
    const parley_push* pointer = &push;
    const auto outcome = static_cast<Outcome>(call(&parley_host_push::send, pointer));
    if (!is_ok(outcome))
      host_.log(LogLevel::kWarning, "push " + frame.type + ": " + std::string(describe(outcome)));
    return outcome;
  }

 private:
  static std::vector<parley_string> strings(const std::vector<std::string>& texts) {
    std::vector<parley_string> result;
    for (const std::string& text : texts) result.push_back(detail::to_abi(text));
    return result;
  }
};

}  // namespace parley
