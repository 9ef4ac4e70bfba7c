// SPDX-License-Identifier: Apache-2.0
// A blocking client that sends exactly what it is told, broken or not.
//
// Ownership: owns its descriptor. Thread: one. Failure: a read that takes longer than the limit, or a closed peer,
// gives what came so far; tests then fail on the comparison. Nothing here checks what the server says.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::testing {

struct RawFrame {
  int opcode = -1;  // -1: none came
  bool fin = false;
  bool masked = false;
  std::string payload;

  std::uint16_t close_code() const {
    if (payload.size() < 2) return 1005;
    return static_cast<std::uint16_t>((static_cast<unsigned char>(payload[0]) << 8) |
                                      static_cast<unsigned char>(payload[1]));
  }
  std::string close_reason() const { return payload.size() > 2 ? payload.substr(2) : ""; }
};

struct FrameShape {
  int opcode = 1;
  bool fin = true;
  bool mask = true;
  int rsv = 0;                       // three bits
  int length_bytes = 0;              // 0: the shortest form, else 2 or 8 whatever the length
  std::int64_t announced_size = -1;  // -1: the payload's own
};

// A frame as a client would send it, or should not.
inline std::string raw_frame(std::string payload, FrameShape shape = {}) {
  std::string out;
  out += static_cast<char>((shape.fin ? 0x80 : 0) | (shape.rsv << 4) | shape.opcode);
  const auto size =
      shape.announced_size < 0 ? payload.size() : static_cast<std::size_t>(shape.announced_size);
  int bytes = shape.length_bytes;
  if (bytes == 0) bytes = size < 126 ? 0 : size <= 0xffff ? 2 : 8;
  const int first = bytes == 0 ? static_cast<int>(size) : bytes == 2 ? 126 : 127;
  out += static_cast<char>((shape.mask ? 0x80 : 0) | first);
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i));
  if (!shape.mask) return out + payload;
  const char key[4] = {'\x37', '\xfa', '\x21', '\x3d'};
  out.append(key, 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
  return out + payload;
}

class RawSocket {
 public:
  static RawSocket connect(std::uint16_t port, const char* host = "127.0.0.1") {
    RawSocket out(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host, &address.sin_addr);
    out.finish_connect(reinterpret_cast<sockaddr*>(&address), sizeof address);
    const int on = 1;
    ::setsockopt(out.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return out;
  }
  static RawSocket connect_unix(const std::string& path) {
    RawSocket out(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    out.finish_connect(reinterpret_cast<sockaddr*>(&address), sizeof address);
    return out;
  }
  RawSocket(RawSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)),
        connected_(other.connected_),
        held_(std::move(other.held_)) {}
  RawSocket& operator=(RawSocket&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(connected_, other.connected_);
    std::swap(held_, other.held_);
    return *this;
  }
  ~RawSocket() { close(); }

  int fd() const { return fd_; }
  bool connected() const { return connected_; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void shutdown_write() { ::shutdown(fd_, SHUT_WR); }
  void set_read_limit(int milliseconds) {
    const timeval limit{milliseconds / 1000, (milliseconds % 1000) * 1000};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  void set_receive_buffer(int bytes) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Everything up to and including the mark, or what came before the end or the limit.
  std::string read_until(std::string_view mark) {
    std::size_t at;
    while ((at = held_.find(mark)) == std::string::npos) {
      if (!fill()) return std::exchange(held_, {});
    }
    return take(at + mark.size());
  }
  std::string read_exactly(std::size_t size) {
    while (held_.size() < size && fill()) {
    }
    return take(std::min(size, held_.size()));
  }
  std::string read_all() {
    while (fill()) {
    }
    return std::exchange(held_, {});
  }
  // True when the peer ends the connection within the limit; what it sends before is thrown away.
  bool reaches_end() {
    while (fill()) {
    }
    return ended_;
  }

  // One HTTP answer with a Content-Length: its header block and its body.
  std::pair<std::string, std::string> read_answer() {
    std::string head = read_until("\r\n\r\n");
    const std::size_t at = head.find("Content-Length: ");
    const std::size_t size = at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    return {std::move(head), read_exactly(size)};
  }

  // The upgrade to a WebSocket; gives the answer's header block.
  std::string upgrade(std::string_view path = "/ws", std::string_view more_headers = "") {
    send(upgrade_request(path, more_headers));
    return read_until("\r\n\r\n");
  }
  static std::string upgrade_request(std::string_view path, std::string_view more_headers = "") {
    return "GET " + std::string(path) +
           " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(more_headers) + "\r\n";
  }
  bool send_text(std::string payload) { return send(raw_frame(std::move(payload))); }
  bool send_close(std::uint16_t code, std::string reason = "") {
    const char bytes[2] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    return send(raw_frame(std::string(bytes, 2) + reason, {.opcode = 8}));
  }
  RawFrame read_frame() {
    RawFrame frame;
    const std::string head = read_exactly(2);
    if (head.size() < 2) return frame;
    std::size_t size = static_cast<unsigned char>(head[1]) & 0x7fU;
    const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (extra > 0) {
      size = 0;
      for (const char byte : read_exactly(extra))
        size = (size << 8) | static_cast<unsigned char>(byte);
    }
    frame.payload = read_exactly(size);
    if (frame.payload.size() < size) return frame;
    frame.opcode = head[0] & 0x0f;
    frame.fin = (head[0] & 0x80) != 0;
    frame.masked = (head[1] & 0x80) != 0;
    return frame;
  }
  std::string read_text() {
    RawFrame frame = read_frame();
    return frame.opcode == 1 ? std::move(frame.payload)
                             : "<opcode " + std::to_string(frame.opcode) + ">";
  }

 private:
  explicit RawSocket(int fd) : fd_(fd) { set_read_limit(10'000); }
  void finish_connect(const sockaddr* address, socklen_t size) {
    connected_ = ::connect(fd_, address, size) == 0;
  }
  bool fill() {
    char buffer[16384];
    const ssize_t got = ::recv(fd_, buffer, sizeof buffer, 0);
    // A reset is an end, too; a limit that passed is not.
    ended_ = got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    if (got <= 0) return false;
    held_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  std::string take(std::size_t size) {
    std::string out = held_.substr(0, size);
    held_.erase(0, size);
    return out;
  }

  int fd_;
  bool connected_ = false;
  bool ended_ = false;
  std::string held_;
};

}  // namespace parley::testing
