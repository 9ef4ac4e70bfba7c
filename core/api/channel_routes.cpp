// SPDX-License-Identifier: Apache-2.0
#include "api/channel_routes.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/escape.h"
#include "session/channel_rights.h"
#include "session/channels.h"
#include "storage/store.h"
#include "users/blank.h"

namespace parley::api {
namespace {

using net::HttpRequest;
using net::HttpResponder;

constexpr std::size_t kLongestTopic =
    1000;  // what `topic_length` of the plugin chat allows at most
constexpr std::size_t kMostMembers = 500;

session::Author server() {
  return {"b_server", "server", "service"};
}

void publish(const Context& context, const HttpRequest& request, const std::string& channel,
             const std::string& text, const SharedResponder& answer) {
  session::Draft draft;
  draft.channel = channel;
  draft.user = server();
  draft.data_json = dump({{"from", "server"}, {"text", text}, {"format", "plain"}, {"bot", true}});
  context.channels.publish(
      std::move(draft), [&context, request, channel, answer](const Result<std::int64_t>& offset) {
        audit(context, request, "say", channel, offset.status(),
              offset ? "offset " + std::to_string(*offset) : std::string());
        if (!offset) return respond(*answer, offset.status());
        respond(*answer, Json{{"ok", true},
                              {"offset", *offset},
                              {"message", "said, at offset " + std::to_string(*offset)}});
      });
}

// Publishing makes a channel that is not there; a slip of the operator's pen must not.
Status is_there(const Context& context, storage::Reader& reader, const std::string& channel) {
  if (std::ranges::count(context.config()->channels.defaults, channel) > 0) return Status::ok();
  for (const auto& active : context.channels.active())
    if (active.name == channel) return Status::ok();
  const bool own = channel.starts_with('@');
  const auto found =
      own ? reader.user(channel.substr(1)).status() : reader.channel(channel).status();
  if (found.code() != ErrorCode::kNotFound) return found;
  return Status::not_found(own ? "there is nobody with the id " + channel.substr(1) +
                                     "; `parleyctl user list` shows who there is"
                               : "there is no channel " + channel +
                                     "; `parleyctl channels` shows what there is");
}

// What people may not send, the operator does not send either.
Status check_text(const Context& context, const std::string& text) {
  if (users::is_blank(text)) return Status::invalid_args("there is nothing to say: give a text");
  const auto most = context.config()->limits.message;
  if (most == 0 || characters(text) <= most) return Status::ok();
  return {ErrorCode::kTooLarge,
          "The message is longer than " + std::to_string(most) + " characters. Send it in parts."};
}

void say(const Context& context, const HttpRequest& request, HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto channel = fields.text("channel"), text = fields.text("text");
  if (!fields.status()) return respond(responder, fields.status());
  if (auto refused = check_text(context, text); !refused) return respond(responder, refused);
  auto answer = share(std::move(responder));
  const auto status =
      context.store.read([&context, request, channel, text, answer](storage::Reader& reader) {
        if (auto missing = is_there(context, reader, channel); !missing)
          return respond(*answer, missing);
        publish(context, request, channel, text, answer);
      });
  if (!status) respond(*answer, status);
}

using ChannelRows = std::map<std::string, Json>;

// Those that are stored; a channel of a plugin or of two people is seen while someone is in it.
Status add_stored(storage::Reader& reader, ChannelRows& rows) {
  constexpr std::size_t kPage = 500;
  for (std::string after;;) {
    const auto page = reader.public_channels(after, kPage);
    if (!page) return page.status();
    for (const auto& one : *page) {
      rows[one.name] = {{"name", one.name},
                        {"topic", one.topic},
                        {"members", 0},
                        {"messages", one.last_offset},
                        {"createdAt", one.created_at},
                        {"createdBy", one.created_by}};
    }
    if (page->size() < kPage) return Status::ok();
    after = page->back().name;
  }
}

void add_active(const Context& context, ChannelRows& rows) {
  for (const auto& one : context.channels.active()) {
    auto& row = rows[one.name];
    row["name"] = one.name;
    row["topic"] = one.topic;
    row["members"] = one.members;
    row["messages"] = one.last_offset;
  }
}

bool is_of_people(const session::ChannelName& name) {
  return name.kind == session::ChannelKind::kDirect || name.kind == session::ChannelKind::kUser;
}

// Whose a channel is that belongs to people: names, or the id of whom the database does not know.
void name_people(storage::Reader& reader, Json& row) {
  const auto name = row.value("name", std::string());
  const auto parsed = session::parse_channel_name(name);
  if (!parsed || !is_of_people(*parsed)) return;
  Json people = Json::array();
  for (const auto id : {parsed->first, parsed->second}) {
    if (id.empty()) continue;
    const auto user = reader.user(std::string(id));
    people.push_back(user ? user->name : std::string(id));
  }
  row["people"] = std::move(people);
}

void list_channels(const Context& context, HttpResponder responder) {
  auto answer = share(std::move(responder));
  const auto status = context.store.read([&context, answer](storage::Reader& reader) {
    ChannelRows rows;
    if (const auto stored = add_stored(reader, rows); !stored) return respond(*answer, stored);
    add_active(context, rows);
    Json list = Json::array();
    for (auto& [name, row] : rows) {
      name_people(reader, row);
      list.push_back(std::move(row));
    }
    respond(*answer, Json{{"channels", list}});
  });
  if (!status) respond(*answer, status);
}

// ---- one channel

Status not_of_people(const std::string& channel) {
  const auto parsed = session::parse_channel_name(channel);
  if (!parsed) return parsed.status();
  if (!is_of_people(*parsed)) return Status::ok();
  return Status::forbidden("What people say to each other alone is not shown or changed here.");
}

// `then` runs on a reader's thread when the channel is there and is not people's own.
using ThereThen = std::function<void(storage::Reader&, const SharedResponder&)>;
void when_there(const Context& context, const std::string& channel, HttpResponder responder,
                ThereThen then) {
  if (auto refused = not_of_people(channel); !refused) return respond(responder, refused);
  auto answer = share(std::move(responder));
  const auto status = context.store.read(
      [&context, channel, answer, then = std::move(then)](storage::Reader& reader) {
        if (auto missing = is_there(context, reader, channel); !missing)
          return respond(*answer, missing);
        then(reader, answer);
      });
  if (!status) respond(*answer, status);
}

Json members_of(const Context& context, const std::string& channel, std::size_t& total) {
  Json members = Json::array();
  std::string after;
  do {
    const auto page = context.channels.present(channel, after);
    total = page.total;
    for (const auto& one : page.users)
      members.push_back(
          {{"id", one.id}, {"name", one.name}, {"kind", one.kind}, {"sessions", one.sessions}});
    after = page.next;
  } while (!after.empty() && members.size() < kMostMembers);
  return members;
}

void show_channel(const Context& context, const PathValues& path, HttpResponder responder) {
  const auto& channel = path.at("channel");
  when_there(context, channel, std::move(responder),
             [&context, channel](storage::Reader& reader, const SharedResponder& answer) {
               Json body{{"name", channel}, {"topic", ""}, {"messages", 0}};
               if (const auto record = reader.channel(channel); record) {
                 body["topic"] = record->topic;
                 body["messages"] = record->last_offset;
                 body["createdAt"] = record->created_at;
                 body["createdBy"] = record->created_by;
                 if (const auto maker = reader.user(record->created_by); maker)
                   body["createdBy"] = maker->name;
               }
               std::size_t total = 0;
               body["members"] = members_of(context, channel, total);
               body["present"] = total;
               respond(*answer, body);
             });
}

// A whole number of the query from `least` on; false, and an answer sent, when it is none.
bool take_number(const HttpRequest& request, const char* name, std::int64_t least,
                 std::optional<std::int64_t>& value, HttpResponder& responder) {
  const auto text = request.query_value(name);
  if (!text) return true;
  std::int64_t read = 0;
  const auto* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, read);
  if (error == std::errc() && at == end && read >= least) {
    value = read;
    return true;
  }
  respond(responder, Status::invalid_args(std::string(name) + " must be a whole number from " +
                                          std::to_string(least) + " on"));
  return false;
}

// As people read them now, oldest first.
void show_messages(const Context& context, const HttpRequest& request, const PathValues& path,
                   HttpResponder responder) {
  const auto& channel = path.at("channel");
  std::optional<std::int64_t> limit, before;
  if (!take_number(request, "limit", 1, limit, responder) ||
      !take_number(request, "before", 1, before, responder))
    return;
  when_there(context, channel, std::move(responder),
             [&context, channel, limit, before](storage::Reader&, const SharedResponder& answer) {
               session::HistoryRange range;
               range.limit = static_cast<std::size_t>(limit.value_or(0));
               range.before = before;
               context.channels.history(
                   nullptr, channel, range, [answer](Result<session::ChannelHistory> history) {
                     if (!history) return respond(*answer, history.status());
                     auto messages = Json::parse(history->messages_json, nullptr, false);
                     if (!messages.is_array()) messages = Json::array();
                     respond(*answer, Json{{"messages", messages}, {"more", history->more}});
                   });
             });
}

void set_topic(const Context& context, const HttpRequest& request, const PathValues& path,
               HttpResponder responder) {
  const auto body = read_body(request, responder);
  if (!body) return;
  Fields fields(*body);
  const auto topic = fields.text("topic");
  if (!fields.status()) return respond(responder, fields.status());
  if (!body->contains("topic"))
    return respond(responder, Status::invalid_args("give the topic; an empty one takes it away"));
  if (characters(topic) > kLongestTopic)
    return respond(responder,
                   Status(ErrorCode::kTooLarge,
                          "A topic has at most " + std::to_string(kLongestTopic) + " characters."));
  const auto& channel = path.at("channel");
  when_there(context, channel, std::move(responder),
             [&context, request, channel, topic](storage::Reader&, const SharedResponder& answer) {
               context.channels.set_topic(
                   channel, topic, server(),
                   [&context, request, channel, topic, answer](const Status& status) {
                     audit(context, request, "channel.topic", channel, status, topic);
                     if (!status) return respond(*answer, status);
                     respond(*answer,
                             Json{{"ok", true},
                                  {"message", topic.empty() ? channel + " has no topic now"
                                                            : channel + " has a new topic"}});
                   });
             });
}

void delete_message(const Context& context, const HttpRequest& request, const PathValues& path,
                    HttpResponder responder) {
  if (!read_body(request, responder)) return;
  const auto& text = path.at("offset");
  std::int64_t offset = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || at != text.data() + text.size() || offset < 1)
    return respond(responder, Status::invalid_args("an offset is a whole number from 1 on"));
  const auto& channel = path.at("channel");
  when_there(context, channel, std::move(responder),
             [&context, request, channel, offset](storage::Reader&, const SharedResponder& answer) {
               context.channels.revise(
                   {.channel = channel, .offset = offset, .by = server(), .of_others = true},
                   [&context, request, channel, offset, answer](const Result<std::int64_t>& done) {
                     const auto which = "message " + std::to_string(offset);
                     audit(context, request, "message.delete", channel, done.status(), which);
                     if (!done) return respond(*answer, done.status());
                     respond(*answer,
                             Json{{"ok", true},
                                  {"message", which + " of " + channel + " was taken away"}});
                   });
             });
}

}  // namespace

