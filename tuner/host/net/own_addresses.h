// The interfaces of this network namespace that have an address, from rtnetlink.
#pragma once

#include "base/result.h"
#include "host/net/netlink_attributes.h"

#include <chrono>
#include <set>

namespace tuner {

// One datagram of an RTM_GETADDR dump.
struct AddressDatagram {
  std::set<unsigned> owners;  // indices of the interfaces that have the address
  bool last = false;          // end of the dump
  bool interrupted = false;   // NLM_F_DUMP_INTR: addresses changed meanwhile; some may be missing
};

// `address`: 4 bytes for AF_INET, 16 for AF_INET6. Invalid: a truncated message. For an error
// message of the kernel: the fault of its errno.
Result<AddressDatagram> decode_addresses(Bytes datagram, int family, Bytes address);

// Interface indices. TimedOut: the dump was not complete within `limit`. Busy: addresses changed
// during every attempt.
Result<std::set<unsigned>> interfaces_with_address(int family, Bytes address,
                                                   std::chrono::steady_clock::duration limit);

}  // namespace tuner
