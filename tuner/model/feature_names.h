// The kernel's names of NIC features (net/ethtool/common.c, netdev_features_strings, up to Linux
// 7.3), and ethtool(8)'s aliases for some of them.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

inline constexpr std::string_view kFeatureNames[] = {
    "esp-hw-offload",
    "esp-tx-csum-hw-offload",
    "fcoe-mtu",
    "highdma",
    "hsr-dup-offload",
    "hsr-fwd-offload",
    "hsr-tag-ins-offload",
    "hsr-tag-rm-offload",
    "hw-tc-offload",
    "l2-fwd-offload",
    "loopback",
    "macsec-hw-offload",
    "netns-local",
    "rx-all",
    "rx-checksum",
    "rx-fcs",
    "rx-gro",
    "rx-gro-hw",
    "rx-gro-list",
    "rx-hashing",
    "rx-lro",
    "rx-ntuple-filter",
    "rx-udp-gro-forwarding",
    "rx-udp_tunnel-port-offload",
    "rx-vlan-filter",
    "rx-vlan-hw-parse",
    "rx-vlan-stag-filter",
    "rx-vlan-stag-hw-parse",
    "tls-hw-record",
    "tls-hw-rx-offload",
    "tls-hw-tx-offload",
    "tx-checksum-fcoe-crc",
    "tx-checksum-ip-generic",
    "tx-checksum-ipv4",
    "tx-checksum-ipv6",
    "tx-checksum-sctp",
    "tx-esp-segmentation",
    "tx-fcoe-segmentation",
    "tx-generic-segmentation",
    "tx-gre-csum-segmentation",
    "tx-gre-segmentation",
    "tx-gso-list",
    "tx-gso-partial",
    "tx-gso-robust",
    "tx-ipxip4-segmentation",
    "tx-ipxip6-segmentation",
    "tx-lockless",
    "tx-nocache-copy",
    "tx-scatter-gather",
    "tx-scatter-gather-fraglist",
    "tx-sctp-segmentation",
    "tx-tcp-accecn-segmentation",
    "tx-tcp-ecn-segmentation",
    "tx-tcp-mangleid-segmentation",
    "tx-tcp-segmentation",
    "tx-tcp6-segmentation",
    "tx-tunnel-remcsum-segmentation",
    "tx-udp-segmentation",
    "tx-udp_tnl-csum-segmentation",
    "tx-udp_tnl-segmentation",
    "tx-vlan-hw-insert",
    "tx-vlan-stag-hw-insert",
    "vlan-challenged",
};
static_assert(std::ranges::is_sorted(kFeatureNames));

struct FeatureAlias {
  std::string_view alias;
  std::string_view kernel;  // separated by blanks if ethtool switches several features at once
};

inline constexpr std::array kFeatureAliases = {
    FeatureAlias{"generic-receive-offload", "rx-gro"},
    FeatureAlias{"generic-segmentation-offload", "tx-generic-segmentation"},
    FeatureAlias{"gro", "rx-gro"},
    FeatureAlias{"gso", "tx-generic-segmentation"},
    FeatureAlias{"large-receive-offload", "rx-lro"},
    FeatureAlias{"lro", "rx-lro"},
    FeatureAlias{"ntuple", "rx-ntuple-filter"},
    FeatureAlias{"ntuple-filters", "rx-ntuple-filter"},
    FeatureAlias{"receive-hashing", "rx-hashing"},
    FeatureAlias{"rx", "rx-checksum"},
    FeatureAlias{"rx-checksumming", "rx-checksum"},
    FeatureAlias{"rx-vlan-offload", "rx-vlan-hw-parse"},
    FeatureAlias{"rxhash", "rx-hashing"},
    FeatureAlias{"rxvlan", "rx-vlan-hw-parse"},
    FeatureAlias{"scatter-gather", "tx-scatter-gather"},
    FeatureAlias{"sg", "tx-scatter-gather"},
    FeatureAlias{"tcp-segmentation-offload", "tx-tcp-segmentation tx-tcp6-segmentation"},
    FeatureAlias{"tso", "tx-tcp-segmentation tx-tcp6-segmentation"},
    FeatureAlias{"tx", "tx-checksum-ip-generic tx-checksum-ipv4 tx-checksum-ipv6"},
    FeatureAlias{"tx-checksumming", "tx-checksum-ip-generic tx-checksum-ipv4 tx-checksum-ipv6"},
    FeatureAlias{"tx-vlan-offload", "tx-vlan-hw-insert"},
    FeatureAlias{"txvlan", "tx-vlan-hw-insert"},
};
static_assert(std::ranges::is_sorted(kFeatureAliases, {}, &FeatureAlias::alias));

// The kernel's feature names for an alias of ethtool(8); for other words the word itself.
std::vector<std::string> kernel_features_of(std::string_view word);

}  // namespace tuner
