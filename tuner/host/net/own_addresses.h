// Which interfaces of this network namespace have an address, by rtnetlink.
#pragma once

#include "base/result.h"
#include "host/net/netlink_attributes.h"

#include <chrono>
#include <set>

namespace tuner {

// What one datagram of the list says.
struct AddressDatagram {
  std::set<unsigned> owners;  // numbers of the interfaces that have the address
  bool last = false;          // the list ends here
  bool interrupted = false;   // addresses changed while the kernel made it: it may lack some
};

// The address is 4 bytes of AF_INET or 16 of AF_INET6. Invalid: a message that is cut off; for an
// error message of the kernel, what its errno means.
Result<AddressDatagram> decode_addresses(Bytes datagram, int family, Bytes address);

// TimedOut: the whole list was not there within `limit`. Busy: it changed at each look.
Result<std::set<unsigned>> interfaces_with_address(int family, Bytes address,
                                                   std::chrono::steady_clock::duration limit);

}  // namespace tuner
