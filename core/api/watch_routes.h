// SPDX-License-Identifier: Apache-2.0
// What an operator watches: the figures of the moment, and the log.
//
//   GET /admin/v1/live   counters and gauges; two answers make a rate
//   GET /admin/v1/logs?lines=N&level=&component=&plugin=&user=&session=&request=&text=&since=
//
// Ownership: borrows the context. Thread: any shard; the log's files are read on a reader of the
// store's, newest lines first and never more than kMostRead bytes. Failure: `invalid_args` for a
// level or number that is none; a log that goes to no file is said so.
#pragma once

#include <cstddef>

#include "api/context.h"
#include "api/router.h"

namespace parley::api {

inline constexpr std::size_t kMostRead = 64 << 20;

void add_watch_routes(Router& router, const Context& context);

}  // namespace parley::api
