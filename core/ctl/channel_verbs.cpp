// SPDX-License-Identifier: Apache-2.0
#include "ctl/table.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

// A channel between two people, or of one, by their names: the ids are for programs.
Json with_people(Json body) {
  if (!body.is_object() || !body.contains("channels")) return body;
  for (auto& row : body["channels"]) {
    if (!row.is_object() || !row.contains("people") || !row["people"].is_array()) continue;
    const auto names = cell("", row["people"]);
    const auto name = row.value("name", std::string());
    if (!names.empty()) row["name"] = (name.starts_with("dm:") ? "dm: " : "@") + names;
  }
  return body;
}

}  // namespace

int channels(Context& context) {
  return answer(context, context.client().get("/admin/v1/channels"),
                [](Context& c, const Json& body) {
                  print_list(c, with_people(body), "channels",
                             {"name", "topic", "members", "messages", "createdAt", "createdBy"});
                });
}

int channel_bans(Context& context, const std::string& channel) {
  const auto path =
      "/admin/v1/bans" + (channel.empty() ? std::string() : "?channel=" + path_step(channel));
  return answer(context, context.client().get(path), [](Context& c, const Json& body) {
    print_list(c, body, "bans", {"channel", "user", "endsAt", "reason", "by", "bannedAt"});
  });
}

int channel_unban(Context& context, const std::string& channel, const std::string& user) {
  return answer(
      context, context.client().post("/admin/v1/bans/lift", {{"channel", channel}, {"user", user}}),
      print_done);
}

}  // namespace parley::ctl
