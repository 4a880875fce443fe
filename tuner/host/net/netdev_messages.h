// Decodes what the kernel's netlink family netdev sends of queues and NAPI instances
// (Documentation/netlink/specs/netdev.yaml). Pure: bytes in, one receive buffer at a time.
#pragma once

#include "host/net/netlink_attributes.h"
#include "model/nic_queues.h"

#include <cstdint>

namespace tuner {

// include/uapi/linux/netdev.h; the headers of Debian 12 do not have it.
inline constexpr std::uint8_t kNetdevQueueGet = 10;
inline constexpr std::uint8_t kNetdevNapiGet = 11;

// Attributes of a dump of one interface's queues or NAPI instances.
AttributeWriter encode_netdev_get(std::uint8_t command, std::uint32_t ifindex);

// The request that an answer must belong to.
struct NetdevRequest {
  std::uint16_t family = 0;    // the id of netdev in this boot
  std::uint32_t sequence = 0;  // messages with another one are of an earlier request
  std::uint32_t ifindex = 0;
};

struct NetdevDump {
  KernelQueues found;
  bool done = false;     // the kernel has sent the end of the dump
  bool changed = false;  // NLM_F_DUMP_INTR: queues changed meanwhile, some may be missing or double
};

// Adds what a receive buffer holds. Ignores unknown attributes. Invalid: a length or a number does
// not fit, an attribute that the kernel always sends is missing, or a message of another interface.
// For an error of the kernel, also in the end of the dump: its fault; Unsupported before Linux 6.8.
Outcome decode_netdev_messages(Bytes buffer, const NetdevRequest& request, NetdevDump& dump);

}  // namespace tuner
