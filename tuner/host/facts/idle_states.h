// The idle states of CPUs (Documentation/admin-guide/pm/cpuidle.rst).
#pragma once

#include "host/host.h"
#include "model/surroundings.h"

#include <optional>

namespace tuner {

// The states that take at least kDeepLatency to leave, of the CPUs that may enter one. nullopt:
// there are none, or this kernel has no cpuidle.
constexpr int kDeepLatency = 100;  // µs: about 10 µs are C1's, and 130 and more C6's
std::optional<DeepIdle> deep_idle(const FileTree& files);

}  // namespace tuner
