// Socket diagnostics of one TCP socket: which upper-layer protocol sits on it and, for TLS, with
// what version and cipher and on which side of the socket boundary each direction works. Decoding
// bytes is apart from the socket, so that it is tested without a kernel that has TLS.
//
// Asking makes the kernel load inet_diag and tcp_diag when they are modules (sock_diag requests
// them itself, for anybody). Ask only where the answer is needed as a witness.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// INET_DIAG_ULP_INFO, kernel 5.4 and later. Zero: the kernel does not say (no key was set yet).
struct UlpAnswer {
  // "tls". Empty: none, or hidden: before 6.15 the kernel leaves the whole nest out, without an
  // error, for whoever lacks CAP_NET_ADMIN in the socket's network namespace.
  std::string name;
  std::uint16_t version = 0;  // TLS_INFO_VERSION: 0x0303, 0x0304
  std::uint16_t cipher = 0;   // TLS_INFO_CIPHER: TLS_CIPHER_AES_GCM_128 = 51, …
  std::uint16_t txconf = 0;   // TLS_INFO_TXCONF: TLS_CONF_BASE = 1, _SW = 2, _HW = 3
  std::uint16_t rxconf = 0;   // TLS_INFO_RXCONF
  bool operator==(const UlpAnswer&) const = default;
};

// Local and peer address of one socket, in network byte order. IPv4 uses the first four bytes.
struct TcpEnds {
  std::uint8_t family = 0;  // AF_INET, AF_INET6
  std::uint16_t local_port = 0;
  std::uint16_t peer_port = 0;
  std::uint32_t local_address[4] = {};
  std::uint32_t peer_address[4] = {};
  std::uint32_t scope = 0;  // number of the interface that a link-local peer is at; 0: none
};

// The ends of a connected TCP socket. Invalid: not an IP socket; else what the kernel answers.
Result<TcpEnds> tcp_ends(int fd);

// One SOCK_DIAG_BY_FAMILY request for exactly this socket.
std::vector<std::byte> encode_ulp_request(const TcpEnds& ends);

// One datagram of NETLINK_SOCK_DIAG. Attributes this program does not know are passed over.
// Invalid: too short or cut off; for an error message of the kernel, what its errno means.
Result<UlpAnswer> decode_ulp_reply(std::span<const std::byte> datagram);

// Asks the kernel about a connected TCP socket of this network namespace. NotFound: no such socket,
// or this kernel has no tcp_diag; TimedOut: no answer within two seconds.
Result<UlpAnswer> socket_ulp(int fd);

// "TLSv1.2", "AES-128-GCM", "sw" …; "" for 0, and the number ("0x0305", "99") for what is newer
// than this program.
std::string tls_info_version(std::uint16_t version);
std::string tls_info_cipher(std::uint16_t cipher);
std::string tls_info_conf(std::uint16_t conf);

}  // namespace tuner
