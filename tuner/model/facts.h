// What a machine is, as plain data. host/collect_facts.cc fills it; nothing here reads anything.
#pragma once

#include "base/cpu_set.h"
#include "base/result.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Which parts of Facts a family needs; collecting less keeps `check` fast on large machines.
enum class FactNeed : unsigned {
  None = 0,
  Topology = 1U << 0,     // CPUs, nodes, siblings, isolation
  Nics = 1U << 1,         // interfaces, PCI parents, drivers, routes
  NicFeatures = 1U << 2,  // ethtool features
  Irqs = 1U << 3,         // the NICs' interrupts
  Cpufreq = 1U << 4,
  Neighbours = 1U << 5,  // who else tunes this machine, and what of the parts that are known
  NicShape = 1U << 6,    // channels, rings, coalescing
  // Not asked for, but what an Unread can be a part of.
  Kernel = 1U << 8,    // the kernel's configuration, its TLS, tls_stat
  Claims = 1U << 9,    // what the neighbours and files set
  Session = 1U << 10,  // by which NIC the session of this process comes in
  All = ~0U,
};
constexpr FactNeed operator|(FactNeed a, FactNeed b) {
  return static_cast<FactNeed>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
std::string_view fact_part_name(FactNeed part);  // of one part: "topology", "nic_features", …
constexpr bool has(FactNeed set, FactNeed one) {
  return (static_cast<unsigned>(set) & static_cast<unsigned>(one)) != 0;
}

struct HostIdentity {
  std::string hostname;
  std::string kernel;   // release: "6.1.0-32-amd64"
  std::string boot_id;  // /proc/sys/kernel/random/boot_id
  // "initial net:[4026531840] cookie 1": never the same for two within one boot. Empty: not known.
  std::string net_namespace;
  bool emulated =
      false;  // a CPU emulated in software (QEMU TCG): no time measured here means anything
  bool operator==(const HostIdentity&) const = default;
};

// How a kernel module stands. The order is from best to worst.
enum class ModuleState {
  BuiltIn,     // compiled in; cannot be unloaded
  Live,        // loaded
  Loadable,    // the module file is there, not loaded
  DenyListed,  // blacklist or "install … /bin/false" in modprobe.d: the administrator said no
  Locked,      // kernel.modules_disabled=1: no module can be loaded until reboot
  Missing,     // this kernel could have it, but no module file is installed for it
  NotBuilt,    // this kernel was built without it (CONFIG_… is not set)
  Unknown,     // cannot be told from what is readable
};
std::string_view module_state_name(ModuleState state);

struct ModuleFacts {
  ModuleState state = ModuleState::Unknown;
  std::string because;  // the evidence: "listed in /proc/sys/net/ipv4/tcp_available_ulp",
                        // "/etc/modprobe.d/x.conf:3"
};

struct KernelFacts {
  ModuleFacts tls;
  std::string config_source;  // file CONFIG_ values were read from; empty: none readable
  std::map<std::string, std::string>
      config;            // CONFIG_TLS, CONFIG_TLS_DEVICE, … of those we look for: "y", "m", "n"
  std::string lockdown;  // "none", "integrity", "confidentiality"; empty: not readable
  std::vector<std::string> available_ulp;  // tcp_available_ulp
};

struct NumaNode {
  int id = 0;
  CpuSet cpus;                   // online ones; empty: a node with memory only
  std::map<int, int> distances;  // node → as the firmware tells (10 is itself); empty: not known
};

struct CpufreqPolicy {
  std::string name;  // "policy0"
  CpuSet cpus;       // related_cpus
  std::string driver;
  std::string governor;
  std::vector<std::string> available_governors;
  std::string epp;  // empty: the driver has none
  std::vector<std::string> available_epp;
};

// A broken topology (a CPU in two nodes, a node that names CPUs that do not exist) is listed in
// `problems` and makes every placement unsupported; it is never guessed around.
struct Topology {
  CpuSet possible, present, online;
  CpuSet isolated;   // isolcpus= and cpusets
  CpuSet nohz_full;  // left to one task each: the kernel keeps RPS away from them
  std::vector<NumaNode> nodes;
  std::vector<CpuSet> cores;  // SMT siblings of each online physical core, ordered by first CPU
  std::vector<std::string> problems;

  int node_of(int cpu) const;  // -1: no node names it
};

struct NicFeature {
  bool supported = false;  // ETHTOOL_A_FEATURES_HW: the driver can switch it
  bool requested = false;  // ETHTOOL_A_FEATURES_WANTED
  bool active = false;     // ETHTOOL_A_FEATURES_ACTIVE
  bool fixed = false;      // not switchable here: !supported, or ETHTOOL_A_FEATURES_NOCHANGE
  bool operator==(const NicFeature&) const = default;
};
using NicFeatures = std::map<std::string, NicFeature, std::less<>>;

// What of a NIC's shape can be set, each a message of ethtool netlink.
enum class NicShape { Channels, Rings, Coalesce };
std::string_view nic_shape_name(NicShape shape);  // "channels", "rings", "coalesce"

// By ethtool's words (host/ethtool_codec.cc has the table): "combined", "rx", "adaptive-rx" (0 or
// 1), "rx-usecs".
struct NicParameter {
  std::int64_t value = 0;
  std::optional<std::int64_t> maximum;  // what the driver takes; absent: it does not tell
  bool operator==(const NicParameter&) const = default;
};
using NicParameters = std::map<std::string, NicParameter, std::less<>>;

// One interrupt of a NIC. `number` changes with every driver reload or channel change; (pci,
// msi_index, role, queue) is what stays.
struct NicIrq {
  enum class Role { Rx, Tx, RxTx, Other };  // Other: link events, mailbox, configuration
  int number = 0;
  int msi_index = 0;   // position among the device's interrupts, by number
  std::string action;  // "eth0-rxtx-3"; empty: nobody requested it (the interface is down)
  Role role = Role::Other;
  int queue = -1;  // -1: no queue
};
std::string_view irq_role_name(NicIrq::Role role);  // "rx", "tx", "rxtx", "other"

struct Nic {
  std::string name;
  int ifindex = 0;
  bool physical = false;            // has a device of its own
  std::string kind;                 // "physical", "bond", "vlan", "virtual"
  std::vector<std::string> lowers;  // bond members, a VLAN's parent
  std::string bond_mode;            // "802.3ad", "active-backup", …; empty: no bond
  std::string bond_hash_policy;     // "layer2", "layer3+4", …; empty: no bond
  std::string driver;
  std::string bus_address;        // PCI address "0000:81:00.0"; empty: not on PCI
  std::string pci_ids;            // vendor and device, "15b3:101d"; empty: not on PCI
  bool virtual_function = false;  // of SR-IOV; its physical function is elsewhere
  bool switchdev = false;         // a port of its own switch (devlink eswitch mode switchdev)
  int port = 0;                   // of a PCI function with several (mlx4): dev_port
  std::string permanent_address;  // MAC; empty: not readable
  std::string operstate;          // "up", "down", …
  int numa_node = -1;             // of the device or its nearest parent that tells
  std::string numa_node_source;   // the file it came from; empty: nobody tells
  bool carries_default_route = false;
  // The connection of whoever runs this goes through it. false: it does not, or cannot be told.
  bool carries_session = false;
  std::string session_evidence;  // "SSH_CONNECTION of process 812: 192.0.2.7 to 192.0.2.1"
  // How often the link went up or down since the interface came; -1: the kernel does not tell.
  std::int64_t carrier_changes = -1;
  int rx_queues = 0;
  int tx_queues = 0;
  std::vector<NicIrq> irqs;         // ordered by number
  NicFeatures features;             // all that the kernel names; empty: not asked or not readable
  std::string features_unreadable;  // why, when they could not be read
  // Only what the driver has; empty: not asked, or it has none.
  NicParameters channels, rings, coalesce;

  const NicParameters& shape(NicShape which) const;
  NicParameters& shape(NicShape which);

  // Survives renames: "pci:0000:81:00.0" ("…/port-1" for a second port of the function) or
  // "mac:52:54:…" or, last, "name:eth0".
  std::string key() const;
};

struct Neighbour {
  std::string name;    // "irqbalance", "tuned", "NetworkManager", "bpftune"
  std::string detail;  // "pid 412", "profile throughput-performance"
  int pid = 0;
};

// A setting that somebody else makes, too: a file says so, or a program that runs chooses it.
struct Claim {
  std::string who;      // "tuned", "sysctl.d", "systemd-udevd", …
  std::string where;    // "/etc/tuned/web/tuned.conf:12"; of one that chooses: "pid 412"
  std::string knob;     // the family: "sysctl"; empty: `setting` is the path of a file
  std::string setting;  // in that family's words, without the NIC: "net.core.rmem_max"; a pattern
  std::vector<std::string> except;  // what the pattern leaves out
  std::string nic;                  // its name now; empty: every NIC, or it is no NIC's setting
  std::string value;                // as it is written there; empty: the program chooses
  bool operator==(const Claim&) const = default;
};

// A part of the facts that is not whole: a read failed, or (Fault::NotRecorded) a recorded machine
// does not tell. What depends on it is not known.
struct Unread {
  FactNeed part = FactNeed::None;
  std::string nic;  // the interface that it is about; empty: the whole part
  Error error;      // the last read that failed; the host's ReadLog has each
};

struct Facts {
  HostIdentity host;
  KernelFacts kernel;
  Topology topology;
  std::vector<CpufreqPolicy> cpufreq;
  std::vector<Nic> nics;
  std::vector<Neighbour> neighbours;
  std::vector<Claim> claims;
  std::optional<std::map<std::string, std::uint64_t>>
      tls_stat;  // by the kernel's names; absent until tls is loaded
  std::vector<Unread> unread;

  const Nic* nic(std::string_view name) const;
  // The NIC itself, then everything that stands on it: bonds, VLANs, at any depth.
  std::vector<const Nic*> stack_on(const Nic& nic) const;
  const Neighbour* neighbour(std::string_view name) const;
  // A failed read that these parts of the facts suffer by, of `nic` or of no single NIC; nullptr:
  // there was none. An interface that could not be read at all counts as no single NIC's.
  const Unread* failed_read(FactNeed parts, std::string_view nic = {}) const;
};

}  // namespace tuner
