// Packets of the probe's own network namespace, as they are on the wire.
#pragma once

#include "base/handle.h"
#include "base/result.h"
#include "host/host.h"

#include <cstdint>
#include <string_view>

namespace tuner {

struct Captured {
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  std::int64_t marked = 0;   // packets that contain the text
  std::int64_t dropped = 0;  // packets that the kernel had no room for
};

// A packet socket that receives nothing before bind(2), not blocking. Needs CAP_NET_RAW in this
// network namespace. Unsupported: the kernel has no packet sockets loaded (making one would load
// the module).
Result<UniqueFd> packet_socket(const FileTree& files);

// A packet socket, made while there are privileges. It sees nothing until listen().
class PacketTap {
 public:
  // Call it in the namespace. Errors of packet_socket().
  static Result<PacketTap> open(const FileTree& files);

  // Needs no privileges.
  Outcome listen();
  // What has arrived since the last call. Waits shortly for the first packet.
  Result<Captured> collect(std::string_view text);

 private:
  explicit PacketTap(UniqueFd socket) : socket_(std::move(socket)) {}
  UniqueFd socket_;
};

}  // namespace tuner
