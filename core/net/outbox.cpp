// SPDX-License-Identifier: Apache-2.0
#include "net/outbox.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace parley::net {
namespace {

constexpr std::size_t kChunkBytes = 2048;  // with its header
constexpr std::size_t kPooledChunks = 1024;
constexpr std::size_t kPooledReferences = 8192;

// The whole length of the frame that starts here, header included.
std::size_t frame_length(const char* at) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(at);
  const std::size_t length = bytes[1] & 0x7fU;
  if (length < 126) return 2 + length;
  const int extra = length == 126 ? 2 : 8;
  std::size_t size = 0;
  for (int i = 0; i < extra; ++i) size = (size << 8) | bytes[2 + i];
  return 2 + static_cast<std::size_t>(extra) + size;
}

}  // namespace

struct Outbox::Chunk {
  explicit Chunk(std::size_t room) : capacity(room) {}

  char* room() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const {
    if (frame) return frame.bytes().data();
    if (body) return body->data();
    return reinterpret_cast<const char*>(this + 1);
  }

  Chunk* next = nullptr;
  std::size_t capacity;   // 0: refers to `frame` or `body`
  std::size_t begin = 0;  // what was sent
  std::size_t end = 0;
  SharedFrame frame;
  std::shared_ptr<const std::string> body;
};

struct Outbox::Pool {
  struct List {
    Chunk* first = nullptr;
    std::size_t count = 0;
  };
  List chunks;
  List references;

  ~Pool() {
    for (List* list : {&chunks, &references}) {
      while (list->first) destroy(std::exchange(list->first, list->first->next));
    }
  }
  static Chunk* make(std::size_t capacity) {
    return new (::operator new(sizeof(Chunk) + capacity)) Chunk(capacity);
  }
  static void destroy(Chunk* chunk) {
    chunk->~Chunk();
    ::operator delete(chunk);
  }
  static Chunk* take(List& list, std::size_t capacity) {
    if (!list.first) return make(capacity);
    Chunk* chunk = list.first;
    list.first = chunk->next;
    --list.count;
    chunk->next = nullptr;
    chunk->begin = chunk->end = 0;
    return chunk;
  }
  static void give(List& list, std::size_t most, Chunk* chunk) {
    if (list.count >= most) return destroy(chunk);
    chunk->next = list.first;
    list.first = chunk;
    ++list.count;
  }
};

namespace {
constexpr std::size_t kRoom = kChunkBytes - 96;
}

Outbox::Pool& Outbox::pool() {
  thread_local Pool instance;
  return instance;
}

void Outbox::release(Chunk* chunk) {
  static_assert(sizeof(Chunk) <= 96);
  if (chunk->capacity == 0) {
    chunk->frame = SharedFrame();
    chunk->body.reset();
    Pool::give(pool().references, kPooledReferences, chunk);
  } else if (chunk->capacity == kRoom) {
    Pool::give(pool().chunks, kPooledChunks, chunk);
  } else {
    Pool::destroy(chunk);
  }
}

void Outbox::push(Chunk* chunk) {
  (last_ ? last_->next : first_) = chunk;
  last_ = chunk;
}

void Outbox::append(std::string_view head, std::string_view rest) {
  const std::size_t size = head.size() + rest.size();
  if (size == 0) return;
  if (!last_ || last_->capacity - last_->end < size || last_->capacity == 0) {
    push(size > kRoom ? Pool::make(size) : Pool::take(pool().chunks, kRoom));
  }
  char* out = last_->room() + last_->end;
  if (!head.empty()) std::memcpy(out, head.data(), head.size());
  if (!rest.empty()) std::memcpy(out + head.size(), rest.data(), rest.size());
  last_->end += size;
  size_ += size;
}

void Outbox::append(const SharedFrame& frame) {
  Chunk* chunk = Pool::take(pool().references, 0);
  chunk->frame = frame;
  chunk->end = frame.bytes().size();
  size_ += chunk->end;
  push(chunk);
}

void Outbox::append(std::shared_ptr<const std::string> body) {
  if (!body || body->empty()) return;
  Chunk* chunk = Pool::take(pool().references, 0);
  chunk->end = body->size();
  chunk->body = std::move(body);
  size_ += chunk->end;
  push(chunk);
}

int Outbox::gather(iovec* out, int max) const {
  int count = 0;
  for (const Chunk* chunk = first_; chunk && count < max; chunk = chunk->next) {
    out[count].iov_base = const_cast<char*>(chunk->data()) + chunk->begin;
    out[count].iov_len = chunk->end - chunk->begin;
    ++count;
  }
  return count;
}

void Outbox::consume(std::size_t size) {
  size_ -= size;
  while (size > 0) {
    const std::size_t here = std::min(size, first_->end - first_->begin);
    first_->begin += here;
    size -= here;
    if (first_->begin < first_->end) break;
    Chunk* done = std::exchange(first_, first_->next);
    if (!first_) last_ = nullptr;
    release(done);
  }
}

void Outbox::clear() {
  while (first_) release(std::exchange(first_, first_->next));
  last_ = nullptr;
  size_ = 0;
}

void Outbox::keep_current_frame() {
  if (!first_) return;
  Chunk* current = first_;
  std::size_t end = current->body ? current->end : 0;  // the answer to the upgrade is no frame
  while (end < current->begin) end += frame_length(current->data() + end);
  Chunk* rest = std::exchange(current->next, nullptr);
  while (rest) release(std::exchange(rest, rest->next));
  current->end = end;
  size_ = end - current->begin;
  last_ = current;
  if (size_ == 0) clear();
}

}  // namespace parley::net
