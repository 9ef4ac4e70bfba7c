// SPDX-License-Identifier: Apache-2.0
// Json: writes JSON text, so that a plugin that only answers needs no JSON library.
//
//   Json{{"total", 7}, {"rolls", Json::array({3, 4})}}   an object: pairs that begin with a string
//   Json{1, 2, 3}                                         an array
//   Json(), Json::object(), Json(nullptr)                 absent, {} and null
//
// A braced list whose elements are all pairs is an object; Json::array and Json::object say it
// plainly where that could surprise (an array of pairs of strings). Copy with parentheses: Json
// copy(other); braces make an array of one.
//
// Ownership: a value; it holds its serialised text. Thread: as std::string. Failure: none; what is
// no finite number becomes null, bytes that are no UTF-8 are left to the host, which refuses them.
// Since 1.0.
#pragma once

#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace parley {

namespace detail {

inline void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  std::size_t plain = 0;  // where the run begins that needs no escape: it is copied in one piece
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.data() + plain, at - plain);
    plain = at + 1;
    if (byte >= 0x20) {
      (out += '\\') += c;
    } else if (c == '\n') {
      out += "\\n";
    } else {
      ((out += "\\u00") += kHex[byte >> 4]) += kHex[byte & 15];
    }
  }
  out.append(text.data() + plain, text.size() - plain);
  out += '"';
}

template <typename Number>
void append_json_number(std::string& out, Number number) {
  std::array<char, 40> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

}  // namespace detail

class Json {
 public:
  Json() = default;
  // Implicit throughout: literals read as JSON.
  Json(std::nullptr_t) : text_("null") {}  // NOLINT(google-explicit-constructor)
  template <std::same_as<bool> Bool>
  Json(Bool value) : text_(value ? "true" : "false") {}  // NOLINT(google-explicit-constructor)
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>)
      Json(Integer value) {  // NOLINT(google-explicit-constructor)
    detail::append_json_number(text_, value);
  }
  template <std::floating_point Real>
  Json(Real value) {  // NOLINT(google-explicit-constructor)
    if (!std::isfinite(value)) {
      text_ = "null";
    } else {
      detail::append_json_number(text_, static_cast<double>(value));
    }
  }
  Json(std::string_view value) : is_string_(true) {  // NOLINT(google-explicit-constructor)
    detail::append_json_string(text_, value);
  }
  Json(const char* value) : Json(std::string_view(value)) {}  // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Json(const std::string& value) : Json(std::string_view(value)) {}
  Json(std::initializer_list<Json> elements) { *this = from(elements); }

  static Json array(std::initializer_list<Json> elements = {}) {
    Json result = raw("[]");
    result.reserve_for(elements);
    for (const Json& element : elements) result.push(element);
    return result;
  }
  static Json object(std::initializer_list<std::pair<std::string_view, Json>> members = {}) {
    Json result = raw("{}");
    for (const auto& [key, value] : members) result.set(key, value);
    return result;
  }
  template <typename Range>
  static Json array_of(const Range& elements) {
    Json result = array();
    for (const auto& element : elements) result.push(element);
    return result;
  }
  // Text that is JSON already; taken as it stands.
  static Json raw(std::string_view text) {
    Json result;
    result.text_ = text;
    return result;
  }

  // Appends a member; does not look whether the key is there. Absent, or no object: becomes one.
  Json& set(std::string_view key, const Json& value) {
    open_for('{', '}');
    detail::append_json_string(text_, key);
    text_ += ':';
    close_with(value, '}');
    return *this;
  }
  // Appends an element. Absent, or no array: becomes one.
  Json& push(const Json& value) {
    open_for('[', ']');
    close_with(value, ']');
    return *this;
  }

  bool absent() const { return text_.empty(); }
  // The JSON text; empty when absent.
  const std::string& text() const { return text_; }

 private:
  static Json from(std::initializer_list<Json> elements) {
    bool all_pairs = elements.size() > 0;
    for (const Json& element : elements) all_pairs = all_pairs && element.pair_comma_ > 0;
    if (!all_pairs) return array_or_pair(elements);
    Json result = raw("{}");
    result.reserve_for(elements);
    for (const Json& pair : elements) result.append_pair(pair);
    return result;
  }

  // [ "key" , value ] remembers where its comma is, because an enclosing list may turn it into a
  // member.
  static Json array_or_pair(std::initializer_list<Json> elements) {
    Json result = array(elements);
    const Json* first = elements.begin();
    if (elements.size() == 2 && first->is_string_) result.pair_comma_ = 1 + first->text_.size();
    return result;
  }

  // Room for all of them with their commas and the brackets around them.
  void reserve_for(std::initializer_list<Json> elements) {
    std::size_t size = 2;
    for (const Json& element : elements) size += element.text_.size() + 1;
    text_.reserve(size);
  }

  void append_pair(const Json& pair) {
    open_for('{', '}');
    text_.append(pair.text_, 1, pair.pair_comma_ - 1);
    text_ += ':';
    text_.append(pair.text_, pair.pair_comma_ + 1);
    text_.back() = '}';  // was the pair's ]
  }

  void open_for(char opening, char closing) {
    if (text_.empty() || text_.front() != opening) ((text_ = opening) += closing);
    text_.back() = ',';
    if (text_.size() == 2) text_.pop_back();
    is_string_ = false;
    pair_comma_ = 0;
  }

  void close_with(const Json& value, char closing) {
    text_ += value.absent() ? std::string_view("null") : std::string_view(value.text_);
    text_ += closing;
  }

  std::string text_;
  std::size_t pair_comma_ = 0;
  bool is_string_ = false;
};

}  // namespace parley
