// SPDX-License-Identifier: Apache-2.0
#include "users/names.h"

#include <algorithm>
#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include "base/ids.h"

namespace parley::users {
namespace {

using icu::Normalizer2;
using icu::UnicodeString;

constexpr std::size_t kMaxBytes = 1024;  // before normalising, so that hostile input costs little

Status refuse(std::string sentence) {
  return Status::invalid_args(std::move(sentence));
}

std::string to_utf8(const UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

using GetNormalizer = const Normalizer2*(UErrorCode&);
const Normalizer2* fetch(GetNormalizer& get) {
  UErrorCode error = U_ZERO_ERROR;
  const auto* found = get(error);
  return U_SUCCESS(error) ? found : nullptr;
}

// Asked for once: the language then orders its making before every thread's use, where a race
// detector sees it. Null when ICU's data lacks it.
const Normalizer2* composing() {
  static const auto* const shared = fetch(Normalizer2::getNFKCInstance);
  return shared;
}
const Normalizer2* folding() {
  static const auto* const shared = fetch(Normalizer2::getNFKCCasefoldInstance);
  return shared;
}

// ICU replaces broken UTF-8 by U+FFFD, which is no letter; only a literal U+FFFD would look the
// same.
bool normalize(std::string_view text, UnicodeString& out) {
  if (composing() == nullptr) return false;
  UErrorCode error = U_ZERO_ERROR;
  const auto source =
      UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  out = composing()->normalize(source, error);
  return U_SUCCESS(error) != 0;
}

// Latin mixed with Cyrillic or Greek is refused whatever it spells; Chinese, Japanese and Korean
// mix with Latin.
const USpoofChecker* checker() {
  struct Closer {
    void operator()(USpoofChecker* open) const { uspoof_close(open); }
  };
  static const std::unique_ptr<USpoofChecker, Closer> shared = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<USpoofChecker, Closer> made(uspoof_open(&error));
    uspoof_setChecks(made.get(), USPOOF_RESTRICTION_LEVEL, &error);
    uspoof_setRestrictionLevel(made.get(), USPOOF_HIGHLY_RESTRICTIVE);
    return made;
  }();
  return shared.get();
}

bool one_script(const UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const int32_t found = uspoof_check2UnicodeString(checker(), text, nullptr, &error);
  return U_SUCCESS(error) && found == 0;
}

UnicodeString fold(const UnicodeString& text) {
  if (folding() == nullptr) return text;
  UErrorCode error = U_ZERO_ERROR;
  auto folded = folding()->normalize(text, error);
  return U_SUCCESS(error) ? folded : text;
}

UnicodeString without_separators(const UnicodeString& text) {
  UnicodeString out;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c != ' ') out.append(c);
  }
  return out;
}

UnicodeString confusable(const UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  UnicodeString out;
  uspoof_getSkeletonUnicodeString(checker(), 0, text, out, &error);
  return U_SUCCESS(error) ? out : text;
}

// A capital I looks like a small l but folds to i, so that the three (and 1, which ICU maps to l)
// have to be one; O, o and 0 are one by folding what ICU made of them.
std::string skeleton_of(const UnicodeString& display) {
  UnicodeString skeleton = fold(confusable(fold(without_separators(display))));
  skeleton.findAndReplace(UnicodeString(u'i'), UnicodeString(u'l'));
  return to_utf8(skeleton);
}

bool is_separator(UChar32 c) {
  return c == ' ' || c == '_' || c == '-' || c == '.' || c == '\'';
}

bool is_name_letter(UChar32 c) {
  const auto mask = U_GET_GC_MASK(c);
  if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
    return false;  // fillers that look like nothing
  return (mask & (U_GC_L_MASK | U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ND_MASK)) != 0;
}

Status check_characters(const UnicodeString& text) {
  constexpr int kMaxMarks = 3;
  bool separated = true;  // a name begins with a letter
  int marks = 0;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    const bool mark = (U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_MC_MASK)) != 0;
    marks = mark ? marks + 1 : 0;
    if (is_separator(c)) {
      if (separated)
        return refuse("A name begins with a letter or digit and has single signs between them.");
      separated = true;
    } else if (!is_name_letter(c) || marks > kMaxMarks || (mark && separated)) {
      return refuse("A name consists of letters, digits, spaces and _ - . ' only.");
    } else {
      separated = false;
    }
  }
  if (separated) return refuse("A name ends with a letter or digit.");
  return one_script(text) ? Status::ok() : refuse("A name is written in letters of one alphabet.");
}

Status check_length(const UnicodeString& text, const NameRules& rules) {
  const auto length = static_cast<std::size_t>(text.countChar32());
  if (length >= rules.min_length && length <= rules.max_length) return Status::ok();
  return refuse("A name has " + std::to_string(rules.min_length) + " to " +
                std::to_string(rules.max_length) + " characters.");
}

bool is_reserved(const std::string& skeleton, const NameRules& rules) {
  return std::any_of(rules.reserved.begin(), rules.reserved.end(),
                     [&](const std::string& reserved) {
                       return skeleton_of(UnicodeString::fromUTF8(reserved)) == skeleton;
                     });
}

}  // namespace

Result<Name> parse_any_name(std::string_view text, const NameRules& rules) {
  if (text.size() > kMaxBytes) return refuse("This name is too long.");
  UnicodeString display;
  if (!normalize(text, display)) return refuse("This name cannot be read.");
  display.trim();
  if (Status status = check_length(display, rules); !status) return status;
  if (Status status = check_characters(display); !status) return status;
  return Name{to_utf8(display), skeleton_of(display)};
}

Result<Name> parse_name(std::string_view text, const NameRules& rules) {
  Result<Name> name = parse_any_name(text, rules);
  if (name && has_id_form(name->display))
    return refuse("A name may not look like somebody's id. Choose another one.");
  if (name && is_reserved(name->skeleton, rules))
    return refuse("This name is reserved. Choose another one.");
  return name;
}

std::string suggest_name(std::string_view display, int n, const NameRules& rules) {
  const std::string number = std::to_string(n);
  auto stem = UnicodeString::fromUTF8(
      icu::StringPiece(display.data(), static_cast<int32_t>(display.size())));
  const auto most =
      static_cast<int32_t>(rules.max_length - std::min(rules.max_length, number.size()));
  if (stem.countChar32() > most) stem.truncate(stem.moveIndex32(0, most));
  return to_utf8(stem) + number;
}

bool mentions(std::string_view text, std::string_view name) {
  if (name.empty() || text.find('@') == text.npos) return false;
  const auto folded = [](std::string_view utf8) {
    return fold(UnicodeString::fromUTF8({utf8.data(), static_cast<int32_t>(utf8.size())}));
  };
  const UnicodeString haystack = folded(text);
  const UnicodeString called = UnicodeString(u'@') + folded(name);
  for (int32_t at = 0; (at = haystack.indexOf(called, at)) >= 0; ++at) {
    const int32_t behind = at + called.length();
    const bool whole = behind == haystack.length() || !is_name_letter(haystack.char32At(behind));
    const bool begins = at == 0 || !is_name_letter(haystack.char32At(at - 1));
    if (whole && begins) return true;
  }
  return false;
}

}  // namespace parley::users
