// SPDX-License-Identifier: Apache-2.0
#include "pluginhost/served_plugin.h"

#include <exception>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "loader/manifest.h"

namespace parley::pluginhost {
namespace {

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

template <typename Table>
constexpr std::size_t half_index() {
  std::size_t at = 0, found = ~std::size_t{0};
  Extensions::each([&](auto extension) {
    if (std::is_same_v<typename decltype(extension)::PluginTable, Table>) found = at;
    ++at;
  });
  return found;
}

// What `call` threw, or that it returned.
template <typename F>
void guarded(WireWriter& writer, std::string& out, F&& call) {
  const auto before = out.size();
  const auto threw = [&](std::string_view what) {
    out.resize(before);
    writer.number(static_cast<std::uint8_t>(CallOutcome::kThrew));
    writer.text(what);
  };
  try {
    call();
  } catch (const std::exception& error) {
    threw(error.what());
  } catch (...) {
    threw("");
  }
}

}  // namespace

template <typename Table>
const Table* ServedPlugin::table() const {
  if constexpr (std::is_same_v<Table, parley_plugin>) {
    return plugin_;
  } else {
    return static_cast<const Table*>(halves_[half_index<Table>()]);
  }
}

template <typename Row>
bool ServedPlugin::has() const {
  const auto* functions = table<typename Row::TableType>();
  if (functions == nullptr) return false;
  const auto* field = &(functions->*Row::kMember);
  const auto end =
      reinterpret_cast<const char*>(field + 1) - reinterpret_cast<const char*>(functions);
  return functions->size >= static_cast<std::size_t>(end) && *field != nullptr;
}

template <typename Row>
void ServedPlugin::call(WireReader& reader, WireWriter& writer) {
  using Return = typename Row::Return;
  if (!has<Row>()) leave(3);
  typename Row::Wire::Slots slots;
  WireArena arena;
  slots.take_in(reader, arena);
  if (!reader.ok()) leave(3);
  const auto function = table<typename Row::TableType>()->*Row::kMember;
  const auto run = [&](auto... arguments) { return function(plugin_->plugin_data, arguments...); };
  if constexpr (std::is_void_v<Return>) {
    std::apply(run, slots.get());
    writer.number(static_cast<std::uint8_t>(CallOutcome::kReturned));
  } else {
    const Return result = std::apply(run, slots.get());
    writer.number(static_cast<std::uint8_t>(CallOutcome::kReturned));
    writer.number(result);
  }
  slots.put_out(writer);
}

void ServedPlugin::serve(int number) {
  link_.serve_here(number);
  auto& lane = link_.lane(number);
  Frame frame;
  std::string out;
  for (;;) {
    if (lane.receive(frame, IpcLane::kForever) != IpcLane::Got::kFrame)
      leave(loader::kLanesClosedExit);
    if (frame.header.op == static_cast<std::uint16_t>(Op::kEnd)) end();
    if (frame.header.kind != FrameKind::kCall) leave(3);
    out.clear();
    loader::begin_frame(out, FrameKind::kReturn, frame.header.op, frame.header.id);
    answer(frame, out);
    loader::finish_frame(out);
    if (lane.send(out, IpcLane::kForever) != IpcLane::Got::kFrame) leave(loader::kLanesClosedExit);
  }
}

void ServedPlugin::answer(const Frame& frame, std::string& out) {
  WireReader reader(frame.body);
  WireWriter writer(out);
  switch (static_cast<Op>(frame.header.op)) {
    case Op::kOpen:
      return open(writer);
    case Op::kCreate:
      return guarded(writer, out, [&] { create(reader, writer); });
    case Op::kPing:
      return;
    default:
      break;
  }
  if (plugin_ == nullptr) leave(3);
  bool known = false;
  PluginRows::each([&](auto row) {
    using R = decltype(row);
    if (frame.header.op != R::kNumber) return;
    known = true;
    guarded(writer, out, [&] { call<R>(reader, writer); });
  });
  if (!known) leave(3);
}

void ServedPlugin::open(WireWriter& writer) {
  auto image = loader::SharedObject::open(file_);
  if (!image) return writer.text(loader::manifest_to_json(image.status()));
  image_ = std::move(image).value();
  entry_ = static_cast<const parley_plugin_entry*>(image_->symbol(PARLEY_ENTRY_SYMBOL));
  auto manifest = loader::read_manifest(entry_, file_.filename().string());
  if (!manifest) entry_ = nullptr;
  writer.text(loader::manifest_to_json(manifest));
}

void ServedPlugin::create(WireReader& reader, WireWriter& writer) {
  if (entry_ == nullptr) leave(3);
  std::string why;
  const parley_sink sink{&why, [](void* into, parley_string text) {
                           static_cast<std::string*>(into)->append(text.data, text.size);
                         }};
  plugin_ = entry_->create(link_.host(reader.text()), &sink);
  writer.number(static_cast<std::uint8_t>(CallOutcome::kReturned));
  writer.flag(plugin_ != nullptr);
  writer.text(why);
  if (plugin_ == nullptr) return writer.number(std::uint32_t{0});
  ask_halves();
  write_functions(writer);
}

void ServedPlugin::ask_halves() {
  constexpr auto needed = offsetof(parley_plugin, get_extension) + sizeof(plugin_->get_extension);
  if (plugin_->size < needed || plugin_->get_extension == nullptr) return;
  std::size_t at = 0;
  Extensions::each([&](auto extension) {
    constexpr auto id = decltype(extension)::kId;
    if constexpr (!std::is_void_v<typename decltype(extension)::PluginTable>)
      halves_[at] = plugin_->get_extension(plugin_->plugin_data, {id.data(), id.size()});
    ++at;
  });
}

void ServedPlugin::write_functions(WireWriter& writer) const {
  std::vector<std::uint16_t> there;
  PluginRows::each([&](auto row) {
    if (has<decltype(row)>()) there.push_back(row.kNumber);
  });
  writer.number(static_cast<std::uint32_t>(there.size()));
  for (const auto number : there) writer.number(number);
  const auto* state = table<parley_plugin_state>();
  writer.number<std::uint32_t>(state != nullptr ? state->schema : 0);
}

void ServedPlugin::end() {
  if (image_) (void)image_->close();
  leave(0);
}

}  // namespace parley::pluginhost
