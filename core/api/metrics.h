// SPDX-License-Identifier: Apache-2.0
// /metrics: the figures of every part in Prometheus' text format. Reads counters; blocks nobody.
// Thread: any.
#pragma once

#include <string>

#include "api/context.h"

namespace parley::api {

std::string metrics_text(const Context& context);

}  // namespace parley::api
