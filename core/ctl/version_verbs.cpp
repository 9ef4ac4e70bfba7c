// SPDX-License-Identifier: Apache-2.0
#include "ctl/version_verbs.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "base/ids.h"
#include "config/loader.h"
#include "ctl/program.h"
#include "loader/describe.h"
#include "loader/signature.h"

namespace parley::ctl {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string plugin_path(const std::string& id, const std::string& rest) {
  return "/admin/v1/plugins/" + path_step(id) + rest;
}

Result<std::string> read_file(const std::string& file) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file, error))
    return Status::not_found(file + " cannot be read: " + std::strerror(errno));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

Status cannot_write(const std::string& file, int error) {
  return Status::conflict(file + " cannot be written: " + std::strerror(error));
}

// A text of a few lines; nothing of it stays when it does not fit on the disk.
Status write_new(const std::string& file, const std::string& text, mode_t mode) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return cannot_write(file, errno);
  const auto written = ::write(fd, text.data(), text.size());
  int error = written < 0 ? errno : ENOSPC;
  if (written == static_cast<ssize_t>(text.size())) error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error == 0) return Status::ok();
  ::unlink(file.c_str());
  return cannot_write(file, error);
}

// In the place of an older one, which stays when this one cannot be written.
Status write_beside(const std::string& file, const std::string& text) {
  const std::string next = file + ".new";
  ::unlink(next.c_str());
  if (auto status = write_new(next, text, 0644); !status) return status;
  if (::rename(next.c_str(), file.c_str()) == 0) return Status::ok();
  const int error = errno;
  ::unlink(next.c_str());
  return cannot_write(file, error);
}

// Group or world could sign in the owner's name.
Result<loader::SigningKey> read_key(const std::string& file) {
  std::error_code error;
  const auto rights = fs::status(file, error).permissions();
  constexpr auto kOthers = fs::perms::group_all | fs::perms::others_all;
  if (!error && (rights & kOthers) != fs::perms::none)
    return Status::forbidden(file +
                             ": others may read this private key; chmod go-rwx it, and if "
                             "others had it, make a new one and revoke this");
  auto text = read_file(file);
  if (!text) return text.status();
  auto key = loader::read_private_key(*text);
  return key ? key
             : Result<loader::SigningKey>(
                   Status::invalid_args(file + ": " + key.status().message()));
}

Result<loader::Manifest> describe(const std::string& file) {
  auto manifest = loader::describe(fs::absolute(file),
                                   {.host_program = program_folder() / "parley-plugin-host"});
  if (manifest) return manifest;
  return Status(manifest.status().code(), file + ": " + manifest.status().message());
}

struct SignedFile {
  std::string bytes, text;  // of FILE and FILE.sig
  loader::Signature said;   // verified by nobody yet
};

// The .sig must be of these bytes. Whose it is, is another question.
Result<SignedFile> read_signed(const std::string& file) {
  auto bytes = read_file(file);
  if (!bytes) return bytes.status();
  auto text = read_file(file + ".sig");
  if (!text)
    return Status::not_found(file +
                             ".sig is missing; sign the plugin with `parleyctl plugin sign`");
  auto said = loader::read_unverified(*text);
  if (!said) return Status::forbidden(file + ".sig: " + said.status().message());
  if (said->claims.sha256 != to_hex(sha256(*bytes)))
    return Status::forbidden(file +
                             ": its signature is of another file; sign it again after each build");
  return SignedFile{std::move(*bytes), std::move(*text), std::move(*said)};
}

Result<std::vector<std::string>> keys_of(const TrustWords& trust) {
  auto keys = trust.keys;
  for (const auto& key : keys) {
    if (const auto id = loader::key_id(key); !id) return id.status();
  }
  if (trust.config.empty()) return keys;
  const auto loaded = config::load({.file = trust.config, .environment = {}, .flags = {}});
  if (!loaded.ok()) return Status::invalid_args(loaded.problems.front().sentence());
  const auto& trusted = loaded.config.plugins.trusted_keys;
  if (trusted.empty() && keys.empty())
    return Status::not_found(trust.config + " names no key under plugins.trusted_keys");
  keys.insert(keys.end(), trusted.begin(), trusted.end());
  return keys;
}

