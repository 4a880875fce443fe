// The idle states of CPUs (Documentation/admin-guide/pm/cpuidle.rst).
#pragma once

#include "host/host.h"
#include "model/programs/surroundings.h"

#include <optional>

namespace tuner {

// The states that take at least kDeepLatency to leave, of the CPUs that may enter one. nullopt:
// there are none, or this kernel has no cpuidle.
// In µs. drivers/idle/intel_idle.c has, for Skylake servers, 10 for C1E and 133 for C6.
constexpr int kDeepLatency = 100;
std::optional<DeepIdle> deep_idle(const FileTree& files);

}  // namespace tuner
