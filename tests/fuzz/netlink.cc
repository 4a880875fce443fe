// Netlink replies of the kernel: ethtool, socket diagnostics, routes, addresses.
//   a attributes   f features   s shapes   e extended ack   m address   u ULP   r route   l
//   addresses   d dump of sockets   q dump of queues and NAPI instances
#include "fuzz/fuzz.h"
#include "host/net/egress.h"
#include "host/net/ethtool_codec.h"
#include "host/net/netdev_messages.h"
#include "host/net/netlink_attributes.h"
#include "host/net/netlink_request.h"
#include "host/net/own_addresses.h"
#include "host/net/socket_messages.h"
#include "host/net/socket_port.h"

#include <algorithm>

namespace {

using namespace tuner;
using fuzz::demand;

void attributes(Bytes bytes) {
  const auto parsed = parse_attributes(bytes);
  fuzz::demand_reason(parsed);
  if (!parsed) return;
  AttributeWriter writer;
  for (const Attribute& attribute : *parsed) {
    demand(attribute.payload.empty() ||
               (attribute.payload.data() >= bytes.data() &&
                attribute.payload.data() + attribute.payload.size() <= bytes.data() + bytes.size()),
           "a payload is within the bytes");
    writer.put(attribute.type, attribute.payload);
    (void)attribute_text(attribute);
  }
  const auto again = parse_attributes(writer.bytes());
  demand(again && again->size() == parsed->size(), "written attributes can be parsed");
  if (!again) return;
  for (std::size_t at = 0; at < parsed->size(); ++at) {
    demand((*again)[at].type == (*parsed)[at].type &&
               std::ranges::equal((*again)[at].payload, (*parsed)[at].payload),
           "an attribute is unchanged");
  }
}

void shapes(Bytes bytes) {
  for (const NicShape which : {NicShape::Rings, NicShape::Channels, NicShape::Coalesce})
    fuzz::demand_reason(decode_shape(which, bytes));
}

void addresses(Bytes bytes) {
  const Bytes wanted = bytes.first(std::min<std::size_t>(bytes.size(), 4));
  const auto list = decode_addresses(bytes.subspan(wanted.size()), 2, wanted);
  fuzz::demand_reason(list);
  if (list) demand(list->owners.size() <= bytes.size() / 24, "each owner needs a message");
}

void dump(Bytes bytes) {
  std::size_t sockets = 0;
  const auto progress = decode_socket_messages(bytes, [&](const DiagSocket& socket) {
    ++sockets;
    demand(socket.ulp.name.size() < bytes.size(), "a name is in the bytes");
    demand(!socket.bytes_received || socket.bytes_sent,
           "a later field of tcp_info needs the former");
  });
  fuzz::demand_reason(progress);
  demand(sockets <= bytes.size() / 88, "each socket needs a message");
}

void queues(Bytes bytes) {
  NetdevDump found;
  const auto outcome =
      decode_netdev_messages(bytes, {.family = 0x21, .sequence = 0, .ifindex = 3}, found);
  fuzz::demand_reason(outcome);
  demand(found.found.queues.size() + found.found.napis.size() <= bytes.size() / 36,
         "each queue and instance needs a message");
  for (const KernelQueue& queue : found.found.queues)
    demand(queue.number >= 0, "a queue has a number");
  for (const NapiInstance& napi : found.found.napis)
    demand(napi.irq.value_or(0) >= 0 && napi.thread.value_or(0) >= 0, "numbers are not negative");
}

FUZZ_TARGET(netlink) {
  fuzz::Input input(data, size);
  switch (input.kind()) {
    case 'a': attributes(input.bytes()); break;
    case 'f': fuzz::demand_reason(decode_features(input.bytes())); break;
    case 's': shapes(input.bytes()); break;
    case 'e': (void)decode_extended_ack(input.bytes()); break;
    case 'm': (void)decode_address(input.bytes()); break;
    case 'u': fuzz::demand_reason(decode_ulp_reply(input.bytes())); break;
    case 'r': {
      const auto route = decode_route_reply(input.bytes());
      fuzz::demand_reason(route);
      if (route) demand(*route > 0, "an interface index is positive");
      break;
    }
    case 'l': addresses(input.bytes()); break;
    case 'd': dump(input.bytes()); break;
    case 'q': queues(input.bytes()); break;
    default: break;
  }
  return 0;
}

}  // namespace
