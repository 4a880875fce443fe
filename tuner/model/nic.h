// What a network interface is, as plain data.
#pragma once

// Before the alias NicFeatures, which g++ 12 takes for a declaration that FactNeed::NicFeatures
// would shadow.
#include "model/fact_need.h"

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

// What of a NIC's shape can be set, each a message of ethtool netlink.
enum class NicShape { Channels, Rings, Coalesce };
std::string_view nic_shape_name(NicShape shape);  // "channels", "rings", "coalesce"

// By ethtool's words (host/net/ethtool_codec.cc has the table): "combined", "rx", "adaptive-rx" (0
// or 1), "rx-usecs".
struct NicParameter {
  std::int64_t value = 0;
  std::optional<std::int64_t> maximum;  // what the driver takes; absent: it does not tell
  bool operator==(const NicParameter&) const = default;
};
using NicParameters = std::map<std::string, NicParameter, std::less<>>;

// One interrupt of a NIC. `number` changes with every driver reload or channel change; (pci,
// msi_index, role, queue) is what stays.
struct NicIrq {
  enum class Role { Rx, Tx, RxTx, Other };  // Other: it serves no queue, or none that is known
  enum class NoQueue {
    Unnamed,        // nobody requested it: the interface is down
    Management,     // link events, mailbox, configuration
    Idle,           // of a queue that does not exist: some drivers keep it
    NotUnderstood,  // no rule fits its name, or what the name says does not fit the queues
  };
  int number = 0;
  int msi_index = 0;   // position among the device's interrupts, by number
  std::string action;  // "eth0-rxtx-3"; empty: nobody requested it (the interface is down)
  Role role = Role::Other;
  int queue = -1;                             // -1: no queue
  NoQueue no_queue = NoQueue::NotUnderstood;  // why, where it serves none
};
std::string_view irq_role_name(NicIrq::Role role);  // "rx", "tx", "rxtx", "other"
// "queue", or why none: "unnamed", "management", "idle", "not_understood"
std::string_view irq_service_name(const NicIrq& irq);

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

}  // namespace tuner
