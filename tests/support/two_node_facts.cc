#include "support/two_node_facts.h"

#include "support/fake_host.h"

#include <fmt/format.h>

namespace tuner::testing {
namespace {

Topology topology() {
  Topology topology;
  topology.possible = topology.present = topology.online = CpuSet::range(0, 3);
  topology.nodes = {{.id = 0, .cpus = CpuSet::range(0, 1), .distances = {{0, 10}, {1, 21}}},
                    {.id = 1, .cpus = CpuSet::range(2, 3), .distances = {{0, 21}, {1, 10}}}};
  for (int cpu = 0; cpu < 4; ++cpu) topology.cores.push_back(CpuSet::of({cpu}));
  return topology;
}

std::vector<CpufreqPolicy> policies() {
  std::vector<CpufreqPolicy> all;
  for (int cpu = 0; cpu < 4; ++cpu) {
    all.push_back({.name = fmt::format("policy{}", cpu),
                   .cpus = CpuSet::of({cpu}),
                   .driver = "intel_pstate",
                   .governor = "powersave",
                   .available_governors = {"performance", "powersave"},
                   .epp = "balance_performance",
                   .available_epp = {"default", "performance", "balance_performance",
                                     "balance_power", "power"}});
  }
  return all;
}

using enum NicIrq::Role;

Nic eth0() {
  return {
      .name = "eth0",
      .ifindex = 2,
      .physical = true,
      .kind = "physical",
      .driver = "vmxnet3",
      .bus_address = "0000:81:00.0",
      .permanent_address = "52:54:00:00:00:01",
      .operstate = "up",
      .numa_node = 1,
      .numa_node_source = "/sys/class/net/eth0/device/numa_node",
      .carries_default_route = true,
      .rx_queues = 4,
      .tx_queues = 4,
      .irqs = {{24, 0, "eth0-rxtx-0", RxTx, 0},
               {25, 1, "eth0-rxtx-1", RxTx, 1},
               {26, 2, "eth0-rxtx-2", RxTx, 2},
               {27, 3, "eth0-rxtx-3", RxTx, 3},
               {28, 4, "eth0-event-4", Other, -1, NicIrq::NoQueue::Management}},
      .channels = {{"combined", {.value = 4, .maximum = 8}}},
      .rings = {{"rx", {.value = 256, .maximum = 4096}}, {"tx", {.value = 256, .maximum = 4096}}},
      .coalesce = {
          {"adaptive-rx", {.value = 0}}, {"rx-usecs", {.value = 3}}, {"tx-usecs", {.value = 3}}}};
}

Nic eth1() {
  return {.name = "eth1",
          .ifindex = 3,
          .physical = true,
          .kind = "physical",
          .driver = "e1000e",
          .bus_address = "0000:01:00.0",
          .permanent_address = "52:54:00:00:00:02",
          .operstate = "up",
          .numa_node = 0,
          .numa_node_source = "/sys/class/net/eth1/device/numa_node",
          .rx_queues = 1,
          .tx_queues = 1,
          .irqs = {{30, 0, "eth1-rx-0", Rx, 0},
                   {31, 1, "eth1-tx-0", Tx, 0},
                   {32, 2, "eth1", Other, -1, NicIrq::NoQueue::Management}}};
}

}  // namespace

Facts two_node_facts() {
  const FakeMachine machine = two_node_machine();
  Facts facts;
  facts.host = {
      .hostname = "fake", .kernel = std::string(kFakeKernel), .boot_id = std::string(kFakeBootId)};
  facts.topology = topology();
  facts.cpufreq = policies();
  facts.nics = {eth0(), eth1()};
  for (Nic& nic : facts.nics) nic.features = machine->nics[nic.name].features;
  return facts;
}

}  // namespace tuner::testing
