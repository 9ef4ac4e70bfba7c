// SPDX-License-Identifier: Apache-2.0
// Between the C structs and C++: strings, sinks, struct sizes, and the table of completions that
// are still to come.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "../callback.hpp"
#include "../outcome.hpp"
#include "../plugin_abi.h"

namespace parley::detail {

struct Trampolines;  // trampolines.hpp; the services' one friend

constexpr std::uint32_t flag_if(bool condition, std::uint32_t flag) {
  return condition ? flag : 0;
}

inline parley_string to_abi(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view to_view(parley_string text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

// A struct of the ABI with its size set and everything else zero.
template <typename Struct>
Struct sized() {
  Struct result{};
  result.size = sizeof(Struct);
  return result;
}

// A sink that keeps what it is given.
class TextSink {
 public:
  TextSink() : sink_{this, &TextSink::write} {}
  TextSink(const TextSink&) = delete;
  TextSink& operator=(const TextSink&) = delete;
  const parley_sink* abi() const { return &sink_; }
  std::string take() { return std::move(text_); }

 private:
  static void write(void* context, parley_string bytes) {
    static_cast<TextSink*>(context)->text_ = std::string(to_view(bytes));
  }
  std::string text_;
  parley_sink sink_;
};

inline void write_to(const parley_sink* sink, std::string_view text) {
  if (sink != nullptr && sink->write != nullptr) sink->write(sink->context, to_abi(text));
}

// Callbacks that wait for their completion, by token. Locked, because jobs call in from the
// background.
template <typename... Args>
class Pending {
 public:
  using Then = Callback<void(Outcome, Args...)>;

  // Starts `call(token)`; when the host refuses at once, `then` hears of it at once.
  template <typename Call>
  void start(Then then, Call call) {
    if (!then) {
      call(parley_token{0});
      return;
    }
    const parley_token token = add(std::move(then));
    const auto status = static_cast<Outcome>(call(token));
    if (!is_ok(status)) finish(token, status, Args{}...);
  }
  void finish(parley_token token, Outcome outcome, Args... args) {
    const Then then = take(token);
    then(outcome, args...);
  }
  void clear() {
    std::unordered_map<parley_token, Then> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(waiting_);
  }

 private:
  parley_token add(Then then) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(++last_, std::move(then));
    return last_;
  }
  Then take(parley_token token) {
    const std::lock_guard lock(mutex_);
    auto node = waiting_.extract(token);
    return node.empty() ? Then() : std::move(node.mapped());
  }

  std::mutex mutex_;
  std::unordered_map<parley_token, Then> waiting_;
  parley_token last_ = 0;
};

}  // namespace parley::detail
