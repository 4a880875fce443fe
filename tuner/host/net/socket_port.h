// Socket diagnostics of one TCP socket: its upper-layer protocol (ULP) and, for TLS, the version,
// the cipher and where each direction is processed (kernel or NIC). Decoding is separate from the
// socket, so that it can be tested without a kernel that has TLS.
//
// A request makes the kernel load inet_diag and tcp_diag if they are modules; sock_diag does so for
// any user. Ask only if the result is needed as evidence.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// INET_DIAG_ULP_INFO, Linux 5.4 and later. Numbers are 0 if the kernel does not report them (no key
// was set yet).
struct SocketUlp {
  // "tls". Empty: none or hidden. Before Linux 6.15 the kernel omits the whole nest, without an
  // error, if the caller lacks CAP_NET_ADMIN in the socket's network namespace.
  std::string name;
  std::uint16_t version = 0;  // TLS_INFO_VERSION: 0x0303, 0x0304
  std::uint16_t cipher = 0;   // TLS_INFO_CIPHER: TLS_CIPHER_AES_GCM_128 = 51, …
  std::uint16_t txconf = 0;   // TLS_INFO_TXCONF: TLS_CONF_BASE = 1, _SW = 2, _HW = 3
  std::uint16_t rxconf = 0;   // TLS_INFO_RXCONF
  // TLS_INFO_ZC_RO_TX: sendfile(2) without a copy, of the NIC only. TLS_INFO_RX_NO_PAD: the
  // receiver expects no padding. TLS_INFO_TX_MAX_PAYLOAD_LEN: 0 if the kernel does not report it.
  bool zero_copy_sendfile = false;
  bool rx_no_pad = false;
  std::uint16_t tx_max_payload = 0;
  bool operator==(const SocketUlp&) const = default;
};

// Local and peer address of one socket, in network byte order. IPv4 uses the first four bytes.
struct TcpEnds {
  std::uint8_t family = 0;  // AF_INET, AF_INET6
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  std::uint32_t local_address[4] = {};
  std::uint32_t peer_address[4] = {};
  std::uint32_t scope = 0;  // interface index of a link-local peer; 0: none
};

// The ends of a connected TCP socket. Invalid: not an IP socket; otherwise the fault of the errno.
Result<TcpEnds> tcp_ends(int fd);

// One SOCK_DIAG_BY_FAMILY request for this socket only.
std::vector<std::byte> encode_ulp_request(const TcpEnds& ends);

// Decodes one NETLINK_SOCK_DIAG datagram. Ignores unknown attributes. Invalid: too short or
// truncated. For an error message of the kernel: the fault of its errno.
Result<SocketUlp> decode_ulp_reply(std::span<const std::byte> datagram);

// The content of INET_DIAG_ULP_INFO. Ignores unknown attributes. Invalid: truncated.
Result<SocketUlp> decode_ulp_info(std::span<const std::byte> nest);

// Queries a connected TCP socket of this network namespace. NotFound: no such socket, or the kernel
// has no tcp_diag. TimedOut: no reply within 2 s.
Result<SocketUlp> socket_ulp(int fd);

// "TLSv1.2", "AES-128-GCM", "sw" …; "" for 0; the number ("0x0305", "99") for unknown values.
std::string tls_info_version(std::uint16_t version);
std::string tls_info_cipher(std::uint16_t cipher);
std::string tls_info_conf(std::uint16_t conf);

}  // namespace tuner
