// SPDX-License-Identifier: Apache-2.0
#include "ctl/server_names.h"

#include <algorithm>

#include "base/escape.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

struct Source {
  std::string_view kind;
  const char* path;
  const char* list;
  const char* name;
  const char* meaning;
};

constexpr Source kSources[] = {
    {"PLUGIN", "/admin/v1/plugins", "plugins", "id", "state"},
    {"USER", "/admin/v1/users", "users", "name", "id"},
    {"SESSION", "/admin/v1/sessions", "sessions", "id", "user"},
    {"CHANNEL", "/admin/v1/channels", "channels", "name", "topic"},
    {"COMPONENT", "/admin/v1/log/level", "levels", "component", "level"},
};

std::string text_at(const Json& row, const char* name) {
  const auto found = row.is_object() ? row.find(name) : row.end();
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::vector<Candidate> server_names(const AdminClient& client, std::string_view kind) {
  const auto* source = std::ranges::find(kSources, kind, &Source::kind);
  if (source == std::end(kSources)) return {};
  const auto reply = client.get(source->path);
  if (!reply || !reply->ok() || !reply->body.is_object()) return {};
  std::vector<Candidate> names;
  for (const auto& row : reply->body.value(source->list, Json::array())) {
    const auto name = text_at(row, source->name);
    // What a terminal would not show as it is cannot be offered as it is.
    if (name.empty() || terminal_escaped(name) != name) continue;
    names.push_back({name, terminal_escaped(text_at(row, source->meaning))});
  }
  return names;
}

}  // namespace parley::ctl
