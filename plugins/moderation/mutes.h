// SPDX-License-Identifier: Apache-2.0
// Who may not speak. Memory only; muting.cpp stores it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace moderation {

struct Mute {
  std::string name = {};  // of the one it is about, for lists
  std::string by = {};    // name of the moderator; empty: the module itself
  std::string reason = {};
  std::int64_t until = 0;  // milliseconds since 1970; 0: until it is lifted
};

parley::Json to_record(const Mute& mute);
Mute read_mute(parley::JsonView json);

constexpr std::string_view kMutePrefix = "mute:";
std::string mute_key(std::string_view user);  // in storage

class Mutes {
 public:
  using All = std::map<std::string, Mute, std::less<>>;  // by user id

  void set(std::string_view user, Mute mute) {
    all_.insert_or_assign(std::string(user), std::move(mute));
  }
  void lift(std::string_view user);
  // One that is in force now.
  const Mute* find(std::string_view user, std::int64_t now) const;
  // The first user whose mute has run out.
  std::optional<std::string> run_out(std::int64_t now) const;
  const All& all() const { return all_; }

 private:
  All all_;
};

}  // namespace moderation
