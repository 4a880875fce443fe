#include "model/sysctl/sysctl_harm.h"

#include "model/sysctl/sysctl_catalog.h"
#include "model/sysctl/sysctl_doors.h"
#include "model/sysctl/sysctl_name.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

using Class = SysctlHarm::Class;
using Of = SysctlHarm::Of;

constexpr std::int64_t kHighest = SysctlHarm::kHighest;
constexpr std::int64_t kGiB = std::int64_t{1} << 30U;

// "tried" in a source: confirmed over loopback on Linux 6.1, 6.18 and 7.3.
constexpr std::string_view kIp = "ip-sysctl.rst";
constexpr std::string_view kNet = "net.rst";
constexpr std::string_view kBacklog = "net/core/dev.c, enqueue_to_backlog()";

constexpr std::string_view kMicroseconds =
    "the unit is microseconds: above a millisecond, waiting programs only waste CPU time";

constexpr SysctlHarm always(std::string_view name, std::string_view why, std::string_view instead,
                            std::string_view source) {
  return {.name = name, .why = why, .instead = instead, .source = source};
}

constexpr SysctlHarm one(std::string_view name, std::int64_t value, std::string_view why,
                         std::string_view instead, std::string_view source) {
  return {
      .name = name, .low = value, .high = value, .why = why, .instead = instead, .source = source};
}

constexpr SysctlHarm up_to(std::string_view name, std::int64_t value, std::string_view why,
                           std::string_view instead, std::string_view source) {
  return {.name = name, .high = value, .why = why, .instead = instead, .source = source};
}

constexpr SysctlHarm from(std::string_view name, std::int64_t value, std::string_view why,
                          std::string_view instead, std::string_view source) {
  return {.name = name, .low = value, .why = why, .instead = instead, .source = source};
}

constexpr SysctlHarm of(SysctlHarm::Of which, SysctlHarm harm) {
  harm.of = which;
  return harm;
}

constexpr SysctlHarm stops(SysctlHarm harm) {
  harm.harm = Class::StopsNetwork;
  return harm;
}

