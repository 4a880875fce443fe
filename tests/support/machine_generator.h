// Generates recordings of large, rare and broken machines from a few numbers. The values are
// invented; paths and formats are those of the kernel.
#pragma once

#include "support/machine_files.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

struct NicSpec {
  // How the driver names its interrupts, and which it has besides those of queues.
  enum class Style { Mlx5, RxTx, Virtio, NoPci };
  std::string name;
  std::string driver;
  Style style = Style::RxTx;
  std::string pci;  // "0000:81:00.0"
  int node = 0;
  int queues = 1;
  bool tls = false;  // the driver supports TLS offload
  bool default_route = false;
  std::string ids;         // "15b3:101d"
  bool tls_asked = false;  // TLS transmit offload is requested
  bool checksums = true;   // checksum offload is on; TLS offload is inactive without
  bool virtual_function = false;
};

// A bond or VLAN.
struct StackedSpec {
  std::string name;
  std::vector<std::string> lowers;
  std::string bond_mode;  // empty: a VLAN
  std::string bond_hash_policy;
  bool default_route = false;
};

struct MachineSpec {
  enum class Tls { Live, Loadable, Denied, NotBuilt, NoModules };
  enum class Cpufreq { None, Acpi, IntelPstate };
  // The kernel's driver for AES-GCM: AES-NI, generic C although the CPU has AES instructions, or
  // none because AES-GCM was not used since boot.
  enum class Cipher { Accelerated, Generic, Unused };

  std::string name;
  std::string about;
  int nodes = 1;
  int cores_per_node = 4;
  int threads = 1;          // per core; the numbers of siblings differ by nodes * stride
  int memory_nodes = 0;     // additional nodes without CPUs, nearest to the last node with CPUs
  int stride = 0;           // difference of the nodes' first CPU numbers; 0: cores_per_node
  bool shares_cpu = false;  // broken: node 1 also lists the last CPU of node 0
  Tls tls = Tls::Loadable;
  Cpufreq cpufreq = Cpufreq::None;
  bool irqbalance = false;
  std::vector<NicSpec> nics;
  std::vector<StackedSpec> uppers = {};
  Cipher cipher = Cipher::Accelerated;
  std::string kernel_options = {};  // lines of the kernel's configuration
};

MachineFiles make_machine(const MachineSpec& spec);

// 32 CPUs on two nodes and `count` NICs with five interrupts per two NICs, to measure how work
// grows with their number.
MachineSpec machine_of_nics(int count);

// The machines that tests and the benchmark use by name.
std::span<const MachineSpec> named_machines();
const MachineSpec* find_machine(std::string_view name);

}  // namespace tuner::testing
