// SPDX-License-Identifier: Apache-2.0
// From a file to a created plugin: settings, staged copy, description in a child, checks, code.
// Nothing of it is visible to anyone; each part is a step of the operation that asked for it.
//
// Ownership: owns the staging folder; borrows services, records and lanes. Thread: the lane of the
// plugin it is about. Failure: the operation holds the step that failed and its sentence.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "config/plugin_settings.h"
#include "loader/manifest.h"
#include "loader/staging.h"
#include "plugin/child_supervisor.h"
#include "plugin/operation.h"
#include "plugin/operation_lanes.h"
#include "plugin/plugin_instance.h"
#include "plugin/plugin_records.h"
#include "plugin/services.h"
#include "plugin/signature_gate.h"
#include "plugin/version_shelf.h"

namespace parley::plugin {

struct PluginPaths {
  std::filesystem::path plugins;  // <id>.so lie here
  std::filesystem::path state;    // the server's state folder
  std::filesystem::path staging;  // private copies
  std::filesystem::path host_program;
  std::string settings;  // plugins.d, "" for none
};

Status check_plugin_id(const std::string& id);
std::string in_one_line(const std::vector<config::Problem>& problems);

class PluginLoader {
 public:
  // `crashed`: told when the process of a version is gone without having been ended, whatever the
  // version was doing; on any thread.
  using Crashed = std::function<void(const std::shared_ptr<PluginInstance>&, const std::string&)>;
  PluginLoader(Services& services, const PluginPaths& paths, loader::Staging staging,
               PluginRecords& records, OperationLanes& lanes, Crashed crashed)
      : services_(services),
        paths_(paths),
        staging_(std::move(staging)),
        records_(records),
        lanes_(lanes),
        gate_(paths.state, services.config),
        shelf_(paths.state),
        crashed_(std::move(crashed)) {}

  // A private copy that may be opened as far as its origin goes, and what it says of itself.
  struct Vetted {
    loader::StagedFile staged;
    Provenance provenance;
    loader::Manifest manifest;
  };
  // `name`: what the sentences call the file. `enforce`: whatever plugins.require_signature says.
  std::optional<Vetted> vet(Operation& operation, const std::string& id,
                            const std::filesystem::path& file, const std::string& name,
                            const std::string& signature, bool enforce);

  // What a reload takes that names no file: the pinned version, else what `serving` came from. A
  // version that was uploaded and is pinned no more gives way to <plugins folder>/<id>.so.
  std::string usual_source(const std::string& id, const std::string& serving) const;

  // `from` empty: the pinned version, else <plugins folder>/<id>.so. Null: refused.
  std::shared_ptr<PluginInstance> prepare(Operation& operation, const std::string& id,
                                          const std::string& from);
  // A version that was closed, once more, with the configuration of today where it fits.
  Result<std::shared_ptr<PluginInstance>> reopen(PluginInstance::Parts parts);
  config::LoadedPlugin read_settings(const std::string& id) const;
  // The same of one that crashed: another instance, its parts stay for the next time.
  Result<std::shared_ptr<PluginInstance>> again(const PluginInstance::Parts& parts);
  // Ends what is left of child processes; nothing can be opened afterwards.
  void end_children() { supervisor_.reset(); }

  // Before it is judged whether `next` fits what serves: until the earlier operations on what it
  // needs, and on what needs it, are through.
  void await(const loader::Manifest& next);

  const SignatureGate& gate() const { return gate_; }
  const VersionShelf& shelf() const { return shelf_; }

 private:
  struct Prepared {
    loader::Manifest manifest;
    config::PluginSettings settings;
    std::optional<loader::StagedFile> staged;
    std::string source;
    std::string signature;
  };
  Status find(const std::string& id, const std::string& from, Prepared& prepared) const;
  Status check_settings(Operation& operation, const std::string& id, Prepared& prepared);
  Result<loader::Manifest> describe(const loader::StagedFile& staged,
                                    const std::string& name) const;
  Status check(Operation& operation, const std::string& id, Prepared& prepared);
  Status heed_crashes(Prepared& prepared) const;
  void heed_hang(Prepared& prepared) const;
  void decide_place(PluginInstance::Parts& parts) const;
  Result<std::shared_ptr<PluginInstance>> make(PluginInstance::Parts parts);
  Result<std::unique_ptr<PluginCode>> open_code(const CodeRequest& request);
  ChildSupervisor& supervisor();

  Services& services_;
  const PluginPaths& paths_;
  loader::Staging staging_;
  PluginRecords& records_;
  OperationLanes& lanes_;
  SignatureGate gate_;
  VersionShelf shelf_;
  const Crashed crashed_;
  std::mutex supervisor_mutex_;
  std::optional<ChildSupervisor> supervisor_;  // once a plugin wants a process
};

}  // namespace parley::plugin
