// SPDX-License-Identifier: Apache-2.0
#include "bench/load/websocket_client.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace parley::bench {
namespace {

constexpr int kText = 1, kClose = 8, kPing = 9, kPong = 10;

// Eight bytes at a time: the generator must not be what the figures measure.
void append_masked(std::string& out, std::string_view payload, std::uint32_t mask) {
  const auto start = out.size();
  out.append(payload);
  char* bytes = out.data() + start;
  const std::uint64_t wide = static_cast<std::uint64_t>(mask) << 32 | mask;
  std::size_t at = 0;
  for (; at + 8 <= payload.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes + at, 8);
    word ^= wide;
    std::memcpy(bytes + at, &word, 8);
  }
  for (; at < payload.size(); ++at) bytes[at] ^= static_cast<char>(mask >> (8 * (at % 4)));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

}  // namespace

WebSocketClient::~WebSocketClient() {
  if (fd_ >= 0) ::close(fd_);
}

bool WebSocketClient::start(int epoll, std::uint16_t port, const std::string& path) {
  epoll_ = epoll;
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Loopback answers at once or not at all, so connecting may block.
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return false;
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
  epoll_event event{.events = EPOLLIN, .data = {.ptr = this}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd_, &event) != 0) return false;
  output_ = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
            "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  flush();
  return true;
}

void WebSocketClient::queue(std::string_view text) {
  queue_frame(kText, text);
}

void WebSocketClient::queue_frame(int opcode, std::string_view payload) {
  mask_ = mask_ * 1664525u + 1013904223u;
  output_ += static_cast<char>(0x80 | opcode);
  if (payload.size() < 126) {
    output_ += static_cast<char>(0x80 | payload.size());
  } else {
    output_ += static_cast<char>(0x80 | 126);
    output_ += static_cast<char>(payload.size() >> 8);
    output_ += static_cast<char>(payload.size());
  }
  output_.append(reinterpret_cast<const char*>(&mask_), 4);
  append_masked(output_, payload, mask_);
}

void WebSocketClient::flush() {
  if (failed_ || output_.empty()) return;
  const auto sent = ::send(fd_, output_.data(), output_.size(), MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN)
    return fail(std::string("sending failed: ") + std::strerror(errno));
  if (sent > 0) output_.erase(0, static_cast<std::size_t>(sent));
  watch(!output_.empty());
}

void WebSocketClient::watch(bool for_output) {
  if (for_output == watches_output_) return;
  watches_output_ = for_output;
  epoll_event event{.events = EPOLLIN | (for_output ? EPOLLOUT : 0u), .data = {.ptr = this}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd_, &event);
}

void WebSocketClient::read(std::span<char> scratch) {
  if (failed_) return;
  const auto count = ::recv(fd_, scratch.data(), scratch.size(), 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return fail("the server hung up");
  std::string_view input(scratch.data(), static_cast<std::size_t>(count));
  std::string joined;
  if (!partial_.empty()) {
    joined.swap(partial_);
    joined.append(input);
    input = joined;
  }
  if (!upgraded_) input.remove_prefix(take_head(input));
  if (upgraded_) input.remove_prefix(take_frames(input));
  partial_.assign(input);
}

std::size_t WebSocketClient::take_head(std::string_view input) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  if (input.substr(0, 12) != "HTTP/1.1 101") {
    fail("the upgrade was refused: " + std::string(input.substr(0, input.find('\r'))));
    return input.size();
  }
  upgraded_ = true;
  handler_.upgraded(*this);
  return end + 4;
}

std::size_t WebSocketClient::take_frames(std::string_view input) {
  std::size_t at = 0;
  while (!failed_ && input.size() - at >= 2) {
    const auto opcode = input[at] & 0x0f;
    std::uint64_t size = static_cast<unsigned char>(input[at + 1]) & 0x7f;
    const std::size_t extra = size == 126 ? 2 : size == 127 ? 8 : 0;
    if (input.size() - at < 2 + extra) break;
    if (extra) size = big_endian(input.substr(at + 2, extra));
    if (input.size() - at - 2 - extra < size) break;
    const auto payload = input.substr(at + 2 + extra, size);
    at += 2 + extra + size;
    if (opcode >= kClose) {
      control(opcode, payload);
    } else {
      handler_.frame(*this, payload);
    }
  }
  return at;
}

void WebSocketClient::control(int opcode, std::string_view payload) {
  if (opcode == kPing) queue_frame(kPong, payload);
  if (opcode != kClose) return;
  const auto code = payload.size() < 2 ? 1005 : big_endian(payload.substr(0, 2));
  fail("the server closed with code " + std::to_string(code));
}

void WebSocketClient::fail(const std::string& why) {
  if (failed_) return;
  failed_ = true;
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_, nullptr);
  handler_.lost(*this, why);
}

}  // namespace parley::bench
