// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_loader.h"

#include <filesystem>
#include <system_error>
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

// Where the operator grants it what it asks for, whether or not the file is there.
std::string settings_file(const std::string& folder, const std::string& id) {
  if (folder.empty())
    return "/etc/parley/plugins.d/" + id + ".yaml (that folder is found at the next start)";
  const auto file = std::filesystem::path(folder) / (id + ".yaml");
  std::error_code error;
  const auto whole = std::filesystem::absolute(file, error);
  return (error ? file : whole.lexically_normal()).string();
}

}  // namespace

Status check_plugin_id(const std::string& id) {
  if (loader::is_plugin_id(id)) return Status::ok();
  return Status::invalid_args("'" + id + "' is no plugin id: they match [a-z][a-z0-9-]{0,31}");
}

std::string in_one_line(const std::vector<config::Problem>& problems) {
  std::string line;
  for (const auto& problem : problems) line += (line.empty() ? "" : "; ") + problem.sentence();
  return line;
}

config::LoadedPlugin PluginLoader::read_settings(const std::string& id) const {
  return config::load_plugin_settings(paths_.settings, paths_.state.string(), id,
                                      services_.config()->plugins.limits);
}

std::optional<PluginLoader::Vetted> PluginLoader::vet(Operation& operation, const std::string& id,
                                                      const std::filesystem::path& file,
                                                      const std::string& name,
                                                      const std::string& signature, bool enforce) {
  std::optional<loader::StagedFile> staged;
  Provenance provenance;
  loader::Manifest manifest;
  const bool good = operation.step("stage", [&] {
    auto copy = staging_.stage(id, file);
    if (copy) staged.emplace(std::move(copy).value());
    return copy.status();
  }) && operation.step("signature", [&] {
    auto admitted = gate_.admit(name, staged->sha256(), signature, enforce);
    if (admitted) provenance = std::move(admitted).value();
    return admitted.status();
  }) && operation.step("describe", [&] {
    auto described = describe(*staged, name);
    if (described) manifest = std::move(described).value();
    return described ? SignatureGate::check_claims(provenance, manifest) : described.status();
  });
  if (!good) return std::nullopt;
  return Vetted{std::move(*staged), std::move(provenance), std::move(manifest)};
}

std::shared_ptr<PluginInstance> PluginLoader::prepare(Operation& operation, const std::string& id,
                                                      const std::string& from) {
  Prepared prepared;
  const bool found = operation.step("find", [&] {
    return find(id, from, prepared);
  }) && operation.step("settings", [&] { return check_settings(operation, id, prepared); });
  if (!found) return nullptr;
  auto vetted = vet(operation, id, prepared.source, prepared.source,
                    signature_beside(prepared.source), shelf_.holds(prepared.source));
  if (!vetted) return nullptr;
  prepared.manifest = std::move(vetted->manifest);
  prepared.signature = std::move(vetted->provenance.signature);
  prepared.staged.emplace(std::move(vetted->staged));
  std::shared_ptr<PluginInstance> plugin;
  if (!operation.step("check", [&] { return check(operation, id, prepared); })) return nullptr;
  heed_hang(prepared);
  operation.step("open", [&] {
    auto opened = make({.manifest = prepared.manifest,
                        .staged = std::move(*prepared.staged),
                        .source = prepared.source,
                        .settings = prepared.settings,
                        .signature = prepared.signature});
    if (opened) plugin = std::move(opened).value();
    return opened.status();
  });
  return plugin;
}

std::string PluginLoader::usual_source(const std::string& id, const std::string& serving) const {
  if (shelf_.pinned(id) || serving.empty() || shelf_.holds(serving)) return {};
  return serving;
}

