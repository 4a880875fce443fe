// Makes many loopback connections, with TLS or without: one thread accepts, another connects, each
// driven by epoll. Few handshakes are under way at a time, so that no queue of the kernel
// overflows.
#pragma once

#include "bench/load/connection_ends.h"
#include "bench/load/end_threads.h"
#include "bench/load/event_end.h"
#include "bench/report.h"
#include "probe/handshake/connection/context.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tuner {

struct MakePlan {
  BenchVariant variant;
  std::array<int, 2> cpus{};  // by BenchEnd
  std::size_t open = 0;       // connections that are open at a time
  // When the greeting has arrived, the connection is closed and another one made.
  bool replace = false;
  bool ask_ktls = false;  // only if tls is loaded: it would be loaded
};

// Connections on which a greeting has arrived. The sending ends are the TLS servers. The orders of
// the two lists have nothing to do with each other.
struct ConnectionSet {
  std::vector<EventEnd> senders;
  std::vector<EventEnd> receivers;
  std::uint64_t made = 0;              // all, those that were closed included
  std::uint64_t kernel_senders = 0;    // of these: OpenSSL says that the kernel sends
  std::uint64_t kernel_receivers = 0;  // the sending end receives by the kernel, too
};

class ConnectionMaker {
 public:
  // Begins. `greeting` outlives this: the first bytes that the server sends on each connection, and
  // that are compared. Unsupported: this libssl does not offer the cipher, or this process may not
  // open so many files; the text says how many and how to change it.
  static Result<std::unique_ptr<ConnectionMaker>> start(const MakePlan& plan,
                                                        const Identity& identity,
                                                        std::span<const std::uint8_t> greeting);

  std::uint64_t made() const { return calling_.made(); }
  EndThreads& threads() { return *threads_; }

  // Without plan.replace waits until all are open; with it, makes no more, and those that are under
  // way are completed. Ends the threads.
  Result<ConnectionSet> finish(Deadline deadline);

 private:
  explicit ConnectionMaker(MakePlan plan);
  Outcome prepare(const Identity& identity, std::span<const std::uint8_t> greeting);

  MakePlan plan_;
  SslContext serving_context_;
  SslContext calling_context_;
  ServingEnds serving_;
  CallingEnds calling_;
  std::unique_ptr<EndThreads> threads_;
};

// The limit of open files allows this many connections with both ends in this process. Unsupported:
// it does not.
Outcome allows_connections(std::size_t connections);

}  // namespace tuner
