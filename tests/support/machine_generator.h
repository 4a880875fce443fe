// Machines made from a few numbers, in the form of a recording: large ones, rare ones, broken ones.
// What they say of themselves is invented; the paths and the way values are written are the
// kernel's.
#pragma once

#include "support/machine_files.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

struct NicSpec {
  // How the driver names its interrupts, and what it has besides queues.
  enum class Style { Mlx5, RxTx, Virtio, NoPci };
  std::string name;
  std::string driver;
  Style style = Style::RxTx;
  std::string pci;  // "0000:81:00.0"
  int node = 0;
  int queues = 1;
  bool tls = false;  // the driver can offload TLS; nobody has asked for it
  bool default_route = false;
  std::string ids;         // "15b3:101d"
  bool tls_asked = false;  // transmit offload is requested
  bool checksums = true;   // without them it does not become active
  bool virtual_function = false;
};

// What stands on NICs: a bond, or a VLAN.
struct UpperSpec {
  std::string name;
  std::vector<std::string> lowers;
  std::string bond_mode;  // empty: a VLAN
  std::string bond_hash_policy;
  bool default_route = false;
};

struct MachineSpec {
  enum class Tls { Live, Loadable, Denied, NotBuilt, NoModules };
  enum class Cpufreq { None, Acpi, IntelPstate };
  // What the kernel encrypts AES-GCM with: AES-NI, plain C where the CPU could do better, or it was
  // not used since boot.
  enum class Cipher { Accelerated, Generic, Unused };

  std::string name;
  std::string about;
  int nodes = 1;
  int cores_per_node = 4;
  int threads = 1;            // siblings of a core are nodes * stride apart
  int memory_nodes = 0;       // further nodes without CPUs, near the last one that has some
  int stride = 0;             // distance of the nodes' first CPUs; 0: cores_per_node
  bool claims_twice = false;  // broken: node 1 names node 0's last CPU, too
  Tls tls = Tls::Loadable;
  Cpufreq cpufreq = Cpufreq::None;
  bool irqbalance = false;
  std::vector<NicSpec> nics;
  std::vector<UpperSpec> uppers = {};
  Cipher cipher = Cipher::Accelerated;
  std::string kernel_options = {};  // lines of the kernel's configuration
};

MachineFiles make_machine(const MachineSpec& spec);

// So many NICs with five interrupts to two of them, on 32 CPUs: what grows with them, and how.
MachineSpec machine_of_nics(int count);

// The machines that tests and the benchmark ask for by name.
std::span<const MachineSpec> named_machines();
const MachineSpec* find_machine(std::string_view name);

}  // namespace tuner::testing
