// SPDX-License-Identifier: Apache-2.0
// JsonView: reads JSON text in place: configuration, raw arguments, stored values.
//
//   const JsonView config(text);
//   const auto sides = config["sides"].or_else(6);
//   for (const auto& [name, value] : config["rooms"].members()) ...
//
// It looks for what is asked each time, without building a tree: right for a configuration of a few
// kilobytes, wrong for megabytes (link nlohmann-json there). What is missing or of another kind is
// an empty view, so lookups chain. Text that is no valid JSON is never read out of bounds, but what
// comes out of it is unspecified: the host hands over valid text only. Ownership: borrows the text,
// which must outlive the view. Thread: immutable. Failure: none.
// Since 1.0.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detail/json_scan.hpp"

namespace parley {

class JsonView {
 public:
  JsonView() = default;
  explicit JsonView(std::string_view text) : text_(detail::value_at(text, 0)) {}

  bool exists() const { return !text_.empty(); }
  bool is_null() const { return text_ == "null"; }
  bool is_object() const { return starts_with('{'); }
  bool is_array() const { return starts_with('['); }
  bool is_string() const { return starts_with('"'); }
  // The value's own text.
  std::string_view text() const { return text_; }

  JsonView operator[](std::string_view key) const {
    JsonView found;
    each_member([&](const std::string& name, JsonView value) {
      if (name == key) found = value;
    });
    return found;
  }

  // T: bool, an integer, double, std::string. Empty when missing, of another kind, or out of the
  // integer's range.
  template <typename T>
  std::optional<T> as() const {
    if constexpr (std::same_as<T, bool>) {
      if (text_ == "true") return true;
      return text_ == "false" ? std::optional<bool>(false) : std::nullopt;
    } else if constexpr (std::same_as<T, std::string>) {
      return is_string() ? std::optional(detail::unescape(text_)) : std::nullopt;
    } else if constexpr (std::integral<T>) {
      return integer<T>();
    } else {
      static_assert(std::floating_point<T>, "as<T>: bool, an integer, double or std::string");
      return real();
    }
  }
  template <typename T>
  T or_else(T fallback) const {
    return as<T>().value_or(std::move(fallback));
  }
  std::string or_else(const char* fallback) const { return or_else<std::string>(fallback); }

  std::vector<JsonView> items() const {
    std::vector<JsonView> result;
    if (!is_array()) return result;
    std::size_t at = detail::skip_space(text_, 1);
    while (at < text_.size() && text_[at] != ']') {
      const JsonView item = sub_view(at);
      if (!item.exists()) break;
      result.push_back(item);
      at = next_element(at + item.text_.size());
    }
    return result;
  }

  std::vector<std::pair<std::string, JsonView>> members() const {
    std::vector<std::pair<std::string, JsonView>> result;
    each_member(
        [&](std::string name, JsonView value) { result.emplace_back(std::move(name), value); });
    return result;
  }

 private:
  bool starts_with(char c) const { return !text_.empty() && text_.front() == c; }

  JsonView sub_view(std::size_t at) const {
    JsonView view;
    view.text_ = detail::value_at(text_, at);
    return view;
  }

  std::size_t next_element(std::size_t at) const {
    at = detail::skip_space(text_, at);
    return at < text_.size() && text_[at] == ',' ? detail::skip_space(text_, at + 1) : at;
  }

  template <typename Visit>
  void each_member(Visit visit) const {
    if (!is_object()) return;
    std::size_t at = detail::skip_space(text_, 1);
    while (at < text_.size() && text_[at] == '"') {
      const JsonView key = sub_view(at);
      at = detail::skip_space(text_, at + key.text_.size());
      if (at >= text_.size() || text_[at] != ':') return;
      at = detail::skip_space(text_, at + 1);
      const JsonView value = sub_view(at);
      if (!value.exists()) return;
      visit(detail::unescape(key.text_), value);
      at = next_element(at + value.text_.size());
    }
  }

  template <typename T>
  std::optional<T> integer() const {
    T value{};
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    const bool whole = !text_.empty() && error == std::errc() && end == text_.data() + text_.size();
    return whole ? std::optional<T>(value) : std::nullopt;
  }

  // A stream, because libc++ 14 has no floating from_chars and strtod listens to the process's
  // locale.
  std::optional<double> real() const {
    if (text_.empty() ||
        !(text_.front() == '-' || (text_.front() >= '0' && text_.front() <= '9'))) {
      return std::nullopt;
    }
    std::istringstream stream{std::string(text_)};
    stream.imbue(std::locale::classic());
    double value = 0;
    return stream >> value ? std::optional<double>(value) : std::nullopt;
  }

  std::string_view text_;  // exactly one value without surrounding space, or empty
};

}  // namespace parley
