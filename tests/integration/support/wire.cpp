// SPDX-License-Identifier: Apache-2.0
#include "integration/support/wire.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::test {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw TestFailure(what + ": " + std::strerror(errno));
}

int left(Deadline deadline) {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::max<std::chrono::milliseconds::rep>(time.count(), 0));
}

bool wait_for(int fd, short events, int milliseconds) {
  pollfd entry{fd, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&entry, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

Socket Socket::tcp(std::uint16_t port) {
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot connect to 127.0.0.1:" + std::to_string(port));
  const int on = 1;
  ::setsockopt(socket.fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

Socket Socket::local(const std::string& path) {
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw TestFailure("the socket's path is too long for the system: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (::connect(socket.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot connect to " + path);
  return socket;
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  close();
}

void Socket::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

bool Socket::send_some(std::string_view& bytes, Deadline deadline) {
  if (!wait_for(fd_, POLLOUT, left(deadline)))
    throw TestFailure("the server took no more bytes; " + std::to_string(bytes.size()) +
                      " were left to send");
  const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return errno == EAGAIN || errno == EINTR;
  bytes.remove_prefix(static_cast<std::size_t>(sent));
  return true;
}

void Socket::send_all(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty())
    if (!send_some(bytes, deadline)) fail("the server hung up while the test was sending");
}

void Socket::send_what_it_takes(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty())
    if (!send_some(bytes, deadline)) return;
}

bool Socket::receive(std::string& into, Deadline deadline, const std::string& awaited) {
  if (!wait_for(fd_, POLLIN, left(deadline))) throw TestFailure("waited in vain for " + awaited);
  char buffer[65536];
  const auto count = ::recv(fd_, buffer, sizeof buffer, 0);
  if (count < 0 && errno != ECONNRESET) fail("reading failed while waiting for " + awaited);
  if (count <= 0) return false;
  into.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool Socket::readable(std::chrono::milliseconds time) const {
  return wait_for(fd_, POLLIN, static_cast<int>(time.count()));
}

std::string shown(std::string_view bytes, std::size_t most) {
  std::string text;
  for (const unsigned char byte : bytes.substr(0, most)) {
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
    text += byte < 0x20 || byte == 0x7f ? std::string(escaped)
                                        : std::string(1, static_cast<char>(byte));
  }
  if (bytes.size() > most) text += "... (" + std::to_string(bytes.size()) + " bytes)";
  return text;
}

}  // namespace parley::test
