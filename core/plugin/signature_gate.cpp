// SPDX-License-Identifier: Apache-2.0
#include "plugin/signature_gate.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/durable_file.h"
#include "base/log.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kLargestSignature = 4096;

Status refused(std::string why) {
  return Status(ErrorCode::kForbidden, std::move(why));
}

bool is_hex(const std::string& text, std::size_t size) {
  return text.size() == size && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool names_something(const std::string& kind, const std::string& value) {
  return (kind == "key" && is_hex(value, 16)) || (kind == "sha256" && is_hex(value, 64));
}

std::optional<Revocation> revocation_of(const Json& entry) {
  if (!entry.is_object()) return std::nullopt;
  const auto text = [&](const char* key) {
    const auto found = entry.find(key);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const Json at = entry.value("at", Json(0));
  Revocation one{text("kind"), text("value"), text("reason"),
                 at.is_number_integer() ? at.get<std::int64_t>() : 0};
  return names_something(one.kind, one.value) ? std::optional(std::move(one)) : std::nullopt;
}

}  // namespace

SignatureGate::SignatureGate(const fs::path& state, ConfigSource config)
    : file_(state / "plugin-revocations.json"), config_(std::move(config)) {}

Result<Provenance> SignatureGate::admit(const std::string& file, const std::string& sha256,
                                        const std::string& signature, bool enforce) const {
  const auto config = config_();
  const std::string& policy = config->plugins.require_signature;
  Provenance found{.sha256 = sha256, .key = {}, .claims = {}, .signature = signature};
  Status status = Status::ok();
  if (signature.empty()) {
    status = refused(
        file + " is not signed (there is no .sig beside it); sign it with `parleyctl plugin sign`" +
        (enforce ? "" : ", or set plugins.require_signature to off"));
  } else if (auto verified = loader::verify(signature, config->plugins.trusted_keys); !verified) {
    status = refused(file + ": " + verified.status().message());
  } else if (verified->claims.sha256 != sha256) {
    status = refused(file +
                     ": its signature is of another file: it was built, cut or exchanged since it "
                     "was signed; sign it again, or bring the file that was signed");
  } else {
    found.key = verified->key;
    found.claims = verified->claims;
  }
  if (auto revoked = check_revoked(file, sha256, found.key); !revoked) return revoked;
  if (status || (!enforce && policy == "off")) return found;
  if (enforce || policy == "enforce") return status;
  log::Event(log::Level::kWarn, "plugin").write("{}", status.message());
  return found;
}

Status SignatureGate::check_claims(const Provenance& provenance, const loader::Manifest& manifest) {
  if (provenance.key.empty()) return Status::ok();
  const auto actual = loader::claims_of(manifest, provenance.sha256);
  if (actual == provenance.claims) return Status::ok();
  const auto& claims = provenance.claims;
  return refused("the signature is of plugin " + claims.plugin + " " + claims.version + ", ABI " +
                 claims.abi + "; the file says it is " + actual.plugin + " " + actual.version +
                 ", ABI " + actual.abi);
}

Result<std::vector<Revocation>> SignatureGate::revocations() const {
  std::error_code error;
  if (!fs::exists(file_, error) && !error) return std::vector<Revocation>{};
  std::ifstream in(file_);
  const Json list =
      Json::parse(std::string(std::istreambuf_iterator<char>(in), {}), nullptr, false);
  if (!list.is_array())
    return refused(file_.string() +
                   " cannot be read, so nothing can be held against it; mend it, or restore it "
                   "from a backup");
  std::vector<Revocation> all;
  for (const auto& entry : list) {
    auto one = revocation_of(entry);
    // A slip of whoever wrote it by hand must not let in what it was written against.
    if (!one)
      return refused(file_.string() +
                     " holds an entry that revokes nothing, so nothing can be held against it: " +
                     entry.dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 200) +
                     "; write kind key with 16 hex digits, or kind sha256 with 64");
    all.push_back(std::move(*one));
  }
  return all;
}

Status SignatureGate::check_revoked(const std::string& file, const std::string& sha256,
                                    const std::string& key) const {
  const auto all = revocations();
  if (!all) return all.status();
  for (const auto& one : *all) {
    const bool hit = (one.kind == "sha256" && one.value == sha256) ||
                     (one.kind == "key" && !key.empty() && one.value == key);
    if (!hit) continue;
    const std::string why = one.reason.empty() ? "" : ": " + one.reason;
    return refused(one.kind == "key"
                       ? file + " is signed with key " + key + ", which is revoked" + why
                       : file + " is revoked" + why);
  }
  return Status::ok();
}

Status SignatureGate::revoke(const std::string& kind, const std::string& value,
                             const std::string& reason, std::int64_t now) const {
  if (!names_something(kind, value))
    return Status::invalid_args(
        "a revocation names a key by its 16 hex digits or a file by the 64 of its SHA-256");
  auto all = revocations();
  if (!all) return all.status();
  const bool known = std::ranges::any_of(
      *all, [&](const Revocation& one) { return one.kind == kind && one.value == value; });
  if (known) return Status::conflict(kind + " " + value + " is revoked already");
  all->push_back({kind, value, reason, now});
  Json list = Json::array();
  for (const auto& one : *all)
    list.push_back(
        {{"kind", one.kind}, {"value", one.value}, {"reason", one.reason}, {"at", one.at}});
  return replace_file(file_, list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string signature_beside(const fs::path& file) {
  const fs::path beside = file.string() + ".sig";
  std::error_code error;
  if (!fs::is_regular_file(beside, error) || fs::file_size(beside, error) > kLargestSignature)
    return {};
  std::ifstream in(beside, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace parley::plugin
