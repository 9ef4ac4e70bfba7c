// SPDX-License-Identifier: Apache-2.0
#include "users/issuers.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json_text.h"
#include "users/accounts.h"
#include "users/jwk.h"
#include "users/strict_json.h"

namespace parley::users {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::size_t kLargestFile = 1024 * 1024;
constexpr const char* kMembers[] = {"issuer",    "audience",  "jwks",      "keys",
                                    "algorithm", "max_roles", "name_claim"};

struct File {
  std::string text;
  mode_t mode = 0;
};

Status refuse(const fs::path& file, const std::string& why) {
  return Status::invalid_args(file.string() + ": " + why);
}

Result<std::string> read_all(int descriptor) {
  std::string text(kLargestFile + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    const ssize_t got = ::read(descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Status::invalid_args(std::generic_category().message(errno) + ".");
    size += static_cast<std::size_t>(got);
    if (got == 0 || size == text.size()) break;
  }
  if (size > kLargestFile) return Status::invalid_args("is larger than 1 MiB.");
  text.resize(size);
  return text;
}

// Whoever may write it may let anyone in.
Status check_writers(const fs::path& path, const struct stat& info, const char* what) {
  if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
    return refuse(path, std::string(what) + " belongs to another user, who could let anyone in: " +
                            "chown it to root or to the user the server runs as.");
  }
  if ((info.st_mode & 022) == 0) return Status::ok();
  return refuse(path, std::string(what) + " can be written by others, who could let anyone in: " +
                          "chmod go-w " + path.string());
}

// Of the file itself: a link in a safe folder may lead into one where the file can be exchanged.
Status check_folder(const fs::path& file) {
  std::error_code error;
  const auto folder = fs::canonical(file, error).parent_path();
  struct stat info {};
  if (error || ::stat(folder.c_str(), &info) != 0)
    return refuse(file, "its folder cannot be looked at.");
  return check_writers(folder, info, "this folder");
}

Result<File> read_guarded(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return refuse(file, std::generic_category().message(errno) + ".");
  struct stat info {};
  Status status = Status::ok();
  if (::fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode))
    status = refuse(file, "is no file.");
  if (status) status = check_writers(file, info, "this file");
  if (status) status = check_folder(file);
  auto text = status ? read_all(descriptor) : Result<std::string>(status);
  ::close(descriptor);
  if (!status) return status;
  if (!text) return refuse(file, text.status().message());
  return File{std::move(*text), info.st_mode};
}

// The parts of one entry that say what its keys are worth.
struct Terms {
  std::string issuer, audience, name_claim = "name";
  std::optional<TokenAlgorithm> algorithm;
  std::vector<std::string> max_roles{"user"};
};

Status read_roles(const Json& entry, Terms& terms) {
  const auto found = entry.find("max_roles");
  if (found == entry.end()) return Status::ok();
  terms.max_roles.clear();
  const bool list = found->is_array() && !found->empty();
  for (const Json& role : list ? *found : Json::array()) {
    if (role.is_string() && is_role(role.get<std::string>()))
      terms.max_roles.push_back(role.get<std::string>());
  }
  if (list && terms.max_roles.size() == found->size()) return Status::ok();
  return Status::invalid_args("max_roles is a list of user, moderator, admin and service.");
}

Result<Terms> read_terms(const Json& entry) {
  if (!entry.is_object()) return Status::invalid_args("an issuer is no JSON object.");
  for (const auto& [name, value] : entry.items()) {
    if (std::ranges::find(kMembers, name) == std::end(kMembers))
      return Status::invalid_args("an issuer has no member " + name + ".");
  }
  Terms terms;
  terms.issuer = text_of(entry, "issuer");
  terms.audience = text_of(entry, "audience");
  if (terms.issuer.empty())
    return Status::invalid_args("an entry lacks \"issuer\", what its tokens say in iss.");
  if (terms.audience.empty()) {
    return Status::invalid_args(
        "it lacks \"audience\": without it, tokens that were made for other services would open "
        "this one.");
  }
  if (entry.contains("name_claim")) terms.name_claim = text_of(entry, "name_claim");
  if (entry.contains("algorithm")) {
    terms.algorithm = algorithm_named(text_of(entry, "algorithm"));
    if (!terms.algorithm)
      return Status::invalid_args("algorithm is one of HS256, RS256, ES256 and EdDSA.");
  }
  if (Status status = read_roles(entry, terms); !status) return status;
  return terms;
}

