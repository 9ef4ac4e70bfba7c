// SPDX-License-Identifier: Apache-2.0
#include "plugin/operation.h"

#include <fmt/format.h>

#include "base/log.h"

namespace parley::plugin {

void report(const std::string& id, const std::string& verb, const Operation& operation) {
  if (!operation.status) {
    // Who asked for it was told; nothing is wrong with the server.
    log::Event(log::Level::kWarn, "plugin")
        .plugin(id)
        .write("{} refused: {}", verb, operation.status.message());
    return;
  }
  double total = 0;
  std::string steps;
  for (const auto& step : operation.steps) {
    total += step.ms;
    steps += fmt::format("{}{} {:.1f}", steps.empty() ? "" : ", ", step.name, step.ms);
  }
  log::Event(log::Level::kInfo, "plugin")
      .plugin(id)
      .write("{} done in {:.1f} ms{}", verb, total, steps.empty() ? "" : " (" + steps + ")");
}

}  // namespace parley::plugin
