// When the kernel received the packets of a connection, seen beside its socket. A kTLS socket
// delivers no time stamps (net/tls drops the packets that carry them), so a packet socket in the
// same namespace looks at the same packets as they arrive.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "bench/load/kernel/tap_packets.h"
#include "host/host.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace tuner {

struct Tapped {
  std::vector<TapPacket> packets;  // of the flow, in the order of their arrival
  std::int64_t dropped = 0;        // that the ring had no room for
};

class FlowTap {
 public:
  // Needs CAP_NET_RAW in this network namespace. Sees nothing until listen(). From then on the
  // kernel stamps the packets of all sockets of this host as they arrive. Unsupported: the kernel
  // has no packet sockets loaded (making one would load the module).
  static Result<FlowTap> open(const FileTree& files);

  // Forgets what was seen, and sees from now on what this flow receives over IPv4. Needs no
  // privileges.
  Outcome listen(TcpFlow flow);
  // What was seen since listen(), at most kTapPackets. Call it once.
  Result<Tapped> collect();

 private:
  struct Unmap {
    std::size_t size = 0;
    void operator()(std::uint8_t* memory) const;
  };
  using Ring = std::unique_ptr<std::uint8_t, Unmap>;

  FlowTap(UniqueFd socket, Ring ring) : socket_(std::move(socket)), ring_(std::move(ring)) {}
  Tapped take_all();

  UniqueFd socket_;
  Ring ring_;
  std::size_t next_ = 0;  // the frame that the kernel fills next
  TcpFlow flow_;
};

// Frames of the ring.
inline constexpr std::size_t kTapPackets = 4096;

}  // namespace tuner