Status PluginLoader::find(const std::string& id, const std::string& from,
                          Prepared& prepared) const {
  if (auto status = check_plugin_id(id); !status) return status;
  const auto pinned = shelf_.pinned(id);
  prepared.source = from;
  if (from.empty()) prepared.source = pinned.value_or(paths_.plugins / (id + ".so"));
  records_.note_source(id, prepared.source);
  std::error_code error;
  if (!from.empty() || !pinned || std::filesystem::exists(*pinned, error)) return Status::ok();
  return Status::not_found("plugin " + id + " is pinned to " + prepared.source +
                           ", which is gone: upload it again, or let the file in plugins.folder "
                           "serve with `parleyctl plugin unpin " +
                           id + "`");
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

Result<loader::Manifest> PluginLoader::describe(const loader::StagedFile& staged,
                                                const std::string& name) const {
  auto manifest =
      loader::describe(staged.path(), {.host_program = paths_.host_program,
                                       .timeout = services_.config()->plugins.describe_timeout});
  if (!manifest) return failed(name + ": " + manifest.status().message());
  return manifest;
}

Status PluginLoader::check(Operation& operation, const std::string& id, Prepared& prepared) {
  if (prepared.manifest.id != id)
    return failed(prepared.source + " is plugin " + prepared.manifest.id + ", not " + id);
  if (auto status = loader::check_permissions(prepared.manifest, prepared.settings.permissions);
      !status)
    return Status(status.code(), status.message() + "; grant them in " +
                                     settings_file(paths_.settings, id) +
                                     " under permissions, if you trust it with them");
  await(prepared.manifest);
  operation.missing = absent(prepared.manifest, records_.active());
  if (auto status = fits(prepared.manifest, records_.active()); !status) return status;
  auto checked =
      config::check_plugin_config(std::move(prepared.settings), prepared.manifest.config_schema);
  operation.problems = checked.problems;
  prepared.settings = std::move(checked.settings);
  return checked.ok() ? heed_crashes(prepared)
                      : Status::invalid_args(in_one_line(checked.problems));
}

void PluginLoader::await(const loader::Manifest& next) {
  std::vector<std::string> concerned = dependents(next.id, records_.active());
  for (const auto& need : next.requirements) concerned.push_back(need.id());
  lanes_.wait_for_earlier(concerned);
}

// A file that took the server with it once runs on the workers, so that at least the report is of
// the plugin's own thread; after the second time it is not loaded any more. In a process of its own
// it cannot do that again.
Status PluginLoader::heed_crashes(Prepared& prepared) const {
  const auto& id = prepared.manifest.id;
  const int crashes = CrashReports(paths_.state).crashes_of(id, prepared.staged->sha256());
  if (crashes == 0) return Status::ok();
  if (prepared.settings.isolation != config::Isolation::kInProcess) return Status::ok();
  if (crashes >= kCrashesForgiven) {
    return Status(ErrorCode::kPluginUnavailable,
                  "plugin " + id + " is in quarantine: this file of it ended the server " +
                      std::to_string(crashes) +
                      " times. Bring a mended one, give it a process of its own (isolation: "
                      "process), or let it out: parleyctl plugin release " +
                      id);
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
  // It may have been revoked since, or the operator may ask for more today.
  const auto admitted =
      gate_.admit(parts.source, parts.staged.sha256(), parts.signature, shelf_.holds(parts.source));
  if (!admitted) return admitted.status();
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
  return reopen({.manifest = parts.manifest,
                 .staged = std::move(copy).value(),
                 .source = parts.source,
                 .settings = parts.settings,
                 .signature = parts.signature});
}

// `after-crash` is decided at each opening: an operator may have forgiven the file meanwhile.
void PluginLoader::decide_place(PluginInstance::Parts& parts) const {
  auto& settings = parts.settings;
  if (settings.isolation == config::Isolation::kAfterCrash) {
    const int crashes =
        CrashReports(paths_.state).crashes_of(parts.manifest.id, parts.staged.sha256());
    settings.isolation = crashes > 0 ? config::Isolation::kProcess : config::Isolation::kInProcess;
    if (crashes > 0)
      log::Event(log::Level::kWarn, "plugin")
          .plugin(parts.manifest.id)
          .write(
              "this file of it ended the server: it runs in a process of its own, until "
              "`parleyctl plugin release {}` and a reload",
              parts.manifest.id);
  }
  // A call into a child waits for it: never on a thread that serves connections.
  if (settings.isolation == config::Isolation::kProcess)
    settings.execution = config::Execution::kWorker;
}

Result<std::shared_ptr<PluginInstance>> PluginLoader::make(PluginInstance::Parts parts) {
  decide_place(parts);
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

ChildSupervisor& PluginLoader::supervisor() {
  const std::lock_guard lock(supervisor_mutex_);
  if (!supervisor_) supervisor_.emplace();
  return *supervisor_;
}

// Where the code of a plugin runs is decided here and nowhere else.
Result<std::unique_ptr<PluginCode>> PluginLoader::open_code(const CodeRequest& request) {
  if (auto status = request.staged.check_unchanged(); !status) return status;
  if (request.settings.isolation == config::Isolation::kInProcess) return LocalCode::open(request);
  return RemoteCode::open(
      request, {supervisor(), paths_.host_program, services_.config()->plugins.isolation});
}

}  // namespace parley::plugin
