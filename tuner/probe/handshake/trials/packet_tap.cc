#include "probe/handshake/trials/packet_tap.h"

#include "probe/handshake/trials/trial_io.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace tuner {
namespace {

// A packet on loopback has up to 64 KiB (its MTU is 65536).
constexpr std::size_t kLongestPacket = 70'000;
constexpr int kRoom = 8 << 20;
constexpr std::chrono::milliseconds kFirstPacket{200};

}  // namespace

Result<UniqueFd> packet_socket(const FileTree& files) {
  if (!files.read("/proc/self/net/packet"))
    return fail(Fault::Unsupported, "this kernel has no packet sockets (af_packet is not loaded)");
  // Protocol 0: nothing is received before bind(2) (packet(7)).
  UniqueFd socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail(errno_error(errno, "make a packet socket"));
  return socket;
}

Result<PacketTap> PacketTap::open(const FileTree& files) {
  UniqueFd socket = TRY(packet_socket(files));
  // Beyond net.core.rmem_max; without it some packets may be dropped, which is counted.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kRoom, sizeof kRoom);
  return PacketTap(std::move(socket));
}

Outcome PacketTap::listen() {
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETH_P_ALL);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all) == 0) return {};
  return fail(errno_error(errno, "listen to the packets of this namespace"));
}

Result<Captured> PacketTap::collect(std::string_view text) {
  Captured captured;
  std::vector<std::uint8_t> packet(kLongestPacket);
  becomes_ready(socket_.get(), POLLIN, kFirstPacket);
  while (true) {
    const Moved got = receive_now(socket_.get(), packet);
    if (got.error != 0) return fail(errno_error(got.error, "read a packet"));
    if (got.bytes == 0) break;
    ++captured.packets;
    captured.bytes += static_cast<std::int64_t>(got.bytes);
    const std::string_view bytes(reinterpret_cast<const char*>(packet.data()), got.bytes);
    if (bytes.find(text) != std::string_view::npos) ++captured.marked;
  }
  tpacket_stats statistics{};  // reading them starts them anew
  socklen_t size = sizeof statistics;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0)
    return fail(errno_error(errno, "count the packets that were dropped"));
  captured.dropped = statistics.tp_drops;
  return captured;
}

}  // namespace tuner
