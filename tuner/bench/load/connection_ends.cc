#include "bench/load/connection_ends.h"

#include "probe/handshake/connection/tcp.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace tuner {
namespace {

using std::chrono::milliseconds;

// Handshakes under way at a time: both threads always have work, and no queue of a listener is full
// (somaxconn is 128 before Linux 5.4).
constexpr std::size_t kUnderWay = 64;
constexpr std::size_t kConnectionsOfAnAddress = 4000;
constexpr std::uint32_t kListener = 1U << 31U;  // numbers of listeners; below them places of ends
constexpr milliseconds kLook{20};               // until the threads are asked for their end again

sockaddr* generic(sockaddr_in& address) {
  return reinterpret_cast<sockaddr*>(&address);
}

Result<UniqueFd> tcp_socket() {
  UniqueFd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return fail(errno_error(errno, "make a TCP socket"));
  return made;
}

// The kernel chooses the port. `last`: of 127.0.0.0/8, counts from 1.
Result<UniqueFd> listener(std::uint32_t last, sockaddr_in& address) {
  auto made = TRY(tcp_socket());
  address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + last);
  socklen_t size = sizeof address;
  if (::bind(made.get(), generic(address), size) != 0 ||
      ::listen(made.get(), 2 * static_cast<int>(kUnderWay)) != 0 ||
      ::getsockname(made.get(), generic(address), &size) != 0)
    return fail(errno_error(errno, "listen on loopback"));
  return made;
}

// The connecting end closes first and with a reset: as nothing stays in TIME_WAIT, the ports are
// free at once.
Outcome reset_on_close(int socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  if (::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0) return {};
  return fail(errno_error(errno, "set SO_LINGER"));
}

std::uint32_t events_for(Progress progress) {
  return progress == Progress::NeedsWrite ? EPOLLOUT : EPOLLIN;
}

// A place for another one.
template <typename One>
std::uint32_t place_for(std::vector<std::optional<One>>& ends, std::vector<std::uint32_t>& free) {
  if (free.empty()) {
    ends.emplace_back();
    return static_cast<std::uint32_t>(ends.size() - 1);
  }
  const std::uint32_t place = free.back();
  free.pop_back();
  return place;
}

Result<EventEnd> make_end(const EndsPlan& plan, UniqueFd socket, bool serves) {
  TRY(set_nodelay(socket.get()));
  if (plan.context == nullptr) return EventEnd::plain(std::move(socket));
  return EventEnd::tls(plan.context, std::move(socket), serves, plan.ask_ktls);
}

}  // namespace

Result<std::vector<sockaddr_in>> ServingEnds::listen(const EndsPlan& plan) {
  plan_ = plan;
  epoll_ = TRY(EpollSet::make());
  std::vector<sockaddr_in> all;
  const std::size_t count = 1 + (plan.open - 1) / kConnectionsOfAnAddress;
  for (std::uint32_t i = 0; i < count; ++i) {
    sockaddr_in address{};
    listeners_.push_back(TRY(listener(i + 1, address)));
    all.push_back(address);
    TRY(epoll_->add(listeners_.back().get(), kListener + i, EPOLLIN));
  }
  return all;
}

Outcome ServingEnds::run(const EndThreads& threads) {
  while (!threads.ended()) {
    for (const epoll_event& event : TRY(epoll_->wait(kLook))) TRY(handle(event));
  }
  return {};
}

Outcome ServingEnds::handle(const epoll_event& event) {
  const std::uint32_t number = event.data.u32;
  if (number >= kListener) return accept_some(listeners_[number - kListener].get());
  std::optional<One>& one = ends_[number];
  if (one->state != State::Open) return advance(number);
  // A peer that has its greeting says no more: this is the end of the connection.
  one.reset();
  free_.push_back(number);
  return {};
}

// Not all that there are: a peer that replaces its connections faster than this thread accepts them
// would keep it here, and what was closed meanwhile would use up the limit of open files.
Outcome ServingEnds::accept_some(int listener) {
  for (std::size_t i = 0; i < kUnderWay; ++i) {
    UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket && errno == EAGAIN) return {};
    if (!socket) return fail(errno_error(errno, "accept a connection"));
    TRY(take_socket(std::move(socket)));
  }
  return {};
}

Outcome ServingEnds::take_socket(UniqueFd socket) {
  const std::uint32_t place = place_for(ends_, free_);
  ends_[place].emplace(One{.end = TRY(make_end(plan_, std::move(socket), /*serves=*/true))});
  TRY(epoll_->add(ends_[place]->end.socket(), place, EPOLLIN));
  return advance(place);
}

Outcome ServingEnds::advance(std::uint32_t place) {
  One& one = *ends_[place];
  const Progress progress = TRY(step(one));
  if (progress == Progress::Done) return has_greeted(one, place);
  if (const auto events = events_for(progress); std::exchange(one.waits_for, events) != events)
    return epoll_->change(one.end.socket(), place, events);
  return {};
}