// Where the keys of an entry stand, and their text.
Result<File> key_file(const fs::path& file, const File& whole, const Json& entry,
                      Issuers& issuers) {
  if (entry.contains("jwks") == entry.contains("keys"))
    return Status::invalid_args("its keys stand in \"jwks\", a file, or in \"keys\": one of them.");
  if (entry.contains("keys")) return File{Json{{"keys", entry["keys"]}}.dump(), whole.mode};
  const fs::path beside = file.parent_path() / text_of(entry, "jwks");
  issuers.files.push_back(beside);
  return read_guarded(beside);
}

// With what the issuer may vouch for; "" or why it is left out.
std::string add_key(TokenKey key, const Terms& terms, const File& source, IssuerKeys& into) {
  if (key.algorithm == TokenAlgorithm::kHs256 && (source.mode & 077) != 0) {
    return "The shared secret " + key.kid +
           " can be read by others, who could sign with it: chmod 600 its file.";
  }
  key.issuer = terms.issuer;
  key.audience = terms.audience;
  key.name_claim = terms.name_claim;
  key.max_roles = terms.max_roles;
  auto made = JwtKey::make(std::move(key));
  if (!made) return made.status().message();
  into.keys.push_back(std::move(made).value());
  return {};
}

Status read_issuer(const fs::path& file, const File& whole, const Json& entry, Issuers& issuers,
                   IssuerKeys& into) {
  const auto terms = read_terms(entry);
  if (!terms) return terms.status();
  const auto source = key_file(file, whole, entry, issuers);
  if (!source) return source.status();
  auto set = parse_jwks(source->text, terms->algorithm);
  if (!set) return set.status();
  into.skipped = std::move(set->skipped);
  into.damaged = std::move(set->damaged);
  for (auto& key : set->keys) {
    const std::string kid = key.kid;
    if (auto why = add_key(std::move(key), *terms, *source, into); !why.empty())
      into.damaged.push_back({kid, std::move(why)});
  }
  if (!into.keys.empty()) return Status::ok();
  std::string why;
  for (const auto& one : into.damaged) why += ' ' + one.why;
  return Status::invalid_args("no key of it can verify tokens." + why);
}

void add_issuer(const fs::path& file, const File& whole, const Json& entry, Issuers& issuers) {
  IssuerKeys into;
  if (entry.is_object()) into.issuer = text_of(entry, "issuer");
  const bool twice =
      !into.issuer.empty() && std::ranges::any_of(issuers.issuers, [&](const IssuerKeys& other) {
        return other.issuer == into.issuer;
      });
  const Status status =
      twice ? Status::invalid_args(
                  "it is there twice, and this entry is not read: put its keys into one.")
            : read_issuer(file, whole, entry, issuers, into);
  const std::string name = into.issuer.empty() ? "" : into.issuer + ": ";
  if (!status) into.status = refuse(file, name + status.message());
  issuers.issuers.push_back(std::move(into));
}

}  // namespace

Result<Issuers> load_issuers(const fs::path& file) {
  Issuers issuers;
  issuers.files.push_back(file);
  const auto whole = read_guarded(file);
  if (!whole) return whole.status();
  const auto object = parse_strict_object(whole->text);
  const bool plain = object && object->size() == 1 && object->contains("issuers") &&
                     (*object)["issuers"].is_array();
  if (!plain)
    return refuse(file, "should read {\"issuers\": [...]} and nothing else, each member once.");
  for (const Json& entry : (*object)["issuers"]) add_issuer(file, *whole, entry, issuers);
  return issuers;
}

}  // namespace parley::users
