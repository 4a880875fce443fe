// The generated machines, by name. None of them was captured.
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

// Two ConnectX-6 Dx, one per socket, with the settings after boot: TLS transmit offload on.
std::vector<NicSpec> crypto_pair(bool default_route) {
  NicSpec first{"ens1f0", "mlx5_core", Style::Mlx5, "0000:17:00.0", 0, 8, true, default_route};
  first.ids = "15b3:101d";
  first.tls_asked = true;
  NicSpec second = first;
  second.name = "ens2f0";
  second.pci = "0000:b1:00.0";
  second.node = 1;
  second.default_route = false;
  return {first, second};
}

// A ConnectX-6 Dx, an older card and a virtual function on a kernel without the driver's option.
std::vector<NicSpec> plain_connectx() {
  std::vector<NicSpec> nics = crypto_pair(true);
  nics.push_back(nics[1]);
  nics[1].name = "ens2f1";
  nics[1].pci = "0000:b1:00.1";
  nics[1].ids = "15b3:101e";
  nics[1].virtual_function = true;
  nics[2].name = "ens3f0";
  nics[2].pci = "0000:c1:00.0";
  nics[2].ids = "15b3:1017";
  for (NicSpec& nic : nics) nic.tls = nic.tls_asked = false;
  return nics;
}

// TLS transmit offload requested; checksum offload was disabled afterwards.
std::vector<NicSpec> without_checksums() {
  std::vector<NicSpec> nics = crypto_pair(true);
  nics[0].checksums = false;
  return nics;
}

std::vector<MachineSpec> offload_machines() {
  const MachineSpec two_sockets{.nodes = 2, .cores_per_node = 8, .tls = Tls::Live};
  std::vector<MachineSpec> machines(4, two_sockets);
  for (MachineSpec& machine : machines) machine.kernel_options = "CONFIG_MLX5_EN_TLS=y";
  machines[0].name = "bond-lacp";
  machines[0].about =
      "two ConnectX-6 Dx in an 802.3ad bond, which supports TLS offload, and a VLAN on the bond";
  machines[0].nics = crypto_pair(false);
  machines[0].uppers = {{"bond0", {"ens1f0", "ens2f0"}, "802.3ad 4", "layer3+4 1", true},
                        {"bond0.100", {"bond0"}, "", "", false}};
  machines[1].name = "bond-backup";
  machines[1].about = "the same in an active-backup bond, which does not support TLS offload";
  machines[1].nics = crypto_pair(false);
  machines[1].uppers = {{"bond0", {"ens1f0", "ens2f0"}, "active-backup 1", "layer2 0", true}};
  machines[2].name = "debian-mlx5";
  machines[2].about = "ConnectX on a kernel without CONFIG_MLX5_EN_TLS, as Debian's is";
  machines[2].nics = plain_connectx();
  machines[2].kernel_options = "# CONFIG_MLX5_EN_TLS is not set";
  machines[3].name = "no-checksums";
  machines[3].about = "TLS offload requested, and checksum offload off";
  machines[3].nics = without_checksums();
  return machines;
}

std::vector<MachineSpec> healthy_machines() {
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

// Machines that lack something.
std::vector<MachineSpec> poor_machines() {
  return {
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
       .about = "hardened: modprobe.d denies tls",
       .cores_per_node = 4,
       .tls = Tls::Denied,
       .nics = {{"eth0", "igb", Style::RxTx, "0000:02:00.0", 0, 4, false, true}}},
      {.name = "plain-aes",
       .about = "a virtual machine whose kernel encrypts AES-GCM in plain C",
       .cores_per_node = 2,
       .tls = Tls::Live,
       .nics = {{"ens3", "virtio_net", Style::Virtio, "0000:00:03.0", -1, 2, false, true}},
       .cipher = MachineSpec::Cipher::Generic},
      {.name = "unused-aes",
       .about = "a virtual machine where AES-GCM was not used since boot",
       .cores_per_node = 2,
       .nics = {{"ens3", "virtio_net", Style::Virtio, "0000:00:03.0", -1, 2, false, true}},
       .cipher = MachineSpec::Cipher::Unused},
      {.name = "broken-topology",
       .about = "firmware that puts one CPU into two nodes",
       .nodes = 2,
       .cores_per_node = 8,
       .shares_cpu = true,
       .nics = {{"eth0", "i40e", Style::RxTx, "0000:3b:00.0", 1, 8, false, true}}},
      {.name = "memory-node",
       .about = "two nodes of four cores, and the NIC on a third node without CPUs",
       .nodes = 2,
       .cores_per_node = 4,
       .memory_nodes = 1,
       .nics = {{"eth0", "ice", Style::RxTx, "0000:c1:00.0", 2, 4, false, true}}},
  };
}

std::vector<MachineSpec> all_machines() {
  std::vector<MachineSpec> machines = healthy_machines();
  std::ranges::move(poor_machines(), std::back_inserter(machines));
  std::ranges::move(offload_machines(), std::back_inserter(machines));
  return machines;
}

}  // namespace

MachineSpec machine_of_nics(int count) {
  MachineSpec spec{.name = fmt::format("nics-{}", count),
                   .about = fmt::format("32 CPUs on two nodes, {} NICs", count),
                   .nodes = 2,
                   .cores_per_node = 16,
                   .tls = Tls::Live};
  for (int i = 0; i < count; ++i)
    spec.nics.push_back({.name = fmt::format("eth{}", i),
                         .driver = "ixgbe",
                         .style = Style::RxTx,
                         .pci = fmt::format("{:04x}:{:02x}:00.0", i / 256, i % 256),
                         .node = i % 2,
                         .queues = 1 + i % 2,
                         .default_route = i == 0});
  return spec;
}

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
