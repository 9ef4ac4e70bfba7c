// SPDX-License-Identifier: Apache-2.0
#include "sanctions.h"

namespace moderation {
namespace {

bool over(const Sanction& sanction, std::int64_t now) {
  return sanction.until != 0 && sanction.until <= now;
}

}  // namespace

parley::Json to_record(const Sanction& sanction) {
  return {{"name", sanction.name},
          {"by", sanction.by},
          {"reason", sanction.reason},
          {"until", sanction.until}};
}

Sanction read_sanction(parley::JsonView json) {
  return {.name = json["name"].or_else(""),
          .by = json["by"].or_else(""),
          .reason = json["reason"].or_else(""),
          .until = json["until"].or_else(std::int64_t{0})};
}

std::string mute_key(std::string_view user) {
  return "mute:" + std::string(user);
}

std::string ban_key(std::string_view user, std::string_view channel) {
  return "ban:" + std::string(user) + ":" + std::string(channel);
}

const Sanction* Sanctions::find(std::string_view key, std::int64_t now) const {
  const auto found = all_.find(key);
  return found == all_.end() || over(found->second, now) ? nullptr : &found->second;
}

std::optional<std::string> Sanctions::run_out(std::int64_t now) const {
  for (const auto& [key, sanction] : all_) {
    if (over(sanction, now)) return key;
  }
  return {};
}

}  // namespace moderation
