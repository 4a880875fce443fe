// The proxy of a measured transfer: what arrives at one connection is sent by another.
#pragma once

#include "bench/load/load_end.h"

#include <cstdint>
#include <functional>

namespace tuner {

struct ProxyEnds {
  LoadEnd& receiving;  // the client of the sender's connection
  LoadEnd& sending;    // the server of the receiver's
};

// Makes both handshakes, the receiving one first.
Outcome begin_proxy(const ProxyEnds& ends);

// Passes on bytes until it has passed on as many as `total` says, which is asked anew before each
// call and may first be the largest number, for "not known yet". Faults: as of LoadEnd.
using ProxyTotal = std::function<std::uint64_t()>;
Outcome pass_on(const ProxyEnds& ends, const ProxyTotal& total);
// The same by splice(2) through a pipe, without a copy to user space. Unsupported: the kernel does
// not decrypt what arrives, or does not encrypt what is sent.
Outcome pass_on_by_splice(const ProxyEnds& ends, const ProxyTotal& total);

}  // namespace tuner
