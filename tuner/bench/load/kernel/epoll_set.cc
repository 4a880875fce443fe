#include "bench/load/kernel/epoll_set.h"

#include <cerrno>

namespace tuner {

Result<EpollSet> EpollSet::make() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return fail(errno_error(errno, "make an epoll set"));
  return EpollSet(std::move(epoll));
}

Outcome EpollSet::add(int socket, std::uint32_t number, std::uint32_t events) {
  return control(EPOLL_CTL_ADD, socket, number, events);
}

Outcome EpollSet::change(int socket, std::uint32_t number, std::uint32_t events) {
  return control(EPOLL_CTL_MOD, socket, number, events);
}

Outcome EpollSet::remove(int socket) {
  return control(EPOLL_CTL_DEL, socket, 0, 0);
}

Outcome EpollSet::control(int what, int socket, std::uint32_t number, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u32 = number;
  if (::epoll_ctl(epoll_.get(), what, socket, &event) == 0) return {};
  return fail(errno_error(errno, "wait for a socket with epoll"));
}

Result<std::span<const epoll_event>> EpollSet::wait(std::chrono::milliseconds time) {
  const int count = ::epoll_wait(epoll_.get(), ready_.data(), static_cast<int>(ready_.size()),
                                 static_cast<int>(time.count()));
  if (count < 0 && errno != EINTR) return fail(errno_error(errno, "wait for sockets with epoll"));
  // A signal is no event: the caller looks at its clock and waits again.
  return std::span<const epoll_event>(ready_).first(count < 0 ? 0
                                                              : static_cast<std::size_t>(count));
}

}  // namespace tuner
