// One measurement: a connection over loopback, its two ends in two threads on CPUs of their own.
#pragma once

#include "base/handle.h"
#include "bench/report.h"
#include "host/host.h"
#include "probe/evidence.h"
#include "probe/handshake/context.h"
#include "probe/handshake/payload.h"
#include "probe/handshake/socket_questions.h"
#include "probe/handshake/tcp.h"

#include <array>
#include <chrono>
#include <cstdint>

namespace tuner {

// Payload of each call that sends bulk: four whole records, or 16 pages.
inline constexpr std::size_t kCallBytes = 4 * kLargestRecord;
// Larger than the second-level cache of a core, smaller than most last-level caches.
inline constexpr std::size_t kContentBytes = 8U << 20U;
// Of the check after the timed part.
inline constexpr std::size_t kCheckedBytes = 1U << 20U;

// What is sent, again and again from the start: in memory, and the same as a file in memory.
struct LoadContent {
  Payload bytes;
  UniqueFd file;
};
Result<LoadContent> make_content();

struct TransferPlan {
  BenchVariant variant;
  std::array<int, 2> cpus{};  // by BenchEnd
  std::chrono::nanoseconds warm_up{0};
  std::chrono::nanoseconds round{0};
  Deadline deadline;
  bool ask_ktls = false;  // only if tls is loaded: it would be loaded
  // Of each call that sends, or of each file if `reads_file`; a power of two, to kCheckedBytes.
  std::size_t call_bytes = kCallBytes;
  // A mode without sendfile reads the file into memory, as a server does, instead of sending what
  // is there already.
  bool reads_file = false;
};

struct TransferResult {
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds time{0};  // from the first call until the last byte had arrived
  std::array<EndCost, 2> cost;
  std::uint64_t checked_bytes = 0;
  EndEvidence sender;
  EndEvidence receiver;
};

// The sending end is the TLS server and the receiving end is in user space, whatever the mode. Each
// byte of the check is compared. `ask_ulp` may be empty. Unsupported: this libssl does not offer
// the cipher, or SSL_sendfile() has no kernel TLS on this connection. Other faults: the first error
// of either end.
Result<TransferResult> transfer(const TransferPlan& plan, const LoadContent& content,
                                const Identity& identity, const FileTree& files,
                                const AskUlp& ask_ulp);

}  // namespace tuner
