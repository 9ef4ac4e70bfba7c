// SPDX-License-Identifier: Apache-2.0
#include "session/pusher.h"

#include <algorithm>
#include <memory>
#include <string>

#include "protocol/frames.h"

namespace parley::session {
namespace {

// What goes to each session: with a seq of its own, or the same volatile frame for all.
SessionRegistry::OnEach sender(PushFrame frame, const PushOptions& options,
                               SessionKey except_session, Clock::TimePoint now) {
  net::SharedFrame shared;
  if (options.volatile_) {
    std::string json;
    protocol::append_push(json, 0, frame.type, frame.data_json, frame.fields_json);
    shared = net::SharedFrame::text(json);
  }
  const auto content = std::make_shared<const PushFrame>(std::move(frame));
  const Waiting waiting{options.conflate,
                        options.ttl.count() > 0 ? now + options.ttl : Clock::TimePoint{}};
  return [content, shared, except_session, except_users = options.except_users,
          waiting](Session& session) {
    if (session.key() == except_session) return;
    if (std::find(except_users.begin(), except_users.end(), session.user()->id) !=
        except_users.end())
      return;
    if (shared) return session.send_shared(shared, true);
    const std::uint64_t waits = session.waiting(waiting.conflate);
    const std::uint64_t seq = waits > 0 ? waits : session.next_seq();
    std::string json;
    protocol::append_push(json, seq, content->type, content->data_json, content->fields_json);
    if (waits > 0) return session.replace_waiting(seq, json, waiting.until);
    session.send_direct(seq, json, false, waiting);
  };
}

}  // namespace

Status Pusher::push(const PushTarget& target, PushFrame frame, const PushOptions& options) {
  if (options.store) return store(target, frame, options);
  if (target.kind != PushTarget::Kind::kAll && target.names.empty()) {
    return Status::invalid_args("A push needs to be told whom it is for.");
  }
  if (target.kind == PushTarget::Kind::kChannel) {
    return push_channel(target.names.front(), std::move(frame), options);
  }
  const SessionKey except =
      options.except_session.empty() ? 0 : registry_.key_of(options.except_session);
  const auto send = sender(std::move(frame), options, except, registry_.clock().now());
  switch (target.kind) {
    case PushTarget::Kind::kSession:
      if (registry_.post_to_id(target.names.front(), send)) return Status::ok();
      return Status::not_found("There is no session " + target.names.front() + " now.");
    case PushTarget::Kind::kUsers:
      for (const std::string& user : target.names) registry_.post_to_user(user, send);
      return Status::ok();
    case PushTarget::Kind::kRole:
      registry_.post_to_role(target.names.front(), send);
      return Status::ok();
    default:
      registry_.post_to_all(send);
      return Status::ok();
  }
}

void Pusher::push_to(SessionKey key, PushFrame frame, bool volatile_) {
  PushOptions options;
  options.volatile_ = volatile_;
  registry_.post(key, sender(std::move(frame), options, 0, registry_.clock().now()));
}

Status Pusher::push_channel(const std::string& channel, PushFrame frame,
                            const PushOptions& options) {
  const SessionKey except =
      options.except_session.empty() ? 0 : registry_.key_of(options.except_session);
  return channels_.push({.channel = channel,
                         .type = std::move(frame.type),
                         .data_json = std::move(frame.data_json),
                         .fields_json = std::move(frame.fields_json),
                         .user = options.author},
                        {.volatile_ = options.volatile_,
                         .except_session = except,
                         .except_users = options.except_users});
}

Status Pusher::store(const PushTarget& target, const PushFrame& frame, const PushOptions& options) {
  const bool users = target.kind == PushTarget::Kind::kUsers;
  if (!users && target.kind != PushTarget::Kind::kChannel) {
    return {ErrorCode::kUnsupported,
            "Only pushes to users and channels can be stored; a session, a role or everyone has no "
            "history to keep them in."};
  }
  if (options.volatile_ || !options.except_session.empty() || !options.except_users.empty()) {
    return {ErrorCode::kUnsupported,
            "A stored push is in the history for all who read it: leave out volatile and except."};
  }
  for (const std::string& name : target.names) {
    const std::string channel = users ? user_channel(name) : name;
    if (const auto parsed = parse_channel_name(channel); !parsed) return parsed.status();
  }
  for (const std::string& name : target.names) {
    channels_.publish({.channel = users ? user_channel(name) : name,
                       .user = options.author,
                       .type = frame.type,
                       .data_json = frame.data_json,
                       .fields_json = frame.fields_json},
                      [done = options.on_stored](Result<std::int64_t> offset) {
                        if (done) done(std::move(offset));
                      });
  }
  return Status::ok();
}

}  // namespace parley::session
