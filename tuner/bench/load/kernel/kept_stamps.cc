#include "bench/load/kernel/kept_stamps.h"

#include "bench/load/kernel/marked_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <thread>

namespace tuner {
namespace {

// A socket of datagrams to itself, over loopback.
UniqueFd to_itself() {
  UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const timeval limit{.tv_sec = 0, .tv_usec = 100'000};
  if (!fd || ::bind(fd.get(), place, size) != 0 || ::getsockname(fd.get(), place, &size) != 0 ||
      ::connect(fd.get(), place, size) != 0 ||
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0)
    return UniqueFd();
  return fd;
}

}  // namespace

UniqueFd keep_stamps() {
  UniqueFd fd = to_itself();
  MarkedSocket marked(fd.get());
  if (!fd || !marked.ask_stamps(true)) return fd;
  // The first socket of a host that asks for stamps only schedules the work that switches them on
  // (net_enable_timestamp() in net/core/dev.c): packets before that have none.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  std::array<std::uint8_t, 1> byte{};
  while (!marked.stamp() && std::chrono::steady_clock::now() < deadline) {
    if (marked.send(byte) != 1 || marked.receive(byte) != 1) break;
    if (!marked.stamp()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return fd;
}

}  // namespace tuner
