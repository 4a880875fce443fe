// A network interface, as plain data.
#pragma once

#include "base/words.h"

// Included before the alias NicFeatures is declared: g++ 12 would warn that
// FactNeed::NicFeatures shadows it.
#include "model/fact_need.h"
#include "model/nic_queues.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct NicFeature {
  bool supported = false;  // ETHTOOL_A_FEATURES_HW: the driver can switch it
  bool requested = false;  // ETHTOOL_A_FEATURES_WANTED
  bool active = false;     // ETHTOOL_A_FEATURES_ACTIVE
  bool fixed = false;      // not switchable here: !supported, or ETHTOOL_A_FEATURES_NOCHANGE
  bool operator==(const NicFeature&) const = default;
};
using NicFeatures = std::map<std::string, NicFeature, std::less<>>;

// The groups of NIC parameters that can be set; each is a message of ethtool netlink.
enum class NicShape { Channels, Rings, Coalesce };
template <>
inline constexpr auto kWords<NicShape> =
    std::to_array<Word<NicShape>>({{NicShape::Channels, "channels"},
                                   {NicShape::Rings, "rings"},
                                   {NicShape::Coalesce, "coalesce"}});
std::string_view nic_shape_name(NicShape shape);  // "channels", "rings", "coalesce"

// One parameter by ethtool's name (table in host/net/ethtool_codec.cc): "combined", "rx",
// "adaptive-rx" (0 or 1), "rx-usecs".
struct NicParameter {
  std::int64_t value = 0;
  std::optional<std::int64_t> maximum;  // the driver's maximum; nullopt: it reports none
  bool operator==(const NicParameter&) const = default;
};
using NicParameters = std::map<std::string, NicParameter, std::less<>>;

// One interrupt of a NIC. `number` changes with every driver reload or channel change; (pci,
// msi_index, role, queue) is stable.
struct NicIrq {
  enum class Role { Rx, Tx, RxTx, Other };  // Other: serves no queue, or the queue is not known
  enum class NoQueue {
    Unnamed,        // the driver has not requested it: the interface is down
    Management,     // link events, mailbox, configuration
    Idle,           // its queue does not exist; some drivers keep such interrupts
    NotUnderstood,  // no rule fits its name, or the name's number does not fit the queues
  };
  enum class KnownBy { Name, Kernel, Both };  // what tells its queue
  int number = 0;
  int msi_index = 0;   // position among the device's interrupts, by number
  std::string action;  // "eth0-rxtx-3"; empty: not requested (the interface is down)
  Role role = Role::Other;
  int queue = -1;                             // -1: no queue
  NoQueue no_queue = NoQueue::NotUnderstood;  // the reason if it serves no queue
  KnownBy known_by = KnownBy::Name;           // has a meaning only if it serves a queue
};
template <>
inline constexpr auto kWords<NicIrq::Role> =
    std::to_array<Word<NicIrq::Role>>({{NicIrq::Role::Rx, "rx"},
                                       {NicIrq::Role::Tx, "tx"},
                                       {NicIrq::Role::RxTx, "rxtx"},
                                       {NicIrq::Role::Other, "other"}});
std::string_view irq_role_name(NicIrq::Role role);  // "rx", "tx", "rxtx", "other"
template <>
inline constexpr auto kWords<NicIrq::NoQueue> =
    std::to_array<Word<NicIrq::NoQueue>>({{NicIrq::NoQueue::Unnamed, "unnamed"},
                                          {NicIrq::NoQueue::Management, "management"},
                                          {NicIrq::NoQueue::Idle, "idle"},
                                          {NicIrq::NoQueue::NotUnderstood, "not_understood"}});
template <>
inline constexpr auto kWords<NicIrq::KnownBy> =
    std::to_array<Word<NicIrq::KnownBy>>({{NicIrq::KnownBy::Name, "name"},
                                          {NicIrq::KnownBy::Kernel, "kernel"},
                                          {NicIrq::KnownBy::Both, "both"}});
inline constexpr std::string_view kServesQueue = "queue";
// kServesQueue, or the reason for none: "unnamed", "management", "idle", "not_understood"
std::string_view irq_service_name(const NicIrq& irq);

struct Nic {
  std::string name;
  int ifindex = 0;
  bool physical = false;            // has a device in sysfs
  std::string kind;                 // "physical", "bond", "vlan", "virtual"
  std::vector<std::string> lowers;  // bond members, a VLAN's parent
  std::string bond_mode;            // "802.3ad", "active-backup", …; empty: not a bond
  std::string bond_hash_policy;     // "layer2", "layer3+4", …; empty: not a bond
  std::string driver;
  std::string bus_address;        // PCI address "0000:81:00.0"; empty: not on PCI
  std::string pci_ids;            // vendor and device, "15b3:101d"; empty: not on PCI
  bool virtual_function = false;  // a virtual function of SR-IOV
  bool switchdev = false;         // has a phys_switch_id: devlink eswitch mode switchdev
  int port = 0;                   // dev_port: the port of a PCI function with several (mlx4)
  std::string permanent_address;  // MAC; empty: not readable
  std::string operstate;          // "up", "down", …
  int numa_node = -1;             // of the device or its nearest parent that reports one
  std::string numa_node_source;   // the file with the node; empty: none reports one
  bool carries_default_route = false;
  // Whether it carries the login session in which the tool runs. false: it does not, or not known.
  bool carries_login_session = false;
  std::string session_evidence;  // "SSH_CONNECTION of process 812: 192.0.2.7 to 192.0.2.1"
  // How often the link went up or down since the interface exists; -1: the kernel does not report.
  std::int64_t carrier_changes = -1;
  int rx_queues = 0;
  int tx_queues = 0;
  std::vector<NicIrq> irqs;  // ordered by number
  // What the kernel itself says of its queues. nullopt: the kernel has no such list (before Linux
  // 6.8), or it is not known (Facts::unread, part NicQueues).
  std::optional<KernelQueues> kernel_queues;
  // Where the kernel's list and the names of interrupts contradict each other, as sentences. Then
  // the kernel's list counts.
  std::vector<std::string> irq_doubts;
  // /sys/class/net/NAME/threaded, for NAPI instances that do not report it. nullopt: not known.
  std::optional<NapiThreads> threads;
  NicFeatures features;             // all that the kernel names; empty: not collected, unreadable
  std::string features_unreadable;  // the reason if they could not be read
  // The parameters that the driver has; empty: not collected, or it has none.
  NicParameters channels, rings, coalesce;

  const NicParameters& shape(NicShape which) const;
  NicParameters& shape(NicShape which);

  // Survives renames: "pci:0000:81:00.0" ("…/port-1" for a second port of the function), else
  // "mac:52:54:…". Without either: "name:eth0".
  std::string key() const;
};

}  // namespace tuner
