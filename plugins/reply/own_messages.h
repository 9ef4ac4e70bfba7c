// SPDX-License-Identifier: Apache-2.0
// Which of a channel's newest messages are the bot's own: whoever replies to one speaks to the bot.
//
// Ownership: values. Thread: the plugin's. Bounded: the oldest are forgotten; so is all of it when
// the server starts anew, and the bot has to be named then.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include <parley/json.hpp>
#include <parley/json_view.hpp>

namespace reply {

class OwnMessages {
 public:
  static constexpr std::size_t kMost = 1000;

  void note(std::string channel, std::int64_t offset) {
    if (newest_.size() == kMost) newest_.pop_front();
    newest_.push_back({std::move(channel), offset});
  }
  bool has(std::string_view channel, std::int64_t offset) const {
    return std::any_of(newest_.begin(), newest_.end(), [&](const Place& one) {
      return one.offset == offset && one.channel == channel;
    });
  }

  // For the next version of the plugin. load: what is no such state is nothing.
  parley::Json to_json() const {
    auto all = parley::Json::array();
    for (const Place& one : newest_) all.push({{"channel", one.channel}, {"offset", one.offset}});
    return all;
  }
  void load(parley::JsonView all) {
    for (const auto one : all.items())
      note(one["channel"].or_else(""), one["offset"].or_else(std::int64_t{-1}));
  }

 private:
  struct Place {
    std::string channel;
    std::int64_t offset = -1;
  };
  std::deque<Place> newest_;
};

}  // namespace reply
