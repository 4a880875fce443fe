// Which packet carried the last byte of which message. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace tuner {

// One direction of a TCP connection over IPv4, by its ports.
struct TcpFlow {
  std::uint16_t from = 0;
  std::uint16_t to = 0;
};

// A packet with payload.
struct TapPacket {
  std::uint32_t sequence = 0;  // of its first byte, as TCP counts: modulo 2^32
  std::uint32_t bytes = 0;
  std::int64_t stamp = 0;  // when the kernel received it, in nanoseconds since 1970
};

// Reads the headers of an IPv4 packet, of which `packet` is at least the begin and `length` the
// whole size. nullopt: not of this flow, a fragment, without payload, or the headers are cut.
std::optional<TapPacket> tcp_payload(std::span<const std::uint8_t> packet, std::size_t length,
                                     TcpFlow flow);

// The stamp of the packet that brought the last byte of each message, if all have this size on the
// wire and the first begins with byte `first`. A byte that is sent again keeps its first stamp.
// nullopt: that packet was not captured.
std::vector<std::optional<std::int64_t>> stamps_of_messages(std::span<const TapPacket> packets,
                                                            std::uint32_t first,
                                                            std::uint64_t wire_bytes,
                                                            std::size_t messages);

}  // namespace tuner
