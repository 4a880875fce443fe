// The accepting and the connecting side of ConnectionMaker, each the work of a thread.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "bench/load/end_threads.h"
#include "bench/load/event_end.h"
#include "bench/load/kernel/epoll_set.h"

#include <netinet/in.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tuner {

// What both sides need.
struct EndsPlan {
  SSL_CTX* context = nullptr;  // null: without TLS
  bool ask_ktls = false;
  std::size_t open = 0;
  bool replace = false;
  std::span<const std::uint8_t> greeting;
};

// Accepts connections and sends each the greeting.
class ServingEnds {
 public:
  // Listens on as many addresses of 127.0.0.0/8 as the connections need: each address and port has
  // 28,000 ports for clients by default, and the kernel's search for a free one becomes slow
  // before.
  Result<std::vector<sockaddr_in>> listen(const EndsPlan& plan);
  Outcome run(const EndThreads& threads);

  std::uint64_t greeted() const { return greeted_; }
  std::uint64_t kernel_senders() const { return kernel_senders_; }
  std::uint64_t kernel_receivers() const { return kernel_receivers_; }
  // Those that are open. After run().
  std::vector<EventEnd> take();

 private:
  enum class State { Handshake, Greeting, Open };
  struct One {
    EventEnd end;
    State state = State::Handshake;
    std::uint32_t waits_for = EPOLLIN;
    std::size_t sent = 0;
  };
  Outcome handle(const epoll_event& event);
  Outcome accept_some(int listener);
  Outcome take_socket(UniqueFd socket);
  Outcome advance(std::uint32_t place);
  Result<Progress> step(One& one);
  Outcome has_greeted(One& one, std::uint32_t place);

  EndsPlan plan_;
  std::vector<UniqueFd> listeners_;
  std::optional<EpollSet> epoll_;
  std::vector<std::optional<One>> ends_;
  std::vector<std::uint32_t> free_;  // places in ends_
  std::atomic<std::uint64_t> greeted_{0};
  std::atomic<std::uint64_t> kernel_senders_{0};
  std::atomic<std::uint64_t> kernel_receivers_{0};
};

// Connects, and compares the greeting.
class CallingEnds {
 public:
  void prepare(const EndsPlan& plan, std::vector<sockaddr_in> servers);
  Outcome run(const EndThreads& threads);
  // Makes no more connections; those under way are completed. At least one stays open.
  void make_no_more() { no_more_ = true; }

  std::uint64_t made() const { return made_; }
  bool complete() const { return complete_; }  // none is under way, and none will be made
  std::vector<EventEnd> take();

 private:
  enum class State { Connect, Handshake, Greeting, Open };
  struct One {
    std::optional<UniqueFd> socket;  // until it is connected
    std::optional<EventEnd> end;
    State state = State::Connect;
    std::uint32_t waits_for = EPOLLOUT;
    std::size_t received = 0;
  };
  Outcome make_more();
  Outcome connect_one();
  Outcome advance(std::uint32_t place);
  Result<Progress> step(One& one);
  Outcome connected(One& one);
  Result<Progress> greeting(One& one);
  Outcome is_made(std::uint32_t place);

  EndsPlan plan_;
  std::vector<sockaddr_in> servers_;
  std::optional<EpollSet> epoll_;
  std::vector<std::optional<One>> ends_;
  std::vector<std::uint32_t> free_;
  std::size_t under_way_ = 0;
  bool stays_open_ = false;  // the last one that was made
  std::uint64_t begun_ = 0;
  std::atomic<std::uint64_t> made_{0};
  std::atomic<bool> no_more_{false};
  std::atomic<bool> complete_{false};
};

}  // namespace tuner