std::size_t count_channels(const Context& context, storage::Reader& reader) {
  ChannelRows rows;
  (void)add_stored(reader, rows);
  add_active(context, rows);
  return rows.size();
}

void add_channel_routes(Router& router, const Context& context) {
  router.add("GET", "/admin/v1/channels",
             [&](const HttpRequest&, const PathValues&, HttpResponder responder) {
               list_channels(context, std::move(responder));
             });
  router.add("GET", "/admin/v1/channels/{channel}",
             [&](const HttpRequest&, const PathValues& p, HttpResponder responder) {
               show_channel(context, p, std::move(responder));
             });
  router.add("GET", "/admin/v1/channels/{channel}/messages",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               show_messages(context, r, p, std::move(responder));
             });
  router.add("POST", "/admin/v1/channels/{channel}/topic",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               set_topic(context, r, p, std::move(responder));
             });
  router.add("POST", "/admin/v1/channels/{channel}/messages/{offset}/delete",
             [&](const HttpRequest& r, const PathValues& p, HttpResponder responder) {
               delete_message(context, r, p, std::move(responder));
             });
  router.add("POST", "/admin/v1/say",
             [&](const HttpRequest& r, const PathValues&, HttpResponder responder) {
               say(context, r, std::move(responder));
             });
}

}  // namespace parley::api
