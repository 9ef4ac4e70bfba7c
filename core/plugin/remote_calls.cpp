// SPDX-License-Identifier: Apache-2.0
// RemoteCode once the plugin is created: a call becomes a frame, and its end comes back as one.
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <type_traits>

#include "plugin/abi.h"
#include "plugin/plugin_instance.h"
#include "plugin/remote_code.h"

namespace parley::plugin {

using loader::Arguments;
using loader::CallOutcome;
using loader::Extensions;
using loader::Frame;
using loader::FrameKind;
using loader::IpcLane;
using loader::Op;
using loader::PluginRows;
using loader::WireArena;
using loader::WireReader;
using loader::WireWriter;

class RemoteCode::Inside {
 public:
  explicit Inside(RemoteCode& code) : code_(code) {
    const std::lock_guard lock(code_.mutex_);
    ++code_.inside_;
  }
  ~Inside() {
    const std::lock_guard lock(code_.mutex_);
    if (--code_.inside_ == 0) code_.came_out_.notify_all();
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  RemoteCode& code_;
};

void RemoteCode::hung(const std::string& what) {
  child_->condemn(what, ChildProcess::How::kTerminate);
}

Millis RemoteCode::time_of(std::uint16_t op) const {
  if (op == static_cast<std::uint16_t>(Op::kOpen)) return child_->options().limits.hello;
  if (op == loader::kOnConfig) return child_->options().start;
  return child_->options().limits.unresponsive;
}

IpcLane::Deadline RemoteCode::deadline_of(std::uint16_t op) const {
  // Whoever calls create, start, save, load, stop or destroy waits for a bounded time, and says so.
  return loader::is_of_life(op) ? IpcLane::kForever : after(time_of(op));
}

bool RemoteCode::call(IpcLane& lane, std::uint16_t op, IpcLane::Deadline deadline, Frame& answer,
                      absl::FunctionRef<void(WireWriter&)> put) {
  if (child_->lost()) return false;
  const auto id = next_id_.fetch_add(1, std::memory_order_relaxed);
  std::string frame;
  loader::begin_frame(frame, FrameKind::kCall, op, id);
  WireWriter writer(frame);
  put(writer);
  loader::finish_frame(frame);
  return exchange(lane, frame, op, id, deadline, answer);
}

bool RemoteCode::exchange(IpcLane& lane, const std::string& frame, std::uint16_t op,
                          std::uint64_t id, IpcLane::Deadline deadline, Frame& answer) {
  const Inside inside(*this);
  auto got = lane.send(frame, deadline);
  while (got == IpcLane::Got::kFrame) {
    got = lane.receive(answer, deadline);
    if (got != IpcLane::Got::kFrame) break;
    if (answer.header.kind == FrameKind::kReturn) {
      if (answer.header.id == id) return true;
      malformed(op);
      return false;
    }
    // What the server takes to answer is not the child's time.
    const auto began = std::chrono::steady_clock::now();
    if (!serve(lane, answer)) {
      malformed(answer.header.op);
      return false;
    }
    if (deadline != IpcLane::kForever) deadline += std::chrono::steady_clock::now() - began;
  }
  give_up_on(lane, got, op);
  return false;
}

bool RemoteCode::serve(IpcLane& lane, const Frame& frame) {
  std::string answer;
  if (host_ == nullptr || !host_->serve(frame, answer)) return false;
  return answer.empty() ||
         lane.send(answer, after(child_->options().limits.unresponsive)) == IpcLane::Got::kFrame;
}

void RemoteCode::give_up_on(IpcLane& lane, IpcLane::Got got, std::uint16_t op) {
  using enum ChildProcess::How;
  if (got == IpcLane::Got::kLate) {
    child_->condemn(std::string(loader::op_name(op)) + " did not return within " +
                        std::to_string(time_of(op).count()) + " ms",
                    kTerminate);
  } else if (got == IpcLane::Got::kBroken) {
    child_->condemn("it sent " + lane.why_broken(), kAtOnce);
  } else {
    child_->condemn("it closed its connection to the server", kSoon);
  }
}

void RemoteCode::say_why(const parley_sink* sink) {
  (void)child_->wait_gone(child_->options().limits.terminate);
  give(sink, "its process is gone: " + child_->how());
}

void RemoteCode::malformed(std::uint16_t op) {
  const auto name = loader::op_name(op);
  child_->condemn("it sent what is no message of the server's protocol (" +
                      (name.empty() ? "op " + std::to_string(op) : std::string(name)) + ")",
                  ChildProcess::How::kAtOnce);
}

void RemoteCode::ping() {
  Frame answer;
  constexpr auto kPing = static_cast<std::uint16_t>(Op::kPing);
  (void)call(child_->plugin_lane(), kPing, after(child_->options().limits.unresponsive), answer,
             [](WireWriter&) {});
}

// --- the functions of the plugin's tables -------------------------------------------------------

template <typename Row, typename... A>
typename Row::Return RemoteCode::call_row(A... arguments) {
  using Return = typename Row::Return;
  constexpr bool in_background = Row::kNumber == loader::kBackgroundRun;
  const Inside inside(*this);  // to the end: what gives this up waits for it
  auto* lane = &child_->plugin_lane();
  if constexpr (in_background) lane = child_->borrow_lane(child_->options().start);
  Frame answer;
  const bool came =
      lane != nullptr &&
      call(*lane, Row::kNumber, in_background ? IpcLane::kForever : deadline_of(Row::kNumber),
           answer, [&](WireWriter& writer) { Arguments<A...>::put_in(writer, arguments...); });
  if (in_background && lane != nullptr) child_->give_back(lane);
  if (!came) {
    (say_why(arguments), ...);
    if constexpr (std::is_void_v<Return>) {
      return;
    } else {
      return static_cast<Return>(PARLEY_E_INTERNAL);
    }
  }
  WireReader reader(answer.body);
  WireArena arena;
  if (reader.number<std::uint8_t>() == static_cast<std::uint8_t>(CallOutcome::kThrew))
    throw std::runtime_error(std::string(reader.text()));
  if constexpr (std::is_void_v<Return>) {
    Arguments<A...>::take_out(reader, arena, arguments...);
    if (!reader.ok()) malformed(Row::kNumber);
  } else {
    const auto result = reader.number<Return>();
    Arguments<A...>::take_out(reader, arena, arguments...);
    if (reader.ok()) return result;
    malformed(Row::kNumber);
    return static_cast<Return>(PARLEY_E_INTERNAL);
  }
}

template <typename Row, typename Wire = typename Row::Wire>
struct RemoteFunction;
template <typename Row, typename... A>
struct RemoteFunction<Row, Arguments<A...>> {
  static typename Row::Return call(void* self, A... arguments) {
    return static_cast<RemoteCode*>(self)->call_row<Row, A...>(arguments...);
  }
};

template <typename Table>
void RemoteCode::fill(Table& table, const std::vector<std::uint16_t>& there, bool& any) {
  table.size = sizeof table;
  PluginRows::each([&](auto row) {
    using R = decltype(row);
    if constexpr (std::is_same_v<typename R::TableType, Table>) {
      if (std::find(there.begin(), there.end(), R::kNumber) == there.end()) return;
      table.*R::kMember = &RemoteFunction<R>::call;
      any = true;
    }
  });
}

template <typename Table>
Table& RemoteCode::half() {
  return std::get<RemoteHalf<Table>>(halves_).table;
}

void RemoteCode::make_halves(const std::vector<std::uint16_t>& there, std::uint32_t schema) {
  bool any = false;
  fill(plugin_, there, any);
  plugin_.plugin_data = this;
  plugin_.get_extension = half_of;
  const auto make = [&](auto& half) {
    if constexpr (requires { half.table; }) fill(half.table, there, half.there);
  };
  std::apply([&](auto&... half) { (make(half), ...); }, halves_);
  half<parley_plugin_state>().schema = schema;
}

const void* RemoteCode::half_of(void* self, parley_string id) {
  auto& halves = static_cast<RemoteCode*>(self)->halves_;
  const void* found = nullptr;
  const auto look = [&](auto extension, const auto& half) {
    if constexpr (requires { half.table; }) {
      if (half.there && decltype(extension)::kId == view(id)) found = &half.table;
    }
  };
  [&]<typename... E>(loader::Rows<E...>) {
    std::apply([&](const auto&... half) { (look(E{}, half), ...); }, halves);
  }(Extensions{});
  return found;
}

}  // namespace parley::plugin
