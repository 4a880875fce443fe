#include "host/net/socket_port.h"

#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace tuner {
namespace {

constexpr std::string_view kDiagnose = "socket diagnostics";

// TLS_INFO_… in include/uapi/linux/tls.h, part of the ABI since Linux 5.4.
constexpr std::uint16_t kTlsInfoVersion = 1;
constexpr std::uint16_t kTlsInfoCipher = 2;
constexpr std::uint16_t kTlsInfoTxConf = 3;
constexpr std::uint16_t kTlsInfoRxConf = 4;
constexpr std::uint16_t kTlsInfoZeroCopy = 5;    // since Linux 6.0
constexpr std::uint16_t kTlsInfoRxNoPad = 6;     // since Linux 6.0
constexpr std::uint16_t kTlsInfoMaxPayload = 7;  // newer than the headers of Debian 13

std::uint16_t number_or_zero(Bytes payload) {
  return payload.size() < sizeof(std::uint16_t) ? std::uint16_t{0} : load<std::uint16_t>(payload);
}

Outcome decode_tls(Bytes nest, SocketUlp& answer) {
  const auto inner = TRY(parse_attributes(nest));
  for (const Attribute& attribute : inner) {
    switch (attribute.type) {
      case kTlsInfoVersion: answer.version = number_or_zero(attribute.payload); break;
      case kTlsInfoCipher: answer.cipher = number_or_zero(attribute.payload); break;
      case kTlsInfoTxConf: answer.txconf = number_or_zero(attribute.payload); break;
      case kTlsInfoRxConf: answer.rxconf = number_or_zero(attribute.payload); break;
      case kTlsInfoZeroCopy: answer.zero_copy_sendfile = true; break;
      case kTlsInfoRxNoPad: answer.rx_no_pad = true; break;
      case kTlsInfoMaxPayload: answer.tx_max_payload = number_or_zero(attribute.payload); break;
      default: break;
    }
  }
  return {};
}

// Ports and addresses stay in network byte order, as struct inet_diag_sockid has them.
void copy_end(const sockaddr_storage& from, std::uint16_t& port, std::uint32_t (&address)[4]) {
  if (from.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &from, sizeof v4);
    port = v4.sin_port;
    address[0] = v4.sin_addr.s_addr;
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    port = v6.sin6_port;
    std::memcpy(address, &v6.sin6_addr, sizeof address);
  }
}

}  // namespace

Result<SocketUlp> decode_ulp_info(Bytes nest) {
  const auto inner = TRY(parse_attributes(nest));
  SocketUlp answer;
  for (const Attribute& attribute : inner) {
    if (attribute.type == INET_ULP_INFO_NAME) answer.name = attribute_text(attribute);
    if (attribute.type != INET_ULP_INFO_TLS) continue;
    TRY(decode_tls(attribute.payload, answer));
  }
  return answer;
}

Result<TcpEnds> tcp_ends(int fd) {
  sockaddr_storage local{};
  sockaddr_storage peer{};
  socklen_t size = sizeof local;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) {
    return fail(errno_error(errno, "local address of a socket"));
  }
  size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) {
    return fail(errno_error(errno, "peer address of a socket"));
  }
  if (local.ss_family != AF_INET && local.ss_family != AF_INET6) {
    return malformed_reply(kDiagnose, "not an IP socket");
  }
  TcpEnds ends{.family = static_cast<std::uint8_t>(local.ss_family)};
  copy_end(local, ends.local_port, ends.local_address);
  copy_end(peer, ends.peer_port, ends.peer_address);
  sockaddr_in6 v6{};
  std::memcpy(&v6, &peer, sizeof v6);
  if (peer.ss_family == AF_INET6) ends.scope = v6.sin6_scope_id;
  return ends;
}

std::vector<std::byte> encode_ulp_request(const TcpEnds& ends) {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } message{};
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST;
  message.request.sdiag_family = ends.family;
  message.request.sdiag_protocol = IPPROTO_TCP;
  // Without INET_DIAG_INFO the kernel omits the ULP (net/ipv4/inet_diag.c, inet_sk_diag_fill).
  message.request.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  message.request.idiag_states = ~0U;
  // A socket with a link-local address is bound to its interface. Without the index the kernel does
  // not find it.
  message.request.id.idiag_if = ends.scope;
  message.request.id.idiag_sport = ends.local_port;
  message.request.id.idiag_dport = ends.peer_port;
  std::memcpy(message.request.id.idiag_src, ends.local_address, sizeof ends.local_address);
  std::memcpy(message.request.id.idiag_dst, ends.peer_address, sizeof ends.peer_address);
  // Without a cookie the ends identify the socket. The file descriptor keeps it alive, so no other
  // socket can have the same ends.
  message.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  message.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  std::vector<std::byte> bytes(sizeof message);
  std::memcpy(bytes.data(), &message, sizeof message);
  return bytes;
}

Result<SocketUlp> decode_ulp_reply(Bytes datagram) {
  const auto message = TRY(read_reply(datagram, kDiagnose));
  if (message.type != SOCK_DIAG_BY_FAMILY) return malformed_reply(kDiagnose, "unexpected reply");
  if (message.body.size() < sizeof(inet_diag_msg))
    return malformed_reply(kDiagnose, "truncated reply");
  const auto found = TRY(parse_attributes(message.body.subspan(sizeof(inet_diag_msg))));
  SocketUlp answer;
  for (const Attribute& attribute : found) {
    if (attribute.type != INET_DIAG_ULP_INFO) continue;
    answer = TRY(decode_ulp_info(attribute.payload));
  }
  return answer;
}

Result<SocketUlp> socket_ulp(int fd) {
  const auto ends = TRY(tcp_ends(fd));
  const auto answer = TRY(request_netlink(NETLINK_SOCK_DIAG, encode_ulp_request(ends), kDiagnose));
  return decode_ulp_reply(answer);
}

std::string tls_info_version(std::uint16_t version) {
  switch (version) {
    case 0: return "";
    case 0x0303: return "TLSv1.2";
    case 0x0304: return "TLSv1.3";
    default: return fmt::format("{:#06x}", version);
  }
}

// TLS_CIPHER_… of include/uapi/linux/tls.h.
std::string tls_info_cipher(std::uint16_t cipher) {
  switch (cipher) {
    case 0: return "";
    case 51: return "AES-128-GCM";
    case 52: return "AES-256-GCM";
    case 53: return "AES-128-CCM";
    case 54: return "CHACHA20-POLY1305";
    case 55: return "SM4-GCM";
    case 56: return "SM4-CCM";
    case 57: return "ARIA-128-GCM";
    case 58: return "ARIA-256-GCM";
    default: return fmt::format("{}", cipher);
  }
}

std::string tls_info_conf(std::uint16_t conf) {
  switch (conf) {
    case 0: return "";
    case 1: return "base";
    case 2: return "sw";
    case 3: return "hw";
    case 4: return "hw-record";  // removed in 7.2
    default: return fmt::format("{}", conf);
  }
}

}  // namespace tuner
