#include "bench/load/many_ends.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace tuner {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{20};  // until the threads are asked for their end again
// Messages between two looks at sockets that were full.
constexpr int kTurn = 64;
constexpr std::uint32_t kWakeUp = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kMessages = kContentBytes / kTurnBytes;

}  // namespace

Result<Flow> Flow::make(std::optional<std::uint64_t> window) {
  UniqueFd wake_up(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_up) return fail(errno_error(errno, "make an eventfd"));
  return Flow(window.value_or(std::numeric_limits<std::uint64_t>::max()), std::move(wake_up));
}

Flow::Flow(Flow&& other) noexcept : window_(other.window_), wake_up_(std::move(other.wake_up_)) {}

// `waits_` is set before the last look, and the receiver looks at it behind its count: so one of
// the two sees the other.
bool Flow::may_send(std::uint64_t sent) {
  sent_ = sent;
  if (sent - received < window_) return true;
  waits_ = true;
  if (sent - received >= window_ / 2) return false;
  waits_ = false;
  return true;
}

void Flow::woken() {
  eventfd_t count = 0;
  ::eventfd_read(wake_up_.get(), &count);
}

void Flow::take(std::uint64_t bytes) {
  received += bytes;
  if (!waits_ || sent_ - received >= window_ / 2 || !waits_.exchange(false)) return;
  ::eventfd_write(wake_up_.get(), 1);
}

ManySenders::ManySenders(std::vector<EventEnd>& ends, const ManyPlan& plan,
                         const LoadContent& content, Flow& flow)
    : ends_(ends), plan_(plan), content_(content), flow_(flow), places_(ends.size()) {
  for (std::uint32_t i = 0; i < ends.size(); ++i) ready_.push_back(i);
}

Outcome ManySenders::run(const EndThreads& threads) {
  epoll_ = TRY(EpollSet::make());
  TRY(epoll_->add(flow_.wake_up(), kWakeUp, EPOLLIN));
  while (!threads.ended()) {
    bool may = true;
    for (int i = 0; i < kTurn && !ready_.empty() && may; ++i) {
      may = flow_.may_send(sent_);
      if (may) TRY(send_next());
    }
    const bool idle = ready_.empty() || !may;
    // Sockets that were full are looked at from time to time, even while others have room.
    const bool blocked = ready_.size() < ends_.size();
    if (idle || blocked) TRY(look(idle ? kLook : milliseconds(0)));
  }
  return {};
}

Outcome ManySenders::send_next() {
  const std::uint32_t number = ready_.front();
  ready_.pop_front();
  if (TRY(send(number)) != Progress::Done) return block(number);
  places_[number].message += 1;
  places_[number].sent = 0;
  sent_ += kTurnBytes;
  ready_.push_back(number);
  return {};
}

Result<Progress> ManySenders::send(std::uint32_t number) {
  Place& place = places_[number];
  const std::size_t at = (place.message % kMessages) * kTurnBytes;
  // The same bytes at the same place until all are sent: OpenSSL demands it of an SSL_write() that
  // is repeated (SSL_write(3)).
  if (sends_file(plan_.mode))
    return ends_[number].send_file(content_.file.get(), at, kTurnBytes, place.sent);
  return ends_[number].send(std::span(content_.bytes).subspan(at, kTurnBytes), place.sent);
}

// Until its socket has room. The next call continues the message.
Outcome ManySenders::block(std::uint32_t number) {
  const int socket = ends_[number].socket();
  // EPOLLONESHOT: one event for each time that it was full, none while it is in the queue.
  if (places_[number].known) return epoll_->change(socket, number, EPOLLOUT | EPOLLONESHOT);
  places_[number].known = true;
  return epoll_->add(socket, number, EPOLLOUT | EPOLLONESHOT);
}

Outcome ManySenders::look(milliseconds time) {
  for (const epoll_event& event : TRY(epoll_->wait(time))) {
    if (event.data.u32 == kWakeUp) {
      flow_.woken();
    } else {
      ready_.push_back(event.data.u32);
    }
  }
  return {};
}

ManyReceivers::ManyReceivers(std::vector<EventEnd>& ends, const ManyPlan& plan,
                             const LoadContent& content, Flow& flow)
    : ends_(ends),
      plan_(plan),
      content_(content),
      flow_(flow),
      received_(ends.size()),
      timed_(ends.size()),
      buffer_(kTurnBytes) {}

Outcome ManyReceivers::run(const EndThreads& threads) {
  using std::chrono::steady_clock;
  epoll_ = TRY(EpollSet::make());
  const auto first = static_cast<std::uint32_t>(plan_.slow_readers);
  for (std::uint32_t i = first; i < ends_.size(); ++i)
    TRY(epoll_->add(ends_[i].socket(), i, EPOLLIN));
  auto next = steady_clock::now();
  while (!threads.ended()) {
    milliseconds time = kLook;
    if (plan_.slow_readers > 0) {
      if (const auto now = steady_clock::now(); now >= next) {
        next = now + plan_.pause;
        TRY(receive_slow());
      }
      time = std::min(time, plan_.pause);
    }
    for (const epoll_event& event : TRY(epoll_->wait(time))) TRY(receive_all(event.data.u32));
  }
  return {};
}

// Until the socket is empty: OpenSSL may have read more than one record, which epoll does not see.
Outcome ManyReceivers::receive_all(std::uint32_t number) {
  while (TRY(receive_some(number)) == Progress::Done) {
  }
  return {};
}

Outcome ManyReceivers::receive_slow() {
  for (std::uint32_t i = 0; i < plan_.slow_readers; ++i) TRY(receive_some(i));
  return {};
}

Result<Progress> ManyReceivers::receive_some(std::uint32_t number) {
  std::size_t size = 0;
  const Progress progress = TRY(ends_[number].receive(buffer_, size));
  if (progress != Progress::Done) return progress;
  const Flow::Part part = flow_.part.load(std::memory_order_relaxed);
  if (part == Flow::Part::Timed) timed_[number] += size;
  if (part == Flow::Part::Check) TRY(check(number, std::span(buffer_).first(size)));
  received_[number] += size;
  flow_.take(size);
  return progress;
}

Outcome ManyReceivers::check(std::uint32_t number, std::span<const std::uint8_t> arrived) {
  std::size_t at = received_[number] % kContentBytes;
  flow_.checked += arrived.size();
  while (!arrived.empty()) {
    const auto part = arrived.first(std::min(arrived.size(), kContentBytes - at));
    if (!std::ranges::equal(part, std::span(content_.bytes).subspan(at, part.size())))
      return fail(Fault::Io, "what arrived is not what was sent, on one of the connections");
    arrived = arrived.subspan(part.size());
    at = 0;
  }
  return {};
}

std::span<const std::uint64_t> ManyReceivers::timed_bytes() const {
  return std::span(timed_).subspan(plan_.slow_readers);
}

}  // namespace tuner
