// SPDX-License-Identifier: Apache-2.0
// Who may not speak, and who may not be in a channel. Memory only; moderation.cpp stores it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace moderation {

struct Sanction {
  std::string name = {};  // of the one it is about, for lists
  std::string by = {};    // name of the moderator; empty: the module itself
  std::string reason = {};
  std::int64_t until = 0;  // milliseconds since 1970; 0: until it is lifted
};

parley::Json to_record(const Sanction& sanction);
Sanction read_sanction(parley::JsonView json);

// Keys, the same in storage: "mute:<user>" and "ban:<user>:<channel>". Ids of users have no colon.
std::string mute_key(std::string_view user);
std::string ban_key(std::string_view user, std::string_view channel);

class Sanctions {
 public:
  using All = std::map<std::string, Sanction, std::less<>>;

  void set(const std::string& key, Sanction sanction) {
    all_.insert_or_assign(key, std::move(sanction));
  }
  void lift(const std::string& key) { all_.erase(key); }
  // One that is in force now.
  const Sanction* find(std::string_view key, std::int64_t now) const;
  // The first key that has run out.
  std::optional<std::string> run_out(std::int64_t now) const;
  const All& all() const { return all_; }

 private:
  All all_;
};

}  // namespace moderation
