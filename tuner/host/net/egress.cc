#include "host/net/egress.h"

#include "host/files/small_files.h"
#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>

namespace tuner {
namespace {

constexpr std::string_view kLookUpRoute = "look up a route";
constexpr std::string_view kLower = "lower_";
// Limit for the recursion. Interfaces are stacked three or four deep; the limit ends link loops.
constexpr int kDeepest = 8;

Bytes address_bytes(const std::uint32_t (&words)[4], std::uint8_t family) {
  return std::as_bytes(std::span(words)).first(family == AF_INET6 ? 16 : 4);
}

// Driver counters exist for NICs only, so the stack is followed down: a VLAN on a bond on two NICs
// gives both.
void collect_below(const FileTree& files, const std::string& interface, int depth,
                   std::set<std::string>& found) {
  bool lowest = true;
  for (const std::string& entry : list_or_none(files, "/sys/class/net/" + interface)) {
    if (!entry.starts_with(kLower) || depth == kDeepest) continue;
    lowest = false;
    collect_below(files, entry.substr(kLower.size()), depth + 1, found);
  }
  if (lowest) found.insert(interface);
}

}  // namespace

// The same request as the kernel answers for `ip route get PEER from LOCAL`. A link-local peer has
// no route without its interface, hence RTA_OIF.
std::vector<std::byte> encode_route_request(const TcpEnds& ends) {
  AttributeWriter attributes;
  attributes.put(RTA_DST, address_bytes(ends.peer_address, ends.family));
  attributes.put(RTA_SRC, address_bytes(ends.local_address, ends.family));
  if (ends.scope > 0) attributes.put_u32(RTA_OIF, ends.scope);
  const auto bits = static_cast<unsigned char>(ends.family == AF_INET6 ? 128 : 32);
  struct {
    nlmsghdr header{};
    rtmsg question{};
  } head;
  const Bytes tail = attributes.bytes();
  head.header.nlmsg_len = static_cast<std::uint32_t>(sizeof head + tail.size());
  head.header.nlmsg_type = RTM_GETROUTE;
  head.header.nlmsg_flags = NLM_F_REQUEST;
  head.question.rtm_family = ends.family;
  head.question.rtm_dst_len = bits;
  head.question.rtm_src_len = bits;
  std::vector<std::byte> bytes(head.header.nlmsg_len);
  std::memcpy(bytes.data(), &head, sizeof head);
  std::ranges::copy(tail, bytes.begin() + sizeof head);
  return bytes;
}

Result<int> decode_route_reply(Bytes datagram) {
  const auto answer = TRY(read_reply(datagram, kLookUpRoute));
  if (answer.type != RTM_NEWROUTE) return malformed_reply(kLookUpRoute, "unexpected reply");
  if (answer.body.size() < sizeof(rtmsg)) return malformed_reply(kLookUpRoute, "truncated reply");
  const auto attributes = TRY(parse_attributes(answer.body.subspan(NLMSG_ALIGN(sizeof(rtmsg)))));
  for (const Attribute& attribute : attributes) {
    if (attribute.type == RTA_OIF && attribute.payload.size() == sizeof(int)) {
      const int number = load<int>(attribute.payload);
      if (number > 0) return number;
    }
  }
  return malformed_reply(kLookUpRoute, "the route has no interface");
}

Result<std::string> egress_interface(int fd) {
  const auto ends = TRY(tcp_ends(fd));
  const auto answer = TRY(request_netlink(NETLINK_ROUTE, encode_route_request(ends), kLookUpRoute));
  const auto index = TRY(decode_route_reply(answer));
  std::array<char, IF_NAMESIZE> name{};
  if (::if_indextoname(static_cast<unsigned>(index), name.data()) == nullptr) {
    return fail(errno_error(errno, fmt::format("get the name of interface {}", index)));
  }
  return std::string(name.data());
}

std::vector<std::string> nics_below(const FileTree& files, std::string_view interface) {
  std::set<std::string> found;
  collect_below(files, std::string(interface), 0, found);
  return {found.begin(), found.end()};
}

}  // namespace tuner
