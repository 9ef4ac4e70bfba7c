// SPDX-License-Identifier: Apache-2.0
#include "protocol/frames.h"

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/json_writer.h"

namespace parley::protocol {
namespace {

template <typename Append>
std::string frame(Append append) {
  std::string out;
  append(out);
  JsonReader reader;
  EXPECT_TRUE(reader.parse(out).is_ok()) << out;
  return out;
}

TEST(Frames, TheFourServerShapesOfTheOrigin) {
  EXPECT_EQ(frame([](auto& out) { append_push(out, 0, "playerStateUpdate", R"({"x":1})"); }),
            R"({"type":"playerStateUpdate","data":{"x":1}})");
  EXPECT_EQ(frame([](auto& out) { append_push(out, 0, "combatResult", R"({"hp":3})"); }),
            R"({"type":"combatResult","data":{"hp":3}})");
  EXPECT_EQ(
      frame([](auto& out) { append_push(out, 0, "chatMessage", R"({"from":"Neo","text":"hi"})"); }),
      R"({"type":"chatMessage","data":{"from":"Neo","text":"hi"}})");
  EXPECT_EQ(
      frame([](auto& out) { append_push(out, 0, "worldEvent", "", R"({"event":"earthquake"})"); }),
      R"({"type":"worldEvent","event":"earthquake"})");
}

TEST(Frames, AReplyCarriesIdAndSeq) {
  EXPECT_EQ(frame([](auto& out) {
              append_reply(out, *RequestId::from(8), 1045, "ok", R"({"offset":56})");
            }),
            R"({"id":8,"seq":1045,"type":"ok","data":{"offset":56}})");
  EXPECT_EQ(frame([](auto& out) { append_reply(out, *RequestId::from("a\"b"), 0, "ok"); }),
            R"({"id":"a\"b","type":"ok"})");
}

TEST(Frames, AnErrorSaysCodeMessageActionAndRetry) {
  const Status status(ErrorCode::kRateLimited, "too fast");
  auto error = error_frame(status, "move");
  error.retry_after_ms = 700;
  EXPECT_EQ(frame([&](auto& out) { append_error(out, *RequestId::from(9), 1046, error); }),
            R"({"id":9,"seq":1046,"type":"error","data":{"code":"rate_limited",)"
            R"("message":"too fast","action":"move","retry":true,"retryAfterMs":700}})");
}

TEST(Frames, AnErrorTakesDetailsAndAPluginsOwnCode) {
  ErrorFrame error{
      .code = "dice.bad", .message = "a\nb", .details_json = R"({"fields":{"x":"y"}})"};
  EXPECT_EQ(frame([&](auto& out) { append_error(out, {}, 0, error); }),
            R"({"type":"error","data":{"code":"dice.bad","message":"a\nb","retry":false,)"
            R"("fields":{"x":"y"}}})");
}

TEST(Frames, ProgressIsForAnIdAndCarriesNone) {
  EXPECT_EQ(
      frame([](auto& out) { append_progress(out, *RequestId::from(7), R"({"append":"…"})"); }),
      R"({"for":7,"type":"progress","data":{"append":"…"}})");
}

TEST(Frames, AChannelFrameHasOffsetAndNoSeq) {
  ChannelFrame chat{.channel = "global",
                    .offset = 56,
                    .ts = 1760000000123,
                    .user_id = "u_7Kq",
                    .user_kind = "user",
                    .data_json = R"({"from":"Neo","text":"hi"})"};
  EXPECT_EQ(frame([&](auto& out) { append_channel_frame(out, chat); }),
            R"({"type":"chatMessage","channel":"global","offset":56,"ts":1760000000123,)"
            R"("user":{"id":"u_7Kq","kind":"user"},"data":{"from":"Neo","text":"hi"}})");
  ChannelFrame event{.type = "worldEvent",
                     .channel = "global",
                     .fields_json = R"({"event":"earthquake"})",
                     .origin_json = R"({"ns":"d"})"};
  EXPECT_EQ(frame([&](auto& out) { append_channel_frame(out, event); }),
            R"({"type":"worldEvent","channel":"global","origin":{"ns":"d"},"event":"earthquake"})");
}

TEST(Frames, WelcomeIsTheDocumentedShape) {
  Welcome welcome{.session = "s_9",
                  .resume = "r_Z",
                  .user_id = "u_7Kq",
                  .user_name = "Neo",
                  .user_kind = "user",
                  .roles = {"user"},
                  .node = "n1",
                  .expires_in_s = 900,
                  .limit_frame = 65536,
                  .limit_rate = 30,
                  .limit_burst = 60,
                  .limit_inflight = 64,
                  .channels = {{"global", 55}},
                  .commands_rev = 12};
  EXPECT_EQ(frame([&](auto& out) { append_welcome(out, *RequestId::from(1), welcome); }),
            R"({"id":1,"type":"welcome","data":{"v":1,"session":"s_9","resume":"r_Z",)"
            R"("user":{"id":"u_7Kq","name":"Neo","kind":"user","roles":["user"]},"node":"n1",)"
            R"("seq":0,"resumed":false,"expiresIn":900,"pingMs":25000,)"
            R"("limits":{"frame":65536,"rate":30,"burst":60,"inflight":64},)"
            R"("channels":{"global":55},"commandsRev":12}})");
  welcome.extra_json = R"({"token":"t"})";
  EXPECT_THAT(frame([&](auto& out) { append_welcome(out, {}, welcome); }),
              testing::EndsWith(R"("commandsRev":12,"token":"t"}})"));
}

TEST(Frames, TheSmallOnes) {
  EXPECT_EQ(frame([](auto& out) { append_pong(out, *RequestId::from(1), "1.5", 42); }),
            R"({"id":1,"type":"pong","data":{"t":1.5,"now":42}})");
  EXPECT_EQ(frame([](auto& out) { append_pong(out, {}, "", 42); }),
            R"({"type":"pong","data":{"now":42}})");
  EXPECT_EQ(frame([](auto& out) { append_reconnect(out, "shutdown", 300); }),
            R"({"type":"reconnect","data":{"reason":"shutdown","afterMs":300}})");
  const std::vector<std::string> added{"roll"};
  EXPECT_EQ(frame([&](auto& out) { append_commands_changed(out, 3, added, {}); }),
            R"({"type":"commandsChanged","data":{"rev":3,"added":["roll"],"removed":[]}})");
}

TEST(Frames, WhatTheServerWritesNobodyElseMay) {
  JsonReader reader;
  EXPECT_TRUE(check_fields(reader.parse(R"({"event":"earthquake"})").value()));
  for (const char* name : {"type", "data", "id", "for", "seq", "channel", "offset", "ts", "user",
                           "origin", "to", "duplicate", "meta"}) {
    const auto text = "{\"ok\":1,\"" + std::string(name) + "\":1}";
    const auto status = check_fields(reader.parse(text).value());
    EXPECT_EQ(status.code(), ErrorCode::kInvalidArgs) << name;
    EXPECT_THAT(status.message(), testing::HasSubstr(name));
  }
  EXPECT_FALSE(check_fields(reader.parse("[]").value()));
}

TEST(JsonWriter, NumbersReadBackAsTheyWere) {
  std::string out;
  {
    ArrayWriter array(out);
    append_json_number(array.next(), 0.1);
    append_json_number(array.next(), std::numeric_limits<double>::infinity());
    append_json_number(array.next(), std::numeric_limits<std::int64_t>::min());
    append_json_number(array.next(), 1e300);
  }
  EXPECT_EQ(out, "[0.1,null,-9223372036854775808,1e+300]");
}

TEST(JsonWriter, SplicingNothingAddsNoComma) {
  std::string out;
  ObjectWriter(out)
      .splice("")
      .splice("{}")
      .splice("{ }")
      .field("a", 1)
      .splice(R"({"b":2})")
      .splice("{}");
  EXPECT_EQ(out, R"({"a":1,"b":2})");
}

}  // namespace
}  // namespace parley::protocol
