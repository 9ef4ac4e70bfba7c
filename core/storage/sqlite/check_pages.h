// SPDX-License-Identifier: Apache-2.0
// Is every page of an open database what it should be?
//
// Thread: the connection's. Reads the whole file: quick takes about a second per GiB from a good
// disk, full several times that. Failure: `internal` with what SQLite found first, and `advice`.
#pragma once

#include <string_view>

#include "base/status.h"

namespace parley::storage {

class Connection;

enum class PageCheck {
  kQuick,  // pages and rows
  kFull,   // and every index held against its table
};

Status check_pages(Connection& connection, PageCheck how, std::string_view advice);

}  // namespace parley::storage
