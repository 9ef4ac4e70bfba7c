// SPDX-License-Identifier: Apache-2.0
// The transport under a session: what can be sent to whoever is connected.
//
// Ownership: whoever accepted the connection owns the link and tells the session when it goes
// (SessionRegistry::close). Thread: the session's shard. Lifetime: valid until the session was
// told. Failure: in what send() returns; close() after close() does nothing. Contract for
// implementors: nothing is called back from inside send() or close(), a closing transport is
// reported later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "net/frame.h"
#include "net/websocket_connection.h"

namespace parley::session {

class Link {
 public:
  virtual ~Link() = default;

  // One text frame. Direct frames are never volatile.
  virtual net::SendResult send(std::string_view json) = 0;
  // A frame made once for many. A volatile one is dropped (kDropped) when the client is behind.
  virtual net::SendResult send(const net::SharedFrame& frame, bool volatile_) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  // From the end of this turn on the connection lives on that shard; nothing may be done with the
  // link until its owner hands it out there. False: this transport cannot, nothing changes.
  virtual bool move_to(int shard) {
    (void)shard;
    return false;
  }

  virtual std::size_t queued_bytes() const = 0;  // what the client has not taken yet
  virtual std::string peer_address() const = 0;
  virtual std::uint64_t connection_id() const = 0;  // never reused while the process runs
};

}  // namespace parley::session
