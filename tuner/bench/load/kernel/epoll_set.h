// epoll(7) for many sockets, each known by a number.
#pragma once

#include "base/handle.h"
#include "base/result.h"

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace tuner {

class EpollSet {
 public:
  static Result<EpollSet> make();

  // events: EPOLLIN, EPOLLOUT, EPOLLONESHOT. Level-triggered.
  Outcome add(int socket, std::uint32_t number, std::uint32_t events);
  Outcome change(int socket, std::uint32_t number, std::uint32_t events);
  Outcome remove(int socket);

  // Those that are ready, at most 256; empty: none within the time. They are valid until the next
  // call.
  Result<std::span<const epoll_event>> wait(std::chrono::milliseconds time);

 private:
  explicit EpollSet(UniqueFd epoll) : epoll_(std::move(epoll)) {}
  Outcome control(int what, int socket, std::uint32_t number, std::uint32_t events);

  UniqueFd epoll_;
  std::array<epoll_event, 256> ready_{};
};

}  // namespace tuner
