#include "host/net/netdev_messages.h"

#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace tuner {
namespace {

constexpr std::string_view kListQueues = "list queues";

// NETDEV_A_QUEUE_* and NETDEV_A_NAPI_*.
namespace queue_attribute {
enum { Id = 1, Ifindex, Type, NapiId, Dmabuf, IoUring, Xsk, Lease };
}
// The numbers in between are settings of NAPI that are not read (include/uapi/linux/netdev.h).
namespace napi_attribute {
enum { Ifindex = 1, Id, Irq, Pid, Threaded = 8 };
}

// The type "uint" of the specification is sent with 4 or 8 bytes.
Result<std::uint32_t> number_of(const Attribute& attribute) {
  const Bytes payload = attribute.payload;
  if (payload.size() == sizeof(std::uint32_t)) return load<std::uint32_t>(payload);
  if (payload.size() != sizeof(std::uint64_t))
    return malformed_reply(kListQueues, fmt::format("number of {} bytes", payload.size()));
  const auto number = load<std::uint64_t>(payload);
  if (number > std::numeric_limits<std::uint32_t>::max())
    return malformed_reply(kListQueues, "number too large");
  return static_cast<std::uint32_t>(number);
}

Result<int> int_of(const Attribute& attribute) {
  const auto number = TRY(number_of(attribute));
  if (number > static_cast<std::uint32_t>(std::numeric_limits<int>::max()))
    return malformed_reply(kListQueues, fmt::format("number {} too large", number));
  return static_cast<int>(number);
}

Outcome is_asked(std::optional<std::uint32_t> ifindex, const NetdevRequest& request) {
  if (ifindex == request.ifindex) return {};
  return malformed_reply(kListQueues, "answer about another interface");
}

// A queue that has several is called by the last: who leases it decides what goes in.
Outcome take(const Attribute& attribute, KernelQueue& queue) {
  const auto consumed_by = [&](QueueConsumer consumer) {
    queue.consumer = std::max(queue.consumer, consumer);
  };
  switch (attribute.type) {
    case queue_attribute::NapiId: queue.napi = TRY(number_of(attribute)); break;
    case queue_attribute::Dmabuf: consumed_by(QueueConsumer::Dmabuf); break;
    case queue_attribute::IoUring: consumed_by(QueueConsumer::IoUring); break;
    case queue_attribute::Xsk: consumed_by(QueueConsumer::Xsk); break;
    case queue_attribute::Lease: consumed_by(QueueConsumer::Lease); break;
    default: break;
  }
  return {};
}

Result<KernelQueue> decode_queue(const std::vector<Attribute>& attributes,
                                 const NetdevRequest& request) {
  KernelQueue queue;
  std::optional<int> number;
  std::optional<std::uint32_t> type;
  std::optional<std::uint32_t> ifindex;
  for (const Attribute& attribute : attributes) {
    switch (attribute.type) {
      case queue_attribute::Id: number = TRY(int_of(attribute)); break;
      case queue_attribute::Ifindex: ifindex = TRY(number_of(attribute)); break;
      case queue_attribute::Type: type = TRY(number_of(attribute)); break;
      default: TRY(take(attribute, queue)); break;
    }
  }
  TRY(is_asked(ifindex, request));
  if (!number || !type || *type > 1)
    return malformed_reply(kListQueues, "queue without number or direction");
  queue.number = *number;
  queue.direction = *type == 0 ? QueueDirection::Rx : QueueDirection::Tx;
  return queue;
}

// A word that a later kernel adds is left out: it is not known where NAPI polls then.
std::optional<NapiThreads> threads_of(std::uint32_t number) {
  if (number >= kWords<NapiThreads>.size()) return std::nullopt;
  return static_cast<NapiThreads>(number);
}

Result<NapiInstance> decode_napi(const std::vector<Attribute>& attributes,
                                 const NetdevRequest& request) {
  NapiInstance napi;
  std::optional<std::uint32_t> id;
  std::optional<std::uint32_t> ifindex;
  for (const Attribute& attribute : attributes) {
    switch (attribute.type) {
      case napi_attribute::Ifindex: ifindex = TRY(number_of(attribute)); break;
      case napi_attribute::Id: id = TRY(number_of(attribute)); break;
      case napi_attribute::Irq: napi.irq = TRY(int_of(attribute)); break;
      case napi_attribute::Pid: napi.thread = TRY(int_of(attribute)); break;
      case napi_attribute::Threaded: napi.threads = threads_of(TRY(number_of(attribute))); break;
      default: break;
    }
  }
  TRY(is_asked(ifindex, request));
  if (!id) return malformed_reply(kListQueues, "NAPI instance without id");
  napi.id = *id;
  return napi;
}

Outcome decode_reply(Bytes body, const NetdevRequest& request, NetdevDump& dump) {
  if (body.size() < GENL_HDRLEN) return malformed_reply(kListQueues, "truncated message");
  const auto header = load<genlmsghdr>(body);
  const auto attributes = TRY(parse_attributes(body.subspan(GENL_HDRLEN)));
  if (header.cmd == kNetdevQueueGet) {
    dump.found.queues.push_back(TRY(decode_queue(attributes, request)));
    return {};
  }
  if (header.cmd != kNetdevNapiGet)
    return malformed_reply(kListQueues, fmt::format("unexpected command {}", header.cmd));
  dump.found.napis.push_back(TRY(decode_napi(attributes, request)));
  return {};
}

Outcome decode_message(const NetlinkMessage& message, const NetdevRequest& request,
                       NetdevDump& dump) {
  if (message.type == request.family) return decode_reply(message.body, request, dump);
  dump.done = TRY(ends_dump(message, kListQueues));
  return {};
}

}  // namespace

AttributeWriter encode_netdev_get(std::uint8_t command, std::uint32_t ifindex) {
  AttributeWriter writer;
  writer.put_u32(command == kNetdevQueueGet ? std::uint16_t{queue_attribute::Ifindex}
                                            : std::uint16_t{napi_attribute::Ifindex},
                 ifindex);
  return writer;
}

Outcome decode_netdev_messages(Bytes buffer, const NetdevRequest& request, NetdevDump& dump) {
  while (!buffer.empty() && !dump.done) {
    if (buffer.size() < sizeof(nlmsghdr))
      return malformed_reply(kListQueues, "message shorter than its header");
    const auto header = load<nlmsghdr>(buffer);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > buffer.size())
      return malformed_reply(
          kListQueues, fmt::format("message of {} bytes in {}", header.nlmsg_len, buffer.size()));
    // Others belong to an earlier request that timed out.
    if (header.nlmsg_seq == request.sequence) {
      const auto message = TRY(read_reply(buffer, kListQueues));
      dump.changed = dump.changed || (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
      TRY(decode_message(message, request, dump));
    }
    // The last message may lack its padding.
    buffer = buffer.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), buffer.size()));
  }
  return {};
}

}  // namespace tuner
