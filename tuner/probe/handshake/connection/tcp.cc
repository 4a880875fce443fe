#include "probe/handshake/connection/tcp.h"

#include "base/number.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>

namespace tuner {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// A lost packet is sent again after 0.2 s and more, with doubled waits; 10 s without one byte is a
// broken path.
constexpr microseconds kLongestStall = std::chrono::seconds{10};
constexpr std::chrono::seconds kLongestConnect{10};
// Length of the kernel's queue of connections that are not accepted yet.
constexpr int kBacklog = 256;

Result<Addresses> addresses(const HostPort& place, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      ::getaddrinfo(place.host.c_str(), std::to_string(place.port).c_str(), &hints, &found);
  if (error != 0) {
    return fail(Fault::NotFound,
                fmt::format("the address of {}: {}", place.host, ::gai_strerror(error)));
  }
  return Addresses(found, ::freeaddrinfo);
}

Result<UniqueFd> socket_for(const addrinfo& address) {
  UniqueFd made(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return fail(errno_error(errno, "make a TCP socket"));
  return made;
}

bool switch_on(int fd, int level, int option) {
  const int on = 1;
  return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

// Waits for the events until the deadline.
Outcome wait_for(int fd, short events, Deadline deadline, std::string_view doing) {
  pollfd ready{.fd = fd, .events = events, .revents = 0};
  while (true) {
    const int answer = ::poll(&ready, 1, milliseconds_until(deadline));
    if (answer > 0) return {};
    if (answer < 0 && errno != EINTR) return fail(errno_error(errno, doing));
    if (SteadyClock::now() >= deadline) {
      return fail(Fault::TimedOut, fmt::format("{}: no answer within the time limit", doing));
    }
  }
}

// Not blocking: connect() alone waits for the kernel's own limit of about two minutes
// (tcp_syn_retries, tcp(7)).
Outcome connect_one(int fd, const addrinfo& address, Deadline deadline, std::string_view doing) {
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return {};
  if (errno != EINPROGRESS) return fail(errno_error(errno, doing));
  TRY(wait_for(fd, POLLOUT, deadline, doing));
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return fail(errno_error(error, doing));
  return {};
}

Result<HostPort> place_of(const sockaddr_storage& address, socklen_t size) {
  char host[NI_MAXHOST];
  char port[NI_MAXSERV];
  const int error = ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host,
                                  sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  if (error != 0) {
    return fail(Fault::Io, fmt::format("address of a socket: {}", ::gai_strerror(error)));
  }
  const auto number = TRY(whole_number<std::uint16_t>(port));
  return HostPort{.host = host, .port = number};
}

}  // namespace

int milliseconds_until(Deadline deadline) {
  // Rounded up: with 0 for the last part of a millisecond the caller would spin. At most a minute,
  // as each caller looks at the deadline again.
  const auto left = std::chrono::ceil<milliseconds>(deadline - SteadyClock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// SO_RCVTIMEO and SO_SNDTIMEO work with the blocking socket that kernel TLS and SSL_sendfile() get.
Outcome limit_time(int fd, Deadline deadline) {
  const auto left = std::chrono::duration_cast<microseconds>(deadline - SteadyClock::now());
  if (left.count() <= 0) return fail(Fault::TimedOut, "the time limit of the probe was reached");
  const auto stall = std::min(left, kLongestStall).count();
  const timeval limit{.tv_sec = stall / 1'000'000, .tv_usec = stall % 1'000'000};
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
      ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0) {
    return fail(errno_error(errno, "set a time limit on a socket"));
  }
  return {};
}

Outcome set_nodelay(int fd) {
  if (switch_on(fd, IPPROTO_TCP, TCP_NODELAY)) return {};
  return fail(errno_error(errno, "set TCP_NODELAY"));
}

Outcome make_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags >= 0 && ::fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0) return {};
  return fail(errno_error(errno, "make a socket blocking"));
}

Result<UniqueFd> listen_on(const HostPort& place) {
  const auto doing = fmt::format("listen on {}", to_text(place));
  const auto found = TRY(addresses(place, AI_NUMERICHOST | AI_PASSIVE));
  const addrinfo& address = *found;
  auto socket = socket_for(address);
  if (!socket) return socket;
  // Connections of an earlier listener in TIME_WAIT must not block the port.
  static_cast<void>(switch_on(socket->get(), SOL_SOCKET, SO_REUSEADDR));
  // "[::]" would otherwise also listen on IPv4, or not, depending on net.ipv6.bindv6only.
  if (address.ai_family == AF_INET6 && !switch_on(socket->get(), IPPROTO_IPV6, IPV6_V6ONLY)) {
    return fail(errno_error(errno, doing));
  }
  if (::bind(socket->get(), address.ai_addr, address.ai_addrlen) != 0 ||
      ::listen(socket->get(), kBacklog) != 0) {
    return fail(errno_error(errno, doing));
  }
  return socket;
}

Result<std::vector<HostPort>> addresses_of(const HostPort& peer) {
  const auto found = TRY(addresses(peer, 0));
  std::vector<HostPort> places;
  for (const addrinfo* address = found.get(); address != nullptr; address = address->ai_next) {
    sockaddr_storage bytes{};
    std::memcpy(&bytes, address->ai_addr, std::min<std::size_t>(address->ai_addrlen, sizeof bytes));
    auto place = TRY(place_of(bytes, address->ai_addrlen));
    places.push_back(std::move(place));
  }
  return places;
}

// One address after the other, each with its own limit: a name may have an IPv6 address that is not
// routed.
Result<UniqueFd> connect_to(const std::vector<HostPort>& places, Deadline deadline) {
  Error last;
  for (const HostPort& place : places) {
    const auto found = TRY(addresses(place, AI_NUMERICHOST));
    auto socket = socket_for(*found);
    if (!socket) return socket;
    const auto until = std::min(deadline, SteadyClock::now() + kLongestConnect);
    const auto connected =
        connect_one(socket->get(), *found, until, fmt::format("connect to {}", to_text(place)));
    if (connected) return socket;
    last = connected.error();
  }
  return fail(std::move(last));
}

Result<HostPort> local_place(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return fail(errno_error(errno, "address of a socket"));
  }
  return place_of(address, size);
}

Result<HostPort> peer_place(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return fail(errno_error(errno, "address of the other end"));
  }
  return place_of(address, size);
}

Outcome send_all(int fd, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      return fail(errno_error(errno, "send to the other end"));
    }
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent > 0) continue;
    TRY(wait_for(fd, POLLOUT, deadline, "send to the other end"));
  }
  return {};
}

Result<std::string> receive_some(int fd, std::size_t most, Deadline deadline) {
  std::string buffer(most, '\0');
  while (true) {
    TRY(wait_for(fd, POLLIN, deadline, "wait for the other end"));
    const ssize_t size = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (size < 0) return fail(errno_error(errno, "read from the other end"));
    if (size == 0) return fail(Fault::Io, "the other end closed the connection");
    buffer.resize(static_cast<std::size_t>(size));
    return buffer;
  }
}

Result<Frame> receive_frame(int fd, std::size_t longest, Deadline deadline) {
  FrameReader reader(longest);
  while (true) {
    const auto bytes =
        TRY(receive_some(fd, std::min<std::size_t>(reader.wanted(), 16384), deadline));
    auto frame = TRY(reader.take(bytes));
    if (frame) return std::move(*frame);
    // poll() never times out for a peer that sends single bytes.
    if (SteadyClock::now() >= deadline) {
      return fail(Fault::TimedOut,
                  "wait for the other end: no complete message within the time limit");
    }
  }
}

}  // namespace tuner
