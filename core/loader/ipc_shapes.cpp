// SPDX-License-Identifier: Apache-2.0
#include "loader/ipc_shapes.h"

namespace parley::loader {

void put(WireWriter& writer, const parley_value& value) {
  writer.number(value.type);
  switch (value.type) {
    case PARLEY_TYPE_NONE:
      return;
    case PARLEY_TYPE_INT:
      return writer.number(value.as.integer);
    case PARLEY_TYPE_NUMBER:
      return writer.number(value.as.number);
    case PARLEY_TYPE_BOOL:
      return writer.number(value.as.boolean);
    default:
      return put(writer, value.as.string);
  }
}

parley_value Taken<parley_value>::from(WireReader& reader, WireArena& arena) {
  parley_value value{};
  value.type = reader.number<parley_type>();
  switch (value.type) {
    case PARLEY_TYPE_NONE:
      break;
    case PARLEY_TYPE_INT:
      value.as.integer = reader.number<std::int64_t>();
      break;
    case PARLEY_TYPE_NUMBER:
      value.as.number = reader.number<double>();
      break;
    case PARLEY_TYPE_BOOL:
      value.as.boolean = reader.number<std::uint64_t>();
      break;
    default:
      value.as.string = take<parley_string>(reader, arena);
  }
  return value;
}

}  // namespace parley::loader
