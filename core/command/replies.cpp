// SPDX-License-Identifier: Apache-2.0
#include "command/replies.h"

#include <utility>

#include "command/call_router.h"
#include "protocol/error_codes.h"

namespace parley::command {
namespace {

protocol::ErrorFrame view_of(const OwnedError& error) {
  return {.code = error.code,
          .message = error.message,
          .retry = error.retry,
          .details_json = error.details_json};
}

}  // namespace

ReplyResult Replies::reply(CallId call, std::string_view type, std::string_view data_json,
                           std::string_view fields_json) {
  if (!router_.claim(call)) return ReplyResult::kStale;
  if (router_.is_here(call)) {
    router_.send_reply(call, type, data_json, fields_json);
  } else {
    router_.shards().post(
        static_cast<int>(call.shard()),
        [&router = router_, call, type = std::string(type), data = std::string(data_json),
         fields = std::string(fields_json)] { router.send_reply(call, type, data, fields); });
  }
  return ReplyResult::kSent;
}

ReplyResult Replies::done(CallId call) {
  const auto caller = peek(call);
  if (caller && (caller->request || caller->keyed)) return ok(call);
  if (!router_.claim(call)) return ReplyResult::kStale;
  router_.shards().run_on(static_cast<int>(call.shard()),
                          [&router = router_, call] { router.send_nothing(call); });
  return ReplyResult::kSent;
}

ReplyResult Replies::fail(CallId call, const Status& status, std::string_view details_json) {
  return fail(call, protocol::error_name(status.code()), status.message(), details_json);
}

ReplyResult Replies::fail(CallId call, std::string_view code, std::string_view message,
                          std::string_view details_json) {
  if (!router_.claim(call)) return ReplyResult::kStale;
  const auto known = protocol::parse_error_code(code);
  const bool retry = known && protocol::error_info(*known).retry;
  OwnedError error{std::string(code), std::string(message), retry, std::string(details_json)};
  router_.shards().run_on(static_cast<int>(call.shard()),
                          [&router = router_, call, error = std::move(error)] {
                            router.send_error(call, view_of(error));
                          });
  return ReplyResult::kSent;
}

ReplyResult Replies::progress(CallId call, std::string_view data_json) {
  if (!is_open(call)) return ReplyResult::kStale;
  router_.shards().run_on(static_cast<int>(call.shard()),
                          [&router = router_, call, data = std::string(data_json)] {
                            router.send_progress(call, data);
                          });
  return ReplyResult::kSent;
}

ReplyResult Replies::defer(CallId call) {
  const bool open = router_.knows(call) && router_.state_of(call).pending.defer(call);
  return open ? ReplyResult::kSent : ReplyResult::kStale;
}

void Replies::taken_over(CallId call, EntryPtr entry) {
  if (router_.knows(call)) router_.state_of(call).pending.taken_over(call, std::move(entry));
}

std::optional<Caller> Replies::peek(CallId call) const {
  return router_.knows(call) ? router_.state_of(call).pending.peek(call) : std::nullopt;
}

bool Replies::is_open(CallId call) const {
  return router_.knows(call) && router_.state_of(call).pending.is_open(call);
}

}  // namespace parley::command
