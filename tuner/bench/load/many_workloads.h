// The workloads with many connections at once. Each measurement is a BenchSample.
#pragma once

#include "bench/load/workload.h"

#include <cstddef>

namespace tuner {

inline constexpr std::size_t kMostConnections = 10'000;  // of all these workloads

// A message on each of 10 to 10,000 connections in turn: throughput, and memory a connection.
Workload connections(const LoadRun& run);
// New connections, each with a handshake and 64 bytes.
Workload handshakes(const LoadRun& run);
// 32 connections of which some read 16 KiB and then pause: throughput, fairness, memory.
Workload slow_readers(const LoadRun& run);
// 16 connections over a loopback that loses packets (netem.h).
Workload loss(const LoadRun& run);

}  // namespace tuner
