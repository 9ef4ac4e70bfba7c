// SPDX-License-Identifier: Apache-2.0
#include "plugin/remote_code.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "base/log.h"
#include "plugin/abi.h"
#include "plugin/plugin_instance.h"

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

namespace {

Status failed(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
}

IpcLane::Deadline after(Millis time) {
  return std::chrono::steady_clock::now() + time;
}

const char* name_of(config::Sandbox sandbox) {
  switch (sandbox) {
    case config::Sandbox::kRequire:
      return "require";
    case config::Sandbox::kPrefer:
      return "prefer";
    case config::Sandbox::kOff:
      return "off";
  }
  return "require";
}

// What `files:PATH` grants may be read by the child itself too.
std::vector<std::string> readable(const config::PluginSettings& settings) {
  constexpr std::string_view kFiles = "files:";
  std::vector<std::string> paths;
  for (const auto& permission : settings.permissions) {
    if (permission.compare(0, kFiles.size(), kFiles) == 0)
      paths.push_back(permission.substr(kFiles.size()));
  }
  return paths;
}

Status no_sandbox(const std::string& id, std::string_view missing) {
  return failed("plugin " + id +
                " was not started: its sandbox is required, and this machine lacks " +
                std::string(missing) +
                ". Landlock needs Linux 5.13 with landlock among its security modules, seccomp a "
                "container that allows it; to run the plugin with what there is, set sandbox: "
                "prefer in plugins.d/" +
                id + ".yaml");
}

std::string text_in(const Frame& frame) {
  WireReader reader(frame.body);
  return std::string(reader.text());
}

}  // namespace

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

// --- from the file to a created plugin ----------------------------------------------------------

Result<std::unique_ptr<PluginCode>> RemoteCode::open(const CodeRequest& request,
                                                     const Place& place) {
  const std::string sandbox = name_of(request.settings.sandbox);
  auto child = place.supervisor.start({.program = place.host_program,
                                       .file = request.staged.path(),
                                       .plugin = request.manifest.id,
                                       .sandbox = sandbox,
                                       .readable = readable(request.settings),
                                       .start = request.settings.limits.start,
                                       .limits = place.limits});
  if (!child) return child.status();
  std::unique_ptr<RemoteCode> code(new RemoteCode(std::move(child).value(), request.manifest.id));
  if (auto status = code->greet(); !status) return status;
  return std::unique_ptr<PluginCode>(std::move(code));
}

RemoteCode::~RemoteCode() {
  (void)abandon(nullptr);
}

Status RemoteCode::greet() {
  const auto time = child_->options().limits.hello;
  Frame hello;
  const auto got = child_->plugin_lane().receive(hello, after(time));
  if (got == IpcLane::Got::kLate)
    return failed("plugin " + id_ + ": its process did not say hello within " +
                  std::to_string(time.count()) + " ms (plugins.isolation.hello)");
  if (got != IpcLane::Got::kFrame) {
    (void)child_->wait_gone(child_->options().limits.terminate);
    return failed("plugin " + id_ + ": its process ended before it said hello: " + child_->how());
  }
  if (hello.header.op == static_cast<std::uint16_t>(Op::kRefused))
    return no_sandbox(id_, text_in(hello));
  WireReader reader(hello.body);
  const auto version = reader.number<std::uint32_t>();
  if (hello.header.op != static_cast<std::uint16_t>(Op::kHello) || !reader.ok() ||
      version != loader::kIpcVersion) {
    return failed(child_->options().program.string() +
                  " is not of this server's build (it speaks " + std::to_string(version) +
                  ", the server " + std::to_string(loader::kIpcVersion) +
                  "): restart the server after an upgrade");
  }
  protection_ = reader.text();
  const auto without = protection_.find("without ");
  if (without != std::string::npos && child_->options().sandbox == "prefer")
    log::Event(log::Level::kWarn, "plugin")
        .plugin(id_)
        .write("its sandbox is not whole: {}", protection_.substr(without));
  return Status::ok();
}

Result<loader::Manifest> RemoteCode::describe() {
  Frame answer;
  constexpr auto kOpen = static_cast<std::uint16_t>(Op::kOpen);
  if (!call(child_->plugin_lane(), kOpen, deadline_of(kOpen), answer, [](WireWriter&) {})) {
    (void)child_->wait_gone(child_->options().limits.terminate);
    return failed("plugin " + id_ +
                  ": its process ended while the file was opened: " + child_->how());
  }
  return loader::manifest_from_json(text_in(answer));
}

