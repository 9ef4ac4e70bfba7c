// SPDX-License-Identifier: Apache-2.0
// What waits to be sent on one connection: small pieces gathered in pooled chunks, shared ones by
// reference.
//
// Ownership: a chunk comes from its thread's pool and goes back when it was sent, so that a turn
// allocates nothing and an idle connection holds nothing. Thread: the shard's. Failure: none; the
// caps are the callers'. A WebSocket frame is always whole within one chunk; keep_current_frame()
// rests on that.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <sys/uio.h>

#include "net/frame.h"

namespace parley::net {

class Outbox {
 public:
  Outbox() = default;
  ~Outbox() { clear(); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void append(std::string_view head, std::string_view rest = {});  // both in one chunk
  void append(const SharedFrame& frame);
  void append(std::shared_ptr<const std::string> body);

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  int gather(iovec* out, int max) const;
  void consume(std::size_t size);
  void clear();
  // Drops every WebSocket frame that was not begun; the rest of one that was must still go out.
  void keep_current_frame();

 private:
  struct Chunk;
  struct Pool;
  static Pool& pool();
  static void release(Chunk* chunk);
  void push(Chunk* chunk);

  Chunk* first_ = nullptr;
  Chunk* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace parley::net
