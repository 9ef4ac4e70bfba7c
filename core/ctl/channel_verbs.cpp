// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "ctl/table.h"
#include "ctl/verbs.h"

namespace parley::ctl {
namespace {

using Json = nlohmann::json;

std::string channel_path(const std::string& channel, const std::string& rest = "") {
  return "/admin/v1/channels/" + path_step(channel) + rest;
}

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

std::string text_at(const Json& object, const char* name) {
  return object.is_object() ? cell(name, object.value(name, Json(""))) : "";
}

// Who said what, a line each; of a card or a game's state the kind of it.
Json readable(const Json& body) {
  Json rows = Json::array();
  for (const auto& message : body.value("messages", Json::array())) {
    const Json data = message.value("data", Json::object());
    const bool gone = data.is_object() && data.value("deleted", false);
    auto text = gone ? "(deleted)" : text_at(data, "text");
    if (text.empty()) text = text_at(message, "type");
    rows.push_back({{"offset", message.value("offset", Json())},
                    {"at", message.value("ts", Json())},
                    {"from", text_at(data, "from")},
                    {"text", text}});
  }
  return {{"messages", std::move(rows)}};
}

void show_channel(Context& context, const Json& body) {
  Json rest = body;
  rest.erase("members");
  print_object(context, rest);
  if (const Json members = body.value("members", Json::array()); !members.empty()) {
    context.terminal.out << '\n';
    print_list(context, body, "members", {"name", "kind", "id", "sessions"});
  }
}

}  // namespace

int say(Context& context, const std::string& channel, const std::string& text) {
  return answer(context,
                context.client().post("/admin/v1/say", {{"channel", channel}, {"text", text}}),
                print_done);
}

int channels(Context& context) {
  return answer(context, context.client().get("/admin/v1/channels"),
                [](Context& c, const Json& body) {
                  print_list(c, with_people(body), "channels",
                             {"name", "topic", "members", "messages", "createdAt?", "createdBy?"});
                });
}

int channel_info(Context& context, const std::string& channel) {
  return answer(context, context.client().get(channel_path(channel)), show_channel);
}

int channel_messages(Context& context, const std::string& channel, int limit, int before) {
  auto path = channel_path(channel, fmt::format("/messages?limit={}", limit));
  if (before > 0) path += fmt::format("&before={}", before);
  return answer(context, context.client().get(path), [](Context& c, const Json& body) {
    print_list(c, readable(body), "messages", {"offset", "at", "from", "text"});
  });
}

int channel_topic(Context& context, const std::string& channel, const std::string& topic) {
  return answer(context, context.client().post(channel_path(channel, "/topic"), {{"topic", topic}}),
                print_done);
}

int channel_delete_message(Context& context, const std::string& channel, int offset) {
  const auto which = fmt::format("message {} of {}", offset, channel);
  if (const auto stop = ask_first(context, "Take " + which + " away, for everybody?")) return *stop;
  const auto path = channel_path(channel, fmt::format("/messages/{}/delete", offset));
  return answer(context, context.client().post(path, Json::object()), print_done);
}

int channel_bans(Context& context, const std::string& channel) {
  const auto path =
      "/admin/v1/bans" + (channel.empty() ? std::string() : "?channel=" + path_step(channel));
  return answer(context, context.client().get(path), [](Context& c, const Json& body) {
    print_list(c, body, "bans", {"channel", "user", "endsAt", "reason", "by", "bannedAt?"});
  });
}

int channel_unban(Context& context, const std::string& channel, const std::string& user) {
  return answer(
      context, context.client().post("/admin/v1/bans/lift", {{"channel", channel}, {"user", user}}),
      print_done);
}

}  // namespace parley::ctl
