// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_loader.h"

#include <utility>

#include "base/log.h"
#include "loader/describe.h"
#include "plugin/crash_reports.h"
#include "plugin/hang_marks.h"
#include "plugin/local_code.h"
#include "plugin/remote_code.h"
#include "plugin/requirements.h"

namespace parley::plugin {
namespace {

constexpr int kCrashesForgiven = 2;

Status failed(std::string why) {
  return Status(ErrorCode::kPluginError, std::move(why));
}

}  // namespace

std::string in_one_line(const std::vector<config::Problem>& problems) {
  std::string line;
  for (const auto& problem : problems) line += (line.empty() ? "" : "; ") + problem.sentence();
  return line;
}

config::LoadedPlugin PluginLoader::read_settings(const std::string& id) const {
  return config::load_plugin_settings(paths_.settings, paths_.state.string(), id,
                                      services_.config()->plugins.limits);
}

std::shared_ptr<PluginInstance> PluginLoader::prepare(Operation& operation, const std::string& id,
                                                      const std::string& from) {
  Prepared prepared;
  prepared.source = from.empty() ? (paths_.plugins / (id + ".so")).string() : from;
  std::shared_ptr<PluginInstance> plugin;
  const bool ready = operation.step("find", [&] {
    return loader::is_plugin_id(id) ? Status::ok()
                                    : Status::invalid_args("'" + id +
                                                           "' is no plugin id: they match "
                                                           "[a-z][a-z0-9-]{0,31}");
  }) && operation.step("settings", [&] {
    return check_settings(operation, id, prepared);
  }) && operation.step("stage", [&] {
    auto copy = staging_.stage(id, prepared.source);
    if (copy) prepared.staged.emplace(std::move(copy).value());
    return copy.status();
  }) && operation.step("describe", [&] {
    return describe(prepared);
  }) && operation.step("check", [&] { return check(operation, id, prepared); });
  if (!ready) return nullptr;
  heed_hang(prepared);
  operation.step("open", [&] {
    auto opened =
        make({prepared.manifest, std::move(*prepared.staged), prepared.source, prepared.settings});
    if (opened) plugin = std::move(opened).value();
    return opened.status();
  });
  return plugin;
}

Status PluginLoader::check_settings(Operation& operation, const std::string& id,
                                    Prepared& prepared) {
  auto loaded = read_settings(id);
  operation.problems = loaded.problems;
  if (!loaded.ok()) return Status::invalid_args(in_one_line(loaded.problems));
  prepared.settings = std::move(loaded.settings);
  if (!prepared.settings.enabled) {
    return failed("plugin " + id + " is disabled in " + prepared.settings.file +
                  " (enabled: false)");
  }
  return Status::ok();
}

Status PluginLoader::describe(Prepared& prepared) {
  auto manifest = loader::describe(prepared.staged->path(),
                                   {.host_program = paths_.host_program,
                                    .timeout = services_.config()->plugins.describe_timeout});
  if (!manifest) return failed(prepared.source + ": " + manifest.status().message());
  prepared.manifest = std::move(manifest).value();
  return Status::ok();
}

Status PluginLoader::check(Operation& operation, const std::string& id, Prepared& prepared) {
  if (prepared.manifest.id != id)
    return failed(prepared.source + " is plugin " + prepared.manifest.id + ", not " + id);
  if (auto status = loader::check_permissions(prepared.manifest, prepared.settings.permissions);
      !status)
    return status;
  operation.missing = absent(prepared.manifest, records_.active());
  if (auto status = fits(prepared.manifest, records_.active()); !status) return status;
  auto checked =
      config::check_plugin_config(std::move(prepared.settings), prepared.manifest.config_schema);
  operation.problems = checked.problems;
  prepared.settings = std::move(checked.settings);
  return checked.ok() ? heed_crashes(prepared)
                      : Status::invalid_args(in_one_line(checked.problems));
}

// A file that took the server with it once runs on the workers, so that at least the report is of
// the plugin's own thread; after the second time it is not loaded any more.
Status PluginLoader::heed_crashes(Prepared& prepared) const {
  const auto& id = prepared.manifest.id;
  const int crashes = CrashReports(paths_.state).crashes_of(id, prepared.staged->sha256());
  if (crashes == 0) return Status::ok();
  if (crashes >= kCrashesForgiven) {
    return Status(ErrorCode::kPluginUnavailable,
                  "plugin " + id + " is in quarantine: this file of it ended the server " +
                      std::to_string(crashes) +
                      " times. Bring a mended one, or let it out: parleyctl plugin release " + id);
  }
  prepared.settings.execution = config::Execution::kWorker;
  log::Event(log::Level::kWarn, "plugin")
      .plugin(id)
      .write("this file of it ended the server once: it runs on the workers");
  return Status::ok();
}

// A plugin that hung a shard runs on the workers until another file of it comes.
void PluginLoader::heed_hang(Prepared& prepared) const {
  if (prepared.settings.execution == config::Execution::kWorker ||
      !HangMarks(paths_.state).has(prepared.manifest.id, prepared.staged->sha256()))
    return;
  prepared.settings.execution = config::Execution::kWorker;
  log::Event(log::Level::kWarn, "plugin")
      .plugin(prepared.manifest.id)
      .write("this version once hung an I/O thread: it runs on the workers");
}

Result<std::shared_ptr<PluginInstance>> PluginLoader::reopen(PluginInstance::Parts parts) {
  auto today = read_settings(parts.manifest.id);
  if (today.ok())
    today = config::check_plugin_config(std::move(today.settings), parts.manifest.config_schema);
  if (today.ok() && loader::check_permissions(parts.manifest, today.settings.permissions))
    parts.settings = std::move(today.settings);
  return make(std::move(parts));
}

Result<std::shared_ptr<PluginInstance>> PluginLoader::again(const PluginInstance::Parts& parts) {
  if (auto status = parts.staged.check_unchanged(); !status) return status;
  auto copy = staging_.stage(parts.manifest.id, parts.staged.path());
  if (!copy) return copy.status();
  return reopen({parts.manifest, std::move(copy).value(), parts.source, parts.settings});
}

Result<std::shared_ptr<PluginInstance>> PluginLoader::make(PluginInstance::Parts parts) {
  // A call into a child waits for it: never on a thread that serves connections.
  if (parts.settings.isolation == config::Isolation::kProcess)
    parts.settings.execution = config::Execution::kWorker;
  // Not under the records' lock during create: the watchdog and the operator look at them
  // meanwhile.
  parts.generation = records_.next_generation(parts.manifest.id);
  auto made =
      PluginInstance::create(services_, std::move(parts),
                             [this](const CodeRequest& request) { return open_code(request); });
  if (made) {
    (*made)->on_crash([this, weak = std::weak_ptr(*made)](const std::string& how) {
      if (const auto plugin = weak.lock()) crashed_(plugin, how);
    });
  }
  return made;
}

// Where the code of a plugin runs is decided here and nowhere else.
Result<std::unique_ptr<PluginCode>> PluginLoader::open_code(const CodeRequest& request) {
  if (auto status = request.staged.check_unchanged(); !status) return status;
  if (request.settings.isolation == config::Isolation::kInProcess) return LocalCode::open(request);
  if (!supervisor_) supervisor_.emplace();
  return RemoteCode::open(
      request, {*supervisor_, paths_.host_program, services_.config()->plugins.isolation});
}

}  // namespace parley::plugin
