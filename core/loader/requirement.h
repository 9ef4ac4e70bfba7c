// SPDX-License-Identifier: Apache-2.0
// What one plugin asks of another: "game >=1.2 <2", the other's id and a range of its versions.
//
// A range is comparisons that must all hold, with = < <= > >= before one to three numbers; what is
// left out is 0. Without a range any version will do. A version with a suffix ("2.0.0-rc1") comes
// before the one without.
//
// Ownership: plain values. Thread: any. Failure: the sentence quotes what is wrong.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace parley::loader {

struct Version {
  std::array<std::uint32_t, 3> numbers{};
  bool finished = true;  // false: has a suffix such as -rc1
  auto operator<=>(const Version&) const = default;
};

Result<Version> parse_version(std::string_view text);

class Requirement {
 public:
  static Result<Requirement> parse(std::string_view text);

  const std::string& id() const { return id_; }
  const std::string& text() const { return text_; }  // as it was written
  // False also for a version that is none.
  bool accepts(std::string_view version) const;

 private:
  enum class Relation { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  struct Comparison {
    Relation relation;
    Version version;
  };
  static Result<Comparison> parse_comparison(std::string_view word);
  static bool holds(const Comparison& comparison, const Version& version);

  std::string id_, text_;
  std::vector<Comparison> range_;
};

}  // namespace parley::loader
