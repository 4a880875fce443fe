#include "probe/handshake/connection/loopback_pair.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace tuner {
namespace {

sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

Result<sockaddr_in> local_address(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, generic(address), &size) != 0) {
    return fail(errno_error(errno, "address of a loopback socket"));
  }
  return address;
}

Result<UniqueFd> tcp_socket() {
  UniqueFd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) return fail(errno_error(errno, "make a TCP socket"));
  return made;
}

// Port 0: the kernel chooses one, so no fixed port can be in use.
Result<UniqueFd> listener() {
  auto made = tcp_socket();
  if (!made) return made;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(made->get(), generic(address), sizeof address) != 0 || ::listen(made->get(), 1) != 0) {
    return fail(errno_error(errno, "listen on 127.0.0.1"));
  }
  return made;
}

bool same_end(const sockaddr_in& a, const sockaddr_in& b) {
  return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
}

// In a shared network namespace another process could connect before our client.
Result<UniqueFd> accept_our_own(int listening, int client) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  UniqueFd accepted(::accept4(listening, generic(peer), &size, SOCK_CLOEXEC));
  if (!accepted) return fail(errno_error(errno, "accept on 127.0.0.1"));
  const auto ours = TRY(local_address(client));
  if (!same_end(ours, peer))
    return fail(Fault::Refused, "another process connected to the probe's port");
  return accepted;
}

}  // namespace

Result<LoopbackPair> loopback_pair(Deadline deadline) {
  const auto listening = TRY(listener());
  auto address = TRY(local_address(listening.get()));
  auto client = TRY(tcp_socket());
  // The limit also ends accept(), which waits as long as SO_RCVTIMEO says.
  for (const int fd : {listening.get(), client.get()}) {
    TRY(limit_time(fd, deadline));
  }
  if (::connect(client.get(), generic(address), sizeof address) != 0) {
    return fail(errno_error(errno, "connect to 127.0.0.1"));
  }
  auto server = TRY(accept_our_own(listening.get(), client.get()));
  TRY(limit_time(server.get(), deadline));
  // Nagle's algorithm would hold the small records of the ramp back for an acknowledgement.
  for (const int fd : {client.get(), server.get()}) {
    TRY(set_nodelay(fd));
  }
  return LoopbackPair{.client = std::move(client), .server = std::move(server)};
}

}  // namespace tuner
