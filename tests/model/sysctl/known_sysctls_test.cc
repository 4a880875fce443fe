#include "model/sysctl/known_sysctls.h"

#include "model/sysctl/sysctl_catalog.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

std::string where(std::string_view name) {
  const auto known = known_sysctl(name);
  return known ? to_text(*known) : "";
}

TEST(KnownSysctls, IncludeTheWholeCatalogue) {
  for (const SysctlRow& row : sysctl_catalog())
    EXPECT_TRUE(known_sysctl(row.name).has_value()) << row.name;
}

TEST(KnownSysctls, StateTheKernelsThatHaveThem) {
  const struct {
    const char* name;
    const char* text;
  } cases[] = {
      {"net.ipv4.udp_rmem_min", "exists in each Linux since 5.10, as Debian builds it"},
      {"net.ipv4.conf.all.rp_filter", "exists in each Linux since 5.10, as Debian builds it"},
      {"net.ipv4.conf.eth0/100.rp_filter", "exists in each Linux since 5.10, as Debian builds it"},
      {"vm.dirty_ratio", "exists in each Linux since 5.10, as Debian builds it"},
      {"net.ipv4.tcp_tw_recycle", "exists in Linux up to 4.11"},
      {"kernel.sched_min_granularity_ns", "exists in Linux up to 5.12"},
      {"net.ipv4.tcp_tx_skb_cache", "exists in Linux 5.3 to 5.15"},
      {"net.ipv4.tcp_shrink_window", "exists since Linux 6.5"},
      {"net.ipv4.conf.eth0.arp_evict_nocarrier", "exists since Linux 5.16"},
      {"vm.defrag_mode", "exists in kernels newer than Linux 5.10"},
      {"net.netfilter.nf_conntrack_max", "belongs to module nf_conntrack"},
      {"net.bridge.bridge-nf-call-iptables", "belongs to module br_netfilter"},
      {"net.netfilter.nf_conntrack_helper",
       "belongs to module nf_conntrack and exists in Linux up to 5.19"},
      {"net.sctp.udp_port", "belongs to module sctp and exists in kernels newer than Linux 5.10"},
  };
  for (const auto& one : cases) EXPECT_EQ(where(one.name), one.text) << one.name;
}

TEST(KnownSysctls, MatchOnlyWholeNamesInTheirFolder) {
  for (const char* name :
       {"net.ipv4.tcp_", "net.ipv4.udp_rmem", "net.ipv4.rmem_max", "net.core.tcp_rmem", "net.ipv4",
        "tcp_rmem", "", "net.ipv4.conf.rp_filter", "net.ipv4.conf.a.b.rp_filter",
        "net.ipv4.tcp_rmem.x", "net.ipv4.tcp_dsack tcp_early_demux"})
    EXPECT_FALSE(known_sysctl(name).has_value()) << name;
}

}  // namespace
}  // namespace tuner
