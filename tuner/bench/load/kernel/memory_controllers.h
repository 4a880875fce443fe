// The counters of the memory controllers, as the kernel describes them in sysfs.
#pragma once

#include "base/result.h"
#include "host/host.h"

#include <cstdint>
#include <vector>

namespace tuner {

// What they count is 64 bytes that were read or written, a cache line.
inline constexpr std::uint64_t kBytesOfACount = 64;

// One counter of one controller, as perf_event_open(2) takes it.
struct MemoryEvent {
  std::uint32_t type = 0;
  std::uint64_t config = 0;
  int cpu = 0;  // that the kernel reads it on, one of each processor

  bool operator==(const MemoryEvent&) const = default;
};

// Reads and writes of all controllers: what went to or came from memory on the whole machine, by
// whatever program or device. Unsupported: there are none, or none whose unit is known.
Result<std::vector<MemoryEvent>> memory_events(const FileTree& files);

}  // namespace tuner
