// The state of a machine, as plain data. host/facts/collect.cc fills it; this file reads nothing.
#pragma once

#include "base/cpu_set.h"
#include "base/result.h"
#include "base/words.h"
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
  // "initial net:[4026531840] cookie 1": unique within one boot. Empty: not known.
  std::string net_namespace;
  // The CPU is emulated in software (QEMU TCG): measured times have no meaning.
  bool emulated = false;
  bool operator==(const HostIdentity&) const = default;
};

// The state of a kernel module, from best to worst.
enum class ModuleState {
  BuiltIn,     // compiled in; cannot be unloaded
  Live,        // loaded
  Loadable,    // not loaded; the module file exists
  DenyListed,  // blacklist or "install … /bin/false" in modprobe.d: denied by the administrator
  Locked,      // kernel.modules_disabled=1: no module can be loaded until reboot
  Missing,     // this kernel supports it, but no module file is installed
  NotBuilt,    // this kernel was built without it (CONFIG_… is not set)
  Unknown,     // the readable files do not show the state
};
template <>
inline constexpr auto kWords<ModuleState> =
    std::to_array<Word<ModuleState>>({{ModuleState::BuiltIn, "built-in"},
                                      {ModuleState::Live, "live"},
                                      {ModuleState::Loadable, "loadable"},
                                      {ModuleState::DenyListed, "deny-listed"},
                                      {ModuleState::Locked, "locked"},
                                      {ModuleState::Missing, "missing"},
                                      {ModuleState::NotBuilt, "not-built"},
                                      {ModuleState::Unknown, "unknown"}});
std::string_view module_state_name(ModuleState state);

struct ModuleFacts {
  ModuleState state = ModuleState::Unknown;
  std::string because;  // the evidence: "listed in /proc/sys/net/ipv4/tcp_available_ulp",
                        // "/etc/modprobe.d/x.conf:3"
};

struct KernelFacts {
  ModuleFacts tls;
  std::string config_source;  // the file with the CONFIG_ values; empty: none readable
  // The options that this program looks for (CONFIG_TLS, CONFIG_TLS_DEVICE, …): "y", "m", "n".
  std::map<std::string, std::string> config;
  std::string lockdown;  // "none", "integrity", "confidentiality"; empty: not readable
  std::vector<std::string> available_ulp;  // tcp_available_ulp
};

struct NumaNode {
  int id = 0;
  CpuSet cpus;                   // online CPUs; empty: a node with memory only
  std::map<int, int> distances;  // by node, from the firmware (10: itself); empty: not known
};

struct CpufreqPolicy {
  std::string name;  // "policy0"
  CpuSet cpus;       // related_cpus
  std::string driver;
  std::string governor;
  std::vector<std::string> available_governors;
  std::string epp;  // empty: the driver has no EPP
  std::vector<std::string> available_epp;
};

// An inconsistent topology (a CPU in two nodes, a node with CPUs that do not exist) is listed in
// `problems`. Every placement is then unsupported; nothing is guessed.
struct Topology {
  CpuSet possible, present, online;
  CpuSet isolated;   // isolcpus= and cpusets
  CpuSet nohz_full;  // one task each without a timer tick; the kernel excludes them from RPS
  std::vector<NumaNode> nodes;
  std::vector<CpuSet> cores;  // SMT siblings of each online physical core, ordered by first CPU
  std::vector<std::string> problems;

  int node_of(int cpu) const;  // -1: no node contains it
};

// A running program that also tunes this machine.
struct Neighbour {
  std::string name;    // "irqbalance", "tuned", "NetworkManager", "bpftune"
  std::string detail;  // "pid 412", "profile throughput-performance"
  int pid = 0;
};

// A setting that another owner sets: from a file, or a running program chooses the value.
struct ExternalSetting {
  std::string who;      // the owner: "tuned", "sysctl.d", "systemd-udevd", …
  std::string where;    // "/etc/tuned/web/tuned.conf:12"; if a program chooses: "pid 412"
  std::string knob;     // the family: "sysctl"; empty: `setting` is the path of a file
  std::string setting;  // the family's name without the NIC: "net.core.rmem_max"; can be a pattern
  std::vector<std::string> except;  // exceptions from the pattern
  std::string nic;                  // current name; empty: every NIC, or not a setting of NICs
  std::string value;                // as written in the file; empty: the program chooses
  bool operator==(const ExternalSetting&) const = default;
};

// A part of the facts that is incomplete: a read failed, or (Fault::NotRecorded) the recorded
// machine does not contain it. Facts that depend on it are unknown.
struct Unread {
  FactNeed part = FactNeed::None;
  std::string nic;  // the interface that is incomplete; empty: the whole part
  Error error;      // the last read that failed; the host's ReadLog has all of them
};

// The incomplete parts, indexed by part and NIC. Collectors only append.
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

  // The first failed read (not Fault::NotRecorded) of these parts, for any NIC; nullptr: none.
  const Unread* failed(FactNeed parts) const;
  // The entries of these parts for this NIC or for the whole part, in the order of addition.
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
      tls_stat;                       // by the kernel's names; nullopt: module tls is not loaded
  std::optional<CryptoFacts> crypto;  // nullopt: not collected, or not known
  UnreadList unread;
  // What was collected. A part outside of it is not known; it is not absent.
  FactNeed looked_at = FactNeed::All;

  const Nic* nic(std::string_view name) const;
  const Nic* nic_of(std::string_view key) const;  // the first NIC with this key
  // The NIC, then all interfaces on top of it (bonds, VLANs), at any depth.
  std::vector<const Nic*> stack_on(const Nic& nic) const;
  const Neighbour* neighbour(std::string_view name) const;
  // A failed read that leaves these parts incomplete, for `nic` or for the whole part; nullptr:
  // none. If an interface could not be read at all, the whole part is incomplete.
  const Unread* failed_read(FactNeed parts, std::string_view nic = {}) const;
};

}  // namespace tuner
