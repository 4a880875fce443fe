#include "bench/load/kernel/flow_tap.h"

#include "probe/handshake/trials/packet_tap.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

// The header of a frame, and the headers of a packet with all their options.
constexpr std::size_t kFrame = 256;
constexpr std::size_t kBlock = 64U << 10U;
constexpr unsigned kKept = 160;  // bytes of each packet, its Ethernet header included

template <typename T>
Outcome set_option(int fd, int level, int name, const T& value, std::string_view doing) {
  if (::setsockopt(fd, level, name, &value, sizeof value) == 0) return {};
  return fail(errno_error(errno, doing));
}

// What this host receives of the flow: loopback shows each packet twice, as it is sent and as it is
// received, and only the latter has the stamp that the receiving socket would get.
std::array<sock_filter, 11> filter_of(TcpFlow flow) {
  const std::uint32_t ports = std::uint32_t{flow.from} << 16U | flow.to;
  constexpr std::uint32_t packet_type = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
  // EtherType, protocol, then both ports, behind an IP header whose length BPF_MSH takes from its
  // first byte. What does not match jumps to the last statement, which keeps nothing
  // (Documentation/networking/filter.rst).
  return {
      {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, packet_type),
       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_HOST, 0, 8),
       BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 6),
       BPF_STMT(BPF_LD | BPF_B | BPF_ABS, ETH_HLEN + 9),
       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_TCP, 0, 4),
       BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, ETH_HLEN), BPF_STMT(BPF_LD | BPF_W | BPF_IND, ETH_HLEN),
       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ports, 0, 1), BPF_STMT(BPF_RET | BPF_K, kKept),
       BPF_STMT(BPF_RET | BPF_K, 0)}};
}

// A ring, in which the kernel copies the begin of each packet. An ordinary packet socket would keep
// the packet itself until it is read: then it is shared, and kTLS must copy what it otherwise
// decrypts in place, so that the capture would change what it measures.
Outcome make_ring(int fd) {
  TRY(set_option(fd, SOL_PACKET, PACKET_VERSION, int{TPACKET_V2}, "choose a ring's version"));
  tpacket_req ring{};
  ring.tp_block_size = kBlock;
  ring.tp_frame_size = kFrame;
  ring.tp_frame_nr = kTapPackets;
  ring.tp_block_nr = kTapPackets * kFrame / kBlock;
  return set_option(fd, SOL_PACKET, PACKET_RX_RING, ring, "make a ring for packets");
}

// SO_TIMESTAMPING switches stamps on; PACKET_TIMESTAMP says which of them the ring gets. A packet
// without one gets the time at which the ring got it: over loopback since Linux 5.18 those with
// data, which carry the time of their departure until IP delivers them (skb_clear_delivery_time()
// in net/ipv4/ip_input.c). That is some hundred nanoseconds before the stamp that the socket gets.
Outcome ask_stamps(int fd) {
  const int software = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  TRY(set_option(fd, SOL_SOCKET, SO_TIMESTAMPING, software, "ask for time stamps"));
  return set_option(fd, SOL_PACKET, PACKET_TIMESTAMP, software, "ask for time stamps in a ring");
}

// The kernel writes the rest of a frame before its status (net/packet/af_packet.c).
std::atomic_ref<std::uint32_t> status_of(tpacket2_hdr& header) {
  return std::atomic_ref<std::uint32_t>(header.tp_status);
}

}  // namespace

void FlowTap::Unmap::operator()(std::uint8_t* memory) const {
  ::munmap(memory, size);
}

Result<FlowTap> FlowTap::open(const FileTree& files) {
  UniqueFd socket = TRY(packet_socket(files));
  TRY(make_ring(socket.get()));
  TRY(ask_stamps(socket.get()));
  constexpr std::size_t size = kTapPackets * kFrame;
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, socket.get(), 0);
  if (memory == MAP_FAILED) return fail(errno_error(errno, "map a ring for packets"));
  return FlowTap(std::move(socket), Ring(static_cast<std::uint8_t*>(memory), Unmap{size}));
}

Outcome FlowTap::listen(TcpFlow flow) {
  flow_ = flow;
  const auto filter = filter_of(flow);
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                           .filter = const_cast<sock_filter*>(filter.data())};
  // Before bind(): without a filter the ring would begin with the packets of other connections.
  TRY(set_option(socket_.get(), SOL_SOCKET, SO_ATTACH_FILTER, program, "choose packets"));
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETH_P_ALL);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all) != 0)
    return fail(errno_error(errno, "listen to the packets of this namespace"));
  take_all();  // of the flow before
  return {};
}

Tapped FlowTap::take_all() {
  Tapped tapped;
  for (std::size_t seen = 0; seen < kTapPackets; ++seen) {
    std::uint8_t* const frame = ring_.get() + next_ * kFrame;
    auto& header = *reinterpret_cast<tpacket2_hdr*>(frame);
    const std::uint32_t status = status_of(header).load(std::memory_order_acquire);
    if ((status & TP_STATUS_USER) == 0) break;
    const std::size_t begin = header.tp_net;
    const std::size_t kept = header.tp_mac + std::size_t{header.tp_snaplen};
    if (begin <= kept && kept <= kFrame) {
      const std::span<const std::uint8_t> packet(frame + begin, kept - begin);
      auto one = tcp_payload(packet, header.tp_len - (header.tp_net - header.tp_mac), flow_);
      if (one) {
        one->stamp = std::int64_t{header.tp_sec} * 1'000'000'000 + header.tp_nsec;
        tapped.packets.push_back(*one);
      }
    }
    status_of(header).store(TP_STATUS_KERNEL, std::memory_order_release);
    next_ = (next_ + 1) % kTapPackets;
  }
  return tapped;
}

Result<Tapped> FlowTap::collect() {
  Tapped tapped = take_all();
  tpacket_stats statistics{};  // reading them starts them anew
  socklen_t size = sizeof statistics;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) != 0)
    return fail(errno_error(errno, "count the packets that were dropped"));
  tapped.dropped = statistics.tp_drops;
  return tapped;
}

}  // namespace tuner
