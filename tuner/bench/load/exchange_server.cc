#include "bench/load/exchange_server.h"

#include "bench/load/kernel/thread_cpu.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;

// The index of no connection.
constexpr std::uint64_t kStop = ~std::uint64_t{0};
constexpr int kLongestWait = 10'000;  // ms, for a client that takes nothing

Outcome watch(int epoll, int fd, std::uint64_t id) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = id}};
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0) return {};
  return fail(errno_error(errno, "watch a socket"));
}

Outcome await_writable(int socket) {
  pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
  const int ready = ::poll(&waiting, 1, kLongestWait);
  if (ready == 0) return no_progress("send a response");
  if (ready < 0 && errno != EINTR) return fail(errno_error(errno, "wait for a socket"));
  return {};
}

}  // namespace

Outcome make_non_blocking(int socket) {
  const int flags = ::fcntl(socket, F_GETFL);
  if (flags >= 0 && ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0) return {};
  return fail(errno_error(errno, "make a socket non-blocking"));
}

ExchangeServer::ExchangeServer(std::span<LoadEnd> ends, std::span<const int> sockets,
                               const ExchangePlan& plan, const LoadContent& content,
                               const ExchangeSignals& signals)
    : ends_(ends),
      sockets_(sockets),
      plan_(plan),
      response_(std::span(content.bytes).first(plan.response_bytes)),
      signals_(signals),
      received_(ends.size()),
      buffer_(kLargestRecord) {}

Outcome ExchangeServer::accept_all() {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    TRY(ends_[i].accept());
    TRY(make_non_blocking(sockets_[i]));
  }
  return {};
}

Result<UniqueFd> ExchangeServer::watch_all() const {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return fail(errno_error(errno, "create an epoll instance"));
  for (std::size_t i = 0; i < sockets_.size(); ++i) TRY(watch(epoll.get(), sockets_[i], i));
  TRY(watch(epoll.get(), signals_.stop.get(), kStop));
  return epoll;
}

Outcome ExchangeServer::run() {
  TRY(pin_thread(plan_.cpus[0]));
  TRY(accept_all());
  const auto epoll = TRY(watch_all());
  // A request may have come with the last bytes of the handshake: then OpenSSL has it.
  for (std::size_t i = 0; i < ends_.size(); ++i) TRY(serve(i));
  std::array<epoll_event, 64> events{};
  while (true) {
    const int ready = ::epoll_wait(epoll.get(), events.data(), static_cast<int>(events.size()),
                                   milliseconds_until(plan_.deadline));
    if (ready < 0 && errno != EINTR) return fail(errno_error(errno, "wait for requests"));
    if (ready == 0 && SteadyClock::now() >= plan_.deadline) return no_progress("the server");
    for (int i = 0; i < ready; ++i) {
      const std::uint64_t id = events[static_cast<std::size_t>(i)].data.u64;
      if (id == kStop) return {};
      TRY(serve(static_cast<std::size_t>(id)));
    }
  }
}

// Until nothing is left: OpenSSL may have read more than one record from the socket.
Outcome ExchangeServer::serve(std::size_t index) {
  while (true) {
    const std::size_t size = TRY(ends_[index].receive_now(buffer_));
    if (size == 0) return {};
    received_[index] += size;
    for (; received_[index] >= plan_.request_bytes; received_[index] -= plan_.request_bytes)
      TRY(respond(index));
  }
}

Outcome ExchangeServer::respond(std::size_t index) {
  stall_if_due();
  while (true) {
    const bool sent = TRY(ends_[index].send_now(response_));
    if (sent) return {};
    TRY(await_writable(sockets_[index]));
  }
}

void ExchangeServer::stall_if_due() {
  // 0: the generator still makes its connections.
  if (!plan_.stall || stalled_ || signals_.start_ns == 0) return;
  const std::int64_t begin = signals_.start_ns + plan_.stall->after.count();
  if (SteadyClock::now().time_since_epoch().count() < begin) return;
  stalled_ = true;
  std::this_thread::sleep_for(plan_.stall->length);
}

}  // namespace tuner
