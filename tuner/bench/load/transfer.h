// One measurement: a connection over loopback, its two ends in two threads on CPUs of their own.
#pragma once

#include "base/handle.h"
#include "bench/load/kernel/cpu_events.h"
#include "bench/load/load_end.h"
#include "bench/report.h"
#include "host/host.h"
#include "probe/evidence.h"
#include "probe/handshake/connection/context.h"
#include "probe/handshake/connection/payload.h"
#include "probe/handshake/connection/socket_questions.h"
#include "probe/handshake/connection/tcp.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

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
  // The ends that the mode asks the kernel for ask. Only if tls is loaded: it would be loaded.
  bool ask_ktls = false;
  const CpuEvents* events = nullptr;  // nullptr: nothing is counted
  // Of each call that sends, or of each file if `reads_file`; a power of two, to kCheckedBytes.
  std::size_t call_bytes = kCallBytes;
  // A mode without sendfile reads the file into memory, as a server does, instead of sending what
  // is there already.
  bool reads_file = false;
};

// The two ends of a proxy's own.
struct ProxyEvidence {
  EndEvidence receiving;
  EndEvidence sending;
};

struct TransferResult {
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds time{0};  // from the first call until the last byte had arrived
  std::array<EndCost, 2> cost;       // by BenchEnd; of a proxy's mode the two ends, then the proxy
  std::uint64_t checked_bytes = 0;
  EndEvidence sender;
  EndEvidence receiver;
  std::optional<ProxyEvidence> proxy;
  std::array<int, 2> khz{};  // as of BenchSample
  BenchCounts counts;
};

// The place in the content, which begins again at its end.
class ContentCursor {
 public:
  ContentCursor(const LoadContent& content, const TransferPlan& plan);

  // Of one turn: a large call, or many small ones. Between turns the sender looks at the clock,
  // which would take as long as a small call does.
  std::size_t turn_bytes() const;
  Outcome send_turn(LoadEnd& end);
  void rewind() { at_ = 0; }

 private:
  Outcome send_call(LoadEnd& end);
  Outcome send_piece(LoadEnd& end, std::size_t at, std::size_t size);

  const LoadContent& content_;
  bool as_file_;
  std::size_t call_;
  std::vector<std::uint8_t> buffer_;  // empty: what is sent is in memory already
  std::size_t at_ = 0;
};

// Compares what arrived with the content from byte `checked` on, and counts it there. Io: another
// byte.
Outcome check_content(const LoadContent& content, std::span<const std::uint8_t> arrived,
                      std::uint64_t& checked);

// The two ends of a measured connection, before the handshake. The sending end is the TLS server.
// Unsupported: this libssl does not offer the cipher.
Result<LoadEnd> sending_end(const BenchVariant& variant, const Identity& identity, int socket,
                            bool ask_ktls);
Result<LoadEnd> receiving_end(const BenchVariant& variant, int socket, bool ask_ktls);

// The sending end is the TLS server. In a proxy's mode both ends are in user space and on the first
// CPU, the proxy is on the second. Each byte of the check is compared. `ask_ulp` may be empty.
// Unsupported: this libssl does not offer the cipher, or SSL_sendfile(), TLS_TX_ZEROCOPY_RO or
// splice() has no kernel TLS on this connection. Other faults: the first error of either end.
Result<TransferResult> transfer(const TransferPlan& plan, const LoadContent& content,
                                const Identity& identity, const FileTree& files,
                                const AskUlp& ask_ulp);

}  // namespace tuner