const parley_plugin* RemoteCode::create(const parley_host* host, const parley_sink* why) {
  watch(host);
  Frame answer;
  constexpr auto kCreate = static_cast<std::uint16_t>(Op::kCreate);
  const bool came = call(child_->plugin_lane(), kCreate, deadline_of(kCreate), answer,
                         [&](WireWriter& writer) { put(writer, host->server_version); });
  if (!came) {
    (void)child_->wait_gone(child_->options().limits.terminate);
    give(why, "its process ended: " + child_->how());
    return nullptr;
  }
  WireReader reader(answer.body);
  if (reader.number<std::uint8_t>() == static_cast<std::uint8_t>(CallOutcome::kThrew))
    throw std::runtime_error(std::string(reader.text()));
  const bool created = reader.flag();
  const auto said = reader.text();
  std::vector<std::uint16_t> there(reader.count());
  for (auto& number : there) number = reader.number<std::uint16_t>();
  const auto schema = reader.number<std::uint32_t>();
  if (!reader.ok()) {
    malformed(kCreate);
    give(why, "its process speaks something else");
    return nullptr;
  }
  if (!said.empty()) give(why, said);
  if (!created) return nullptr;
  make_halves(there);
  half<parley_plugin_state>().schema = schema;
  return &plugin_;
}

void RemoteCode::watch(const parley_host* host) {
  const auto instance = PluginInstance::of(host).weak_from_this();
  host_ = std::make_shared<RemoteHost>(host, instance);
  child_->on_own_threads([served = host_](const Frame& frame, IpcLane& lane) {
    std::string answer;
    if (!served->serve(frame, answer)) return false;
    // The thread that asks reads its answer; one that does not would make this thread wait.
    return answer.empty() || lane.send(answer, IpcLane::Deadline::min()) == IpcLane::Got::kFrame;
  });
  child_->on_ping([instance, waiting = std::make_shared<std::atomic<bool>>(false)] {
    const auto plugin = instance.lock();
    if (plugin == nullptr || waiting->exchange(true)) return;
    plugin->complete([waiting](void* self) {
      waiting->store(false);
      static_cast<RemoteCode*>(self)->ping();
    });
  });
}

// --- its end ------------------------------------------------------------------------------------

Status RemoteCode::close() {
  child_->expect_end();
  if (!child_->lost()) {
    std::string frame;
    loader::begin_frame(frame, FrameKind::kNotice, static_cast<std::uint16_t>(Op::kEnd), 0);
    loader::finish_frame(frame);
    (void)child_->plugin_lane().send(frame, after(child_->options().limits.terminate));
    if (!child_->wait_gone(child_->options().limits.terminate))
      child_->condemn("it did not end", ChildProcess::How::kTerminate);
  }
  return Status::ok();
}

std::string RemoteCode::abandon(const parley_plugin*) {
  child_->expect_end();
  child_->condemn("it was given up", ChildProcess::How::kAtOnce);
  {
    std::unique_lock lock(mutex_);
    came_out_.wait(lock, [&] { return inside_ == 0; });
  }
  // Killed is not yet gone: its memory and its image are still there until it was reaped.
  return child_->wait_gone(child_->options().limits.terminate) ? "and its process was ended"
                                                               : "and its process is being ended";
}

PluginCode::Whereabouts RemoteCode::whereabouts() const {
  return {child_->pid(), protection_, child_->lost_flag()};
}

// --- calls --------------------------------------------------------------------------------------

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

template <typename Put>
bool RemoteCode::call(IpcLane& lane, std::uint16_t op, IpcLane::Deadline deadline, Frame& answer,
                      Put&& put) {
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

void RemoteCode::make_halves(const std::vector<std::uint16_t>& there) {
  bool any = false;
  fill(plugin_, there, any);
  plugin_.plugin_data = this;
  plugin_.get_extension = half_of;
  const auto make = [&](auto& half) {
    if constexpr (requires { half.table; }) fill(half.table, there, half.there);
  };
  std::apply([&](auto&... half) { (make(half), ...); }, halves_);
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
