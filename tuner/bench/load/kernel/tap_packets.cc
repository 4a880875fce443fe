#include "bench/load/kernel/tap_packets.h"

#include <netinet/in.h>

namespace tuner {
namespace {

constexpr std::size_t kLeastIp = 20;
constexpr std::size_t kLeastTcp = 20;
constexpr unsigned kFragment = 0x3fff;  // offset and "more fragments" of the flags' field

// Network byte order; the caller has checked the size.
std::uint32_t number(std::span<const std::uint8_t> bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes.subspan(at, size)) value = value << 8U | byte;
  return value;
}

}  // namespace

std::optional<TapPacket> tcp_payload(std::span<const std::uint8_t> packet, std::size_t length,
                                     TcpFlow flow) {
  if (packet.size() < kLeastIp || packet[0] >> 4U != 4 || packet[9] != IPPROTO_TCP)
    return std::nullopt;
  const std::size_t ip = (packet[0] & 15U) * 4U;
  if (ip < kLeastIp || packet.size() < ip + kLeastTcp || (number(packet, 6, 2) & kFragment) != 0)
    return std::nullopt;
  if (number(packet, ip, 2) != flow.from || number(packet, ip + 2, 2) != flow.to)
    return std::nullopt;
  const std::size_t headers = ip + (packet[ip + 12] >> 4U) * 4U;
  if (headers < ip + kLeastTcp || length <= headers) return std::nullopt;
  return TapPacket{.sequence = number(packet, ip + 4, 4),
                   .bytes = static_cast<std::uint32_t>(length - headers)};
}

std::vector<std::optional<std::int64_t>> stamps_of_messages(std::span<const TapPacket> packets,
                                                            std::uint32_t first,
                                                            std::uint64_t wire_bytes,
                                                            std::size_t messages) {
  std::vector<std::optional<std::int64_t>> stamps(messages);
  if (wire_bytes == 0) return stamps;
  for (const TapPacket& packet : packets) {
    // One measurement moves much less than 2^32 bytes, so the difference is the place.
    const std::uint64_t begin = packet.sequence - first;
    const std::uint64_t end = begin + packet.bytes;
    // Message i ends before byte (i + 1) * wire_bytes.
    for (std::uint64_t i = begin / wire_bytes; i < messages && (i + 1) * wire_bytes <= end; ++i) {
      if (!stamps[i]) stamps[i] = packet.stamp;
    }
  }
  return stamps;
}

}  // namespace tuner
