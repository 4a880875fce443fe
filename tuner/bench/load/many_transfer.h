// One measurement of many connections at once: one thread sends on all of them in turn, another
// receives, both driven by epoll, in a bounded amount of memory.
#pragma once

#include "bench/load/connection_maker.h"
#include "bench/load/transfer.h"
#include "host/host.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

namespace tuner {

// That is sent on a connection before it is the next one's turn: the largest record.
inline constexpr std::size_t kTurnBytes = kLargestRecord;

struct ManyPlan {
  BenchMode mode = BenchMode::Plain;
  std::array<int, 2> cpus{};  // by BenchEnd
  std::chrono::nanoseconds warm_up{0};
  std::chrono::nanoseconds round{0};
  Deadline deadline;
  // Of all connections together: more is not on its way at a time. nullopt: as much as the kernel's
  // buffers hold.
  std::optional<std::uint64_t> window;
  // The first ones of ConnectionSet::receivers read one message, then none for this long.
  std::size_t slow_readers = 0;
  std::chrono::milliseconds pause{0};
};

struct ManyResult {
  std::uint64_t bytes = 0;  // that arrived in the timed part
  std::chrono::nanoseconds time{0};
  std::array<EndCost, 2> cost;
  std::uint64_t checked_bytes = 0;
  // Jain's index of the bytes of those that are not slow: 1: all the same, 1/n: one has all.
  double fairness = 1;
};

// `at_end` is called at the end of the timed part, while the kernel's buffers are full. Io: also if
// what arrived is not what was sent, or a connection ended.
Result<ManyResult> transfer_many(ConnectionSet& set, const ManyPlan& plan,
                                 const LoadContent& content, const FileTree& files,
                                 const std::function<void()>& at_end);

}  // namespace tuner
