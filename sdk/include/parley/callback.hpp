// SPDX-License-Identifier: Apache-2.0
// Callback: a function object that is moved, not copied, so that a lambda may own a Deferred.
// (C++23 calls it move_only_function.) Empty when default-made; calling an empty one does nothing.
// Since 1.0.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace parley {

template <typename Signature>
class Callback;

template <typename Result, typename... Args>
class Callback<Result(Args...)> {
 public:
  Callback() = default;
  Callback(std::nullptr_t) {}  // NOLINT(google-explicit-constructor)
  template <typename Function>
  requires(!std::same_as<std::decay_t<Function>, Callback> && std::invocable<Function&, Args...>)
      // NOLINTNEXTLINE(google-explicit-constructor): lambdas are passed as they are
      Callback(Function function)
      : target_(std::make_unique<Holder<Function>>(std::move(function))) {}

  explicit operator bool() const { return target_ != nullptr; }
  Result operator()(Args... args) const {
    if (target_) return target_->call(static_cast<Args&&>(args)...);
    return Result();
  }

 private:
  struct Target {
    virtual ~Target() = default;
    virtual Result call(Args... args) = 0;
  };
  template <typename Function>
  struct Holder final : Target {
    explicit Holder(Function f) : function(std::move(f)) {}
    Result call(Args... args) override { return function(static_cast<Args&&>(args)...); }
    Function function;
  };

  std::unique_ptr<Target> target_;
};

}  // namespace parley
