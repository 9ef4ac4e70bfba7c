// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/server_link.h"

#include <chrono>
#include <type_traits>

#include <unistd.h>

namespace parley::pluginhost {
namespace {

using loader::Arguments;
using loader::Frame;
using loader::FrameKind;
using loader::HostRows;
using loader::IpcLane;
using loader::WireArena;
using loader::WireReader;
using loader::WireWriter;

// A host function that writes a frame and reads the answer.
template <typename Row, typename Wire = typename Row::Wire>
struct Remote;
template <typename Row, typename... A>
struct Remote<Row, Arguments<A...>> {
  using Return = typename Row::Return;

  static Return call(const parley_host* host, A... arguments) {
    auto& link = ServerLink::of(host);
    constexpr bool wants_answer = !std::is_void_v<Return>;
    const auto id = wants_answer ? link.next_id() : 0;
    std::string frame;
    loader::begin_frame(frame, wants_answer ? FrameKind::kCall : FrameKind::kNotice, Row::kNumber,
                        id);
    WireWriter writer(frame);
    Arguments<A...>::put_in(writer, arguments...);
    loader::finish_frame(frame);
    if constexpr (wants_answer) {
      Frame answer;
      if (const auto instead = link.ask(frame, id, answer)) return static_cast<Return>(*instead);
      WireReader reader(answer.body);
      WireArena arena;
      const auto result = reader.number<Return>();
      Arguments<A...>::take_out(reader, arena, arguments...);
      return result;
    } else {
      link.notify(frame);
    }
  }
};

template <typename Table>
void fill(Table& table) {
  HostRows::each([&](auto row) {
    using R = decltype(row);
    if constexpr (std::is_same_v<typename R::TableType, Table>)
      table.*R::kMember = &Remote<R>::call;
  });
}

template <typename Table>
const Table* table_of() {
  static const Table table = [] {
    Table made{};
    made.size = sizeof made;
    fill(made);
    return made;
  }();
  return &table;
}

bool is_granted(ServerLink& link, std::string_view id) {
  const auto call = link.next_id();
  std::string frame;
  loader::begin_frame(frame, FrameKind::kCall,
                      static_cast<std::uint16_t>(loader::Op::kGetExtension), call);
  WireWriter(frame).text(id);
  loader::finish_frame(frame);
  Frame answer;
  return !link.ask(frame, call, answer) && WireReader(answer.body).flag();
}

const void* get_extension(const parley_host* host, parley_string id) {
  const std::string_view wanted(id.data == nullptr ? "" : id.data,
                                static_cast<std::size_t>(id.size));
  const void* table = nullptr;
  loader::Extensions::each([&](auto extension) {
    using E = decltype(extension);
    if (E::kId == wanted) table = table_of<typename E::HostTable>();
  });
  return table != nullptr && is_granted(ServerLink::of(host), wanted) ? table : nullptr;
}

}  // namespace

void leave(int code) {
  ::_exit(code);
}

ServerLink::ServerLink(const Options& options) : options_(options) {
  for (int i = 0; i < options.lanes; ++i)
    lanes_.push_back(std::make_unique<IpcLane>(options.first_descriptor + i,
                                               IpcLane::Limits{.out = options.frame_max}));
}

const parley_host* ServerLink::host(std::string_view server_version) {
  server_version_ = server_version;
  fill(host_);
  host_.size = sizeof host_;
  host_.abi_major = PARLEY_ABI_MAJOR;
  host_.abi_minor = PARLEY_ABI_MINOR;
  host_.host_data = this;
  host_.server_version = {server_version_.data(), server_version_.size()};
  host_.get_extension = get_extension;
  return &host_;
}

std::optional<parley_status> ServerLink::ask(std::string& frame, std::uint64_t id, Frame& answer) {
  if (mine_ != nullptr) return exchange(*mine_, frame, id, answer);
  const std::lock_guard lock(shared_);
  return exchange(lane(1), frame, id, answer);
}

std::optional<parley_status> ServerLink::exchange(IpcLane& lane, const std::string& frame,
                                                  std::uint64_t id, Frame& answer) {
  const auto deadline = std::chrono::steady_clock::now() + options_.answer_timeout;
  auto got = lane.send(frame, deadline);
  if (got == IpcLane::Got::kBroken) return PARLEY_E_LIMIT;
  while (got == IpcLane::Got::kFrame) {
    got = lane.receive(answer, deadline);
    if (got != IpcLane::Got::kFrame) break;
    if (answer.header.kind != FrameKind::kReturn) leave(3);
    // One with an older id is the answer to a call that was given up.
    if (answer.header.id == id) return std::nullopt;
  }
  if (got == IpcLane::Got::kLate) return PARLEY_E_INTERNAL;
  leave(loader::kLanesClosedExit);
}

void ServerLink::notify(std::string& frame) {
  const auto deadline = std::chrono::steady_clock::now() + options_.answer_timeout;
  if (mine_ != nullptr) {
    (void)mine_->send(frame, deadline);
    return;
  }
  const std::lock_guard lock(shared_);
  (void)lane(1).send(frame, deadline);
}

}  // namespace parley::pluginhost
