#include "host/net/connection_path.h"

#include "base/handle.h"
#include "host/net/netlink_attributes.h"
#include "host/net/netlink_request.h"
#include "host/net/own_addresses.h"

#include <fmt/format.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace tuner {
namespace {

struct Address {
  int family = AF_UNSPEC;
  std::vector<std::byte> bytes;
  std::string zone;  // "eth0"; empty: none
};

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  const std::size_t percent = text.find('%');
  if (percent != std::string_view::npos) address.zone = text.substr(percent + 1);
  const std::string bare(text.substr(0, percent));
  address.family = bare.find(':') == std::string::npos ? AF_INET : AF_INET6;
  address.bytes.resize(address.family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr));
  if (::inet_pton(address.family, bare.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

using Duration = std::chrono::steady_clock::duration;

std::string name_of(unsigned index) {
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(index, name.data()) == nullptr ? std::string() : name.data();
}

// The interface that has the address receives, the one of the route sends. With several uplinks
// they differ, and an interruption of either can end the session. Does not use getifaddrs(3), which
// waits for the same replies without a timeout.
Outcome add_owners(const Address& address, std::set<std::string>& names, Duration limit) {
  const auto owners = TRY(interfaces_with_address(address.family, address.bytes, limit));
  for (const unsigned index : owners) names.insert(name_of(index));
  return {};
}

constexpr std::string_view kLookUpSession = "look up the route of this login session";

tl::unexpected<Error> failed(int nl_error) {
  return fail(Fault::Io, fmt::format("{}: {}", kLookUpSession, nl_geterror(nl_error)));
}

// Sends one RTM_GETROUTE request. Returns the attributes of the reply; empty if the kernel returns
// an error, such as no route.
Result<std::vector<std::byte>> ask_route(nl_sock* socket, const rtmsg& question, Bytes attributes,
                                         Duration limit) {
  const Handle<nl_msg, nlmsg_free> message(nlmsg_alloc_simple(RTM_GETROUTE, NLM_F_REQUEST));
  std::vector<std::byte> body(attributes.begin(), attributes.end());
  rtmsg head = question;
  if (!message || nlmsg_append(message.get(), &head, sizeof(head), NLMSG_ALIGNTO) < 0 ||
      nlmsg_append(message.get(), body.data(), body.size(), NLMSG_ALIGNTO) < 0)
    return fail(Fault::Internal, fmt::format("{}: out of memory", kLookUpSession));
  if (const int error = nl_send_auto(socket, message.get()); error < 0) return failed(error);
  TRY(await_reply(nl_socket_get_fd(socket), std::chrono::steady_clock::now() + limit,
                  kLookUpSession));
  sockaddr_nl from{};
  unsigned char* buffer = nullptr;
  const int size = nl_recv(socket, &from, &buffer, nullptr);
  const Handle<unsigned char, ::free> owner(buffer);
  nlmsghdr header{};
  if (size <= 0) return failed(size);
  if (size < static_cast<int>(NLMSG_HDRLEN + sizeof(rtmsg)))
    return fail(Fault::Io, fmt::format("{}: truncated reply", kLookUpSession));
  std::memcpy(&header, buffer, sizeof(header));
  // ENETUNREACH and EHOSTUNREACH: no route. EINVAL: the source is no address of this namespace.
  if (header.nlmsg_type == NLMSG_ERROR) return std::vector<std::byte>();
  const std::size_t head_size = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(rtmsg));
  if (header.nlmsg_type != RTM_NEWROUTE || header.nlmsg_len > static_cast<unsigned>(size) ||
      header.nlmsg_len < head_size)
    return fail(Fault::Io, fmt::format("{}: unexpected reply", kLookUpSession));
  const auto* bytes = reinterpret_cast<const std::byte*>(buffer);
  return std::vector<std::byte>(bytes + head_size, bytes + header.nlmsg_len);
}

// The output interface of the route to `peer`; "" if there is none. The request has the source
// address because routing rules may select a table by it (several uplinks).
Result<std::string> egress(const Address& peer, const Address* local, Duration limit) {
  const Handle<nl_sock, nl_socket_free> socket(nl_socket_alloc());
  if (!socket) return fail(Fault::Internal, fmt::format("{}: out of memory", kLookUpSession));
  if (const int error = nl_connect(socket.get(), NETLINK_ROUTE); error < 0) return failed(error);
  // A host and no network: the whole address counts.
  const auto bits = static_cast<unsigned char>(peer.bytes.size() * 8);
  rtmsg question{};
  question.rtm_family = static_cast<unsigned char>(peer.family);
  question.rtm_dst_len = bits;
  AttributeWriter attributes;
  attributes.put(RTA_DST, peer.bytes);
  if (local != nullptr) {
    question.rtm_src_len = bits;
    attributes.put(RTA_SRC, local->bytes);
  }
  const auto answer = TRY(ask_route(socket.get(), question, attributes.bytes(), limit));
  const auto parsed = TRY(parse_attributes(answer));
  for (const Attribute& attribute : parsed) {
    unsigned index = 0;
    if (attribute.type != RTA_OIF || attribute.payload.size() != sizeof(index)) continue;
    std::memcpy(&index, attribute.payload.data(), sizeof(index));
    if (std::string name = name_of(index); !name.empty()) return name;
  }
  return std::string();
}

}  // namespace

Result<std::set<std::string>> route_interfaces(std::string_view local, std::string_view peer,
                                               Duration limit) {
  const auto ours = parse_address(local);
  const auto theirs = parse_address(peer);
  std::set<std::string> names;
  if (ours) {
    TRY(add_owners(*ours, names, limit));
  }
  for (const auto* address : {&ours, &theirs}) {
    if (*address) names.insert((*address)->zone);
  }
  if (theirs && theirs->zone.empty()) {
    Result<std::string> name;
    // First with the source, as the session's packets are routed. If the source is refused (it was
    // moved or belongs to another namespace), the destination alone decides.
    if (ours && ours->family == theirs->family) name = egress(*theirs, &*ours, limit);
    if (name && name->empty()) name = egress(*theirs, nullptr, limit);
    if (!name) return fail(name.error());
    names.insert(*name);
  }
  names.erase("");
  // A session over lo (a tunnel, ssh localhost) depends on no NIC.
  names.erase("lo");
  return names;
}

}  // namespace tuner
