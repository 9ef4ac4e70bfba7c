// SPDX-License-Identifier: Apache-2.0
#include "command/token_expiry.h"

#include <algorithm>
#include <string>

#include "command/call_router.h"
#include "protocol/close_codes.h"
#include "protocol/frames.h"

namespace parley::command {

using session::Session;
using session::SessionKey;

namespace {

void tell(Session& session, std::int64_t in_ms) {
  std::string frame;
  protocol::append_expiring(frame, in_ms);
  session.send_plain(frame);
}

}  // namespace

// Due at once: the first look finds out when the next one is. An entry of an older credential does
// no harm, it only looks early.
void TokenExpiry::watch(const Session& session) {
  if (session.credential().expires_at > 0) due_.emplace(0, session.key());
}

int TokenExpiry::check(CallRouter& router, std::int64_t wall_ms) {
  int closed = 0;
  while (!due_.empty() && due_.begin()->first <= wall_ms) {
    const SessionKey key = due_.begin()->second;
    due_.erase(due_.begin());
    closed += look_at(router, key, wall_ms) ? 1 : 0;
  }
  return closed;
}

bool TokenExpiry::look_at(CallRouter& router, SessionKey key, std::int64_t wall_ms) {
  Session* session = router.sessions().find(key);
  if (!session || !session->link() || session->credential().expires_at == 0) return false;
  const auto& settings = router.here().settings;
  const std::int64_t ends = session->credential().expires_at;
  const std::int64_t notice = ends - settings.expiring_notice.count();
  const std::int64_t close_at = ends + settings.expiry_grace.count();
  if (wall_ms >= close_at) {
    session->link()->close(protocol::close::kTokenExpired,
                           protocol::close::name(protocol::close::kTokenExpired));
    return true;
  }
  if (wall_ms < notice) {
    due_.emplace(notice, key);
    return false;
  }
  // The welcome comes first.
  const bool ready = session->state() == session::SessionState::kReady;
  if (ready && session->tell_expiring()) tell(*session, std::max<std::int64_t>(0, ends - wall_ms));
  due_.emplace(ready ? close_at : wall_ms + 1, key);
  return false;
}

}  // namespace parley::command
