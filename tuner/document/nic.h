// A NIC in the document of facts.
#pragma once

#include "document/common.h"
#include "document/nic_queues.h"
#include "model/nic.h"
#include "model/offload.h"

namespace tuner::document {

struct Parameter {
  std::int64_t value = 0;
  std::optional<std::int64_t> maximum;
};

void describe(auto& keys, Exactly<Parameter> auto& parameter) {
  keys.object("nic_parameter", "");
  keys.key({"value"}, parameter.value);
  keys.key({"maximum", "The driver's maximum; null: it reports none"}, parameter.maximum);
}

struct Feature {
  bool supported = false;
  bool requested = false;
  bool active = false;
  bool fixed = false;
};

void feature_keys(auto& keys, auto& feature) {
  keys.key({"supported"}, feature.supported);
  keys.key({"requested"}, feature.requested);
  keys.key({"active"}, feature.active);
  keys.key({"fixed"}, feature.fixed);
}

void describe(auto& keys, Exactly<Feature> auto& feature) {
  keys.object("nic_feature", "");
  feature_keys(keys, feature);
}

struct Reason {
  std::string code;
  std::string nic;
  std::string text;
  std::string next;
};

void describe(auto& keys, Exactly<Reason> auto& reason) {
  keys.object("offload_reason", "");
  keys.key({"code", {}, {.words = words_of<OffloadCode>()}}, reason.code);
  keys.key({"nic", "Empty: the whole machine"}, reason.nic);
  keys.key({"text", {}, kNotEmpty}, reason.text);
  keys.key({"next", "The next step; may be empty"}, reason.next);
}

struct Direction : Feature {
  std::vector<Reason> because;
};

void describe(auto& keys, Exactly<Direction> auto& direction) {
  keys.object("offload", "TLS offload in one direction");
  feature_keys(keys, direction);
  keys.key({"because", "Empty: no known reason against it"}, direction.because);
}

struct Offload {
  Direction tx;
  Direction rx;
};

void describe(auto& keys, Exactly<Offload> auto& offload) {
  keys.object("tls_offload",
              "Whether connections routed to this interface can be offloaded to a NIC, "
              "and all reasons why not");
  keys.key({"tx"}, offload.tx);
  keys.key({"rx"}, offload.rx);
}

struct Bond {
  std::string mode;
  std::string xmit_hash_policy;
};

void describe(auto& keys, Exactly<Bond> auto& bond) {
  keys.object("bond", "");
  keys.key({"mode"}, bond.mode);
  keys.key({"xmit_hash_policy"}, bond.xmit_hash_policy);
}

struct Irq {
  unsigned irq = 0;
  unsigned msi_index = 0;
  std::string action;
  std::string role;
  std::optional<unsigned> queue;
  std::string serves;
  std::string known_by;
};

namespace detail {
consteval auto irq_services() {
  std::array<std::string_view, kWords<NicIrq::NoQueue>.size() + 1> words{kServesQueue};
  for (std::size_t i = 1; i < words.size(); ++i) words[i] = kWords<NicIrq::NoQueue>[i - 1].word;
  return words;
}
inline constexpr auto kIrqServices = irq_services();
}  // namespace detail

void describe(auto& keys, Exactly<Irq> auto& irq) {
  keys.object("irq", "An interrupt of a NIC");
  keys.key({"irq"}, irq.irq);
  keys.key({"msi_index"}, irq.msi_index);
  keys.key({"action"}, irq.action);
  keys.key({"role", {}, {.words = words_of<NicIrq::Role>()}}, irq.role);
  keys.key({"queue"}, irq.queue);
  keys.key(
      {"serves",
       "queue, or the reason for none. unnamed: not requested; management: link events, mailbox; "
       "idle: its queue does not exist; not_understood: the name fits no rule or no queue",
       {.words = detail::kIrqServices, .later = true}},
      irq.serves);
  keys.key({"known_by",
            "What tells the queue: its name, the kernel's list of queues, or both",
            {.words = words_of<NicIrq::KnownBy>(), .later = true}},
           irq.known_by);
}

using Parameters = std::map<std::string, Parameter>;
inline constexpr std::string_view kParametersDoc = "By ethtool's names; empty: the driver has none";
inline constexpr std::array<std::string_view, 4> kNicKinds{"physical", "bond", "vlan", "virtual"};

struct Nic {
  std::string name;
  unsigned ifindex = 0;
  std::string kind;
  std::string driver;
  std::string bus_address;
  std::string pci_ids;
  bool virtual_function = false;
  bool switchdev = false;
  std::string permanent_address;
  std::string operstate;
  int numa_node = -1;
  std::string numa_node_source;
  Texts lowers;
  std::optional<Bond> bond;
  bool carries_default_route = false;
  bool carries_session = false;
  std::string session_evidence;
  std::optional<std::int64_t> carrier_changes;
  unsigned rx_queues = 0;
  unsigned tx_queues = 0;
  Parameters channels;
  Parameters rings;
  Parameters coalesce;
  std::vector<Irq> irqs;
  std::optional<KernelQueues> kernel_queues;
  Texts irq_doubts;
  std::optional<std::string> napi_threads;
  std::map<std::string, Feature> features;
  std::string features_unreadable;
  Offload tls_offload;
};

void device_keys(auto& keys, auto& nic) {
  keys.key({"name", {}, kNotEmpty}, nic.name);
  keys.key({"ifindex"}, nic.ifindex);
  keys.key({"kind", {}, {.words = kNicKinds}}, nic.kind);
  keys.key({"driver"}, nic.driver);
  keys.key({"bus_address", "PCI address, or empty"}, nic.bus_address);
  keys.key({"pci_ids", "vendor:device, or empty", {.pattern = "^([0-9a-f]+:[0-9a-f]+)?$"}},
           nic.pci_ids);
  keys.key({"virtual_function", "A virtual function of SR-IOV"}, nic.virtual_function);
  keys.key({"switchdev",
            "A port of a switch (phys_switch_id), such as the NIC's own in switchdev "
            "mode"},
           nic.switchdev);
  keys.key({"permanent_address"}, nic.permanent_address);
  keys.key({"operstate"}, nic.operstate);
  keys.key({"numa_node", "-1: not reported"}, nic.numa_node);
  keys.key({"numa_node_source"}, nic.numa_node_source);
  keys.key({"lowers", "The devices below it"}, nic.lowers);
  keys.key({"bond", "null: not a bond"}, nic.bond);
}

void describe(auto& keys, Exactly<Nic> auto& nic) {
  keys.object("nic", "A network interface");
  device_keys(keys, nic);
  keys.key({"carries_default_route"}, nic.carries_default_route);
  keys.key({"carries_session",
            "The interface carries the login session in which the tool runs; false: "
            "it does not, or not known"},
           nic.carries_session);
  keys.key({"session_evidence", "The evidence for carries_session; may be empty"},
           nic.session_evidence);
  keys.key({"carrier_changes",
            "How often the link went up or down since the interface exists; null: "
            "not reported"},
           nic.carrier_changes);
  keys.key({"rx_queues"}, nic.rx_queues);
  keys.key({"tx_queues"}, nic.tx_queues);
  keys.key({"channels", kParametersDoc, kLater}, nic.channels);
  keys.key({"rings", kParametersDoc, kLater}, nic.rings);
  keys.key({"coalesce", kParametersDoc, kLater}, nic.coalesce);
  keys.key({"irqs"}, nic.irqs);
  keys.key(
      {"kernel_queues",
       "null: the kernel has no such list (before Linux 6.8), or it is not known (unread)", kLater},
      nic.kernel_queues);
  keys.key({"irq_doubts",
            "Where the kernel's list contradicts the names of interrupts; the list counts", kLater},
           nic.irq_doubts);
  keys.key({"napi_threads",
            "Where NAPI polls, if no NAPI instance reports it: off: in softirqs; on, busy-poll: "
            "in threads; null: not known",
            {.words = words_of<NapiThreads>(), .later = true}},
           nic.napi_threads);
  keys.key({"features", "By the kernel's names; empty: not readable"}, nic.features);
  keys.key({"features_unreadable", "The reason if features could not be read; may be empty"},
           nic.features_unreadable);
  keys.key({"tls_offload"}, nic.tls_offload);
}

}  // namespace tuner::document
