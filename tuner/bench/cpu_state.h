// What is looked at around a benchmark: whether the two CPUs kept their speed.
#pragma once

#include "bench/result.h"
#include "host/host.h"

#include <array>

namespace tuner {

// The state of both CPUs, by BenchEnd. What cannot be read is left out.
std::array<BenchCpuState, 2> look_at_cpus(const FileTree& files, std::array<int, 2> cpus);

}  // namespace tuner