Result<Progress> ServingEnds::step(One& one) {
  if (one.state == State::Handshake) {
    const Progress progress = TRY(one.end.handshake());
    if (progress != Progress::Done) return progress;
    one.state = State::Greeting;
  }
  return one.end.send(plan_.greeting, one.sent);
}

Outcome ServingEnds::has_greeted(One& one, std::uint32_t place) {
  one.state = State::Open;
  kernel_senders_ += one.end.ktls_send() ? 1 : 0;
  kernel_receivers_ += one.end.ktls_recv() ? 1 : 0;
  ++greeted_;
  // The end that sends on it later waits for it in an epoll set of its own.
  if (!plan_.replace) return epoll_->remove(one.end.socket());
  if (std::exchange(one.waits_for, EPOLLIN) == EPOLLIN) return {};
  return epoll_->change(one.end.socket(), place, EPOLLIN);
}

std::vector<EventEnd> ServingEnds::take() {
  std::vector<EventEnd> all;
  for (std::optional<One>& one : ends_) {
    if (one && one->state == State::Open) all.push_back(std::move(one->end));
  }
  ends_.clear();
  return all;
}

void CallingEnds::prepare(const EndsPlan& plan, std::vector<sockaddr_in> servers) {
  plan_ = plan;
  servers_ = std::move(servers);
}

Outcome CallingEnds::run(const EndThreads& threads) {
  epoll_ = TRY(EpollSet::make());
  while (!threads.ended()) {
    TRY(make_more());
    complete_ = under_way_ == 0;
    for (const epoll_event& event : TRY(epoll_->wait(kLook))) TRY(advance(event.data.u32));
  }
  return {};
}

Outcome CallingEnds::make_more() {
  // All may have been closed by the time that no more are to be made: one more stays open.
  const auto may = [&] {
    if (no_more_) return under_way_ == 0 && !stays_open_;
    return plan_.replace || begun_ < plan_.open;
  };
  const std::size_t most = std::min(kUnderWay, plan_.open);
  while (under_way_ < most && may()) TRY(connect_one());
  return {};
}

// A connection that loopback has made at once is seen as writable, as others are.
Outcome CallingEnds::connect_one() {
  auto socket = TRY(tcp_socket());
  TRY(reset_on_close(socket.get()));
  // In turn, so that no address runs out of ports first.
  sockaddr_in server = servers_[begun_ % servers_.size()];
  if (::connect(socket.get(), generic(server), sizeof server) != 0 && errno != EINPROGRESS)
    return fail(errno_error(errno, "connect over loopback"));
  const std::uint32_t place = place_for(ends_, free_);
  TRY(epoll_->add(socket.get(), place, EPOLLOUT));
  ends_[place].emplace();
  ends_[place]->socket = std::move(socket);
  ++under_way_;
  ++begun_;
  return {};
}

Outcome CallingEnds::advance(std::uint32_t place) {
  One& one = *ends_[place];
  const Progress progress = TRY(step(one));
  if (progress == Progress::Done) return is_made(place);
  if (const auto events = events_for(progress); std::exchange(one.waits_for, events) != events)
    return epoll_->change(one.end->socket(), place, events);
  return {};
}

Result<Progress> CallingEnds::step(One& one) {
  if (one.state == State::Connect) TRY(connected(one));
  if (one.state == State::Handshake) {
    const Progress progress = TRY(one.end->handshake());
    if (progress != Progress::Done) return progress;
    one.state = State::Greeting;
  }
  return greeting(one);
}

Outcome CallingEnds::connected(One& one) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(one.socket->get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error != 0) return fail(errno_error(error, "connect over loopback"));
  one.end = TRY(make_end(plan_, std::move(*one.socket), /*serves=*/false));
  one.socket.reset();
  one.state = State::Handshake;
  return {};
}

Result<Progress> CallingEnds::greeting(One& one) {
  std::array<std::uint8_t, 256> arrived{};
  while (one.received < plan_.greeting.size()) {
    const std::size_t rest = plan_.greeting.size() - one.received;
    std::size_t size = 0;
    const auto into = std::span(arrived).first(std::min(rest, arrived.size()));
    const Progress progress = TRY(one.end->receive(into, size));
    if (progress != Progress::Done) return progress;
    if (!std::ranges::equal(into.first(size), plan_.greeting.subspan(one.received, size)))
      return fail(Fault::Io, "what arrived is not what was sent: in the first bytes");
    one.received += size;
  }
  return Progress::Done;
}

Outcome CallingEnds::is_made(std::uint32_t place) {
  ends_[place]->state = State::Open;
  --under_way_;
  ++made_;
  // The last ones stay open: one of them is evidence.
  stays_open_ = !plan_.replace || no_more_;
  if (stays_open_) return epoll_->remove(ends_[place]->end->socket());
  // Closing resets the connection, by which the other thread sees its end.
  ends_[place].reset();
  free_.push_back(place);
  return {};
}

std::vector<EventEnd> CallingEnds::take() {
  std::vector<EventEnd> all;
  for (std::optional<One>& one : ends_) {
    if (one && one->state == State::Open) all.push_back(std::move(*one->end));
  }
  ends_.clear();
  return all;
}

}  // namespace tuner
