// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "protocol/json_access.h"

namespace parley::protocol {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

Status bad_json(std::string why) {
  return {ErrorCode::kBadJson, std::move(why)};
}

Status too_deep(const JsonLimits& limits) {
  return bad_json("nested deeper than " + std::to_string(limits.depth) +
                  " levels: make the message flatter");
}

std::string explain(simdjson::error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "the message is empty: send one JSON object";
    case simdjson::UTF8_ERROR:
      return "the text is not valid UTF-8";
    case simdjson::NUMBER_ERROR:
      return "a number is malformed or out of range";
    case simdjson::STRING_ERROR:
      return "a string has a bad escape, or half of a surrogate pair";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a string must be escaped";
    default:
      return "this is not JSON: send one JSON object";
  }
}

int hex_value(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return digits.size() == 4 ? value : -1;
}

// The code unit of a \uXXXX at `i`, or -1.
int code_unit(std::string_view text, std::size_t i) {
  if (i + 6 > text.size() || text[i] != '\\' || text[i + 1] != 'u') return -1;
  return hex_value(text.substr(i + 2, 4));
}

// simdjson lets some lone surrogates pass, and says nothing of U+0000; both would travel on into
// stores and other people's programs. In JSON a backslash stands in strings only.
const char* bad_escape(std::string_view text) {
  for (auto i = text.find('\\'); i != std::string_view::npos; i = text.find('\\', i)) {
    const int unit = code_unit(text, i);
    if (unit < 0) {
      i += 2;
      continue;
    }
    i += 6;
    if (unit == 0) return "U+0000 is not accepted in text";
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const int low = unit <= 0xdbff ? code_unit(text, i) : -1;
    if (low < 0xdc00 || low > 0xdfff) return "a \\u escape is half of a surrogate pair";
    i += 6;
  }
  return nullptr;
}

// Walks a document once, holding it against what simdjson does not check.
class Checker {
 public:
  Checker(const JsonLimits& limits, std::vector<std::string_view>& keys)
      : limits_(limits), keys_(keys) {}

  Status check(element value, int depth) {
    switch (value.type()) {
      case element_type::OBJECT:
        return depth > limits_.depth ? too_deep(limits_)
                                     : check_object(value.get_object().value_unsafe(), depth);
      case element_type::ARRAY:
        return depth > limits_.depth ? too_deep(limits_)
                                     : check_array(value.get_array().value_unsafe(), depth);
      case element_type::UINT64:
        return bad_json("a number is out of range: whole numbers fit 64 bits with a sign");
      default:
        return {};
    }
  }

 private:
  Status check_object(simdjson::dom::object object, int depth) {
    const auto base = keys_.size();
    for (const auto member : object) {
      if (++key_count_ > limits_.keys)
        return bad_json("more than " + std::to_string(limits_.keys) + " keys in one message");
      keys_.push_back(member.key);
      if (is_plain(member.value)) continue;
      if (auto status = check(member.value, depth + 1); !status) return status;
    }
    auto status = check_duplicates(base);
    keys_.resize(base);
    return status;
  }

  Status check_array(simdjson::dom::array array, int depth) {
    for (const auto value : array) {
      if (is_plain(value)) continue;
      if (auto status = check(value, depth + 1); !status) return status;
    }
    return {};
  }

  // Nothing that check() could object to: most values are.
  static bool is_plain(element value) {
    const auto type = value.type();
    return type != element_type::OBJECT && type != element_type::ARRAY &&
           type != element_type::UINT64;
  }

  // Few keys are compared pair by pair, which needs no sorting and no memory.
  Status check_duplicates(std::size_t base) {
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(base), last = keys_.end();
    if (last - first <= 8) {
      for (auto key = first; key != last; ++key)
        if (std::find(first, key, *key) != key) return duplicate(*key);
      return {};
    }
    std::sort(first, last);
    const auto twice = std::adjacent_find(first, last);
    return twice == last ? Status() : duplicate(*twice);
  }

  static Status duplicate(std::string_view key) {
    constexpr std::size_t kShown = 64;
    return bad_json("the key \"" + std::string(key.substr(0, kShown)) + "\" is there twice");
  }

  const JsonLimits& limits_;
  std::vector<std::string_view>& keys_;
  int key_count_ = 0;
};

}  // namespace

struct JsonReader::Impl {
  simdjson::dom::parser parser;
  std::vector<std::string_view> keys;
};

JsonReader::JsonReader(JsonLimits limits) : limits_(limits), impl_(std::make_unique<Impl>()) {
  // One level more than allowed, so that the sentence about depth is ours; the document itself
  // counts as one.
  const auto depth = static_cast<std::size_t>(std::max(limits.depth, 1)) + 2;
  const auto prepared = impl_->parser.allocate(std::max<std::size_t>(limits.size, 256), depth);
  impl_->keys.reserve(static_cast<std::size_t>(std::max(limits.keys, 0)) + 1);
  (void)prepared;  // without memory parse() answers with an error
}

JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<JsonView> JsonReader::parse(std::string_view text) {
  refused_root_ = {};
  if (text.size() > limits_.size)
    return bad_json("longer than " + std::to_string(limits_.size) + " bytes");
  element root;
  const auto error = impl_->parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::DEPTH_ERROR) return too_deep(limits_);
  if (error) return bad_json(explain(error));
  auto view = JsonAccess::view(root);
  if (auto status = check(view, text); !status) {
    if (view.is_object()) refused_root_ = view;
    return status;
  }
  return view;
}

Status JsonReader::check(JsonView root, std::string_view text) {
  if (const char* why = bad_escape(text)) return bad_json(why);
  impl_->keys.clear();
  return Checker(limits_, impl_->keys).check(JsonAccess::element(root), 1);
}

}  // namespace parley::protocol
