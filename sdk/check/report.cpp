// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <algorithm>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace parley::kit {
namespace {

// A plugin's own words may hold anything; a terminal gets none of its control characters.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return text;
}

std::size_t count(const std::vector<Finding>& findings, Verdict verdict) {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [&](const Finding& one) { return one.verdict == verdict; }));
}

}  // namespace

std::string report_text(const std::string& file, const std::vector<Finding>& findings) {
  std::string text = file + "\n";
  for (const Finding& finding : findings) {
    const bool bad = finding.verdict == Verdict::kBroken;
    text += fmt::format("  {:<14} {:<13} {}{}\n", verdict_name(finding.verdict), finding.check,
                        bad ? fmt::format("should: {}. ", finding.promise) : std::string(),
                        one_line(finding.text));
  }
  const std::size_t broken = count(findings, Verdict::kBroken);
  const std::size_t warnings = count(findings, Verdict::kWarning);
  const std::string warned = warnings == 0 ? "" : fmt::format(", {} with a warning", warnings);
  if (all_held(findings))
    return text + fmt::format("it keeps the contract: {} checks held{}\n",
                              findings.size() - count(findings, Verdict::kNotApplicable), warned);
  return text + fmt::format("it breaks the contract: {} of {} checks failed{}\n", broken,
                            findings.size(), warned);
}

std::string report_json(const std::string& file, const std::vector<Finding>& findings) {
  nlohmann::json checks = nlohmann::json::array();
  for (const Finding& finding : findings) {
    checks.push_back({{"name", finding.check},
                      {"promise", finding.promise},
                      {"verdict", verdict_name(finding.verdict)},
                      {"text", finding.text},
                      {"ms", finding.ms}});
  }
  const nlohmann::json report{{"file", file}, {"ok", all_held(findings)}, {"checks", checks}};
  return report.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace parley::kit
