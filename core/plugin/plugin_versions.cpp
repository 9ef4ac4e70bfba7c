// SPDX-License-Identifier: Apache-2.0
#include "plugin/plugin_versions.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;

// Gone again, whatever becomes of the upload; keep() has moved it away by then if all went well.
struct Incoming {
  fs::path file;
  Incoming() = default;
  Incoming(const Incoming&) = delete;
  Incoming& operator=(const Incoming&) = delete;
  ~Incoming() {
    std::error_code ignored;
    if (!file.empty()) fs::remove(file, ignored);
  }
};

}  // namespace

Operation PluginVersions::upload(const Upload& upload, Uploaded& done) {
  Operation operation;
  Incoming incoming;
  const std::string name = upload.id + ".so (uploaded)";
  const bool received = operation.step("receive", [&] {
    if (auto status = check_size(upload); !status) return status;
    auto file = loader_.shelf().incoming(upload.id, upload.bytes);
    if (file) incoming.file = *file;
    return file.status();
  });
  if (!received) return operation;
  const auto vetted =
      loader_.vet(operation, upload.id, incoming.file, name, upload.signature, true);
  if (!vetted) return operation;
  const auto& manifest = vetted->manifest;
  operation.step(
      "check",
      [&] {
        if (manifest.id != upload.id)
          return Status::invalid_args(name + " is plugin " + manifest.id + ", not " + upload.id);
        const auto status = check_age(upload.id, manifest.version, upload.allow_downgrade);
        return status ? check_name(upload, manifest.version, vetted->staged.sha256()) : status;
      }) &&
      operation.step("keep", [&] {
        auto file = loader_.shelf().keep(upload.id, manifest.version, vetted->staged.sha256(),
                                         incoming.file, upload.signature);
        if (!file) return file.status();
        done = {file->string(), manifest.version, vetted->staged.sha256(), vetted->provenance.key};
        std::vector<fs::path> in_use{*file};
        if (const auto serving = records_.active(upload.id)) in_use.push_back(serving->source());
        loader_.shelf().prune(upload.id, services_.config()->plugins.keep_versions, in_use);
        return Status::ok();
      });
  if (operation.status) {
    log::Event(log::Level::kInfo, "plugin")
        .plugin(upload.id)
        .write("version {} was uploaded, signed with key {}", manifest.version,
               vetted->provenance.key);
  }
  return operation;
}

Status PluginVersions::check_size(const Upload& upload) const {
  const auto config = services_.config();
  if (!config->plugins.upload)
    return Status::forbidden(
        "uploads are off; set plugins.upload: true and plugins.trusted_keys to take them");
  if (auto status = check_plugin_id(upload.id); !status) return status;
  if (upload.bytes.empty()) return Status::invalid_args("the upload is empty");
  if (upload.bytes.size() > config->plugins.upload_max)
    return Status(
        ErrorCode::kTooLarge,
        "the file has " + std::to_string(upload.bytes.size()) + " bytes, and at most " +
            std::to_string(config->plugins.upload_max) +
            " are taken: strip it and sign it anew, or raise plugins.upload_max and start "
            "the server again");
  return Status::ok();
}

// A version names one file. Two builds that bear the same one cannot be told apart in a log, and
// nobody knows which of them an incident is about. (Local files are built over and over under one
// version while they are written; they do not come this way.)
Status PluginVersions::check_name(const Upload& upload, const std::string& version,
                                  const std::string& sha256) const {
  if (upload.allow_same_version) return Status::ok();
  std::string other;
  for (const auto& kept : loader_.shelf().versions(upload.id)) {
    if (kept.version == version && !sha256.starts_with(kept.sha256_start))
      other = kept.sha256_start;
  }
  const auto serving = records_.active(upload.id);
  if (serving && serving->manifest().version == version && serving->sha256() != sha256)
    other = serving->sha256().substr(0, 12);
  if (other.empty()) return Status::ok();
  return Status::conflict("another file that calls itself " + upload.id + " " + version +
                          " is here already (SHA-256 " + other +
                          "…): give this one a version of its own; --allow-same-version takes it "
                          "all the same");
}

Status PluginVersions::check_age(const std::string& id, const std::string& version,
                                 bool allow_downgrade) const {
  std::string newest;
  for (const auto& kept : loader_.shelf().versions(id)) {
    if (newest.empty() || compare_versions(kept.version, newest) > 0) newest = kept.version;
  }
  if (const auto serving = records_.active(id)) {
    const auto& served = serving->manifest().version;
    if (newest.empty() || compare_versions(served, newest) > 0) newest = served;
  }
  if (allow_downgrade || newest.empty() || compare_versions(version, newest) >= 0)
    return Status::ok();
  return Status::conflict(id + " " + version + " is older than " + newest +
                          ", which is here already; --allow-downgrade takes it all the same");
}

Result<std::vector<VersionInfo>> PluginVersions::versions(const std::string& id) const {
  if (auto status = check_plugin_id(id); !status) return status;
  std::vector<VersionInfo> all;
  const auto revoked = loader_.gate().revocations();
  const auto serving = records_.active(id);
  for (const auto& kept : loader_.shelf().versions(id)) {
    const auto said = loader::read_unverified(signature_beside(kept.file));
    VersionInfo info{.version = kept.version,
                     .sha256 = said ? said->claims.sha256 : std::string(),
                     .file = kept.file.string(),
                     .signed_by = said ? said->key : std::string(),
                     .bytes = kept.bytes,
                     .pinned = kept.pinned,
                     .serving = serving && serving->source() == kept.file.string()};
    if (!revoked) info.revoked = revoked.status().message();
    for (const auto& one : revoked ? *revoked : std::vector<Revocation>{}) {
      if (one.value == info.sha256 || one.value == info.signed_by)
        info.revoked = one.kind + (one.reason.empty() ? "" : ": " + one.reason);
    }
    all.push_back(std::move(info));
  }
  return all;
}

Status PluginVersions::pin(const std::string& id, const std::string& version,
                           bool allow_downgrade) {
  if (auto status = check_plugin_id(id); !status) return status;
  if (!version.empty()) {
    const auto kept = loader_.shelf().find(id, version);
    if (!kept) return kept.status();
    if (auto status = check_age(id, kept->version, allow_downgrade); !status) return status;
  }
  return loader_.shelf().pin(id, version);
}

Status PluginVersions::revoke(const std::string& kind, const std::string& value,
                              const std::string& reason) {
  auto status = loader_.gate().revoke(kind, value, reason, services_.clock.wall_ms());
  if (!status) return status;
  log::Event(log::Level::kWarn, "plugin").write("{} {} is revoked: {}", kind, value, reason);
  for (const auto& plugin : records_.running()) {
    if (kind == "sha256" && plugin->sha256() == value)
      log::Event(log::Level::kWarn, "plugin")
          .plugin(plugin->id())
          .write("this very file serves; unload or replace it");
  }
  return status;
}

}  // namespace parley::plugin
