// Measures the placement of 1,024 interrupts: only the pure functions, without reading files.
//   placement RUNS      prints one row per measurement: "median-ms least-ms what"
#include "model/placement.h"

#include "model/steering.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace tuner;

Topology machine(int nodes, int cores, int threads) {
  Topology topology;
  topology.possible = topology.present = topology.online =
      CpuSet::range(0, nodes * cores * threads - 1);
  for (int id = 0; id < nodes; ++id) {
    NumaNode node{.id = id};
    for (int core = id * cores; core < (id + 1) * cores; ++core) {
      CpuSet siblings;
      for (int thread = 0; thread < threads; ++thread) siblings.add(core + thread * nodes * cores);
      node.cpus = node.cpus | siblings;
      topology.cores.push_back(siblings);
    }
    topology.nodes.push_back(node);
  }
  return topology;
}

std::vector<Nic> nics(int nodes, int count, int queues) {
  std::vector<Nic> made;
  for (int i = 0; i < count; ++i) {
    Nic nic{.name = "eth" + std::to_string(i), .numa_node = i % nodes, .tx_queues = queues};
    for (int queue = 0; queue < queues; ++queue)
      nic.irqs.push_back({.number = 40 + i * queues + queue,
                          .msi_index = queue,
                          .role = NicIrq::Role::RxTx,
                          .queue = queue});
    made.push_back(nic);
  }
  return made;
}

template <typename Work>
void measure(int runs, const char* what, Work work) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%.3f %.3f %s\n", times[times.size() / 2], times.front(), what);
}

std::size_t place(const Topology& topology, const std::vector<Nic>& all) {
  std::vector<const Nic*> pointers;
  for (const Nic& nic : all) pointers.push_back(&nic);
  const auto placed = place_numa_local_spread(topology, pointers);
  if (placed.size() != 1024 || placed.back().cpus.size() != 1) std::abort();
  return placed.size();
}

}  // namespace

int main(int count, char** arguments) {
  const int runs = count == 2 ? std::atoi(arguments[1]) : 0;
  if (runs <= 0) {
    std::fputs("usage: placement RUNS\n", stderr);
    return 64;
  }
  const Topology wide = machine(8, 64, 2);
  const Topology flat = machine(1, 1024, 1);
  const auto many = nics(8, 32, 32);
  const auto one = nics(1, 1, 1024);
  measure(runs, "place 1,024 IRQs, 32 NICs, 8 nodes", [&] { place(wide, many); });
  measure(runs, "place 1,024 IRQs, 1 NIC, 1 node", [&] { place(flat, one); });
  measure(runs, "steer 1,024 queues, 32 NICs", [&] {
    std::vector<const Nic*> pointers;
    for (const Nic& nic : many) pointers.push_back(&nic);
    const auto placed = place_numa_local_spread(wide, pointers);
    for (std::size_t i = 0; i < many.size(); ++i) {
      const auto steered = steer_transmit(wide, many[i], std::span(placed).subspan(i * 32, 32));
      if (steered.size() != 32 || steered.front().cpus.empty()) std::abort();
    }
  });
  return 0;
}
