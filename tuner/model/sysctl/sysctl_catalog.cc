#include "model/sysctl/sysctl_catalog.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace tuner {
namespace {

using enum SysctlRow::Type;
using enum SysctlRow::Rounding;

constexpr std::int64_t kInt = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kUnsigned = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kLong = std::numeric_limits<std::int64_t>::max();

// The sources are Documentation/admin-guide/sysctl/{fs,kernel,net}.rst and
// Documentation/networking/ip-sysctl.rst; where these give no limits, the kernel's ctl_table. The
// kernel checks limits that depend on its configuration (the smallest rmem_max).
constexpr std::string_view kKernel = "kernel.rst";
constexpr std::string_view kFs = "fs.rst";
constexpr std::string_view kNet = "net.rst, net/core/sysctl_net_core.c";
constexpr std::string_view kIp = "ip-sysctl.rst, net/ipv4/sysctl_net_ipv4.c";

// The names registered by tcp_register_congestion_control() in net/ipv4/tcp_*.c of any kernel since
// 4.9.
constexpr auto kCongestionControls = std::to_array<std::string_view>(
    {"bbr", "bic", "cdg", "cubic", "dctcp", "highspeed", "htcp", "hybla", "illinois", "lp", "nv",
     "reno", "scalable", "vegas", "veno", "westwood", "yeah"});
static_assert(std::ranges::is_sorted(kCongestionControls));

// The names registered by register_qdisc() in net/sched/ of any kernel since 4.9.
constexpr auto kQdiscs = std::to_array<std::string_view>({"atm",
                                                          "bfifo",
                                                          "blackhole",
                                                          "cake",
                                                          "cake_mq",
                                                          "cbq",
                                                          "cbs",
                                                          "choke",
                                                          "clsact",
                                                          "codel",
                                                          "drr",
                                                          "dsmark",
                                                          "dualpi2",
                                                          "etf",
                                                          "ets",
                                                          "fq",
                                                          "fq_codel",
                                                          "fq_pie",
                                                          "gred",
                                                          "hfsc",
                                                          "hhf",
                                                          "htb",
                                                          "ingress",
                                                          "mq",
                                                          "mqprio",
                                                          "multiq",
                                                          "netem",
                                                          "noqueue",
                                                          "pfifo",
                                                          "pfifo_fast",
                                                          "pfifo_head_drop",
                                                          "pie",
                                                          "plug",
                                                          "prio",
                                                          "qfq",
                                                          "red",
                                                          "sfb",
                                                          "sfq",
                                                          "skbprio",
                                                          "taprio",
                                                          "tbf"});
static_assert(std::ranges::is_sorted(kQdiscs));

constexpr std::array kRows = {
    SysctlRow{"fs.aio-max-nr", Number, 1, 0, kLong, "asynchronous requests of all programs", kFs},
    SysctlRow{"fs.epoll.max_user_watches", Number, 1, 0, kLong,
              "descriptors that a user's epolls may watch", kFs},
    SysctlRow{"fs.file-max", Number, 1, 0, kLong, "open files of all programs", kFs},
    SysctlRow{"fs.inotify.max_queued_events", Number, 1, 0, kInt, "events that wait for a program",
              kFs},
    SysctlRow{"fs.inotify.max_user_instances", Number, 1, 0, kInt, "inotify instances of a user",
              kFs},
    SysctlRow{"fs.inotify.max_user_watches", Number, 1, 0, kInt, "files that a user may watch",
              kFs},
    SysctlRow{"fs.nr_open", Number, 1, 64, 2147483584, "largest limit of a program's open files",
              kFs},
    SysctlRow{"fs.pipe-max-size", Number, 1, 4096, std::int64_t{1} << 31U,
              "bytes of a pipe without privilege", "fs.rst, fs/pipe.c", PowerOfTwoUp},
    SysctlRow{"kernel.nmi_watchdog", Number, 1, 0, 1,
              "detect CPUs that hang with interrupts off; uses a performance counter", kKernel},
    SysctlRow{"kernel.numa_balancing", Number, 1, 0, 3, "move memory to the node that uses it",
              kKernel},
    SysctlRow{"kernel.numa_balancing_promote_rate_limit_MBps", Number, 1, 0, kInt,
              "MB/s that NUMA balancing may move to faster memory", kKernel},
    SysctlRow{"kernel.sched_autogroup_enabled", Number, 1, 0, 1,
              "share CPUs by login session first", "kernel/sched/autogroup.c"},
    SysctlRow{"kernel.timer_migration", Number, 1, 0, 1, "move timers away from idle CPUs",
              "kernel/time/timer.c"},
    SysctlRow{"net.core.busy_poll", Number, 1, 0, kInt, "µs to poll queues in poll and select",
              kNet},
    SysctlRow{"net.core.busy_read", Number, 1, 0, kInt, "µs to poll queues in socket reads", kNet},
    SysctlRow{"net.core.default_qdisc", Word, 1, 0, 0, "queueing discipline of new interfaces",
              kNet, None, kQdiscs},
    SysctlRow{"net.core.netdev_budget", Number, 1, 1, kInt, "packets a polling round may take",
              kNet},
    SysctlRow{"net.core.netdev_budget_usecs", Number, 1, 0, kInt, "µs a polling round may take",
              kNet},
    SysctlRow{"net.core.netdev_max_backlog", Number, 1, 1, kInt,
              "packets queued for a CPU (not used by NAPI drivers)", kNet},
    SysctlRow{"net.core.optmem_max", Number, 1, 0, kInt, "bytes of a socket's ancillary data",
              kNet},
    SysctlRow{"net.core.rmem_default", Number, 1, 1, kInt, "receive buffer of non-TCP sockets",
              kNet},
    SysctlRow{"net.core.rmem_max", Number, 1, 1, kInt, "largest SO_RCVBUF; no limit to autotuning",
              kNet},
    SysctlRow{"net.core.rps_sock_flow_entries", Number, 1, 0, 1 << 29, "flow table of RFS", kNet,
              PowerOfTwoUp},
    SysctlRow{"net.core.somaxconn", Number, 1, 0, kInt, "largest backlog of a listening socket",
              kNet},
    SysctlRow{"net.core.wmem_default", Number, 1, 1, kInt, "send buffer of non-TCP sockets", kNet},
    SysctlRow{"net.core.wmem_max", Number, 1, 1, kInt, "largest SO_SNDBUF; no limit to autotuning",
              kNet},
    SysctlRow{"net.ipv4.ip_default_ttl", Number, 1, 1, 255, "routers that a packet may pass", kIp},
    SysctlRow{"net.ipv4.ip_local_port_range", Numbers, 2, 1, 65535,
              "ports for outgoing connections", kIp},
    SysctlRow{"net.ipv4.tcp_abort_on_overflow", Number, 1, 0, 1,
              "reset connections that find the backlog full", kIp},
    SysctlRow{"net.ipv4.tcp_adv_win_scale", Number, 1, -31, 31, "obsolete since Linux 6.6", kIp},
    SysctlRow{"net.ipv4.tcp_autocorking", Number, 1, 0, 1, "join small writes", kIp},
    SysctlRow{"net.ipv4.tcp_congestion_control", Word, 1, 0, 0,
              "congestion control of new connections", kIp, None, kCongestionControls},
    SysctlRow{"net.ipv4.tcp_ecn", Number, 1, 0, 5, "explicit congestion notification", kIp},
    SysctlRow{"net.ipv4.tcp_fastopen", Number, 1, 0, kInt, "TCP Fast Open, a bit mask", kIp},
    SysctlRow{"net.ipv4.tcp_fin_timeout", Number, 1, 0, kInt, "seconds in FIN_WAIT_2", kIp},
    SysctlRow{"net.ipv4.tcp_keepalive_intvl", Number, 1, 0, kInt, "seconds between probes", kIp},
    SysctlRow{"net.ipv4.tcp_keepalive_probes", Number, 1, 0, 255, "probes before giving up", kIp},
    SysctlRow{"net.ipv4.tcp_keepalive_time", Number, 1, 0, kInt, "seconds before the first probe",
              kIp},
    SysctlRow{"net.ipv4.tcp_limit_output_bytes", Number, 1, 0, kInt,
              "bytes of a connection in qdisc and NIC", kIp},
    SysctlRow{"net.ipv4.tcp_low_latency", Number, 1, 0, 1, "without effect since Linux 4.14", kIp},
    SysctlRow{"net.ipv4.tcp_max_orphans", Number, 1, 0, kInt, "connections without a process", kIp},
    SysctlRow{"net.ipv4.tcp_max_syn_backlog", Number, 1, 0, kInt, "half-open connections kept",
              kIp},
    SysctlRow{"net.ipv4.tcp_max_tw_buckets", Number, 1, 0, kInt, "sockets in TIME_WAIT", kIp},
    SysctlRow{"net.ipv4.tcp_mem", Numbers, 3, 0, kLong, "pages for all TCP: low, pressure, high",
              kIp},
    SysctlRow{"net.ipv4.tcp_moderate_rcvbuf", Number, 1, 0, 1, "autotune receive buffers", kIp},
    SysctlRow{"net.ipv4.tcp_mtu_probing", Number, 1, 0, 2, "find the path's MTU by probing", kIp},
    SysctlRow{"net.ipv4.tcp_no_metrics_save", Number, 1, 0, 1,
              "forget metrics of closed connections", kIp},
    SysctlRow{"net.ipv4.tcp_notsent_lowat", Number, 1, 0, kUnsigned,
              "unsent bytes above which a socket is not writable", kIp},
    SysctlRow{"net.ipv4.tcp_pacing_ca_ratio", Number, 1, 0, 1000,
              "pacing rate in congestion avoidance, per cent", kIp},
    SysctlRow{"net.ipv4.tcp_pacing_ss_ratio", Number, 1, 0, 1000,
              "pacing rate in slow start, per cent", kIp},
    SysctlRow{"net.ipv4.tcp_rcvbuf_low_rtt", Number, 1, 0, kInt,
              "µs of round trip below which receive buffers grow slowly", kIp},
    SysctlRow{"net.ipv4.tcp_retries2", Number, 1, 0, 255,
              "retransmissions before a connection is given up", kIp},
    SysctlRow{"net.ipv4.tcp_rmem", Numbers, 3, 1, kInt, "receive buffer: min, start, max", kIp},
    SysctlRow{"net.ipv4.tcp_sack", Number, 1, 0, 1, "selective acknowledgements", kIp},
    SysctlRow{"net.ipv4.tcp_slow_start_after_idle", Number, 1, 0, 1,
              "shrink the window of a connection that was idle", kIp},
    SysctlRow{"net.ipv4.tcp_syn_retries", Number, 1, 1, 127, "SYNs sent before connect fails", kIp},
    SysctlRow{"net.ipv4.tcp_synack_retries", Number, 1, 0, 255,
              "SYN-ACKs sent before a half-open connection is dropped", kIp},
    SysctlRow{"net.ipv4.tcp_syncookies", Number, 1, 0, 2, "survive SYN floods", kIp},
    SysctlRow{"net.ipv4.tcp_timestamps", Number, 1, 0, 2, "TCP timestamps", kIp},
    SysctlRow{"net.ipv4.tcp_tw_recycle", Number, 1, 0, 1, "removed in Linux 4.12", kIp},
    SysctlRow{"net.ipv4.tcp_tw_reuse", Number, 1, 0, 2, "reuse TIME_WAIT sockets for connect", kIp},
    SysctlRow{"net.ipv4.tcp_window_scaling", Number, 1, 0, 1, "windows above 64 KiB", kIp},
    SysctlRow{"net.ipv4.tcp_wmem", Numbers, 3, 1, kInt, "send buffer: min, start, max", kIp},
    SysctlRow{"net.ipv4.udp_mem", Numbers, 3, 0, kLong, "pages for all UDP: low, pressure, high",
              kIp},
};
static_assert(std::ranges::is_sorted(kRows, {}, &SysctlRow::name));

// The goal becomes what the kernel makes of it, or each check would find drift. For at_most it
// rounds down: the kernel's own rounding would exceed the limit.
std::int64_t rounded(std::int64_t number, Goal::Op op) {
  if (number <= 0) return number;
  const auto bits = static_cast<std::uint64_t>(number);
  const bool down = op == Goal::Op::AtMost;
  return static_cast<std::int64_t>(down ? std::bit_floor(bits) : std::bit_ceil(bits));
}

}  // namespace

std::span<const SysctlRow> sysctl_catalog() {
  return kRows;
}

const SysctlRow* find_sysctl(std::string_view canonical_name) {
  const auto* const found = std::ranges::lower_bound(kRows, canonical_name, {}, &SysctlRow::name);
  return found != kRows.end() && found->name == canonical_name ? found : nullptr;
}

Goal reachable(const SysctlRow& row, Goal goal) {
  auto* const number = std::get_if<std::int64_t>(&goal.value);
  if (row.rounding == SysctlRow::Rounding::PowerOfTwoUp && number != nullptr &&
      *number <= row.max)  // above max there is no valid power of two
    *number = rounded(*number, goal.op);
  return goal;
}

}  // namespace tuner
