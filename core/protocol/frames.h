// SPDX-License-Identifier: Apache-2.0
// Writing the server's frames: every function appends one complete JSON object to `out`.
//
// `data_json` is ready JSON text of any kind ("" leaves `data` out); `fields_json` is a ready
// object of further top-level fields ("" or "{}" for none) whose names passed check_fields(); `seq`
// 0 is left out. Ownership: nothing is kept. Thread: any. Failure: none; what is handed in as JSON
// is trusted to be JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "protocol/json.h"
#include "protocol/request_id.h"

namespace parley::protocol {

// `type data id for seq channel offset ts user origin to duplicate meta`: the server alone.
bool is_reserved_field(std::string_view name);
// invalid_args when it is no object or has a reserved name.
Status check_fields(JsonView fields);

// The terminal frame of a command, or, without id, an ordinary typed frame.
void append_reply(std::string& out, const RequestId& id, std::uint64_t seq, std::string_view type,
                  std::string_view data_json = {}, std::string_view fields_json = {});

// A frame to a session or user that no command asked for.
void append_push(std::string& out, std::uint64_t seq, std::string_view type,
                 std::string_view data_json = {}, std::string_view fields_json = {});

struct ErrorFrame {
  std::string_view code;  // "rate_limited" or "<plugin>.<code>"
  std::string_view message;
  std::string_view action;  // "" leaves it out
  bool retry = false;
  std::int64_t retry_after_ms = -1;  // below 0 leaves it out
  std::string_view details_json;     // an object whose members join `data`: fields, suggestion, …
  bool duplicate = false;            // the answer to an earlier command with the same key
};
ErrorFrame error_frame(const Status& status, std::string_view action = {});  // borrows status
void append_error(std::string& out, const RequestId& id, std::uint64_t seq,
                  const ErrorFrame& error);

// {"for":7,"type":"progress","data":…}; never a seq.
void append_progress(std::string& out, const RequestId& id, std::string_view data_json);

// One frame for all members of a channel. offset 0 (not durable) and ts 0 are left out, an empty
// user_id too.
struct ChannelFrame {
  std::string_view type = "chatMessage";
  std::string_view channel;
  std::int64_t offset = 0;
  std::int64_t ts = 0;
  std::string_view user_id;
  std::string_view user_kind;
  std::string_view data_json;
  std::string_view fields_json;
  std::string_view origin_json;  // {"ns":…,"id":…}
};
void append_channel_frame(std::string& out, const ChannelFrame& frame);

struct ChannelPosition {
  std::string channel;
  std::int64_t offset = 0;
};

struct Welcome {
  std::string session;  // "s_…"
  std::string resume;   // the secret in clear; never logged
  std::string user_id, user_name, user_kind;
  std::vector<std::string> roles;
  std::string node;
  std::uint64_t seq = 0;
  bool resumed = false;
  std::int64_t expires_in_s = -1;  // of the credential; below 0 leaves it out
  std::int64_t ping_ms = 25'000;
  std::int64_t limit_frame = 0;
  double limit_rate = 0;
  double limit_burst = 0;
  std::int64_t limit_inflight = 0;
  std::vector<ChannelPosition> channels;
  std::uint64_t commands_rev = 0;
  std::string extra_json;  // an object whose members join `data`: {"token":"…"}
};
// Never a seq of its own; `seq` is the last one of a session that goes on.
void append_welcome(std::string& out, const RequestId& id, const Welcome& welcome);

// `t_json` is what the client sent, as JSON, or "".
void append_pong(std::string& out, const RequestId& id, std::string_view t_json,
                 std::int64_t now_ms);
// The credential runs out in so many milliseconds; 0: it has.
void append_expiring(std::string& out, std::int64_t in_ms);
void append_reconnect(std::string& out, std::string_view reason, std::int64_t after_ms);
void append_commands_changed(std::string& out, std::uint64_t rev,
                             std::span<const std::string> added,
                             std::span<const std::string> removed);

}  // namespace parley::protocol
