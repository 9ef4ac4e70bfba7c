// SPDX-License-Identifier: Apache-2.0
#include "config/problem.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/core.h>

namespace parley::config {
namespace {

// Letters added, left out, changed, or two neighbours swapped: one each.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({change, last[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

// Longer names are not compared: the table grows with their product.
constexpr std::size_t kLongestCompared = 64;

}  // namespace

std::string Problem::sentence() const {
  std::string where = file;
  if (!where.empty() && line > 0) where += fmt::format(":{}", line);
  if (!where.empty()) where += ": ";
  if (!path.empty()) where += path + ": ";
  return where + message;
}

std::string sentences(const std::vector<Problem>& problems) {
  std::string text;
  for (const auto& problem : problems) text += problem.sentence() + "\n";
  return text;
}

std::string suggestion(const std::string& unknown, const std::vector<std::string>& known) {
  if (unknown.size() > kLongestCompared) return {};
  const std::string* nearest = nullptr;
  std::size_t distance = std::max<std::size_t>(unknown.size() / 3, 1) + 1;
  for (const auto& name : known) {
    const auto candidate = edit_distance(unknown, name);
    if (candidate < distance) {
      distance = candidate;
      nearest = &name;
    }
  }
  return nearest ? fmt::format(". Did you mean `{}`?", *nearest) : std::string();
}

}  // namespace parley::config
