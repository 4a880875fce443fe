// The generator of an exchange(): sends requests when they are due, and takes the responses.
#pragma once

#include "bench/load/exchange_server.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <vector>

namespace tuner {

// Times are nanoseconds since the start of the arrivals.
struct ExchangeRequest {
  std::int64_t due = 0;
  std::int64_t sent = -1;  // -1: not yet
};

// One connection. Responses come in the order of the requests.
class Caller {
 public:
  using Now = std::function<std::int64_t()>;
  using Done = std::function<void(const ExchangeRequest& request, std::int64_t now)>;

  // All arguments must outlive it.
  Caller(LoadEnd& end, const ExchangePlan& plan, std::span<const std::uint8_t> request);

  void add(std::int64_t due) { requests_.push_back({.due = due}); }
  std::size_t in_flight() const { return requests_.size(); }
  // Sends what can be sent at once of what was added.
  Outcome send(const Now& now);
  // Calls `done` for each response that is complete. false: nothing has arrived. Io: more than was
  // asked for.
  Result<bool> receive(std::span<std::uint8_t> buffer, const Now& now, const Done& done);

 private:
  LoadEnd& end_;
  const ExchangePlan& plan_;
  std::span<const std::uint8_t> request_;
  std::deque<ExchangeRequest> requests_;  // without their whole response, the oldest first
  std::size_t sent_ = 0;                  // of requests_
  std::size_t received_ = 0;              // of the response to the oldest
};

class ExchangeClient {
 public:
  // All arguments must outlive it.
  ExchangeClient(std::span<LoadEnd> ends, std::span<const int> sockets, const ExchangePlan& plan,
                 const LoadContent& content, ExchangeSignals& signals);

  Outcome connect_all();
  // Sends the requests of the plan, and fills in all of the result but the evidence.
  Outcome open_loop(ExchangeResult& result);
  // Responses a second.
  Result<double> closed_loop(std::chrono::nanoseconds time);

 private:
  void begin();
  std::int64_t now() const;
  Outcome take(const Caller::Done& done);
  Outcome ask(std::int64_t due, ExchangeResult& result);
  Outcome check(LoadEnd& end, std::uint64_t& checked);

  std::span<LoadEnd> ends_;
  std::span<const int> sockets_;
  const ExchangePlan& plan_;
  const LoadContent& content_;
  ExchangeSignals& signals_;
  std::vector<std::uint8_t> request_;
  std::vector<std::uint8_t> buffer_;
  std::vector<Caller> callers_;
  Caller::Now now_;
  Deadline start_;
  std::size_t in_flight_ = 0;
  std::size_t asked_ = 0;  // requests so far: they go to the connections in turn
  std::size_t taken_ = 0;  // the connection that is looked at next
};

}  // namespace tuner
