#include "host/net/netdev_queues.h"

#include "host/net/netdev_messages.h"

#include <fmt/format.h>

#include <net/if.h>

#include <cerrno>
#include <string>

namespace tuner {
namespace {

constexpr GenlFamily kNetdev{.name = "netdev",
                             .version = 1,
                             .title = "netlink family netdev",
                             .needs = "it needs Linux 6.8 or later to list queues"};
constexpr int kAttempts = 3;

Result<NetdevDump> dump_once(GenlSocket& socket, std::uint32_t ifindex, std::string_view doing,
                             GenlSocket::Duration limit) {
  NetdevDump found;
  for (const std::uint8_t command : {kNetdevQueueGet, kNetdevNapiGet}) {
    found.done = false;
    const AttributeWriter request = encode_netdev_get(command, ifindex);
    const auto take = [&](Bytes datagram, std::uint32_t sequence) -> Result<bool> {
      const NetdevRequest asked{
          .family = socket.family(), .sequence = sequence, .ifindex = ifindex};
      TRY(decode_netdev_messages(datagram, asked, found));
      return found.done;
    };
    TRY(socket.dump(command, request.bytes(), doing, limit, take));
  }
  return found;
}

}  // namespace

Result<KernelQueues> NetdevQueues::of(std::string_view nic, GenlSocket::Duration limit) {
  if (absent_) return fail(*absent_);
  const auto doing = fmt::format("list the queues of {}", nic);
  const unsigned ifindex = ::if_nametoindex(std::string(nic).c_str());
  if (ifindex == 0) return fail(kernel_refusal(errno, doing, ""));
  if (!socket_) {
    auto opened = GenlSocket::open(kNetdev, limit);
    // What the kernel does not have for one NIC it does not have for the next.
    if (!opened && opened.error().fault == Fault::Unsupported) absent_ = opened.error();
    if (!opened) return fail(opened.error());
    socket_ = std::move(*opened);
  }
  // A dump is no snapshot: the kernel sets NLM_F_DUMP_INTR if a NIC came or went meanwhile.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto found = TRY(dump_once(*socket_, ifindex, doing, limit));
    if (!found.changed) return std::move(found.found);
  }
  return fail(Fault::Busy, fmt::format("{}: they changed meanwhile", doing), "run it again");
}

}  // namespace tuner