// Asked before a body is sent that the server would refuse for its size alone.
Status takes_upload(Context& context, const std::string& id, std::size_t size) {
  const auto reply = context.client().get(plugin_path(id, "/versions"));
  if (!reply) return reply.status();
  if (!reply->body.value("uploads", false))
    return Status::forbidden(
        "this server takes no uploads; its operator sets plugins.upload: true and the keys it "
        "trusts in plugins.trusted_keys, and starts it again");
  const auto most = reply->body.value("uploadMax", std::size_t{0});
  if (size <= most) return Status::ok();
  return Status(ErrorCode::kTooLarge,
                fmt::format("the file has {} bytes, this server takes at most {}; strip it, or "
                            "let its operator raise plugins.upload_max",
                            size, most));
}

int pin_and_say(Context& context, const std::string& id, const std::string& version,
                bool allow_downgrade) {
  const Json body{{"version", version.empty() ? Json(nullptr) : Json(version)},
                  {"allowDowngrade", allow_downgrade}};
  const auto reply = context.client().post(plugin_path(id, "/pin"), body);
  if (!reply) return refuse(context, reply.status());
  if (!reply->ok()) return refuse(context, *reply);
  if (context.format == Format::kTable)
    context.terminal.out << (version.empty()
                                 ? fmt::format("{} comes from plugins.folder again, from its next "
                                               "load or reload on\n",
                                               id)
                                 : fmt::format("{} is pinned to {}\n", id, version));
  return kDone;
}

int let_it_serve(Context& context, const std::string& id, const std::string& version,
                 const Json& kept, bool allow_downgrade) {
  const std::string file = kept.value("file", "");
  const int served = plugin_operate(context, "reload", id, file);
  if (served != kDone) {
    context.terminal.err << fmt::format("{} {} is kept and does not serve\n", id, version);
    return served;
  }
  const std::string name = fs::path(file).stem();
  return pin_and_say(context, id, name, allow_downgrade);
}

bool is_hex(const std::string& text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

struct KeptFile {
  std::string sha256;  // or a key's id
  bool pinned = false;
};

// A kept version, by the names that `plugin versions` shows.
Result<KeptFile> kept_file(Context& context, const std::string& id, const std::string& version) {
  const auto reply = context.client().get(plugin_path(id, "/versions"));
  if (!reply) return reply.status();
  std::vector<KeptFile> found;
  for (const auto& row : reply->body.value("versions", Json::array())) {
    const std::string name = fs::path(row.value("file", "")).stem();
    if (row.value("version", "") == version || name == version)
      found.push_back({row.value("sha256", ""), row.value("pinned", false)});
  }
  if (found.size() == 1) return found.front();
  return Status::not_found(found.empty()
                               ? fmt::format("version {} of {} is not kept; name the file "
                                             "by its SHA-256",
                                             version, id)
                               : fmt::format("several files call themselves {} {}; name "
                                             "one by its SHA-256",
                                             id, version));
}

}  // namespace

int key_make(Context& context, const std::string& file) {
  const auto key = loader::make_signing_key();
  if (auto status = write_new(file, loader::private_key_text(key), 0600); !status)
    return refuse(context, status);
  const std::string id = *loader::key_id(key.public_key);
  if (context.format == Format::kJson) {
    print_json(context, {{"file", file}, {"publicKey", key.public_key}, {"key", id}});
    return kDone;
  }
  context.terminal.out << fmt::format(
      "{}: the private key, for you alone; without it nothing can be signed again\n"
      "key {}, public:\n  {}\nA server trusts it by its configuration:\n  plugins:\n    "
      "trusted_keys: [{}]\n",
      file, id, key.public_key, key.public_key);
  return kDone;
}

int plugin_sign(Context& context, const std::string& file, const std::string& key_file) {
  const auto key = read_key(key_file);
  if (!key) return refuse(context, key.status());
  const auto bytes = read_file(file);
  if (!bytes) return refuse(context, bytes.status());
  const auto manifest = describe(file);
  if (!manifest) return refuse(context, manifest.status());
  const auto same = read_file(file);
  if (!same || *same != *bytes)
    return refuse(context,
                  Status::conflict(file + " was written while it was read: wait until the build "
                                          "is done, and sign again"));
  const auto signature = loader::sign(loader::claims_of(*manifest, to_hex(sha256(*bytes))), *key);
  if (!signature) return refuse(context, signature.status());
  if (auto status = write_beside(file + ".sig", *signature); !status)
    return refuse(context, status);
  const std::string id = *loader::key_id(key->public_key);
  if (context.format == Format::kJson) {
    print_json(context, {{"file", file + ".sig"},
                         {"plugin", manifest->id},
                         {"version", manifest->version},
                         {"key", id}});
  } else {
    context.terminal.out << fmt::format("{}.sig: {} {}, signed with key {}\n", file, manifest->id,
                                        manifest->version, id);
  }
  return kDone;
}

