#include "bench/load/exchange_client.h"

#include "bench/load/kernel/thread_cpu.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

// The last moment before an arrival belongs to the clock: a look at a socket takes longer, and
// would make the request late.
constexpr std::int64_t kBeforeDue = 2'000;

}  // namespace

Caller::Caller(LoadEnd& end, const ExchangePlan& plan, std::span<const std::uint8_t> request)
    : end_(end), plan_(plan), request_(request) {}

Outcome Caller::send(const Now& now) {
  while (sent_ < requests_.size()) {
    ExchangeRequest& next = requests_[sent_];
    // Of the first try: a socket that takes only a part makes this request slow, but not late.
    if (next.sent < 0) next.sent = now();
    const bool all = TRY(end_.send_now(request_));
    if (!all) return {};
    ++sent_;
  }
  return {};
}

Result<bool> Caller::receive(std::span<std::uint8_t> buffer, const Now& now, const Done& done) {
  const std::size_t size = TRY(end_.receive_now(buffer));
  if (size == 0) return false;
  const std::int64_t arrived = now();
  received_ += size;
  while (received_ >= plan_.response_bytes) {
    if (sent_ == 0) return fail(Fault::Io, "receive: more arrived than was asked for");
    done(requests_.front(), arrived);
    requests_.pop_front();
    --sent_;
    received_ -= plan_.response_bytes;
  }
  return true;
}

ExchangeClient::ExchangeClient(std::span<LoadEnd> ends, std::span<const int> sockets,
                               const ExchangePlan& plan, const LoadContent& content,
                               ExchangeSignals& signals)
    : ends_(ends),
      sockets_(sockets),
      plan_(plan),
      content_(content),
      signals_(signals),
      request_(make_payload(2, plan.request_bytes)),
      buffer_(2 * kLargestRecord),
      now_([this] { return now(); }) {
  for (LoadEnd& end : ends_) callers_.emplace_back(end, plan_, request_);
}

Outcome ExchangeClient::connect_all() {
  TRY(pin_thread(plan_.cpus[1]));
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    TRY(ends_[i].connect());
    TRY(make_non_blocking(sockets_[i]));
  }
  return {};
}

void ExchangeClient::begin() {
  start_ = SteadyClock::now();
  signals_.start_ns = start_.time_since_epoch().count();
}

std::int64_t ExchangeClient::now() const {
  return (SteadyClock::now() - start_).count();
}

// Looks at one connection with requests under way: each look is a call into the kernel.
Outcome ExchangeClient::take(const Caller::Done& done) {
  for (std::size_t looked = 0; looked < callers_.size(); ++looked) {
    Caller& caller = callers_[taken_++ % callers_.size()];
    if (caller.in_flight() == 0) continue;
    TRY(caller.send(now_));
    const bool any = TRY(caller.receive(buffer_, now_, done));
    // With one CPU for both ends the server must get it.
    if (!any && plan_.cpus[0] == plan_.cpus[1]) std::this_thread::yield();
    break;
  }
  if (SteadyClock::now() >= plan_.deadline) return no_progress("the generator");
  return {};
}

Outcome ExchangeClient::ask(std::int64_t due, ExchangeResult& result) {
  const bool counts = due >= plan_.warm_up.count();
  // Before the drop: a generator that leaves out what it cannot send would hide a slow server.
  if (counts) ++result.arrivals;
  if (in_flight_ >= plan_.most_in_flight) {
    if (counts) ++result.dropped;
    return {};
  }
  Caller& caller = callers_[asked_++ % callers_.size()];
  caller.add(due);
  ++in_flight_;
  return caller.send(now_);
}

Outcome ExchangeClient::open_loop(ExchangeResult& result) {
  const auto done = [&](const ExchangeRequest& request, std::int64_t arrived) {
    --in_flight_;
    if (request.due < plan_.warm_up.count()) return;
    // From the time that was due: a server that stalls delays also the requests behind, which a
    // time from the call that sent them would not show ("coordinated omission").
    result.latency.record(arrived - request.due);
    result.from_send.record(arrived - request.sent);
    result.lag.record(request.sent - request.due);
  };
  const Caller::Done record = done;
  begin();
  std::size_t next = 0;
  while (next < plan_.due.size() || in_flight_ > 0) {
    if (next < plan_.due.size()) {
      const std::int64_t left = plan_.due[next] - now();
      if (left <= 0) {
        TRY(ask(plan_.due[next++], result));
        continue;
      }
      if (left < kBeforeDue) continue;
    }
    TRY(take(record));
  }
  for (LoadEnd& end : ends_) TRY(check(end, result.checked_bytes));
  return {};
}

// On a busy machine the time may be over before the first response: then it goes on until there is
// one.
Result<double> ExchangeClient::closed_loop(std::chrono::nanoseconds time) {
  const std::int64_t from = time.count() / 4;
  std::int64_t until = time.count();
  std::uint64_t completed = 0;
  bool over = false;
  const Caller::Done done = [&](const ExchangeRequest&, std::int64_t arrived) {
    --in_flight_;
    if (arrived < from || over) return;
    ++completed;
    until = std::max(until, arrived);
  };
  begin();
  while (!over || in_flight_ > 0) {
    over = over || (now() >= time.count() && completed > 0);
    for (Caller& caller : callers_) {
      if (over || caller.in_flight() > 0) continue;
      caller.add(now());
      ++in_flight_;
      TRY(caller.send(now_));
    }
    if (in_flight_ > 0) TRY(take(done));
  }
  return static_cast<double>(completed) * 1e9 / static_cast<double>(until - from);
}

Outcome ExchangeClient::check(LoadEnd& end, std::uint64_t& checked) {
  bool sent = false;
  std::size_t received = 0;
  while (received < plan_.response_bytes) {
    if (SteadyClock::now() >= plan_.deadline) return no_progress("the check");
    if (!sent) sent = TRY(end.send_now(request_));
    const std::size_t size = TRY(end.receive_now(buffer_));
    if (size > plan_.response_bytes - received)
      return fail(Fault::Io, "receive: more arrived than was asked for");
    // Each response is the content from its begin.
    const auto expected = std::span(content_.bytes).subspan(received, size);
    if (!std::ranges::equal(std::span(buffer_).first(size), expected))
      return fail(Fault::Io,
                  fmt::format("what arrived is not what was sent: within {} bytes from byte {} of "
                              "a response",
                              size, received));
    received += size;
    if (size == 0 && plan_.cpus[0] == plan_.cpus[1]) std::this_thread::yield();
  }
  checked += received;
  return {};
}

}  // namespace tuner
