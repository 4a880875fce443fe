#include "bench/load/kernel/netem.h"

#include "base/text.h"
#include "host/facts/module_state.h"
#include "host/net/netlink_request.h"

#include <fmt/format.h>

#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <cerrno>
#include <limits>

namespace tuner {
namespace {

constexpr std::string_view kDoing = "make loopback lose packets";
// Packets that netem holds. Without delay it passes each on at once.
constexpr std::uint32_t kQueued = 1000;

// The options of netem begin with a structure, not with an attribute (net/sched/sch_netem.c).
std::vector<std::byte> options() {
  tc_netem_qopt netem{};
  netem.limit = kQueued;
  // 2^32 - 1 stands for 100 % (include/uapi/linux/pkt_sched.h).
  netem.loss = std::numeric_limits<std::uint32_t>::max() / 100 * kLossPercent;
  const auto bytes = std::as_bytes(std::span(&netem, 1));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> request(int interface) {
  AttributeWriter attributes;
  attributes.put_text(TCA_KIND, "netem");
  attributes.put(TCA_OPTIONS, options());
  nlmsghdr header{};
  header.nlmsg_len =
      static_cast<std::uint32_t>(NLMSG_LENGTH(sizeof(tcmsg)) + attributes.bytes().size());
  header.nlmsg_type = RTM_NEWQDISC;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
  tcmsg message{};
  message.tcm_family = AF_UNSPEC;
  message.tcm_ifindex = interface;
  message.tcm_parent = TC_H_ROOT;
  std::vector<std::byte> all;
  for (const Bytes part : {std::as_bytes(std::span(&header, 1)),
                           std::as_bytes(std::span(&message, 1)), attributes.bytes()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

// An acknowledgement is an error message with the number 0.
Outcome acknowledged(Bytes reply) {
  if (reply.size() >= sizeof(nlmsghdr) + sizeof(int) &&
      load<nlmsghdr>(reply).nlmsg_type == NLMSG_ERROR &&
      load<int>(reply.subspan(sizeof(nlmsghdr))) == 0)
    return {};
  const auto other = TRY(read_reply(reply, kDoing));
  return fail(Fault::Invalid, fmt::format("{}: reply of type {}", kDoing, other.type));
}

}  // namespace

Outcome lose_packets(const FileTree& files) {
  const auto release = files.read("/proc/sys/kernel/osrelease");
  const auto state =
      module_state(files, "sch_netem", release ? trim(*release) : std::string_view()).state;
  // A request would load it.
  if (state != ModuleState::Live && state != ModuleState::BuiltIn)
    return fail(
        Fault::Unsupported,
        "loss needs the kernel's module sch_netem, which is not loaded: modprobe sch_netem, "
        "then run it again");
  const auto loopback = static_cast<int>(::if_nametoindex("lo"));
  if (loopback == 0) return fail(errno_error(errno, kDoing));
  return acknowledged(TRY(request_netlink(NETLINK_ROUTE, request(loopback), kDoing)));
}

}  // namespace tuner
