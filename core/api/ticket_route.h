// SPDX-License-Identifier: Apache-2.0
// POST /api/v1/tickets on the client port: an access token in the header buys a ticket for the
// address of a WebSocket (`/ws?ticket=`), where browsers can set no header.
//
// Ownership: borrows everything. Thread: any shard. Failure: 401 with the token's fault, 405.
#pragma once

#include "net/http_message.h"
#include "users/accounts.h"
#include "users/tickets.h"
#include "users/token_service.h"

namespace parley::api {

// The token in `Authorization: Bearer …`, or an empty view.
std::string_view bearer_token(const net::HttpRequestHead& head);

// The caller has checked the request's Origin already.
void serve_ticket(const net::HttpRequest& request, net::HttpResponder responder,
                  users::Accounts& accounts, const users::TokenService& tokens,
                  users::Tickets& tickets);

}  // namespace parley::api