constexpr std::array kNetwork = {
    from("net.core.busy_poll", 1001, kMicroseconds, "50 to 100, or keep it at 0", kNet),
    from("net.core.busy_read", 1001, kMicroseconds, "50 to 100, or keep it at 0", kNet),
    SysctlHarm{.name = "net.core.default_qdisc",
               .harm = Class::StopsNetwork,
               .word = "blackhole",
               .why = "an interface that comes up then drops every packet that it should send",
               .instead = "fq or fq_codel",
               .source = "net/sched/sch_blackhole.c"},
    up_to("net.core.netdev_budget", 31,
          "a polling round then ends after these few packets, and the others wait",
          "the kernel's default is 300", kNet),
    up_to("net.core.netdev_budget_usecs", 199,
          "a polling round then ends almost immediately, and packets wait",
          "the kernel's default is 2000 or more", kNet),
    up_to("net.core.netdev_max_backlog", 99,
          "excess packets of loopback, tunnels and RPS are dropped", "the kernel's default is 1000",
          kBacklog),
    up_to(
        "net.core.optmem_max", 4095,
        "sendmsg() with control data, socket filters and MSG_ZEROCOPY then fail for lack of memory",
        "the kernel's default is 20480 or more", "net/core/sock.c, sock_kmalloc()"),
    from("net.core.rmem_max", kGiB,
         "any process can then pin gigabytes of kernel memory per socket",
         "16777216; 67108864 for bulk data", kNet),
    up_to("net.core.somaxconn", 127,
          "connections wait for accept() in a queue of this length, and others time out",
          "the kernel's default is 4096", "net/socket.c, __sys_listen(); sk_acceptq_is_full()"),
    from("net.core.wmem_max", kGiB,
         "any process can then pin gigabytes of kernel memory per socket",
         "16777216; 67108864 for bulk data", kNet),
    stops(up_to("net.ipv4.ip_default_ttl", 4, "routers nearby then drop the packets",
                "the kernel's default is 64", kIp)),
    of(Of::First,
       up_to("net.ipv4.ip_local_port_range", 1023,
             "outgoing connections then take privileged ports, including those of services; the "
             "kernel refuses it while ip_unprivileged_port_start is above the first port",
             "start above the ports that services listen on: [32768, 60999]",
             "ip-sysctl.rst; net/ipv4/sysctl_net_ipv4.c, ipv4_local_port_range(); tried")),
    of(Of::Span, up_to("net.ipv4.ip_local_port_range", 998,
                       "so few ports for outgoing connections are soon exhausted, and connect() "
                       "fails with EADDRNOTAVAIL",
                       "[32768, 60999] is the kernel's default", kIp)),
    one("net.ipv4.tcp_abort_on_overflow", 1,
        "a short burst of connections is answered with resets instead of a retry", "remove it",
        kIp),
    always("net.ipv4.tcp_adv_win_scale",
           "Linux 6.6 made it obsolete; older kernels lose window or memory accounting",
           "remove it", kIp),
    up_to("net.ipv4.tcp_fin_timeout", 4, "a peer that closes slowly is then answered with a reset",
          "the kernel's default is 60", kIp),
    up_to("net.ipv4.tcp_keepalive_intvl", 4,
          "a network outage of a few seconds then ends every idle connection",
          "the kernel's default is 75", kIp),
    up_to("net.ipv4.tcp_keepalive_probes", 1,
          "one lost probe then ends an idle connection; with 0 the first one ends it",
          "the kernel's default is 9",
          "ip-sysctl.rst; net/ipv4/tcp_timer.c, tcp_keepalive_timer()"),
    up_to("net.ipv4.tcp_keepalive_time", 59,
          "each idle connection then sends a probe every few seconds",
          "the kernel's default is 7200; 300 keeps entries of NAT and firewalls alive", kIp),
    always("net.ipv4.tcp_low_latency", "it has had no effect since Linux 4.14", "remove it", kIp),
    up_to("net.ipv4.tcp_max_orphans", 1023,
          "connections that their process has closed are then reset before their data is sent",
          "remove it: the kernel computes it from memory", kIp),
    up_to("net.ipv4.tcp_max_syn_backlog", 127,
          "a short burst of connections then fills it, and SYN cookies lose options",
          "the kernel's default is 128 or more", kIp),
    up_to(
        "net.ipv4.tcp_max_tw_buckets", 4095,
        "TIME_WAIT then ends early, and late packets reach the next connection with the same ports",
        "remove it: the kernel computes it from memory", kIp),
    always(
        "net.ipv4.tcp_mem",
        "its page counts suit the memory of one machine only; the kernel computes its own at boot",
        "remove it", kIp),
    one("net.ipv4.tcp_moderate_rcvbuf", 0, "receive windows stay at their start size", "remove it",
        kIp),
    stops(one("net.ipv4.tcp_notsent_lowat", 0,
              "no TCP socket is writable then, so no connection can send, including this one",
              "131072", "net/ipv4/tcp.h, tcp_stream_memory_free(); tried: 0 bytes sent")),
    up_to("net.ipv4.tcp_retries2", 2,
          "a network outage of a second or two then ends every connection",
          "RFC 1122 requires at least 100 seconds, which is 8; the kernel's default is 15", kIp),
    of(Of::Second, up_to("net.ipv4.tcp_rmem", 16383,
                         "new connections start with a window of a few packets; with 1, Linux 6.18 "
                         "receives nothing",
                         "the kernel's default is 131072", "ip-sysctl.rst; tried")),
    of(Of::Third,
       up_to("net.ipv4.tcp_rmem", 65535, "no window can then grow to what one round trip needs",
             "the kernel's default is 6291456 or more", kIp)),
    of(Of::Third,
       from("net.ipv4.tcp_rmem", kGiB,
            "one connection may then hold a GiB of kernel memory, and its peer decides how much",
            "16777216; 67108864 for bulk data over long paths", kIp)),
    one("net.ipv4.tcp_sack", 0, "one lost packet then costs a window of retransmissions",
        "remove it", kIp),
    one("net.ipv4.tcp_synack_retries", 0,
        "one lost SYN-ACK then ends a connection before it starts", "the kernel's default is 5",
        kIp),
    one("net.ipv4.tcp_syncookies", 0, "a SYN flood then blocks the service", "remove it", kIp),
    one("net.ipv4.tcp_timestamps", 0,
        "round-trip times are then less exact, and wrapped sequence numbers are not detected "
        "(PAWS)",
        "remove it", kIp),
    always("net.ipv4.tcp_tw_recycle", "it broke clients behind NAT and was removed in Linux 4.12",
           "remove it", kIp),
    one("net.ipv4.tcp_window_scaling", 0, "no window can then grow above 64 KiB", "remove it", kIp),
    of(Of::Second,
       up_to("net.ipv4.tcp_wmem", 4095, "a new connection may then not even hold one packet",
             "the kernel's default is 16384", kIp)),
    of(Of::Third,
       up_to("net.ipv4.tcp_wmem", 65535,
             "a connection then waits for acknowledgements instead of sending",
             "the kernel's default is 4194304", "ip-sysctl.rst; tried: 2 MB/s over loopback")),
    of(Of::Third,
       from("net.ipv4.tcp_wmem", kGiB, "one slow reader may then hold a GiB of kernel memory",
            "16777216; 67108864 for bulk data over long paths", kIp)),
    always(
        "net.ipv4.udp_mem",
        "its page counts suit the memory of one machine only; the kernel computes its own at boot",
        "remove it", kIp),
    one("net.ipv6.conf.*.disable_ipv6", 1,
        "its addresses are removed at once, which ends each connection over IPv6",
        "remove it, unless this host is reached only over IPv4", kIp),
};

