// SPDX-License-Identifier: Apache-2.0
// One client connection as the dispatcher sees it, before and after it is authenticated.
//
// Ownership: the Dispatcher owns it from open() to closed(); it borrows the link, and the session
// while there is one. Thread: its shard.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "protocol/request_id.h"
#include "session/lane.h"
#include "session/token_bucket.h"

namespace parley::session {
class Link;
class Session;
}  // namespace parley::session

namespace parley::command {

class Peer {
 public:
  Peer(session::Link& link, int shard, Clock::TimePoint now);

  std::uint64_t key() const { return key_; }  // Link::connection_id
  int shard() const { return shard_; }
  session::Link& link() { return link_; }
  session::Session* session() { return session_; }  // null: not authenticated
  const std::string& address() const { return address_; }
  std::string_view locale() const { return locale_; }  // "en" or "ru"
  void set_locale(std::string_view locale);            // anything else is ignored
  Clock::TimePoint accepted_at() const { return accepted_at_; }
  ~Peer();

 private:
  friend class CallRouter;
  friend class Dispatcher;
  friend class Identity;
  friend class Admission;
  friend class Preparation;

  // Ids in flight while there is no session.
  bool begin(const protocol::RequestId& id);
  void end(const protocol::RequestId& id);

  session::Link& link_;
  session::Session* session_ = nullptr;
  std::uint64_t key_;
  int shard_;
  std::string address_;
  std::string address_group_;  // what limits count by: an IPv6 address is its /64
  std::string_view locale_ = "en";
  std::string client_name_, client_version_;  // what it said of its program on the way in
  Clock::TimePoint accepted_at_;
  Clock::TimePoint unauthenticated_since_;
  session::TokenBucket bucket_;
  session::Lane lane_;  // of anonymous commands
  std::vector<protocol::RequestId> inflight_;
  std::size_t inflight_count_ = 0;
  std::vector<Clock::TimePoint> noise_;  // newest last, within a minute
  std::uint32_t refused_ = 0;            // by the rate limit, without one passing in between
  bool waits_for_person_ = false;        // asked what there is, or tried to log in
  bool closing_ = false;
  bool moving_ = false;       // to the shard of the session it resumes
  std::string moving_frame_;  // what is to be handled there
  bool wants_meta_ = false;
};

}  // namespace parley::command
