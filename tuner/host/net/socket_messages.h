// Decodes the dump of TCP sockets that socket diagnostics sends (sock_diag(7)). Pure: bytes in,
// sockets out, one receive buffer at a time. A host with 100,000 sockets sends 41 MB, so the bytes
// are never collected.
#pragma once

#include "base/result.h"
#include "host/net/socket_port.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tuner {

// One TCP socket of a dump.
struct DiagSocket {
  TcpEnds ends;
  std::uint8_t state = 0;  // TCP_ESTABLISHED, …
  std::uint32_t uid = 0;
  // 0: the socket has no file, because its process closed it or has not accepted it yet.
  std::uint64_t inode = 0;
  std::uint64_t cookie = 0;  // never reused in one boot
  // Payload that the peer has acknowledged, and payload received; the kernel counts a SYN that was
  // acknowledged as one byte. nullopt: the kernel did not report it.
  std::optional<std::uint64_t> bytes_sent = {};
  std::optional<std::uint64_t> bytes_received = {};
  std::optional<std::uint64_t> control_group = {};  // the id of its cgroup v2
  // Without a name: none, or hidden from this process.
  SocketUlp ulp = {};
  // The kernel sent INET_DIAG_MARK, which it does for CAP_NET_ADMIN only, and then it hides no ULP.
  bool for_admin = false;
};

// Bits of the TCP states (include/net/tcp_states.h).
constexpr std::uint32_t kListening = 1U << 10U;
// ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING: may still carry data.
constexpr std::uint32_t kCarryingData = 0xB32;

// One dump of the TCP sockets of a family (AF_INET, AF_INET6) in these states.
std::vector<std::byte> encode_dump_request(std::uint8_t family, std::uint32_t states);

struct DumpProgress {
  bool done = false;  // the kernel has sent the end of the dump
  bool changed =
      false;  // NLM_F_DUMP_INTR: sockets changed meanwhile, some may be missing or double
};

using SocketSink = std::function<void(const DiagSocket& socket)>;

// Decodes one receive buffer. Ignores unknown attributes. Invalid: a length does not fit, or a
// message of another kind. For an error of the kernel, also in the end of the dump: its fault.
Result<DumpProgress> decode_socket_messages(std::span<const std::byte> buffer,
                                            const SocketSink& each);

}  // namespace tuner
