// SPDX-License-Identifier: Apache-2.0
#include "config/checks.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/core.h>
#include <sys/stat.h>

#include "base/ids.h"
#include "config/forms.h"
#include "config/values.h"
#include "config/yaml_tree.h"

namespace parley::config {
namespace {

constexpr std::size_t kMaxSecret = 64 * 1024;

void complain(Loaded& loaded, const std::string& path, std::string message) {
  const Origin origin = loaded.origin_of(path);
  const bool from_file = origin.source == Origin::Source::kFile;
  loaded.problems.push_back(
      {from_file ? origin.file : origin.text(), origin.line, path, std::move(message)});
}

void check_exposure(Loaded& loaded) {
  const auto& listen = loaded.config.listen;
  const auto client = parse_address(listen.address);
  const auto admin = parse_address(listen.operator_address);
  if (!client || !admin) return;  // reported where it was read
  const bool covered =
      listen.tls.enabled() || listen.allow_plaintext || !loaded.config.http.trusted_proxies.empty();
  if (!is_loopback(client->host) && !covered) {
    complain(
        loaded, "listen.address",
        fmt::format(
            "{} is open to the network without TLS: set listen.tls, or name the proxy that speaks "
            "TLS in http.trusted_proxies, or set listen.allow_plaintext if anyone may read along",
            listen.address));
  }
  if (!is_loopback(admin->host) && !listen.operator_tls.enabled()) {
    complain(loaded, "listen.operator_address",
             "the operator port is open to the network with TLS only: set listen.operator_tls, or "
             "use 127.0.0.1:PORT and a tunnel");
  }
  if (client->port != 0 && client->port == admin->port && client->host == admin->host) {
    complain(loaded, "listen.operator_address",
             "is the same as listen.address; choose another port");
  }
}

void check_certificate(Loaded& loaded, const Tls& tls, const std::string& path) {
  if (tls.certificate.empty() != tls.key.empty()) {
    complain(loaded, path + (tls.key.empty() ? ".key" : ".certificate"),
             "is missing: TLS needs the certificate and the key");
    return;
  }
  if (tls.key.empty()) return;
  if (auto why = check_private_file(tls.key)) complain(loaded, path + ".key", *why);
  std::error_code error;
  if (!std::filesystem::is_regular_file(tls.certificate, error)) {
    complain(loaded, path + ".certificate", tls.certificate + ": there is no such file");
  }
}

void check_tls(Loaded& loaded) {
  check_certificate(loaded, loaded.config.listen.tls, "listen.tls");
  check_certificate(loaded, loaded.config.listen.operator_tls, "listen.operator_tls");
}

template <typename T>
void check_order(Loaded& loaded, const T& smaller, const char* small_path, const T& larger,
                 const char* large_path) {
  if (smaller <= larger) return;
  complain(loaded, small_path,
           fmt::format("is larger than {}; it must be at most that", large_path));
}

// What else lies in the state folder, written by the parts that own it: a log or a database of that
// name would destroy it.
constexpr std::string_view kOthersFiles[] = {"lock", "admin.sock", "operator.token", "token.key",
                                             "first-admin-code"};
constexpr std::string_view kOthersFolders[] = {"staged", "hung", "crashes", "plugins.d"};
// What the database keeps beside its file, while it runs, before a new schema and after a restore.
constexpr std::string_view kBesideDatabase[] = {"-wal",       "-shm",       "-journal", ".before-",
                                                ".replaced-", ".restoring", ".partial"};

bool is_below(const std::string& file, const std::string& folder) {
  return file.starts_with(folder + "/");
}

// Why a file of this name cannot lie in the state folder.
std::optional<std::string> taken_by(const std::string& file) {
  for (const auto name : kOthersFiles) {
    const std::string other(name);
    if (file == other || is_below(file, other) || file == other + ".new")
      return fmt::format("{} is the server's own file in the state folder; choose another name",
                         other);
  }
  for (const auto name : kOthersFolders) {
    const std::string other(name);
    if (file == other || is_below(file, other))
      return fmt::format("{}/ is the server's own folder in the state folder; choose another place",
                         other);
  }
  if (file.empty() || file == "." || file.ends_with('/')) return "names no file";
  return std::nullopt;
}

// log.jsonl keeps log.1.jsonl, log.2.jsonl and so on beside it.
bool is_rotated_name(const std::string& file, const std::string& log) {
  const std::filesystem::path whole(log);
  const auto stem = (whole.parent_path() / whole.stem()).string() + ".";
  const auto extension = whole.extension().string();
  if (!file.starts_with(stem) || !file.ends_with(extension) ||
      file.size() <= stem.size() + extension.size())
    return false;
  const auto number = file.substr(stem.size(), file.size() - stem.size() - extension.size());
  return number.find_first_not_of("0123456789") == number.npos;
}

bool is_beside_database(const std::string& file, const std::string& database) {
  return std::ranges::any_of(kBesideDatabase, [&](std::string_view suffix) {
    return file.starts_with(database + std::string(suffix));
  });
}

void check_files(Loaded& loaded) {
  const auto normal = [](const std::string& file) {
    return std::filesystem::path(file).lexically_normal().string();
  };
  const auto& c = loaded.config;
  const auto database = normal(c.storage.file), log = normal(c.log.file);
  if (c.storage.file.empty()) {
    complain(loaded, "storage.file", "is empty; name the database, for example parley.db");
  } else if (auto why = taken_by(database)) {
    complain(loaded, "storage.file", *why);
  }
  if (c.log.file.empty()) return;
  if (auto why = taken_by(log)) return complain(loaded, "log.file", *why);
  if (c.storage.file.empty()) return;
  if (log == database || is_below(log, database) || is_below(database, log) ||
      is_beside_database(log, database) || is_rotated_name(database, log)) {
    complain(loaded, "log.file",
             fmt::format("{} and the database {} get into each other's way; choose another name",
                         c.log.file, c.storage.file));
  }
}

}  // namespace

void check_whole(Loaded& loaded) {
  const Config& c = loaded.config;
  check_exposure(loaded);
  check_tls(loaded);
  check_order(loaded, c.outbox.soft_cap, "outbox.soft_cap", c.outbox.hard_cap, "outbox.hard_cap");
  check_order(loaded, c.channels.history_page, "channels.history_page", c.channels.history_max,
              "channels.history_max");
  check_order(loaded, c.auth.access_token, "auth.access_token", c.auth.refresh_token,
              "auth.refresh_token");
  check_order(loaded, c.plugins.limits.soft_budget, "plugins.limits.soft_budget",
              c.plugins.limits.hard_budget, "plugins.limits.hard_budget");
  check_order(loaded, c.plugins.upload_max, "plugins.upload_max", c.plugins.upload_total,
              "plugins.upload_total");
  check_files(loaded);
  for (const auto& key : c.plugins.trusted_keys) {
    const auto bytes = base64url_decode(key);
    if (!bytes || bytes->size() != 32)
      complain(loaded, "plugins.trusted_keys",
               fmt::format("\"{}\" is no public key; `parleyctl key make` prints them, 43 "
                           "characters each",
                           key));
  }
  if (c.plugins.upload && c.plugins.trusted_keys.empty())
    complain(loaded, "plugins.upload",
             "is on and plugins.trusted_keys names no key, so every upload would be refused; add "
             "the public key that `parleyctl key make` prints");
  for (const auto& [command, text] : c.limits.commands) {
    if (parse_rate(text)) continue;
    complain(loaded, "limits.commands",
             fmt::format("{}: {} is no rate; write how many in what time, for example 60/1h",
                         command, text));
  }
  if (c.limits.rate > 0 && c.limits.burst > 0 && c.limits.burst < 1) {
    complain(loaded, "limits.burst",
             "below 1 lets no command through; write at least 1, or 0 for no limit");
  }
}

std::optional<std::string> check_private_file(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
  if (!S_ISREG(info.st_mode)) return path + ": is not a file";
  if ((info.st_mode & 077) == 0) return std::nullopt;
  return fmt::format("{} can be read by others than its owner (mode {:03o}): run chmod 600 {}",
                     path, info.st_mode & 0777u, path);
}

std::optional<std::string> read_secret(const std::string& value, const std::string& folder,
                                       std::string& why) {
  const auto path =
      (std::filesystem::path(folder) / value.substr(std::string_view("file:").size())).string();
  if (auto refusal = check_private_file(path)) {
    why = *refusal;
    return std::nullopt;
  }
  std::vector<Problem> problems;
  auto text = read_file(path, kMaxSecret, problems);
  if (!text) {
    why = problems.front().sentence();
    return std::nullopt;
  }
  text->erase(text->find_last_not_of("\r\n") + 1);
  if (text->empty()) {
    why = path + ": is empty";
    return std::nullopt;
  }
  return text;
}

}  // namespace parley::config
