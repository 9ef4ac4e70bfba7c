// SPDX-License-Identifier: Apache-2.0
#include "net/socket_setup.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::net {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Address address_of(const Endpoint& endpoint) {
  Address out;
  const auto parsed = IpAddress::parse(endpoint.host);  // Endpoint::parse has checked it
  const auto bytes = parsed.value().bytes();
  if (parsed.value().is_v4() && endpoint.host.find(':') == std::string::npos) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(out.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, bytes.data() + 12, 4);
    out.size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, bytes.data(), 16);
    out.size = sizeof v6;
  }
  return out;
}

std::string advice_for(int error) {
  switch (error) {
    case EADDRINUSE:
      return "Another program, perhaps another Parley, listens there: stop it or choose another "
             "port.";
    case EADDRNOTAVAIL:
      return "This machine has no such address; see `ip address`.";
    case EACCES:
      return "Ports below 1024 need a privilege: choose a higher one or give CAP_NET_BIND_SERVICE.";
    case EMFILE:
    case ENFILE:
      return "Raise the limit of open files (`ulimit -n`).";
    default:
      return "Check the address.";
  }
}

Status cannot_listen(const std::string& where, int error) {
  return {error == EADDRINUSE ? ErrorCode::kConflict : ErrorCode::kInvalidArgs,
          "Cannot listen on " + where + ": " + std::strerror(error) + ". " + advice_for(error)};
}

void set_option(int fd, int level, int option) {
  const int on = 1;
  ::setsockopt(fd, level, option, &on, sizeof on);
}

// SO_REUSEADDR lets a restart pass connections in TIME_WAIT; it does not let two listen.
Result<int> bind_tcp(const Endpoint& endpoint, bool shared) {
  Address address = address_of(endpoint);
  const int family = address.get()->sa_family;
  Descriptor fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return cannot_listen(endpoint.to_string(), errno);
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (shared) set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (family == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY);  // inherited by what is accepted
  if (::bind(fd.get(), address.get(), address.size) != 0) {
    return cannot_listen(endpoint.to_string(), errno);
  }
  return fd.release();
}

std::uint16_t port_of(int fd) {
  Address address;
  address.size = sizeof address.storage;
  ::getsockname(fd, address.get(), &address.size);
  // sin_port and sin6_port lie at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address.storage).sin_port);
}

Status remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat info;
  if (::lstat(path.c_str(), &info) != 0) return Status::ok();
  if (!S_ISSOCK(info.st_mode)) {
    return Status::conflict(path + " exists and is no socket; move it away.");
  }
  Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return Status::conflict("Another server answers on " + path +
                            "; stop it, or use another --state.");
  }
  ::unlink(path.c_str());
  return Status::ok();
}

}  // namespace

Result<Endpoint> prove_free(const Endpoint& endpoint) {
  auto bound = bind_tcp(endpoint, false);
  if (!bound) return bound.status();
  const Descriptor fd(*bound);
  // Binding alone does not collide with a socket that shares its port; listening does.
  if (::listen(fd.get(), 1) != 0) return cannot_listen(endpoint.to_string(), errno);
  Endpoint real = endpoint;
  real.port = port_of(fd.get());
  return real;
}

Result<int> listen_shared(const Endpoint& endpoint, int backlog) {
  auto bound = bind_tcp(endpoint, true);
  if (!bound) return bound.status();
  Descriptor fd(*bound);
  if (::listen(fd.get(), backlog) != 0) return cannot_listen(endpoint.to_string(), errno);
  return fd.release();
}

Result<int> listen_unix(const std::string& path, int backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Status::invalid_args("The socket path " + path + " is too long; use a shorter --state.");
  }
  path.copy(address.sun_path, path.size());
  if (Status status = remove_stale(path, address); !status) return status;
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return cannot_listen(path, errno);
  ::fchmod(fd.get(), 0600);  // before the name exists, so that nobody slips in between
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return cannot_listen(path, errno);
  }
  if (::chmod(path.c_str(), 0600) != 0 || ::listen(fd.get(), backlog) != 0) {
    return cannot_listen(path, errno);
  }
  return fd.release();
}

}  // namespace parley::net
