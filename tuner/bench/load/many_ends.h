// The sending and the receiving side of transfer_many(), each the work of a thread.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "bench/load/end_threads.h"
#include "bench/load/event_end.h"
#include "bench/load/kernel/epoll_set.h"
#include "bench/load/many_transfer.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace tuner {

// What the two threads share: the bytes on their way, and the part of the measurement.
class Flow {
 public:
  static Result<Flow> make(std::optional<std::uint64_t> window);
  Flow(Flow&& other) noexcept;

  enum class Part { WarmUp, Timed, Check };
  std::atomic<Part> part{Part::WarmUp};
  std::atomic<std::uint64_t> received{0};
  std::atomic<std::uint64_t> checked{0};

  // Of the sender. False: the window is full; the eventfd becomes readable when half of it is free.
  bool may_send(std::uint64_t sent);
  int wake_up() const { return wake_up_.get(); }
  void woken();
  // Of the receiver.
  void take(std::uint64_t bytes);

 private:
  Flow(std::uint64_t window, UniqueFd wake_up) : window_(window), wake_up_(std::move(wake_up)) {}
  std::uint64_t window_;
  UniqueFd wake_up_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<bool> waits_{false};
};

class ManySenders {
 public:
  ManySenders(std::vector<EventEnd>& ends, const ManyPlan& plan, const LoadContent& content,
              Flow& flow);
  Outcome run(const EndThreads& threads);

 private:
  // Of one connection: what it has sent since the greeting, and of the current message.
  struct Place {
    std::uint64_t message = 0;
    std::size_t sent = 0;
    bool known = false;  // to epoll
  };
  Outcome send_next();
  Result<Progress> send(std::uint32_t number);
  Outcome block(std::uint32_t number);
  Outcome look(std::chrono::milliseconds time);

  std::vector<EventEnd>& ends_;
  const ManyPlan& plan_;
  const LoadContent& content_;
  Flow& flow_;
  std::optional<EpollSet> epoll_;
  std::vector<Place> places_;
  std::deque<std::uint32_t> ready_;
  std::uint64_t sent_ = 0;
};

class ManyReceivers {
 public:
  ManyReceivers(std::vector<EventEnd>& ends, const ManyPlan& plan, const LoadContent& content,
                Flow& flow);
  Outcome run(const EndThreads& threads);
  // Of each connection that is not slow. After run().
  std::span<const std::uint64_t> timed_bytes() const;

 private:
  Outcome receive_all(std::uint32_t number);
  Outcome receive_slow();
  Result<Progress> receive_some(std::uint32_t number);
  Outcome check(std::uint32_t number, std::span<const std::uint8_t> arrived);

  std::vector<EventEnd>& ends_;
  const ManyPlan& plan_;
  const LoadContent& content_;
  Flow& flow_;
  std::optional<EpollSet> epoll_;
  std::vector<std::uint64_t> received_;  // of each connection since the greeting
  std::vector<std::uint64_t> timed_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace tuner
