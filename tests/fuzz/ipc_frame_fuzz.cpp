// SPDX-License-Identifier: Apache-2.0
// Whatever bytes a child sends: frames of them are read and written again as they were, and their
// bodies, taken as the arguments of any function of the host's, never make more than they hold.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "check.h"
#include "loader/ipc_call.h"
#include "loader/ipc_frame.h"
#include "loader/ipc_ops.h"

namespace {

using namespace parley::loader;

constexpr std::size_t kMaxBody = 4096;

// What is taken goes back into the same bytes: nothing was read that was not there.
template <typename Row>
void take_arguments(std::string_view body) {
  typename Row::Wire::Slots slots;
  WireArena arena;
  WireReader reader(body);
  slots.take_in(reader, arena);
  FUZZ_CHECK(reader.left() <= body.size());
  if (!reader.ok()) return;
  std::string again;
  WireWriter writer(again);
  std::apply([&](auto... arguments) { Row::Wire::put_in(writer, arguments...); }, slots.get());
  FUZZ_CHECK(again.size() <= body.size() - reader.left());
}

void look_at(const FrameView& frame) {
  std::string again;
  begin_frame(again, frame.header.kind, frame.header.op, frame.header.id);
  again += frame.body;
  finish_frame(again);
  FUZZ_CHECK(again.size() == frame.size());
  const auto parsed = parse_frame(again, kMaxBody);
  FUZZ_CHECK(parsed.is_ok() && parsed->has_value() && (*parsed)->body == frame.body);
  const auto take = [&](auto row) {
    if (row.kNumber == frame.header.op) take_arguments<decltype(row)>(frame.body);
  };
  HostRows::each(take);
  PluginRows::each(take);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view left(reinterpret_cast<const char*>(data), size);
  for (;;) {
    const auto parsed = parse_frame(left, kMaxBody);
    if (!parsed || !*parsed) return 0;
    FUZZ_CHECK((*parsed)->size() <= left.size() && (*parsed)->body.size() <= kMaxBody);
    look_at(**parsed);
    left.remove_prefix((*parsed)->size());
  }
}
