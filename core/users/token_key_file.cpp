// SPDX-License-Identifier: Apache-2.0
// Where the server's own token keys live.
#include <cctype>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/durable_file.h"
#include "base/ids.h"
#include "users/jwt_key.h"
#include "users/passwords.h"
#include "users/tokens.h"

namespace parley::users {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSeedSize = 32;
constexpr std::size_t kLargestFile = 4096;
constexpr std::string_view kPem = "-----BEGIN ";

std::string reason() {
  return std::generic_category().message(errno);
}

Status check_private(int descriptor, const fs::path& file) {
  struct stat info {};
  if (fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 077) == 0)
    return Status::ok();
  return Status::internal("The token key " + file.string() +
                          " can be read by others. Take their rights away: chmod 600 " +
                          file.string());
}

Result<std::string> read_private(const fs::path& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Status::internal("The token key " + file.string() + " cannot be read: " + reason() +
                            ".");
  }
  const Status status = check_private(descriptor, file);
  std::string content(kLargestFile, '\0');
  const ssize_t length = status.is_ok() ? read(descriptor, content.data(), content.size()) : 0;
  close(descriptor);
  if (!status) return status;
  content.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
  return content;
}

std::string kid_of(std::string_view secret) {
  constexpr std::size_t kKidLength = 12;
  return to_hex(sha256("parley-kid:" + std::string(secret))).substr(0, kKidLength);
}

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

bool is_hex(const std::string& text) {
  return text.size() >= 2 * kSeedSize && text.size() % 2 == 0 &&
         text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
}

// What the configuration read from the operator's file or environment.
Result<TokenKey> configured_key(std::string text, const std::string& setting) {
  if (text.starts_with(kPem)) {
    Result<TokenKey> key = parse_private_pem(text, setting);
    wipe(text);
    if (key) key->kid = kid_of(key->secret);
    return key;
  }
  std::string secret = is_hex(text) ? from_hex(text) : text;
  wipe(text);
  if (secret.size() < kSeedSize) {
    return Status::invalid_args("The key of " + setting +
                                " is too short. Make one with: openssl rand -hex 32");
  }
  return TokenKey{kid_of(secret), TokenAlgorithm::kHs256, secret, "", ""};
}

Result<TokenKey> seed_key(const fs::path& file) {
  Result<std::string> seed = read_private(file);
  if (!seed) return seed.status();
  if (seed->size() != kSeedSize) {
    return Status::internal(
        "The token key " + file.string() +
        " is damaged. Remove it: a new one is made, and everyone logs in again.");
  }
  return TokenKey{kid_of(*seed), TokenAlgorithm::kEdDsa, *seed, "", ""};
}

fs::path own_file(const fs::path& state_dir) {
  return state_dir / "token.key";
}
fs::path previous_file(const fs::path& state_dir) {
  return state_dir / "token.key.previous";
}

// In place whole or not at all, and on the disk before a token is signed with it. Two first starts at
// once cannot end with two keys: the state folder is locked.
Status make_seed(const fs::path& state_dir) {
  return replace_file(own_file(state_dir), random_bytes(kSeedSize));
}

// What a rotation that did not come to its end has written.
void discard(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
}

}  // namespace

Result<TokenKey> load_token_key(const config::Auth& auth, const fs::path& state_dir) {
  if (!auth.token_key.empty()) return configured_key(auth.token_key, "auth.token_key");
  const auto file = own_file(state_dir);
  if (!fs::exists(fs::symlink_status(file))) {
    if (Status status = make_seed(state_dir); !status) return status;
  }
  return seed_key(file);
}

Result<TokenKey> load_previous_key(const config::Auth& auth, const fs::path& state_dir) {
  if (!auth.token_key_previous.empty())
    return configured_key(auth.token_key_previous, "auth.token_key_previous");
  const auto file = previous_file(state_dir);
  const bool there = auth.token_key.empty() && fs::exists(fs::symlink_status(file));
  return there ? seed_key(file) : Status::not_found("There is no previous token key.");
}

// The new key is on the disk before an old one is touched, and there is a key at every moment: cut off
// between the two moves, the present one stands in both files.
Status rotate_token_key(const config::Auth& auth, const fs::path& state_dir) {
  if (!auth.token_key.empty()) {
    return Status::invalid_args(
        "auth.token_key is set, so the key's files are yours: put the present key into "
        "auth.token_key_previous, a new one into auth.token_key, and reload the configuration.");
  }
  const auto present = load_token_key(auth, state_dir);
  if (!present) return present.status();
  const auto before = load_previous_key(auth, state_dir);
  const auto own = own_file(state_dir), previous = previous_file(state_dir);
  const fs::path next = state_dir / "token.key.next";
  discard(next);
  Status status = write_new_file(next, random_bytes(kSeedSize));
  if (!status) return status;
  status = replace_file(previous, present->secret);
  if (status) {
    status = move_file(next, own);
    // The tokens of the key before must not die by a rotation that is refused.
    if (!status && before) (void)replace_file(previous, before->secret);
  }
  discard(next);
  return status;
}

}  // namespace parley::users
