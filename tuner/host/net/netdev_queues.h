// The kernel's list of a NIC's queues and NAPI instances, over the netlink family netdev.
#pragma once

#include "host/net/genl_socket.h"
#include "model/nic_queues.h"

#include <optional>
#include <string_view>

namespace tuner {

// Opens its socket with the first question. Not thread-safe. No privilege is needed.
class NetdevQueues {
 public:
  // Unsupported: the kernel has no such list (before Linux 6.8). NotFound: no such interface. Busy:
  // the queues changed each time that they were listed.
  Result<KernelQueues> of(std::string_view nic, GenlSocket::Duration limit);

 private:
  std::optional<GenlSocket> socket_;
  std::optional<Error> absent_;  // the kernel does not have the family: it is not asked again
};

}  // namespace tuner
