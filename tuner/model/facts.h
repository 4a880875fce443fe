// What a machine is, as plain data. host/facts/collect.cc fills it; nothing here reads anything.
#pragma once

#include "base/cpu_set.h"
#include "base/result.h"
#include "model/fact_need.h"
#include "model/kernel_crypto.h"
#include "model/nic_list.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

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

struct Neighbour {
  std::string name;    // "irqbalance", "tuned", "NetworkManager", "bpftune"
  std::string detail;  // "pid 412", "profile throughput-performance"
  int pid = 0;
};

// A setting that somebody else makes, too: a file says so, or a program that runs chooses it.
struct ExternalSetting {
  std::string who;      // "tuned", "sysctl.d", "systemd-udevd", …
  std::string where;    // "/etc/tuned/web/tuned.conf:12"; of one that chooses: "pid 412"
  std::string knob;     // the family: "sysctl"; empty: `setting` is the path of a file
  std::string setting;  // in that family's words, without the NIC: "net.core.rmem_max"; a pattern
  std::vector<std::string> except;  // what the pattern leaves out
  std::string nic;                  // its name now; empty: every NIC, or it is no NIC's setting
  std::string value;                // as it is written there; empty: the program chooses
  bool operator==(const ExternalSetting&) const = default;
};

// A part of the facts that is not whole: a read failed, or (Fault::NotRecorded) a recorded machine
// does not tell. What depends on it is not known.
struct Unread {
  FactNeed part = FactNeed::None;
  std::string nic;  // the interface that it is about; empty: the whole part
  Error error;      // the last read that failed; the host's ReadLog has each
};

// Appended to while facts are collected; found by part and NIC without a walk.
class UnreadList {
 public:
  UnreadList() = default;
  UnreadList(std::initializer_list<Unread> unread);

  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  const Unread& operator[](std::size_t at) const { return all_[at]; }
  const Unread& front() const { return all_.front(); }
  const Unread& back() const { return all_.back(); }
  void push_back(Unread unread);

  // The first that is no Fault::NotRecorded, of these parts and whatever NIC; nullptr: none.
  const Unread* failed(FactNeed parts) const;
  // What is about these parts and this NIC or no single one, in the order it was added.
  std::vector<const Unread*> about(FactNeed parts, std::string_view nic) const;

 private:
  struct OfPart {
    std::optional<std::size_t> failed;
    std::map<std::string, std::vector<std::size_t>, std::less<>> by_nic;
  };

  std::vector<Unread> all_;
  std::map<FactNeed, OfPart> parts_;
};

struct Facts {
  HostIdentity host;
  KernelFacts kernel;
  Topology topology;
  std::vector<CpufreqPolicy> cpufreq;
  NicList nics;
  std::vector<Neighbour> neighbours;
  std::vector<ExternalSetting> external_settings;
  std::optional<std::map<std::string, std::uint64_t>>
      tls_stat;                       // by the kernel's names; absent until tls is loaded
  std::optional<CryptoFacts> crypto;  // nothing: not asked for, or not known
  UnreadList unread;

  const Nic* nic(std::string_view name) const;
  const Nic* nic_of(std::string_view key) const;  // of several with one key the first
  // The NIC itself, then everything that stands on it: bonds, VLANs, at any depth.
  std::vector<const Nic*> stack_on(const Nic& nic) const;
  const Neighbour* neighbour(std::string_view name) const;
  // A failed read that these parts of the facts suffer by, of `nic` or of no single NIC; nullptr:
  // there was none. An interface that could not be read at all counts as no single NIC's.
  const Unread* failed_read(FactNeed parts, std::string_view nic = {}) const;
};

}  // namespace tuner
