// Requests and responses over loopback: an open-loop generator in one thread, a server in another.
#pragma once

#include "bench/histogram.h"
#include "bench/load/transfer.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace tuner {

// A pause of the server, once: at the first request that it handles behind this time.
struct ServerStall {
  std::chrono::nanoseconds after{0};  // since the start of the arrivals
  std::chrono::nanoseconds length{0};
};

struct ExchangePlan {
  BenchVariant variant;
  std::array<int, 2> cpus{};  // by BenchEnd: the server sends the responses
  std::size_t connections = 1;
  std::size_t request_bytes = 64;
  std::size_t response_bytes = 64;    // at most kContentBytes
  std::size_t most_in_flight = 1024;  // on all connections
  // When the requests are due, in nanoseconds and in order (poisson_arrivals()). Those before the
  // end of the warm-up are sent and not counted.
  std::vector<std::int64_t> due;
  std::chrono::nanoseconds warm_up{0};
  Deadline deadline;
  bool ask_ktls = false;             // only if tls is loaded: it would be loaded
  std::optional<ServerStall> stall;  // set by tests only
};

struct ExchangeResult {
  std::uint64_t arrivals = 0;  // that were due in the timed part
  std::uint64_t dropped = 0;   // of these: not sent, since most_in_flight requests were under way
  LatencyHistogram latency;    // from the time that was due until the whole response had arrived
  LatencyHistogram from_send;  // the same from the call that sent the request
  LatencyHistogram lag;        // of the generator: from the time that was due until that call
  std::uint64_t checked_bytes = 0;
  std::vector<EndEvidence> servers, clients;  // by connection
};

// The TLS server sends the responses; the generator's end is in user space, whatever the mode. A
// request is never delayed by the response to another one, unless its connection takes no more
// bytes, which is then part of its lag. Behind the timed part one response of each connection is
// compared byte by byte. `ask_ulp` may be empty. Faults: the first error of either end.
Result<ExchangeResult> exchange(const ExchangePlan& plan, const LoadContent& content,
                                const Identity& identity, const AskUlp& ask_ulp);

// How many requests a second these connections complete if each sends its next request when it has
// the response to the last one. Measured for `time`, after a quarter of it; `due` has no meaning.
Result<double> closed_loop_per_second(const ExchangePlan& plan, std::chrono::nanoseconds time,
                                      const LoadContent& content, const Identity& identity);

}  // namespace tuner
