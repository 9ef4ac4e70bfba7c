// SPDX-License-Identifier: Apache-2.0
// Phrase: one text in every language the plugin speaks. A catalogue is a header of constexpr
// phrases beside the plugin; the compiler then finds what is misspelt or unused.
//
//   constexpr parley::Phrase kTooMany{"at most {0} dice", "не больше {0} костей"};
//   request.fail("invalid_args", request.tr(kTooMany, 100));
//
// {0} to {9} take the arguments; an empty translation falls back to English.
// Since 1.0.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <type_traits>

namespace parley {

class Phrase {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): "text" is a phrase
  constexpr Phrase(const char* en, const char* ru = "") : en_(en), ru_(ru) {}

  // locale: a language tag such as "ru" or "ru-RU".
  constexpr std::string_view in(std::string_view locale) const {
    return locale.substr(0, 2) == "ru" && !ru_.empty() ? ru_ : en_;
  }
  template <typename... Args>
  std::string format(std::string_view locale, const Args&... args) const {
    const std::array<std::string, sizeof...(Args)> texts{to_text(args)...};
    const std::string_view pattern = in(locale);
    std::string out;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      const bool slot = i + 2 < pattern.size() && pattern[i] == '{' && pattern[i + 2] == '}';
      const std::size_t index =
          slot ? static_cast<std::size_t>(pattern[i + 1] - '0') : sizeof...(Args);
      if (index < sizeof...(Args)) {
        out += texts[index];
        i += 2;
      } else {
        out += pattern[i];
      }
    }
    return out;
  }

  constexpr std::string_view en() const { return en_; }
  constexpr std::string_view ru() const { return ru_; }

 private:
  template <typename T>
  static std::string to_text(const T& value) {
    if constexpr (std::is_arithmetic_v<T>) {
      return std::to_string(value);
    } else {
      return std::string(std::string_view(value));
    }
  }

  std::string_view en_;
  std::string_view ru_;
};

}  // namespace parley
