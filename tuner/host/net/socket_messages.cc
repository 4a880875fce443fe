#include "host/net/socket_messages.h"

#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace tuner {
namespace {

constexpr std::string_view kListSockets = "list TCP sockets";

// struct tcp_info grows at its end with the kernel; a field that does not fit was not reported.
std::optional<std::uint64_t> number_at(Bytes info, std::size_t offset) {
  if (info.size() < offset + sizeof(std::uint64_t)) return std::nullopt;
  return load<std::uint64_t>(info.subspan(offset));
}

Outcome take(const Attribute& attribute, DiagSocket& socket) {
  const Bytes payload = attribute.payload;
  switch (attribute.type) {
    case INET_DIAG_INFO:
      // What the peer has acknowledged: bytes that are sent again count once.
      socket.bytes_sent = number_at(payload, offsetof(tcp_info, tcpi_bytes_acked));
      socket.bytes_received = number_at(payload, offsetof(tcp_info, tcpi_bytes_received));
      break;
    // The kernel sends the mark to CAP_NET_ADMIN only (net/ipv4/inet_diag.c).
    case INET_DIAG_MARK: socket.for_admin = true; break;
    case INET_DIAG_ULP_INFO: socket.ulp = TRY(decode_ulp_info(payload)); break;
    case INET_DIAG_CGROUP_ID: socket.control_group = number_at(payload, 0); break;
    default: break;
  }
  return {};
}

Result<DiagSocket> decode_socket(Bytes body) {
  if (body.size() < sizeof(inet_diag_msg))
    return malformed_reply(kListSockets, "truncated message");
  const auto head = load<inet_diag_msg>(body);
  DiagSocket socket{
      .ends = {.family = head.idiag_family,
               .local_port = head.id.idiag_sport,
               .peer_port = head.id.idiag_dport,
               .scope = head.id.idiag_if},
      .state = head.idiag_state,
      .uid = head.idiag_uid,
      .inode = head.idiag_inode,
      .cookie = head.id.idiag_cookie[0] | (std::uint64_t{head.id.idiag_cookie[1]} << 32U)};
  std::memcpy(socket.ends.local_address, head.id.idiag_src, sizeof socket.ends.local_address);
  std::memcpy(socket.ends.peer_address, head.id.idiag_dst, sizeof socket.ends.peer_address);
  const auto attributes = TRY(parse_attributes(body.subspan(sizeof(inet_diag_msg))));
  for (const Attribute& attribute : attributes) TRY(take(attribute, socket));
  return socket;
}

Outcome decode_message(const NetlinkMessage& message, DumpProgress& progress,
                       const SocketSink& each) {
  if (message.type == SOCK_DIAG_BY_FAMILY)
    each(TRY(decode_socket(message.body)));
  else
    progress.done = TRY(ends_dump(message, kListSockets));
  return {};
}

}  // namespace

std::vector<std::byte> encode_dump_request(std::uint8_t family, std::uint32_t states) {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } message{};
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.sdiag_family = family;
  message.request.sdiag_protocol = IPPROTO_TCP;
  // Without INET_DIAG_INFO the kernel omits the ULP (net/ipv4/inet_diag.c, inet_sk_diag_fill).
  message.request.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  message.request.idiag_states = states;
  std::vector<std::byte> bytes(sizeof message);
  std::memcpy(bytes.data(), &message, sizeof message);
  return bytes;
}

Result<DumpProgress> decode_socket_messages(Bytes buffer, const SocketSink& each) {
  DumpProgress progress;
  while (!buffer.empty() && !progress.done) {
    const auto message = TRY(read_reply(buffer, kListSockets));
    const auto header = load<nlmsghdr>(buffer);
    progress.changed = progress.changed || (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    TRY(decode_message(message, progress, each));
    // The last message may lack its padding.
    buffer = buffer.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), buffer.size()));
  }
  return progress;
}

}  // namespace tuner
