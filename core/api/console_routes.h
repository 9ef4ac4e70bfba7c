// SPDX-License-Identifier: Apache-2.0
// /admin/v1/session: how an admin comes in to the console, and goes. And the cookie that says who
// is in.
//
// An account with the role admin and its password open a session; the answer sets the cookie
// (HttpOnly, SameSite=Strict, Secure behind TLS) and tells the page the token that every change
// has to carry in X-Parley-Csrf. Wrong passwords count and are held back as at any login
// (users/login_guard.h). Ownership: borrows context and sessions. Thread: any shard. Failure:
// `unauthorized`, `forbidden` (no admin, no token), `blocked`, `rate_limited`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/console_sessions.h"
#include "api/context.h"
#include "api/router.h"

namespace parley::api {

// The value of the console's cookie: of several the one that opens a session. Empty when the request
// has none.
std::string_view console_cookie(const net::HttpRequestHead& head, ConsoleSessions& sessions);
// Of the requests that a page makes by itself, which keep no session alive.
bool looks_by_itself(const net::HttpRequestHead& head);
bool carries_csrf(const net::HttpRequestHead& head, const ConsoleSession& session);

void add_session_routes(Router& router, const Context& context, ConsoleSessions& sessions);

}  // namespace parley::api
