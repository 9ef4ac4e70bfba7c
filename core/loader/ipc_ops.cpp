// SPDX-License-Identifier: Apache-2.0
#include "loader/ipc_ops.h"

namespace parley::loader {

std::string_view op_name(std::uint16_t number) {
  std::string_view name;
  const auto look = [&](auto row) {
    if (row.kNumber == number) name = row.kName;
  };
  HostRows::each(look);
  PluginRows::each(look);
  switch (static_cast<Op>(number)) {
    case Op::kHello:
      return "hello";
    case Op::kRefused:
      return "refused";
    case Op::kOpen:
      return "open";
    case Op::kCreate:
      return "create";
    case Op::kEnd:
      return "end";
    case Op::kPing:
      return "ping";
    case Op::kGetExtension:
      return "get_extension";
  }
  return name;
}

}  // namespace parley::loader
