#include "host/socket_port.h"

#include "base/handle.h"

#include <fmt/format.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace tuner {
namespace {

using Bytes = std::span<const std::byte>;

// include/uapi/linux/tls.h. Numbers of the ABI, as old as inet_diag's TLS information itself (5.4).
constexpr std::uint16_t kTlsInfoVersion = 1;
constexpr std::uint16_t kTlsInfoCipher = 2;
constexpr std::uint16_t kTlsInfoTxConf = 3;
constexpr std::uint16_t kTlsInfoRxConf = 4;

tl::unexpected<Error> malformed(std::string_view what) {
  return fail(Fault::Invalid, fmt::format("socket diagnostics: {}", what));
}

// Copies a struct from the front of bytes that may be unaligned; the caller has checked the size.
template <typename T>
T load(Bytes bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// A netlink attribute: u16 length (with this header), u16 type, payload, padding to four bytes.
//   06 00 03 00 02 00 00 00     TLS_INFO_TXCONF = TLS_CONF_SW
struct Attribute {
  std::uint16_t type = 0;
  Bytes payload;
};

Result<std::vector<Attribute>> attributes(Bytes bytes) {
  std::vector<Attribute> found;
  while (bytes.size() >= NLA_HDRLEN) {
    const auto header = load<nlattr>(bytes);
    if (header.nla_len < NLA_HDRLEN || header.nla_len > bytes.size()) {
      return malformed(
          fmt::format("attribute of {} bytes where {} are left", header.nla_len, bytes.size()));
    }
    const auto type = static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK);
    found.push_back({type, bytes.subspan(NLA_HDRLEN, header.nla_len - NLA_HDRLEN)});
    const std::size_t padded = NLA_ALIGN(header.nla_len);
    bytes = bytes.subspan(std::min(padded, bytes.size()));
  }
  return found;
}

std::uint16_t number_or_zero(Bytes payload) {
  return payload.size() < sizeof(std::uint16_t) ? std::uint16_t{0} : load<std::uint16_t>(payload);
}

Outcome decode_tls(Bytes nest, UlpAnswer& answer) {
  const auto inner = attributes(nest);
  if (!inner) return fail(inner.error());
  for (const Attribute& attribute : *inner) {
    switch (attribute.type) {
      case kTlsInfoVersion: answer.version = number_or_zero(attribute.payload); break;
      case kTlsInfoCipher: answer.cipher = number_or_zero(attribute.payload); break;
      case kTlsInfoTxConf: answer.txconf = number_or_zero(attribute.payload); break;
      case kTlsInfoRxConf: answer.rxconf = number_or_zero(attribute.payload); break;
      default: break;
    }
  }
  return {};
}

// A string of the kernel ends with NUL; do not rely on it.
std::string text_of(Bytes payload) {
  const std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  return std::string(text.substr(0, text.find('\0')));
}

Outcome decode_ulp(Bytes nest, UlpAnswer& answer) {
  const auto inner = attributes(nest);
  if (!inner) return fail(inner.error());
  for (const Attribute& attribute : *inner) {
    if (attribute.type == INET_ULP_INFO_NAME) answer.name = text_of(attribute.payload);
    if (attribute.type != INET_ULP_INFO_TLS) continue;
    if (auto done = decode_tls(attribute.payload, answer); !done) return done;
  }
  return {};
}

Result<UlpAnswer> kernel_error(Bytes body) {
  if (body.size() < sizeof(int)) return malformed("error message cut off");
  const int number = -load<int>(body);
  if (number == 0) return malformed("an acknowledgement where an answer was due");
  return fail(errno_error(number, "socket diagnostics"));
}

Result<UniqueFd> diagnostics_socket() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!socket) return fail(errno_error(errno, "open a socket for socket diagnostics"));
  const timeval limit{.tv_sec = 2, .tv_usec = 0};
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) {
    return fail(errno_error(errno, "limit the wait for socket diagnostics"));
  }
  return socket;
}

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
    return fail(Fault::Invalid, "socket diagnostics: not an IP socket");
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
  // Without INET_DIAG_INFO the kernel leaves the ULP out (net/ipv4/inet_diag.c, inet_sk_diag_fill).
  message.request.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  message.request.idiag_states = ~0U;
  // A link-local address binds its socket to the interface, without which it is not found.
  message.request.id.idiag_if = ends.scope;
  message.request.id.idiag_sport = ends.local_port;
  message.request.id.idiag_dport = ends.peer_port;
  std::memcpy(message.request.id.idiag_src, ends.local_address, sizeof ends.local_address);
  std::memcpy(message.request.id.idiag_dst, ends.peer_address, sizeof ends.peer_address);
  message.request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  message.request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  std::vector<std::byte> bytes(sizeof message);
  std::memcpy(bytes.data(), &message, sizeof message);
  return bytes;
}

Result<UlpAnswer> decode_ulp_reply(Bytes datagram) {
  if (datagram.size() < sizeof(nlmsghdr)) return malformed("answer shorter than its header");
  const auto header = load<nlmsghdr>(datagram);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) {
    return malformed(
        fmt::format("message of {} bytes in a datagram of {}", header.nlmsg_len, datagram.size()));
  }
  const Bytes body = datagram.subspan(sizeof header, header.nlmsg_len - sizeof header);
  if (header.nlmsg_type == NLMSG_ERROR) return kernel_error(body);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY) return malformed("answer of another kind");
  if (body.size() < sizeof(inet_diag_msg)) return malformed("answer cut off");
  const auto found = attributes(body.subspan(sizeof(inet_diag_msg)));
  if (!found) return fail(found.error());
  UlpAnswer answer;
  for (const Attribute& attribute : *found) {
    if (attribute.type != INET_DIAG_ULP_INFO) continue;
    if (const auto done = decode_ulp(attribute.payload, answer); !done) return fail(done.error());
  }
  return answer;
}

Result<UlpAnswer> socket_ulp(int fd) {
  const auto ends = tcp_ends(fd);
  if (!ends) return fail(ends.error());
  const auto socket = diagnostics_socket();
  if (!socket) return fail(socket.error());
  const std::vector<std::byte> request = encode_ulp_request(*ends);
  if (::send(socket->get(), request.data(), request.size(), 0) < 0) {
    return fail(errno_error(errno, "ask for socket diagnostics"));
  }
  std::array<std::byte, 8192> reply;
  const ssize_t size = ::recv(socket->get(), reply.data(), reply.size(), 0);
  if (size < 0 && errno == EAGAIN) {
    return fail(Fault::TimedOut, "socket diagnostics: the kernel did not answer in 2 s");
  }
  if (size < 0) return fail(errno_error(errno, "read socket diagnostics"));
  return decode_ulp_reply(Bytes(reply.data(), static_cast<std::size_t>(size)));
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
