// One measurement of the workload `messages`: one message after the other over a connection on
// loopback, received by epoll, and a mark at each step.
#pragma once

#include "bench/load/message_stamps.h"
#include "bench/load/transfer.h"

namespace tuner {

// Of one measurement, so that a round's report stays in one line of at most 64 KiB.
inline constexpr std::size_t kMostMessages = 400;

struct MessagePlan {
  BenchVariant variant;
  std::array<int, 2> cpus{};  // by BenchEnd
  std::chrono::nanoseconds warm_up{0};
  std::chrono::nanoseconds round{0};
  std::size_t most = kMostMessages;  // a measurement ends with its time or with so many
  Deadline deadline;
  bool ask_ktls = false;  // of the receiving end; only if tls is loaded: it would be loaded
};

struct MessageResult {
  MarkedMessages marked;
  std::uint64_t checked_bytes = 0;
  EndEvidence sender;
  EndEvidence receiver;
};

// The sending end is the TLS server, in user space whatever the mode, so that only receiving
// differs. It sends the next message when the one before has been handled, so each is alone on the
// path. Each byte is compared, after the last mark. Stamps come from the tap, and where that is an
// error from the socket, which has none under kernel TLS. `ask_ulp` may be empty. Unsupported: this
// libssl does not offer the cipher, or gives the kernel no keys to receive although asked. Other
// faults: the first error of either end.
Result<MessageResult> transfer_messages(const MessagePlan& plan, const Identity& identity,
                                        Result<FlowTap>& tap, const AskUlp& ask_ulp);

}  // namespace tuner
