#include "host/net/socket_dump.h"

#include "base/interrupted.h"
#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace tuner {
namespace {

constexpr std::string_view kDumpSockets = "list TCP sockets";
// The kernel fills at most 32 KiB at once (netlink_dump() in net/netlink/af_netlink.c).
constexpr std::size_t kBuffer = std::size_t{64} * 1024;

// ENOENT: neither built in nor a module that could be loaded (net/core/sock_diag.c).
Error explained(Error error) {
  if (error.errno_value != ENOENT) return error;
  return {.fault = Fault::Unsupported,
          .errno_value = ENOENT,
          .text = fmt::format("{}: this kernel has no socket diagnostics of TCP", kDumpSockets),
          .hint = "load the module tcp_diag (CONFIG_INET_TCP_DIAG)"};
}

// One datagram. A longer one than the buffer is Invalid: its end is lost.
Result<Bytes> receive(int socket, std::vector<std::byte>& buffer) {
  iovec part{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  const ssize_t size = retry_interrupted([&] { return ::recvmsg(socket, &message, 0); });
  const int error = errno;
  if (size < 0) return fail(errno_error(error, kDumpSockets));
  if (size == 0) return malformed_reply(kDumpSockets, "empty datagram");
  if ((message.msg_flags & MSG_TRUNC) != 0)
    return malformed_reply(kDumpSockets, "a datagram was cut off");
  return Bytes(buffer).first(static_cast<std::size_t>(size));
}

}  // namespace

Result<UniqueFd> open_diagnostics() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  const int error = errno;
  if (!socket) return fail(errno_error(error, "open a socket for socket diagnostics"));
  return socket;
}

Result<bool> dump_sockets(int diagnostics, std::uint8_t family, std::uint32_t states,
                          std::chrono::steady_clock::time_point until, const SocketSink& each) {
  const auto request = encode_dump_request(family, states);
  if (retry_interrupted([&] { return ::send(diagnostics, request.data(), request.size(), 0); }) <
      0) {
    const int error = errno;
    return fail(errno_error(error, kDumpSockets));
  }
  std::vector<std::byte> buffer(kBuffer);
  bool changed = false;
  while (true) {
    // The kernel fills the next buffer within recvmsg(2), so a reply that is late was lost.
    const auto soon = std::chrono::steady_clock::now() + kReplyTimeout;
    TRY(await_reply(diagnostics, std::min(until, soon), kDumpSockets));
    const Bytes datagram = TRY(receive(diagnostics, buffer));
    const auto progress = decode_socket_messages(datagram, each);
    if (!progress) return fail(explained(progress.error()));
    changed = changed || progress->changed;
    if (progress->done) return changed;
    if (std::chrono::steady_clock::now() > until)
      return fail(Fault::TimedOut, fmt::format("{}: not complete in time", kDumpSockets),
                  "raise --timeout");
  }
}

}  // namespace tuner
