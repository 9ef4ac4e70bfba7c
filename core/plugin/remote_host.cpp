// SPDX-License-Identifier: Apache-2.0
#include "plugin/remote_host.h"

#include <tuple>
#include <type_traits>

#include "plugin/plugin_instance.h"

namespace parley::plugin {

using loader::Extensions;
using loader::FrameKind;
using loader::HostRows;
using loader::WireArena;
using loader::WireReader;
using loader::WireWriter;

namespace {

template <typename Table>
constexpr std::size_t extension_index() {
  std::size_t at = 0, found = ~std::size_t{0};
  Extensions::each([&](auto extension) {
    if (std::is_same_v<typename decltype(extension)::HostTable, Table>) found = at;
    ++at;
  });
  return found;
}

}  // namespace

template <typename Table>
const Table* RemoteHost::table() const {
  if constexpr (std::is_same_v<Table, parley_host>) {
    return host_;
  } else {
    static_assert(extension_index<Table>() < kExtensions);
    return static_cast<const Table*>(
        granted_[extension_index<Table>()].load(std::memory_order_acquire));
  }
}

template <typename Row>
bool RemoteHost::serve_row(WireReader& reader, WireWriter& writer) {
  using Return = typename Row::Return;
  typename Row::Wire::Slots slots;
  WireArena arena;
  slots.take_in(reader, arena);
  if (!reader.ok()) return false;
  const auto* functions = table<typename Row::TableType>();
  const auto run = [&](auto... arguments) {
    return (functions->*Row::kMember)(host_, arguments...);
  };
  if constexpr (std::is_void_v<Return>) {
    if (functions != nullptr) std::apply(run, slots.get());
  } else {
    writer.number(functions != nullptr ? std::apply(run, slots.get())
                                       : static_cast<Return>(PARLEY_E_DENIED));
  }
  slots.put_out(writer);
  return true;
}

void RemoteHost::get_extension(WireReader& reader, WireWriter& writer) {
  const auto id = reader.text();
  std::size_t at = 0;
  bool granted = false;
  Extensions::each([&](auto extension) {
    constexpr auto known = decltype(extension)::kId;
    if (known == id) {
      const void* half = host_->get_extension(host_, {known.data(), known.size()});
      granted_[at].store(half, std::memory_order_release);
      granted = half != nullptr;
    }
    ++at;
  });
  writer.flag(granted);
}

const std::array<RemoteHost::Server, loader::kOps>& RemoteHost::servers() {
  static const auto table = [] {
    std::array<Server, loader::kOps> made{};
    HostRows::each([&](auto row) { made[row.kNumber] = &RemoteHost::serve_row<decltype(row)>; });
    return made;
  }();
  return table;
}

bool RemoteHost::serve(const loader::Frame& frame, std::string& answer) {
  answer.clear();
  const auto& header = frame.header;
  if (header.kind == FrameKind::kReturn || header.op >= loader::kOps) return false;
  const auto alive = plugin_.lock();
  if (alive == nullptr) return false;
  loader::begin_frame(answer, FrameKind::kReturn, header.op, header.id);
  WireReader reader(frame.body);
  WireWriter writer(answer);
  if (header.op == static_cast<std::uint16_t>(loader::Op::kGetExtension)) {
    get_extension(reader, writer);
  } else {
    const auto server = servers()[header.op];
    if (server == nullptr || !(this->*server)(reader, writer)) return false;
  }
  loader::finish_frame(answer);
  if (header.kind == FrameKind::kNotice) answer.clear();
  return reader.ok();
}

}  // namespace parley::plugin