// The signature first: nothing of a stranger's file runs here.
int plugin_verify(Context& context, const std::string& file, const TrustWords& trust) {
  const auto keys = keys_of(trust);
  if (!keys) return refuse(context, keys.status());
  const auto read = read_signed(file);
  if (!read) return refuse(context, read.status());
  const auto verified = loader::verify(read->text, *keys);
  if (!verified)
    return refuse(context, Status::forbidden(file + ": " + verified.status().message()));
  const auto manifest = describe(file);
  if (!manifest) return refuse(context, manifest.status());
  const auto& claims = verified->claims;
  if (claims != loader::claims_of(*manifest, claims.sha256))
    return refuse(context, Status::forbidden(fmt::format(
                               "{}: the signature is of {} {}, the file says it is {} {}", file,
                               claims.plugin, claims.version, manifest->id, manifest->version)));
  if (context.format == Format::kJson) {
    print_json(context, {{"file", file},
                         {"plugin", claims.plugin},
                         {"version", claims.version},
                         {"abi", claims.abi},
                         {"sha256", claims.sha256},
                         {"key", verified->key}});
  } else {
    context.terminal.out << fmt::format("{}: {} {}, ABI {}, signed with key {}\nsha256 {}\n", file,
                                        claims.plugin, claims.version, claims.abi, verified->key,
                                        claims.sha256);
  }
  return kDone;
}

int plugin_upload(Context& context, const UploadWords& words) {
  const auto read = read_signed(words.file);
  if (!read) return refuse(context, read.status());
  const auto& claims = read->said.claims;
  if (auto status = takes_upload(context, claims.plugin, read->bytes.size()); !status)
    return refuse(context, status);
  const auto reply = context.client().post(plugin_path(claims.plugin, "/upload"),
                                           {{"file", base64url_encode(read->bytes)},
                                            {"signature", read->text},
                                            {"allowDowngrade", words.allow_downgrade},
                                            {"allowSameVersion", words.allow_same_version}});
  if (!reply) return refuse(context, reply.status());
  if (!reply->ok()) return refuse(context, *reply);
  if (context.format == Format::kTable)
    context.terminal.out << fmt::format("{} {} is kept\n", claims.plugin, claims.version);
  if (words.load)
    return let_it_serve(context, claims.plugin, claims.version, reply->body, words.allow_downgrade);
  if (context.format == Format::kJson) print_json(context, reply->body);
  return kDone;
}

int plugin_versions(Context& context, const std::string& id) {
  return answer(context, context.client().get(plugin_path(id, "/versions")),
                [](Context& c, const Json& body) {
                  print_list(
                      c, body, "versions",
                      {"version", "pinned", "serving", "signedBy", "bytes?", "revoked", "sha256?"});
                });
}

int plugin_pin(Context& context, const std::string& id, const std::string& version,
               bool allow_downgrade) {
  return pin_and_say(context, id, version, allow_downgrade);
}

int plugin_unpin(Context& context, const std::string& id) {
  return pin_and_say(context, id, "", false);
}

int plugin_revoke(Context& context, const std::string& target, const std::string& version,
                  const std::string& reason) {
  KeptFile what{target};
  if (!version.empty()) {
    auto kept = kept_file(context, target, version);
    if (!kept) return refuse(context, kept.status());
    what = std::move(kept).value();
  } else if (!is_hex(target) || (target.size() != 16 && target.size() != 64)) {
    return refuse(context, Status::invalid_args("name a key by its 16 hex digits, a file by the 64 "
                                                "of its SHA-256, or a plugin with its version"));
  }
  const auto reply = context.client().post("/admin/v1/plugin-revocations",
                                           {{"kind", what.sha256.size() == 16 ? "key" : "sha256"},
                                            {"value", what.sha256},
                                            {"reason", reason}});
  if (!reply) return refuse(context, reply.status());
  if (!reply->ok()) return refuse(context, *reply);
  if (context.format == Format::kJson) {
    print_json(context, reply->body);
    return kDone;
  }
  context.terminal.out << "revoked; what is loaded stays until it is replaced or unloaded\n";
  if (what.pinned)
    context.terminal.out << fmt::format(
        "{} is pinned to it, so nothing of it will load: pin another version, or parleyctl plugin "
        "unpin {}\n",
        target, target);
  return kDone;
}

int plugin_revocations(Context& context) {
  return answer(context, context.client().get("/admin/v1/plugin-revocations"),
                [](Context& c, const Json& body) {
                  print_list(c, body, "revocations", {"kind", "value", "reason", "at"});
                });
}

}  // namespace parley::ctl
