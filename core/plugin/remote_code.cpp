// SPDX-License-Identifier: Apache-2.0
#include "plugin/remote_code.h"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "base/log.h"
#include "plugin/abi.h"
#include "plugin/plugin_instance.h"

namespace parley::plugin {

using loader::CallOutcome;
using loader::Frame;
using loader::FrameKind;
using loader::IpcLane;
using loader::Op;
using loader::WireReader;
using loader::WireWriter;

namespace {

Status failed(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
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
  make_halves(there, schema);
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

}  // namespace parley::plugin
