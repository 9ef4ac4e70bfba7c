// SPDX-License-Identifier: Apache-2.0
#include "protocol/frames.h"

#include <algorithm>
#include <array>

#include "protocol/error_codes.h"
#include "protocol/json_writer.h"

namespace parley::protocol {
namespace {

constexpr std::array<std::string_view, 12> kReserved = {
    "type", "data", "id", "for", "seq", "channel", "offset", "ts", "user", "origin", "to", "meta"};

void write_id(ObjectWriter& frame, const RequestId& id) {
  if (id) id.append_json(frame.key("id"));
}

void write_body(ObjectWriter& frame, std::string_view type, std::string_view data_json,
                std::string_view fields_json) {
  frame.field("type", type);
  frame.splice(fields_json);
  if (!data_json.empty()) frame.raw("data", data_json);
}

void write_names(std::string& out, std::span<const std::string> names) {
  ArrayWriter array(out);
  for (const auto& name : names) array.value(name);
}

void write_welcome_user(ObjectWriter& data, const Welcome& welcome) {
  ObjectWriter user(data.key("user"));
  user.field("id", welcome.user_id).field("name", welcome.user_name);
  user.field("kind", welcome.user_kind);
  write_names(user.key("roles"), welcome.roles);
}

void write_welcome_limits(ObjectWriter& data, const Welcome& welcome) {
  ObjectWriter(data.key("limits"))
      .field("frame", welcome.limit_frame)
      .field("rate", welcome.limit_rate)
      .field("burst", welcome.limit_burst)
      .field("inflight", welcome.limit_inflight);
}

void write_welcome_channels(ObjectWriter& data, const Welcome& welcome) {
  ObjectWriter channels(data.key("channels"));
  for (const auto& [channel, offset] : welcome.channels) channels.field(channel, offset);
}

}  // namespace

bool is_reserved_field(std::string_view name) {
  return name == "duplicate" ||
         std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

Status check_fields(JsonView fields) {
  if (!fields.is_object()) return Status::invalid_args("top-level fields are one JSON object");
  Status status;
  fields.each_member([&](std::string_view key, JsonView) {
    if (is_reserved_field(key))
      status = Status::invalid_args("the server writes the field \"" + std::string(key) +
                                    "\" itself: use another name");
    return status.is_ok();
  });
  return status;
}

void append_reply(std::string& out, const RequestId& id, std::uint64_t seq, std::string_view type,
                  std::string_view data_json, std::string_view fields_json) {
  ObjectWriter frame(out);
  write_id(frame, id);
  if (seq) frame.field("seq", seq);
  write_body(frame, type, data_json, fields_json);
}

void append_push(std::string& out, std::uint64_t seq, std::string_view type,
                 std::string_view data_json, std::string_view fields_json) {
  append_reply(out, {}, seq, type, data_json, fields_json);
}

ErrorFrame error_frame(const Status& status, std::string_view action) {
  const auto& info = error_info(status.code());
  return {.code = info.name, .message = status.message(), .action = action, .retry = info.retry};
}

void append_error(std::string& out, const RequestId& id, std::uint64_t seq,
                  const ErrorFrame& error) {
  ObjectWriter frame(out);
  write_id(frame, id);
  if (seq) frame.field("seq", seq);
  frame.field("type", "error");
  if (error.duplicate) frame.field("duplicate", true);
  ObjectWriter data(frame.key("data"));
  data.field("code", error.code).field("message", error.message);
  if (!error.action.empty()) data.field("action", error.action);
  data.field("retry", error.retry);
  if (error.retry_after_ms >= 0) data.field("retryAfterMs", error.retry_after_ms);
  data.splice(error.details_json);
}

void append_progress(std::string& out, const RequestId& id, std::string_view data_json) {
  ObjectWriter frame(out);
  if (id) id.append_json(frame.key("for"));
  write_body(frame, "progress", data_json, {});
}

void append_channel_frame(std::string& out, const ChannelFrame& channel_frame) {
  ObjectWriter frame(out);
  frame.field("type", channel_frame.type).field("channel", channel_frame.channel);
  if (channel_frame.offset) frame.field("offset", channel_frame.offset);
  if (channel_frame.ts) frame.field("ts", channel_frame.ts);
  if (!channel_frame.user_id.empty())
    ObjectWriter(frame.key("user"))
        .field("id", channel_frame.user_id)
        .field("kind", channel_frame.user_kind);
  if (!channel_frame.origin_json.empty()) frame.raw("origin", channel_frame.origin_json);
  frame.splice(channel_frame.fields_json);
  if (!channel_frame.data_json.empty()) frame.raw("data", channel_frame.data_json);
}

void append_welcome(std::string& out, const RequestId& id, const Welcome& welcome) {
  ObjectWriter frame(out);
  write_id(frame, id);
  frame.field("type", "welcome");
  ObjectWriter data(frame.key("data"));
  data.field("v", 1).field("session", welcome.session).field("resume", welcome.resume);
  write_welcome_user(data, welcome);
  data.field("node", welcome.node).field("seq", welcome.seq).field("resumed", welcome.resumed);
  if (welcome.expires_in_s >= 0) data.field("expiresIn", welcome.expires_in_s);
  data.field("pingMs", welcome.ping_ms);
  write_welcome_limits(data, welcome);
  write_welcome_channels(data, welcome);
  data.field("commandsRev", welcome.commands_rev);
  data.splice(welcome.extra_json);
}

void append_pong(std::string& out, const RequestId& id, std::string_view t_json,
                 std::int64_t now_ms) {
  ObjectWriter frame(out);
  write_id(frame, id);
  frame.field("type", "pong");
  ObjectWriter data(frame.key("data"));
  if (!t_json.empty()) data.raw("t", t_json);
  data.field("now", now_ms);
}

void append_expiring(std::string& out, std::int64_t in_ms) {
  ObjectWriter frame(out);
  frame.field("type", "expiring");
  ObjectWriter(frame.key("data")).field("inMs", in_ms);
}

void append_reconnect(std::string& out, std::string_view reason, std::int64_t after_ms) {
  ObjectWriter frame(out);
  frame.field("type", "reconnect");
  ObjectWriter(frame.key("data")).field("reason", reason).field("afterMs", after_ms);
}

void append_commands_changed(std::string& out, std::uint64_t rev,
                             std::span<const std::string> added,
                             std::span<const std::string> removed) {
  ObjectWriter frame(out);
  frame.field("type", "commandsChanged");
  ObjectWriter data(frame.key("data"));
  data.field("rev", rev);
  write_names(data.key("added"), added);
  write_names(data.key("removed"), removed);
}

}  // namespace parley::protocol
