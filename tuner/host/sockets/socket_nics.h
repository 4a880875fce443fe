// The NIC that a connection uses, by the route to its peer. Each pair of addresses is asked once.
#pragma once

#include "base/result.h"
#include "host/net/socket_port.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace tuner {

class SocketNics {
 public:
  // Two sockets of one network namespace: NETLINK_ROUTE, and any for ioctl(2). They must outlive
  // this object.
  SocketNics(int routes, int names, std::chrono::steady_clock::time_point until,
             std::size_t most = 20'000)
      : routes_(routes), names_(names), until_(until), most_(most) {}

  // The output interface. NotFound: there is no route now, or the interface is gone. Refused: more
  // than `most` peers, or no time left: not looked at.
  Result<std::string> nic(const TcpEnds& ends);

 private:
  // Family, scope and both addresses.
  using Key = std::array<std::uint32_t, 10>;
  Result<std::string> ask(const TcpEnds& ends);

  int routes_;
  int names_;
  std::chrono::steady_clock::time_point until_;
  std::size_t most_;
  bool lost_ = false;  // a reply was lost, so the next one could be that of an earlier request
  std::map<Key, Result<std::string>> known_;
};

}  // namespace tuner
