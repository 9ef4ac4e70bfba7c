// SPDX-License-Identifier: Apache-2.0
#include "plugin/requirements.h"

#include <algorithm>

namespace parley::plugin {
namespace {

std::string named(const loader::Manifest& manifest) {
  return manifest.id + " " + manifest.version;
}

const PluginInstance* find(const Serving& serving, const std::string& id) {
  const auto found = std::find_if(serving.begin(), serving.end(),
                                  [&](const auto& plugin) { return plugin->id() == id; });
  return found != serving.end() ? found->get() : nullptr;
}

const loader::Requirement* need_of(const loader::Manifest& manifest, const std::string& id) {
  for (const auto& need : manifest.requirements) {
    if (need.id() == id) return &need;
  }
  return nullptr;
}

Status needs_fit(const loader::Manifest& next, const Serving& serving) {
  for (const auto& need : next.requirements) {
    const auto* other = find(serving, need.id());
    if (other == nullptr) {
      return Status::conflict("plugin " + named(next) + " needs " + need.text() + ", and " +
                              need.id() + " is not loaded: load it first");
    }
    if (need.accepts(other->manifest().version)) continue;
    return Status::conflict("plugin " + named(next) + " needs " + need.text() + ", and " +
                            named(other->manifest()) + " serves: reload " + need.id() +
                            " to a version that fits first");
  }
  return Status::ok();
}

struct Dependents {
  std::string names, needs;  // "quest, shop" and "quest 1.0.0 needs game <2, ..."
};

template <typename Matters>
Dependents dependents_of(const std::string& id, const Serving& serving, Matters matters) {
  Dependents all;
  for (const auto& plugin : serving) {
    const auto* need = plugin->id() == id ? nullptr : need_of(plugin->manifest(), id);
    if (need == nullptr || !matters(*need)) continue;
    const std::string comma = all.names.empty() ? "" : ", ";
    all.names += comma + plugin->id();
    all.needs += comma + named(plugin->manifest()) + " needs " + need->text();
  }
  return all;
}

}  // namespace

Status fits(const loader::Manifest& next, const Serving& serving) {
  if (auto status = needs_fit(next, serving); !status) return status;
  const auto broken = dependents_of(next.id, serving,
                                    [&](const auto& need) { return !need.accepts(next.version); });
  if (broken.names.empty()) return Status::ok();
  return Status::conflict("plugin " + named(next) +
                          " does not fit what depends on it: " + broken.needs + "; unload " +
                          broken.names + " first, or reload to versions that take it");
}

Status may_go(const std::string& id, const Serving& serving) {
  const auto all = dependents_of(id, serving, [](const auto&) { return true; });
  if (all.names.empty()) return Status::ok();
  return Status::conflict("plugin " + id + " is needed: " + all.needs + "; unload " + all.names +
                          " first");
}

std::vector<std::string> dependents(const std::string& id, const Serving& serving) {
  std::vector<std::string> ids;
  for (const auto& plugin : serving) {
    if (plugin->id() != id && need_of(plugin->manifest(), id) != nullptr)
      ids.push_back(plugin->id());
  }
  return ids;
}

std::vector<std::string> absent(const loader::Manifest& next, const Serving& serving) {
  std::vector<std::string> ids;
  for (const auto& need : next.requirements) {
    if (find(serving, need.id()) == nullptr) ids.push_back(need.id());
  }
  return ids;
}

}  // namespace parley::plugin
