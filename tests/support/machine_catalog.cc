// The generated machines, by name. None of them was captured anywhere.
#include "support/machine_generator.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::testing {
namespace {

using Tls = MachineSpec::Tls;
using Cpufreq = MachineSpec::Cpufreq;
using Style = NicSpec::Style;

std::vector<NicSpec> sixteen_nics() {
  std::vector<NicSpec> nics;
  for (int i = 0; i < 16; ++i)
    nics.push_back({.name = fmt::format("ens{}f0", i + 1),
                    .driver = "mlx5_core",
                    .style = Style::Mlx5,
                    .pci = fmt::format("0000:{:02x}:00.0", 0x11 + i * 8),
                    .node = i / 8,
                    .queues = 63,
                    .tls = true,
                    .default_route = i == 0});
  return nics;
}

std::vector<MachineSpec> all_machines() {
  return {
      {.name = "two-socket-mlx5",
       .about = "two sockets of 16 cores with SMT, a ConnectX on each that can offload TLS",
       .nodes = 2,
       .cores_per_node = 16,
       .threads = 2,
       .cpufreq = Cpufreq::Acpi,
       .irqbalance = true,
       .nics = {{"ens1f0", "mlx5_core", Style::Mlx5, "0000:17:00.0", 0, 16, true, true},
                {"ens2f0", "mlx5_core", Style::Mlx5, "0000:b1:00.0", 1, 16, true, false}}},
      {.name = "cloud-virtio",
       .about = "a cloud's virtual machine: one node, virtio, no cpufreq, tls loaded",
       .cores_per_node = 4,
       .tls = Tls::Live,
       .nics = {{"ens3", "virtio_net", Style::Virtio, "0000:00:03.0", -1, 4, false, true}}},
      {.name = "sparse-cpus",
       .about = "CPU numbers with a hole above 64: nodes 0-39 and 64-103",
       .nodes = 2,
       .cores_per_node = 40,
       .stride = 64,
       .cpufreq = Cpufreq::Acpi,
       .nics = {{"eth0", "ice", Style::RxTx, "0000:3b:00.0", 0, 40, false, true},
                {"eth1", "ice", Style::RxTx, "0000:d8:00.0", 1, 40, false, false}}},
      {.name = "no-tls",
       .about = "a kernel built without CONFIG_TLS",
       .cores_per_node = 2,
       .tls = Tls::NotBuilt,
       .nics = {{"eth0", "e1000e", Style::RxTx, "0000:00:19.0", -1, 1, false, true}}},
      {.name = "no-modules",
       .about = "a microVM: no PCI, no modules, no kernel configuration",
       .cores_per_node = 2,
       .tls = Tls::NoModules,
       .nics = {{"eth0", "virtio_net", Style::NoPci, "", -1, 1, false, true}}},
      {.name = "deny-listed",
       .about = "hardened: modprobe.d says no to tls",
       .cores_per_node = 4,
       .tls = Tls::Denied,
       .nics = {{"eth0", "igb", Style::RxTx, "0000:02:00.0", 0, 4, false, true}}},
      {.name = "broken-topology",
       .about = "firmware that puts one CPU into two nodes",
       .nodes = 2,
       .cores_per_node = 8,
       .claims_twice = true,
       .nics = {{"eth0", "i40e", Style::RxTx, "0000:3b:00.0", 1, 8, false, true}}},
      {.name = "intel-epp",
       .about = "intel_pstate with energy preferences, all set to save",
       .cores_per_node = 8,
       .threads = 2,
       .tls = Tls::Live,
       .cpufreq = Cpufreq::IntelPstate,
       .nics = {{"eno1", "bnxt_en", Style::RxTx, "0000:19:00.0", 0, 8, false, true}}},
      {.name = "large",
       .about = "512 CPUs on two nodes, 16 NICs, 1,024 interrupts",
       .nodes = 2,
       .cores_per_node = 128,
       .threads = 2,
       .tls = Tls::Live,
       .cpufreq = Cpufreq::Acpi,
       .irqbalance = true,
       .nics = sixteen_nics()},
  };
}

}  // namespace

std::span<const MachineSpec> named_machines() {
  static const std::vector<MachineSpec> kMachines = all_machines();
  return kMachines;
}

const MachineSpec* find_machine(std::string_view name) {
  const auto machines = named_machines();
  const auto found = std::ranges::find(machines, name, &MachineSpec::name);
  return found == machines.end() ? nullptr : &*found;
}

}  // namespace tuner::testing
