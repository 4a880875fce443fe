// The server of an exchange(): answers each request with the same bytes.
#pragma once

#include "bench/load/exchange.h"
#include "bench/load/load_end.h"

#include <atomic>
#include <span>
#include <vector>

namespace tuner {

// What the two threads of an exchange share.
struct ExchangeSignals {
  std::atomic<std::int64_t> start_ns{0};  // of the arrivals, by the steady clock; 0: not begun
  UniqueFd stop;                          // an eventfd that is readable when the server shall end
};

class ExchangeServer {
 public:
  // All arguments must outlive it.
  ExchangeServer(std::span<LoadEnd> ends, std::span<const int> sockets, const ExchangePlan& plan,
                 const LoadContent& content, const ExchangeSignals& signals);

  // The handshakes, then responses until the signal to stop. TimedOut: the deadline of the plan, or
  // a client that takes no response for ten seconds.
  Outcome run();

 private:
  Outcome accept_all();
  Result<UniqueFd> watch_all() const;
  Outcome serve(std::size_t index);
  Outcome respond(std::size_t index);
  void stall_if_due();

  std::span<LoadEnd> ends_;
  std::span<const int> sockets_;
  const ExchangePlan& plan_;
  std::span<const std::uint8_t> response_;
  const ExchangeSignals& signals_;
  std::vector<std::size_t> received_;  // of a request that is not complete, by connection
  std::vector<std::uint8_t> buffer_;
  bool stalled_ = false;
};

// Outcome of making a socket non-blocking, behind its handshake.
Outcome make_non_blocking(int socket);

}  // namespace tuner
