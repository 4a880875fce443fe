// Queues and NAPI instances of a NIC, as the kernel itself reports them (netlink family netdev,
// Documentation/netlink/specs/netdev.yaml). A NAPI instance is the poll loop that an interrupt
// starts; it serves one or more queues.
#pragma once

#include "base/words.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace tuner {

enum class QueueDirection { Rx, Tx };
template <>
inline constexpr auto kWords<QueueDirection> =
    std::to_array<Word<QueueDirection>>({{QueueDirection::Rx, "rx"}, {QueueDirection::Tx, "tx"}});

// Who gets the packets of a queue. All but Stack bypass this host's TCP, so its TLS too.
enum class QueueConsumer {
  Stack,    // the network stack
  Dmabuf,   // the payload goes to device memory (dma-buf)
  IoUring,  // the payload goes to memory of a process (io_uring zero copy receive)
  Xsk,      // AF_XDP zero copy
  Lease,    // leased to another interface, such as a container's netkit
};
template <>
inline constexpr auto kWords<QueueConsumer> =
    std::to_array<Word<QueueConsumer>>({{QueueConsumer::Stack, "stack"},
                                        {QueueConsumer::Dmabuf, "dmabuf"},
                                        {QueueConsumer::IoUring, "io_uring"},
                                        {QueueConsumer::Xsk, "xsk"},
                                        {QueueConsumer::Lease, "lease"}});

// Where NAPI polls: in the softirq of the interrupt's CPU, or in a kernel thread, which has a CPU
// affinity of its own.
enum class NapiThreads { Off, On, BusyPoll };
template <>
inline constexpr auto kWords<NapiThreads> = std::to_array<Word<NapiThreads>>(
    {{NapiThreads::Off, "off"}, {NapiThreads::On, "on"}, {NapiThreads::BusyPoll, "busy-poll"}});

struct KernelQueue {
  QueueDirection direction = QueueDirection::Rx;
  int number = 0;                          // among the NIC's queues of this direction
  std::optional<std::uint32_t> napi = {};  // nullopt: the driver does not report it
  QueueConsumer consumer = QueueConsumer::Stack;
  bool operator==(const KernelQueue&) const = default;
};

struct NapiInstance {
  std::uint32_t id = 0;
  std::optional<int> irq = {};  // the interrupt's number; nullopt: the driver does not report it
  // The PID of its thread. Before Linux 6.17 the kernel reports a thread that is not in use, too.
  std::optional<int> thread = {};
  std::optional<NapiThreads> threads = {};  // nullopt: not reported (before Linux 6.17)
  bool operator==(const NapiInstance&) const = default;
};

struct KernelQueues {
  std::vector<KernelQueue> queues;  // empty: the interface is down
  std::vector<NapiInstance> napis;
  bool operator==(const KernelQueues&) const = default;
};

}  // namespace tuner
