// A loopback that loses packets: the queueing discipline netem (tc-netem(8)) on `lo`.
#pragma once

#include "base/result.h"
#include "host/host.h"

#include <cstdint>

namespace tuner {

inline constexpr std::uint32_t kLossPercent = 1;

// Call it in a network namespace of this process alone, before privileges are given up: the host's
// loopback is never touched. Loads nothing: Unsupported: sch_netem is not loaded; the text says how
// to load it. NotPermitted; other errors of the kernel.
Outcome lose_packets(const FileTree& files);

}  // namespace tuner
