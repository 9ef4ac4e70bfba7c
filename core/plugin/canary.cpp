// SPDX-License-Identifier: Apache-2.0
#include "plugin/canary.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "users/accounts.h"

namespace parley::plugin {
namespace {

constexpr std::size_t kMostUsers = 1000;

}  // namespace

bool CanaryShare::takes(std::string_view session, const users::User* user) const {
  if (!users.empty()) {
    return user != nullptr && std::any_of(users.begin(), users.end(), [&](const auto& one) {
             return one == user->id || one == user->name;
           });
  }
  if (session.empty()) return false;  // not signed in yet: nothing to tell them apart by
  return static_cast<int>(std::hash<std::string_view>{}(session) % 100) < percent;
}

std::string CanaryShare::text() const {
  if (users.empty()) return std::to_string(percent) + " % of the sessions";
  std::string all;
  for (const auto& user : users) all += (all.empty() ? "" : ", ") + user;
  return (users.size() == 1 ? "the user " : "the users ") + all;
}

Status CanaryShare::check() const {
  if (users.size() > kMostUsers)
    return Status::invalid_args("a canary takes at most 1000 named users: give a percentage");
  if (!users.empty() || (percent >= 1 && percent <= 99)) return Status::ok();
  return Status::invalid_args(
      "a canary serves 1 to 99 per cent of the sessions, or named users; for everybody reload the "
      "plugin");
}

void Canary::take(command::InvocationPtr invocation) {
  const bool to_next = share_.takes(invocation->session_id, invocation->user.get()) &&
                       next_->offers(invocation->spec());
  if (to_next) return next_->adopt(std::move(invocation), CallGate::Limit::kQueue);
  if (const auto old = old_.lock()) old->admit(std::move(invocation), *this);
}

void Canary::take(VisitPtr visit) {
  if (share_.takes(visit->session(), visit->user())) return next_->adopt(std::move(visit));
  if (const auto old = old_.lock()) old->adopt(std::move(visit));
}

std::vector<std::string> Canary::left_out() const {
  std::vector<std::string> names;
  const auto old = old_.lock();
  if (old == nullptr) return names;
  for (const auto& command : old->registrations().commands) {
    if (!next_->offers(command.spec)) names.push_back(command.spec.name);
  }
  return names;
}

}  // namespace parley::plugin
