// SPDX-License-Identifier: Apache-2.0
// Request: one command to answer. A handler answers it, defers it, or hands it on before it
// returns.
//
//   void roll(parley::Request& request) {
//     const auto dice = request.argument<std::string_view>("dice");
//     request.reply("diceRolled", {{"total", 7}});
//   }
//
// Ownership: everything it gives out is borrowed until the handler returns; copy what is to last.
// Failure: asking for an argument that was not declared, or as another type than declared, throws
// Error: a mistake of the plugin.
// Since 1.0.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json_view.hpp"
#include "responder.hpp"

namespace parley {

namespace detail {

template <typename T>
struct is_optional : std::false_type {};
template <typename T>
struct is_optional<std::optional<T>> : std::true_type {};

inline bool holds_text(const parley_value& value) {
  return value.type == PARLEY_TYPE_STRING || value.type == PARLEY_TYPE_USER ||
         value.type == PARLEY_TYPE_CHANNEL || value.type == PARLEY_TYPE_JSON;
}

// False when the value is of another type.
template <typename T>
bool read(const parley_value& value, T& out) {
  if constexpr (std::same_as<T, bool>) {
    out = value.type == PARLEY_TYPE_BOOL && value.as.boolean != 0;
    return value.type == PARLEY_TYPE_BOOL;
  } else if constexpr (std::integral<T>) {
    out = static_cast<T>(value.as.integer);
    return value.type == PARLEY_TYPE_INT;
  } else if constexpr (std::floating_point<T>) {
    const bool whole = value.type == PARLEY_TYPE_INT;
    out = static_cast<T>(whole ? static_cast<double>(value.as.integer) : value.as.number);
    return whole || value.type == PARLEY_TYPE_NUMBER;
  } else if (!holds_text(value)) {
    return false;
  } else {
    out = T(to_view(value.as.string));  // std::string, std::string_view, JsonView
    return true;
  }
}

}  // namespace detail

class Request : public Responder {
 public:
  // names: the command's arguments in declared order; must outlive the request.
  Request(Host host, const parley_host_request* table, const parley_request* request,
          const std::vector<std::string>& names)
      : Responder(host, table, request->id, detail::to_view(request->locale)),
        request_(request),
        names_(names) {}

  // T: std::string_view, std::string, an integer, double, bool, JsonView, or std::optional of
  // these. An omitted argument is a T{}, or nullopt.
  template <typename T>
  T argument(std::string_view name) const {
    const parley_value* value = find(name);
    if (value == nullptr) return T{};
    if constexpr (detail::is_optional<T>::value) {
      return argument<typename T::value_type>(name);
    } else {
      T out{};
      if (!detail::read(*value, out))
        throw Error("argument '" + std::string(name) + "' is declared as another type");
      return out;
    }
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  // The arguments as one JSON object, as validated (with undeclared ones for an open command).
  JsonView raw() const { return JsonView(detail::to_view(request_->raw)); }
  // The name it was called by: the command's or an alias.
  std::string_view action() const { return detail::to_view(request_->action); }
  User user() const { return User(request_->user); }
  std::string_view session() const { return detail::to_view(request_->session); }
  // Where a slash line was typed; empty for plain commands.
  std::string_view channel() const { return detail::to_view(request_->channel); }
  // The client's address without port.
  std::string_view peer() const { return detail::to_view(request_->peer); }
  // {ns, id} when it came over a bridge.
  JsonView origin() const { return JsonView(detail::to_view(request_->origin)); }
  bool typed() const { return (request_->flags & PARLEY_REQUEST_SLASH) != 0; }
  bool pressed() const { return (request_->flags & PARLEY_REQUEST_BUTTON) != 0; }
  bool bridged() const { return (request_->flags & PARLEY_REQUEST_BRIDGED) != 0; }

  // Keeps the right to answer after the handler has returned. Empty (not open) when it was answered
  // already.
  [[nodiscard]] Deferred defer() {
    if (open()) table_->defer(host_.abi(), id_);
    return Deferred(host_, table_, take(), locale_);
  }

 private:
  // nullptr when omitted.
  const parley_value* find(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != name) continue;
      const bool given =
          i < request_->argument_count && request_->arguments[i].type != PARLEY_TYPE_NONE;
      return given ? &request_->arguments[i] : nullptr;
    }
    throw Error("command '" + std::string(action()) + "' declares no argument '" +
                std::string(name) + "'");
  }

  const parley_request* request_;
  const std::vector<std::string>& names_;
};

}  // namespace parley
