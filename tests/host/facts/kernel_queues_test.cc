#include "host/facts/collect.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string_view>

namespace tuner {
namespace {

using testing::FakeMachine;
using testing::two_node_machine;

constexpr const char* kThreaded = "/sys/class/net/eth0/threaded";
// The same file behind the link.
constexpr const char* kThreadedThere =
    "/sys/devices/pci0000:80/0000:80:00.0/0000:81:00.0/net/eth0/threaded";

// Interrupts 24 to 27 serve queues 0 to 3 in reverse order.
KernelQueues reversed(std::optional<NapiThreads> threads = NapiThreads::Off) {
  KernelQueues queues;
  for (int i = 0; i < 4; ++i) {
    const auto id = static_cast<std::uint32_t>(8193 + i);
    queues.napis.push_back({.id = id, .irq = 24 + i, .threads = threads});
    for (const QueueDirection direction : {QueueDirection::Rx, QueueDirection::Tx})
      queues.queues.push_back({.direction = direction, .number = 3 - i, .napi = id});
  }
  return queues;
}

Facts irq_facts(const FakeMachine& machine, FactNeed more = FactNeed::None) {
  return collect_facts(machine.host(), FactNeed::Nics | FactNeed::Irqs | more);
}

TEST(KernelQueues, TheKernelsListCountsAndAContradictionIsKept) {
  FakeMachine machine = two_node_machine();
  machine->nics["eth0"].kernel_queues = reversed();
  const Facts facts = irq_facts(machine);
  const Nic* nic = facts.nic("eth0");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->irqs.at(0).queue, 3);
  EXPECT_EQ(nic->irqs.at(0).known_by, NicIrq::KnownBy::Kernel);
  ASSERT_EQ(nic->irq_doubts.size(), 4U);
  EXPECT_EQ(nic->irq_doubts[0],
            "interrupt 24 (eth0-rxtx-0): its name says receive queue 0 and transmit queue 0, the "
            "kernel says receive queue 3 and transmit queue 3");
  EXPECT_TRUE(facts.unread.empty()) << "eth1's driver reports no queues: that is no failure";
}

TEST(KernelQueues, AnOldKernelHasNoneAndThatIsNoFailure) {
  const Facts facts = irq_facts(two_node_machine());
  EXPECT_FALSE(facts.nic("eth0")->kernel_queues);
  EXPECT_EQ(facts.nic("eth0")->irqs.at(0).known_by, NicIrq::KnownBy::Name);
  EXPECT_TRUE(facts.unread.empty());
}

TEST(KernelQueues, AFailedReadLeavesTheNames) {
  FakeMachine machine = two_node_machine();
  machine->on_read = [](std::string_view what) -> std::optional<int> {
    if (what.find("queues of eth0") != std::string_view::npos) return EIO;
    return std::nullopt;
  };
  const Facts facts = irq_facts(machine);
  EXPECT_EQ(facts.nic("eth0")->irqs.at(0).queue, 0);
  EXPECT_NE(facts.failed_read(FactNeed::NicQueues, "eth0"), nullptr);
  EXPECT_EQ(facts.failed_read(FactNeed::Irqs, "eth0"), nullptr)
      << "the interrupts themselves are known";
}

TEST(KernelQueues, TheFileIsReadOnlyWhereTheListDoesNotTell) {
  FakeMachine machine = two_node_machine();
  machine.set(kThreadedThere, "1");
  const auto seen = [&](FactNeed more) {
    machine.forget();
    const auto threads = irq_facts(machine, more).nic("eth0")->threads;
    const int reads = machine.reads_below(kThreaded) + machine.reads_below(kThreadedThere);
    return std::pair(threads, reads);
  };
  const auto none = std::optional<NapiThreads>();
  EXPECT_EQ(seen(FactNeed::None), std::pair(none, 0)) << "a check does not ask";
  EXPECT_EQ(seen(FactNeed::NapiThreads), std::pair(std::optional(NapiThreads::On), 1));
  machine->nics["eth0"].kernel_queues = reversed();
  EXPECT_EQ(seen(FactNeed::NapiThreads), std::pair(none, 0)) << "each instance reports its mode";
  machine->nics["eth0"].kernel_queues = reversed(std::nullopt);
  EXPECT_EQ(seen(FactNeed::NapiThreads), std::pair(none, 0)) << "no instance has a thread";
  machine->nics["eth0"].kernel_queues->napis[0].thread = 812;
  EXPECT_EQ(seen(FactNeed::NapiThreads), std::pair(std::optional(NapiThreads::On), 1))
      << "a thread may be idle";
}

TEST(KernelQueues, AModeThatIsNotKnownIsNotCalledOff) {
  FakeMachine machine = two_node_machine();
  EXPECT_FALSE(irq_facts(machine, FactNeed::NapiThreads).nic("eth0")->threads) << "no file";
  for (const char* text : {"3", "-1", "yes", ""}) {
    machine.set(kThreadedThere, text);
    EXPECT_FALSE(irq_facts(machine, FactNeed::NapiThreads).nic("eth0")->threads) << text;
  }
  machine.set(kThreadedThere, "2");
  EXPECT_EQ(irq_facts(machine, FactNeed::NapiThreads).nic("eth0")->threads, NapiThreads::BusyPoll);
}

}  // namespace
}  // namespace tuner
