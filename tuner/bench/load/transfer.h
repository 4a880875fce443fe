// One measurement: a connection over loopback, its two ends in two threads on CPUs of their own.
#pragma once

#include "base/handle.h"
#include "bench/load/load_end.h"
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
#include <span>

namespace tuner {

// Payload of each call that sends: four whole records, or 16 pages.
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
};

struct TransferResult {
  std::uint64_t bytes = 0;
  std::chrono::nanoseconds time{0};  // from the first call until the last byte had arrived
  std::array<EndCost, 2> cost;
  std::uint64_t checked_bytes = 0;
  EndEvidence sender;
  EndEvidence receiver;
};

// The place in the content, which begins again at its end.
class ContentCursor {
 public:
  ContentCursor(const LoadContent& content, bool as_file) : content_(content), as_file_(as_file) {}

  Outcome send_next(LoadEnd& end);  // kCallBytes
  void rewind() { at_ = 0; }

 private:
  const LoadContent& content_;
  bool as_file_;
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
// In user space, whatever the mode.
Result<LoadEnd> receiving_end(const BenchVariant& variant, int socket);

// OpenSSL's report of an end and socket diagnostics, while the socket is open. `ask_ulp` may be
// empty.
EndEvidence evidence_at(const LoadEnd& end, int socket, const AskUlp& ask_ulp);

// The sending end is the TLS server and the receiving end is in user space, whatever the mode. Each
// byte of the check is compared. `ask_ulp` may be empty. Unsupported: this libssl does not offer
// the cipher, or SSL_sendfile() has no kernel TLS on this connection. Other faults: the first error
// of either end.
Result<TransferResult> transfer(const TransferPlan& plan, const LoadContent& content,
                                const Identity& identity, const FileTree& files,
                                const AskUlp& ask_ulp);

}  // namespace tuner
