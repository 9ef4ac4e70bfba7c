// SPDX-License-Identifier: Apache-2.0
#include "mutes.h"

namespace moderation {
namespace {

bool over(const Mute& mute, std::int64_t now) {
  return mute.until != 0 && mute.until <= now;
}

}  // namespace

parley::Json to_record(const Mute& mute) {
  return {{"name", mute.name}, {"by", mute.by}, {"reason", mute.reason}, {"until", mute.until}};
}

Mute read_mute(parley::JsonView json) {
  return {.name = json["name"].or_else(""),
          .by = json["by"].or_else(""),
          .reason = json["reason"].or_else(""),
          .until = json["until"].or_else(std::int64_t{0})};
}

std::string mute_key(std::string_view user) {
  return std::string(kMutePrefix) + std::string(user);
}

void Mutes::lift(std::string_view user) {
  if (const auto found = all_.find(user); found != all_.end()) all_.erase(found);
}

const Mute* Mutes::find(std::string_view user, std::int64_t now) const {
  const auto found = all_.find(user);
  return found == all_.end() || over(found->second, now) ? nullptr : &found->second;
}

std::optional<std::string> Mutes::run_out(std::int64_t now) const {
  for (const auto& [user, mute] : all_) {
    if (over(mute, now)) return user;
  }
  return {};
}

}  // namespace moderation
