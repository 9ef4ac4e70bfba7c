// SPDX-License-Identifier: Apache-2.0
#include "plugin/version_shelf.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

#include "base/durable_file.h"
#include "base/ids.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStart = 12;  // digits of the SHA-256 in a name
const std::string kIncoming = ".incoming-";

Status failed(const fs::path& file, const std::string& why) {
  return Status::internal(file.string() + ": " + why);
}

// Until the next '.', '-' or '+'.
std::string_view take_part(std::string_view& text) {
  const auto end = std::min(text.find_first_of(".-+"), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<std::uint64_t> number_of(std::string_view part) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  const bool whole = error == std::errc() && end == part.data() + part.size();
  return whole ? std::optional(number) : std::nullopt;
}

int compare_parts(std::string_view left, std::string_view right) {
  const auto a = number_of(left), b = number_of(right);
  if (a && b) return *a < *b ? -1 : *a > *b ? 1 : 0;
  if (a || b) return a ? -1 : 1;  // as semantic versioning: numbers are below words
  return left < right ? -1 : left > right ? 1 : 0;
}

int compare_dotted(std::string_view left, std::string_view right) {
  while (!left.empty() || !right.empty()) {
    if (left.empty()) return -1;
    if (right.empty()) return 1;
    if (const int order = compare_parts(take_part(left), take_part(right)); order != 0)
      return order;
  }
  return 0;
}

// "1.2.0-9f86d081884c.so"; nothing for what is no such name.
std::optional<KeptVersion> version_of(const fs::path& file) {
  const std::string name = file.stem();
  const auto dash = name.rfind('-');
  if (file.extension() != ".so" || dash == name.npos || dash == 0 ||
      name.size() - dash - 1 != kStart)
    return std::nullopt;
  return KeptVersion{name.substr(0, dash), name.substr(dash + 1), file, 0, false};
}

bool is_below(const fs::path& file, const fs::path& folder) {
  const auto below = file.lexically_relative(folder);
  return !below.empty() && *below.begin() != ".." && *below.begin() != ".";
}

}  // namespace

int compare_versions(std::string_view left, std::string_view right) {
  const auto without_build = [](std::string_view text) { return text.substr(0, text.find('+')); };
  left = without_build(left);
  right = without_build(right);
  const auto split = [](std::string_view text) {
    const auto dash = std::min(text.find('-'), text.size());
    return std::pair(text.substr(0, dash), text.substr(std::min(dash + 1, text.size())));
  };
  const auto [left_numbers, left_pre] = split(left);
  const auto [right_numbers, right_pre] = split(right);
  if (const int order = compare_dotted(left_numbers, right_numbers); order != 0) return order;
  if (left_pre.empty() != right_pre.empty()) return left_pre.empty() ? 1 : -1;
  return compare_dotted(left_pre, right_pre);
}

// A link out of here does not make a file a stranger, nor does a link into here from elsewhere.
bool VersionShelf::holds(const fs::path& file) const {
  std::error_code error;
  return is_below(fs::absolute(file, error).lexically_normal(),
                  fs::absolute(folder_, error).lexically_normal()) ||
         is_below(fs::weakly_canonical(file, error), fs::weakly_canonical(folder_, error));
}

std::vector<KeptVersion> VersionShelf::versions(const std::string& id) const {
  std::vector<KeptVersion> all;
  const auto pin = pinned(id);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ / id, error)) {
    auto kept = version_of(entry.path());
    if (!kept) continue;
    kept->bytes = entry.file_size(error);
    kept->pinned = pin && *pin == entry.path();
    all.push_back(std::move(*kept));
  }
  std::ranges::sort(all, [](const KeptVersion& a, const KeptVersion& b) {
    const int order = compare_versions(a.version, b.version);
    return order != 0 ? order > 0 : a.sha256_start < b.sha256_start;
  });
  return all;
}

std::optional<fs::path> VersionShelf::pinned(const std::string& id) const {
  std::ifstream in(folder_ / id / "pinned");
  std::string name;
  if (!std::getline(in, name) || name.find('/') != name.npos || !version_of(name))
    return std::nullopt;
  return folder_ / id / name;  // gone meanwhile: the load says so
}

Status VersionShelf::make_folder(const fs::path& folder) const {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder_, fs::perms::owner_all, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  return error ? failed(folder, "cannot be made: " + error.message()) : Status::ok();
}

Result<fs::path> VersionShelf::incoming(const std::string& id, const std::string& bytes) const {
  if (auto status = make_folder(folder_); !status) return status;
  // One upload of a plugin at a time: what lies here is left of one that a crash cut off.
  const std::string name = kIncoming + id + ".";  // no id has a dot
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (entry.path().filename().string().starts_with(name)) fs::remove(entry.path(), error);
  }
  const fs::path file = folder_ / (name + random_id('f'));
  if (auto status = write_new_file(file, bytes); !status) return status;
  return file;
}

Result<fs::path> VersionShelf::keep(const std::string& id, const std::string& version,
                                    const std::string& sha256, const fs::path& file,
                                    const std::string& signature) const {
  if (auto status = make_folder(folder_ / id); !status) return status;
  const fs::path kept = folder_ / id / (version + "-" + sha256.substr(0, kStart) + ".so");
  const fs::path signed_by = kept.string() + ".sig";
  // The signature first: a file without one could not be loaded, one without a file is nothing.
  const bool known = fs::exists(kept);
  auto status = replace_file(signed_by, signature);
  if (status) status = move_file(file, kept);
  if (status) return kept;
  std::error_code ignored;
  if (!known) fs::remove(signed_by, ignored);
  return status;
}

Result<KeptVersion> VersionShelf::find(const std::string& id, const std::string& version) const {
  std::vector<KeptVersion> found;
  for (auto& kept : versions(id)) {
    if (kept.version == version || kept.version + "-" + kept.sha256_start == version)
      found.push_back(std::move(kept));
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return Status::not_found("version " + version + " of " + id +
                             " is not kept; `parleyctl plugin versions " + id + "` lists what is");
  return Status::conflict("several files call themselves " + id + " " + version + ": write " +
                          version + "-" + found[0].sha256_start + " or " + version + "-" +
                          found[1].sha256_start);
}

Status VersionShelf::pin(const std::string& id, const std::string& version) const {
  const fs::path file = folder_ / id / "pinned";
  std::error_code error;
  if (version.empty()) {
    fs::remove(file, error);
    return error ? failed(file, error.message()) : Status::ok();
  }
  auto kept = find(id, version);
  if (!kept) return kept.status();
  return replace_file(file, kept->file.filename().string() + "\n");
}

void VersionShelf::prune(const std::string& id, std::size_t most,
                         const std::vector<fs::path>& in_use) const {
  const auto all = versions(id);
  for (std::size_t i = most; i < all.size(); ++i) {
    if (all[i].pinned || std::ranges::count(in_use, all[i].file) > 0) continue;
    std::error_code ignored;
    fs::remove(all[i].file, ignored);
    fs::remove(all[i].file.string() + ".sig", ignored);
  }
}

}  // namespace parley::plugin
