// SPDX-License-Identifier: Apache-2.0
// Is this text one JSON value? What a plugin hands over must be; the real host refuses it too.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parley::testing {

class JsonCheck {
 public:
  static bool valid(std::string_view text) {
    JsonCheck check(text);
    check.space();
    return check.value(0) && (check.space(), check.at_ == text.size());
  }
  static bool object(std::string_view text) {
    return valid(text) && text[text.find_first_not_of(" \n\t\r")] == '{';
  }

 private:
  static constexpr int kMaxDepth = 64;

  explicit JsonCheck(std::string_view text) : text_(text) {}

  bool value(int depth) {
    if (depth > kMaxDepth || at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return container('}', depth, true);
      case '[':
        return container(']', depth, false);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }
  bool container(char closing, int depth, bool keyed) {
    ++at_;
    space();
    if (take(closing)) return true;
    do {
      space();
      if (keyed && !(string() && (space(), take(':')))) return false;
      space();
      if (!value(depth + 1)) return false;
      space();
    } while (take(','));
    return take(closing);
  }
  bool string() {
    if (!take('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c == '"') return ++at_, true;
      if (c < 0x20) return false;
      if (c == '\\' && !escape()) return false;
    }
    return false;
  }
  bool escape() {
    ++at_;
    if (at_ >= text_.size()) return false;
    if (text_[at_] != 'u')
      return std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos;
    const auto digits = text_.substr(at_ + 1, 4);
    at_ += 4;
    return digits.size() == 4 &&
           digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin;
  }
  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void space() { at_ = std::min(text_.find_first_not_of(" \n\t\r", at_), text_.size()); }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace parley::testing