// Sorted at compile time: rows of the network and rows of protections stand in two files.
constexpr auto kHarms = [] {
  std::array<SysctlHarm, kNetwork.size() + doors::kRows.size()> all;
  std::ranges::copy(doors::kRows, std::ranges::copy(kNetwork, all.begin()).out);
  std::ranges::sort(all, {}, &SysctlHarm::name);
  return all;
}();

// The values that meet a goal.
struct Range {
  std::int64_t low;
  std::int64_t high;
};

// Where the goal has no bound, the sysctl's own limit is the bound.
Range range_of(std::string_view name, Goal::Op op, std::int64_t number) {
  const SysctlRow* const row = find_sysctl(name);
  switch (op) {
    case Goal::Op::AtLeast: return {number, row == nullptr ? kHighest : row->max};
    case Goal::Op::AtMost: return {row == nullptr ? 0 : row->min, number};
    case Goal::Op::Exactly: break;
  }
  return {number, number};
}

bool is_bad(const SysctlHarm& harm, Goal::Op op, std::int64_t number) {
  const Range left = range_of(harm.name, op, number);
  // A bound is harmful only if every value that meets it is: of netdev_budget at_most 31 permits
  // bad values only, at_least 1 also good ones.
  return left.low >= harm.low && left.high <= harm.high;
}

bool is_bad(const SysctlHarm& harm, Goal::Op op, const Integers& numbers) {
  const auto bad = [&](std::int64_t number) { return is_bad(harm, op, number); };
  const auto at = [&](std::size_t index) { return index < numbers.size() && bad(numbers[index]); };
  switch (harm.of) {
    case Of::Each: return std::ranges::any_of(numbers, bad);
    case Of::First: return at(0);
    case Of::Second: return at(1);
    case Of::Third: return at(2);
    case Of::Span: break;
  }
  // With at_least or at_most both ends may move, so any span is possible.
  return op == Goal::Op::Exactly && numbers.size() > 1 && bad(numbers.back() - numbers.front());
}

// Whether meeting the goal may write a value that loosens the protection. The kernel parses text
// leniently ("0x0", "00" and "0 x" are all 0), so anything but a single number counts as loosening.
bool loosens(const SysctlHarm& harm, const Goal& goal) {
  const auto* number = std::get_if<std::int64_t>(&goal.value);
  if (const auto* list = std::get_if<Integers>(&goal.value); list != nullptr && list->size() == 1)
    number = list->data();
  if (number == nullptr) return true;
  if (goal.op == Goal::Op::AtLeast && harm.low == SysctlHarm::kLowest) return false;
  if (goal.op == Goal::Op::AtMost && harm.high == kHighest) return false;
  return *number >= harm.low && *number <= harm.high;
}

bool is_bad(const SysctlHarm& harm, const Goal& goal) {
  if (harm.always()) return true;
  if (harm.harm == Class::Loosens) return loosens(harm, goal);
  if (const auto* word = std::get_if<std::string>(&goal.value)) return *word == harm.word;
  if (!harm.word.empty()) return false;
  if (const auto* number = std::get_if<std::int64_t>(&goal.value))
    return is_bad(harm, goal.op, Integers{*number});
  const auto* numbers = std::get_if<Integers>(&goal.value);
  return numbers != nullptr && is_bad(harm, goal.op, *numbers);
}

bool is_switch(std::string_view name) {
  const SysctlRow* const row = find_sysctl(name);
  return row != nullptr && row->type == SysctlRow::Type::Number && row->max <= 2;
}

}  // namespace

std::span<const SysctlHarm> sysctl_harms() {
  return kHarms;
}

std::vector<const SysctlHarm*> harms_of(std::string_view name, const Goal& goal) {
  std::vector<const SysctlHarm*> found;
  for (const SysctlHarm& row : kHarms) {
    if (sysctl_name_matches(row.name, name) && is_bad(row, goal)) found.push_back(&row);
  }
  return found;
}

bool is_listed(std::string_view name) {
  const auto protection = [&](const SysctlHarm& row) {
    return row.harm == Class::Loosens && sysctl_name_matches(row.name, name);
  };
  return name.starts_with("net.") || name.starts_with("vm.") || find_sysctl(name) != nullptr ||
         std::ranges::any_of(kHarms, protection);
}

bool has_harm(std::string_view name) {
  return std::ranges::any_of(
      kHarms, [&](const SysctlHarm& row) { return sysctl_name_matches(row.name, name); });
}

bool is_never_suggested(std::string_view name) {
  return std::ranges::any_of(kHarms, [&](const SysctlHarm& row) {
    return sysctl_name_matches(row.name, name) && (row.always() || is_switch(name));
  });
}

}  // namespace tuner
