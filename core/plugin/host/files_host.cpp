// SPDX-License-Identifier: Apache-2.0
// parley.files/1: read-only files. Paths are resolved first and rights are checked on what they
// resolve to, so that neither ".." nor a link leads out.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include <parley/ext/files.h>

#include "plugin/file_watcher.h"
#include "plugin/host/entry.h"
#include "plugin/worker_pool.h"

namespace parley::plugin {
namespace {

namespace fs = std::filesystem;

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

struct Located {
  fs::path path;
  parley_status status = PARLEY_OK;
};

Located locate_relative(const PluginInstance& plugin, const fs::path& path) {
  const auto& operator_folder = plugin.services().settings_folder;
  const fs::path shipped = fs::path(plugin.source()).parent_path() / plugin.id();
  std::error_code error;
  for (const auto& folder :
       {operator_folder.empty() ? fs::path() : fs::path(operator_folder) / plugin.id(), shipped}) {
    if (folder.empty() || !fs::exists(folder / path, error)) continue;
    const auto real = fs::canonical(folder / path, error);
    if (error || !lies_in(real, fs::canonical(folder, error))) return {{}, PARLEY_E_DENIED};
    return {real};
  }
  return {{}, PARLEY_E_NOT_FOUND};
}

Located locate(const PluginInstance& plugin, std::string_view text) {
  const fs::path path(text);
  if (text.empty() || text.find('\0') != std::string_view::npos) return {{}, PARLEY_E_INVALID};
  for (const auto& part : path) {
    if (part == "..") return {{}, PARLEY_E_DENIED};
  }
  if (!path.is_absolute()) return locate_relative(plugin, path);
  std::error_code error;
  const auto real = fs::canonical(path, error);
  // Denied before not found: a plugin does not learn what exists where it may not look.
  if (!plugin.granted("files:" + (error ? path : real).string())) return {{}, PARLEY_E_DENIED};
  return error ? Located{{}, PARLEY_E_NOT_FOUND} : Located{real};
}

parley_status read_file(const PluginInstance& plugin, std::string_view path, std::string& content) {
  const auto found = locate(plugin, path);
  if (found.status != PARLEY_OK) return found.status;
  std::error_code error;
  if (!fs::is_regular_file(found.path, error)) return PARLEY_E_NOT_FOUND;
  const auto size = fs::file_size(found.path, error);
  if (error) return PARLEY_E_INTERNAL;
  if (size > plugin.settings().limits.value_max) return PARLEY_E_LIMIT;
  std::ifstream file(found.path, std::ios::binary);
  content.assign(std::istreambuf_iterator<char>(file), {});
  return file.bad() ? PARLEY_E_INTERNAL : PARLEY_OK;
}

parley_status read(const parley_host* host, parley_token token, parley_string path) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin, Phase::kBackground}, "files.read");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  plugin->services().workers.post([self = plugin->pin(), token, name = copy(path)] {
    std::string content;
    const auto status = read_file(*self, name, content);
    self->complete([self, token, status, content = std::move(content)](void* data) {
      const auto* half = self->halves().files;
      if (half != nullptr && half->on_file != nullptr)
        half->on_file(data, token, status, borrow(content));
    });
  });
  return PARLEY_OK;
}

parley_status read_now(const parley_host* host, parley_string path, const parley_sink* sink) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kBackground}, "files.read_now");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  std::string content;
  const auto status = read_file(*plugin, view(path), content);
  if (status == PARLEY_OK) give(sink, content);
  return status;
}

parley_status list_now(const parley_host* host, parley_string folder, const parley_sink* sink) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kBackground}, "files.list_now");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto found = locate(*plugin, view(folder));
  if (found.status != PARLEY_OK) return found.status;
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(found.path, error)) {
    if (entry.is_regular_file(error))
      names.push_back((fs::path(view(folder)) / entry.path().filename()).string());
  }
  std::sort(names.begin(), names.end());
  std::string lines;
  for (const auto& name : names) lines += (lines.empty() ? "" : "\n") + name;
  give(sink, lines);
  return PARLEY_OK;
}

parley_status locate_now(const parley_host* host, parley_string path, const parley_sink* absolute) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kBackground}, "files.locate_now");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto found = locate(*plugin, view(path));
  if (found.status == PARLEY_OK) give(absolute, found.path.string());
  return found.status;
}

parley_status watch(const parley_host* host, parley_string path, parley_id* id) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin}, "files.watch");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  const auto found = locate(*plugin, view(path));
  if (found.status != PARLEY_OK) return found.status;
  // The watch's id is known only after watch() has returned, and the callback needs it.
  auto own_id = std::make_shared<std::atomic<std::uint64_t>>(0);
  const auto made = plugin->services().files.watch(
      found.path,
      [weak = plugin->weak_from_this(), name = copy(path), own_id](const std::string& inside) {
        const auto self = weak.lock();
        if (self == nullptr) return;
        self->complete([self, id = own_id->load(),
                        changed = inside.empty() ? name : name + "/" + inside](void* data) {
          const auto* half = self->halves().files;
          if (half != nullptr && half->on_changed != nullptr)
            half->on_changed(data, id, borrow(changed));
        });
      });
  if (made == 0) return PARLEY_E_INTERNAL;
  own_id->store(made);
  plugin->keep_watch(made);
  if (id != nullptr) *id = made;
  return PARLEY_OK;
}

parley_status unwatch(const parley_host* host, parley_id id) {
  auto* plugin = enter(host, {Phase::kStart, Phase::kPlugin}, "files.unwatch");
  if (plugin == nullptr) return PARLEY_E_WRONG_THREAD;
  return plugin->drop_watch(id) ? PARLEY_OK : PARLEY_E_STALE;
}

}  // namespace

const parley_host_files* files_table() {
  static const parley_host_files table{
      sizeof(parley_host_files), 0, read, read_now, list_now, locate_now, watch, unwatch};
  return &table;
}

}  // namespace parley::plugin
