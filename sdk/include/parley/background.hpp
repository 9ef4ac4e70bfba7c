// SPDX-License-Identifier: Apache-2.0
// Background: slow work off the plugin's thread, then back on it.
//
//   background().run([book] { return parse(book); },   // must not touch the plugin's members
//                    [this](Outcome outcome, std::optional<Book> parsed) { ... });    may
//
// Thread: start, plugin and background; post from any. Failure: kBusy when too many wait; when the
// work throws, the outcome is kInternal and the exception's text is logged. `then` always comes,
// once.
// Since 1.0.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "detail/abi.hpp"
#include "ext/background.h"
#include "host.hpp"

namespace parley {

class Background : public detail::Service<parley_host_background> {
 public:
  explicit Background(Host host) : Service(host, PARLEY_EXT_BACKGROUND) {}

  // Work that gives nothing: then(Outcome). Work that gives a T: then(Outcome, std::optional<T>).
  template <typename Work, typename Then>
  void run(Work work, Then then) {
    using T = std::invoke_result_t<Work&>;
    if constexpr (std::is_void_v<T>) {
      submit({.work = std::move(work), .then = std::move(then)});
    } else {
      auto result = std::make_shared<std::optional<T>>();
      submit({.work = [work = std::move(work), result]() mutable { result->emplace(work()); },
              .then = [then = std::move(then),
                       result](Outcome outcome) mutable { then(outcome, std::move(*result)); }});
    }
  }
  // Runs `then` on the plugin's thread; from any thread.
  void post(Callback<void()> then) {
    start(&parley_host_background::post, {.then = [then = std::move(then)](Outcome) { then(); }});
  }

 private:
  friend struct detail::Trampolines;

  struct Job {
    Callback<void()> work = {};
    Callback<void(Outcome)> then = {};
  };

  void submit(Job job) {
    start([](const parley_host_background* table, const parley_host* host,
             parley_token token) { return table->submit(host, token, nullptr); },
          std::move(job));
  }
  void start(parley_status (*parley_host_background::*member)(const parley_host*, parley_token),
             Job job) {
    start([member](const parley_host_background* table, const parley_host* host,
                   parley_token token) { return (table->*member)(host, token); },
          std::move(job));
  }
  template <typename Call>
  void start(Call call_host, Job job) {
    const parley_token token = add(std::move(job));
    const auto outcome = table_ == nullptr
                             ? Outcome::kUnsupported
                             : static_cast<Outcome>(call_host(table_, host_.abi(), token));
    if (!is_ok(outcome)) finish(token, outcome);
  }

  parley_token add(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.emplace(++last_, std::move(job));
    return last_;
  }
  // Off the plugin's thread. The job stays where it is: nodes do not move, and only finish erases
  // this one.
  void work(parley_token token) {
    const Job* job = nullptr;
    {
      const std::lock_guard lock(mutex_);
      const auto found = jobs_.find(token);
      if (found != jobs_.end()) job = &found->second;
    }
    if (job != nullptr) job->work();
  }
  void finish(parley_token token, Outcome outcome) {
    std::unique_lock lock(mutex_);
    auto node = jobs_.extract(token);
    lock.unlock();
    if (!node.empty()) node.mapped().then(outcome);
  }

  std::mutex mutex_;
  std::unordered_map<parley_token, Job> jobs_;
  parley_token last_ = 0;
};

}  // namespace parley
