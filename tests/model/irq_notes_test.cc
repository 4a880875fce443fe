#include "model/irq_notes.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using enum QueueDirection;

std::string notes(const Nic& nic, const Unread* unread = nullptr) {
  std::string all;
  for (const std::string& note : irq_notes(nic, unread)) all += note + "\n";
  return all;
}

constexpr std::string_view kThreads =
    ": an interrupt only wakes its thread, and the thread's CPU affinity, which this tool does not "
    "set, decides where packets are processed\n";

Nic with_queues(KernelQueues queues) {
  Nic nic;
  nic.name = "eth0";
  nic.kernel_queues = std::move(queues);
  return nic;
}

TEST(IrqNotes, AnOrdinaryNicHasNone) {
  EXPECT_EQ(notes(Nic{}), "");
  EXPECT_EQ(notes(with_queues({.queues = {{.direction = Rx, .number = 0, .napi = 1}},
                               .napis = {{.id = 1, .irq = 45, .threads = NapiThreads::Off}}})),
            "");
  Nic off;
  off.threads = NapiThreads::Off;
  EXPECT_EQ(notes(off), "");
}

TEST(IrqNotes, InstancesThatPollInThreadsAreCounted) {
  KernelQueues queues;
  for (std::uint32_t id = 1; id <= 6; ++id)
    queues.napis.push_back(
        {.id = id, .thread = 800 + static_cast<int>(id), .threads = NapiThreads::On});
  queues.napis.push_back({.id = 7, .threads = NapiThreads::Off});
  EXPECT_EQ(notes(with_queues(queues)),
            "6 of 7 NAPI instances poll in threads (threads 801, 802, 803, 804 and 2 more)" +
                std::string(kThreads));
}

// Before Linux 6.17 an idle thread is reported too: sysfs decides.
TEST(IrqNotes, AThreadAloneProvesNothing) {
  Nic nic = with_queues({.queues = {}, .napis = {{.id = 1, .thread = 812}}});
  EXPECT_EQ(notes(nic), "");
  nic.threads = NapiThreads::Off;
  EXPECT_EQ(notes(nic), "");
  nic.threads = NapiThreads::On;
  EXPECT_EQ(notes(nic), "NAPI polls in threads (thread 812)" + std::string(kThreads));
  nic.kernel_queues.reset();
  EXPECT_EQ(notes(nic), "NAPI polls in threads" + std::string(kThreads)) << "before Linux 6.8";
}

TEST(IrqNotes, QueuesBesideTheStackAreNamed) {
  const Nic nic =
      with_queues({.queues = {{.direction = Rx, .number = 0},
                              {.direction = Rx, .number = 4, .consumer = QueueConsumer::Lease},
                              {.direction = Rx, .number = 5, .consumer = QueueConsumer::Lease},
                              {.direction = Rx, .number = 6, .consumer = QueueConsumer::IoUring},
                              {.direction = Rx, .number = 7, .consumer = QueueConsumer::Dmabuf},
                              {.direction = Tx, .number = 6, .consumer = QueueConsumer::Xsk}},
                   .napis = {}});
  EXPECT_EQ(notes(nic),
            "receive queues 4-5 are leased to another interface (a container's netkit): kernel TLS "
            "sees none of their packets, wherever the interrupt is\n"
            "transmit queue 6 is bound to AF_XDP zero copy: kernel TLS sees none of its packets, "
            "wherever the interrupt is\n"
            "receive queue 6 is bound to a process's memory (io_uring): kernel TLS sees none of "
            "its packets, wherever the interrupt is\n"
            "receive queue 7 is bound to device memory (dma-buf): kernel TLS sees none of its "
            "packets, wherever the interrupt is\n");
}

TEST(IrqNotes, AFailedReadIsNotedAndAnOlderRecordingIsNot) {
  const Unread failed{FactNeed::NicQueues, "eth0", errno_error(EIO, "list the queues of eth0")};
  EXPECT_EQ(notes(Nic{}, &failed),
            "the kernel's list of queues is not known, so the names of interrupts alone tell their "
            "queues: list the queues of eth0: Input/output error\n");
  const Unread old{FactNeed::NicQueues, "eth0", {.fault = Fault::NotRecorded, .text = "old"}};
  EXPECT_EQ(notes(Nic{}, &old), "") << "facts list it";
}

}  // namespace
}  // namespace tuner
