#include "model/irq_kernel.h"

#include "model/irq_queue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using enum QueueDirection;

// eth0 with interrupts 40, 41, … of these names.
Nic nic_of(std::string_view driver, int queues, const std::vector<std::string>& actions) {
  Nic nic;
  nic.name = "eth0";
  nic.driver = driver;
  nic.rx_queues = queues;
  nic.tx_queues = queues;
  for (const std::string& action : actions) {
    const int number = 40 + static_cast<int>(nic.irqs.size());
    nic.irqs.push_back({.number = number, .action = action});
  }
  nic.kernel_queues.emplace();
  return nic;
}

// A NAPI instance for each interrupt; the kernel lists it for these queues.
void serve(Nic& nic, int irq, const std::vector<int>& rx, const std::vector<int>& tx) {
  const auto id = static_cast<std::uint32_t>(8000 + irq);
  KernelQueues& kernel = *nic.kernel_queues;
  kernel.napis.push_back({.id = id, .irq = irq});
  for (const int queue : rx)
    kernel.queues.push_back({.direction = Rx, .number = queue, .napi = id});
  for (const int queue : tx)
    kernel.queues.push_back({.direction = Tx, .number = queue, .napi = id});
}

// "rxtx0(both) rx1(kernel) management"
std::string told(const Nic& nic) {
  std::string all;
  for (const NicIrq& irq : nic.irqs) {
    if (!all.empty()) all += ' ';
    all += irq.queue < 0
               ? std::string(irq_service_name(irq))
               : fmt::format("{}{}({})", irq_role_name(irq.role), irq.queue, word_of(irq.known_by));
  }
  return all;
}

std::string doubts(const Nic& nic) {
  std::string all;
  for (const std::string& doubt : nic.irq_doubts) all += doubt + "\n";
  return all;
}

TEST(IrqKernel, BothAgreeOnAnOrdinaryNic) {
  Nic nic = nic_of("igb", 2, {"eth0", "eth0-TxRx-0", "eth0-TxRx-1"});
  serve(nic, 41, {0}, {0});
  serve(nic, 42, {1}, {1});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "management rxtx0(both) rxtx1(both)");
  EXPECT_EQ(doubts(nic), "");
}

TEST(IrqKernel, NamesAloneCountWithoutAKernelsList) {
  Nic nic = nic_of("igb", 2, {"eth0", "eth0-TxRx-0", "eth0-TxRx-1"});
  nic.kernel_queues.reset();
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "management rxtx0(name) rxtx1(name)");
}

// virtio_net reports NAPI instances without interrupts; an interface that is down has none.
TEST(IrqKernel, NamesAloneCountWhereTheDriverReportsNoInterrupt) {
  Nic nic = nic_of("virtio_net", 1, {"virtio0-config", "virtio0-input.0", "virtio0-output.0"});
  nic.kernel_queues->napis = {{.id = 8193}};
  nic.kernel_queues->queues = {{.direction = Rx, .number = 0, .napi = 8193},
                               {.direction = Tx, .number = 0}};
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "management rx0(name) tx0(name)");
  EXPECT_EQ(doubts(nic), "");
}

// e1000e has one NAPI instance; its transmit vector cleans without it.
TEST(IrqKernel, AnInterruptWithoutNapiKeepsItsName) {
  Nic nic = nic_of("e1000e", 1, {"eth0-rx-0", "eth0-tx-0", "eth0"});
  serve(nic, 40, {0}, {0});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "rx0(both) tx0(name) management");
  EXPECT_EQ(doubts(nic), "");
  EXPECT_EQ(queues_without_irq(nic), "");
}

// idpf's names number vectors and not queues.
TEST(IrqKernel, TheKernelTellsWhatNoNameTells) {
  Nic nic = nic_of("idpf", 2, {"idpf-Mailbox-0", "idpf-eth0-TxRx-1", "idpf-eth0-TxRx-2"});
  serve(nic, 41, {1}, {1});
  serve(nic, 42, {0}, {0});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "not_understood rxtx1(kernel) rxtx0(kernel)");
  EXPECT_EQ(doubts(nic), "") << "a name that says nothing contradicts nothing";
  EXPECT_EQ(queues_without_irq(nic), "");
}

TEST(IrqKernel, AContradictionIsADoubtAndTheKernelCounts) {
  Nic nic = nic_of("igb", 2, {"eth0-TxRx-0", "eth0-TxRx-1"});
  serve(nic, 40, {1}, {1});
  serve(nic, 41, {0}, {0});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "rxtx1(kernel) rxtx0(kernel)");
  EXPECT_EQ(doubts(nic),
            "interrupt 40 (eth0-TxRx-0): its name says receive queue 0 and transmit queue 0, the "
            "kernel says receive queue 1 and transmit queue 1\n"
            "interrupt 41 (eth0-TxRx-1): its name says receive queue 1 and transmit queue 1, the "
            "kernel says receive queue 0 and transmit queue 0\n");
}

TEST(IrqKernel, AManagementOrIdleNameIsContradictedToo) {
  Nic nic = nic_of("igb", 2, {"eth0", "eth0-TxRx-0"});
  serve(nic, 40, {1}, {1});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "rxtx1(kernel) rxtx0(name)");
  EXPECT_EQ(doubts(nic),
            "interrupt 40 (eth0): its name says management, the kernel says receive queue 1 and "
            "transmit queue 1\n");
  Nic mlx5 = nic_of("mlx5_core", 1, {"mlx5_comp0@pci:0000:81:00.0", "mlx5_comp7@pci:0000:81:00.0"});
  serve(mlx5, 41, {0}, {0});
  match_queues(mlx5, true);
  EXPECT_EQ(told(mlx5), "not_understood rxtx0(kernel)");
  EXPECT_EQ(doubts(mlx5),
            "interrupt 41 (mlx5_comp7@pci:0000:81:00.0): its name says a queue that does not "
            "exist, the kernel says receive queue 0 and transmit queue 0\n"
            "interrupt 40 (mlx5_comp0@pci:0000:81:00.0): its name says receive queue 0 and "
            "transmit queue 0, which the kernel serves by interrupt 41\n");
}

TEST(IrqKernel, AnInterruptMayServeSeveralQueues) {
  Nic nic = nic_of("bnxt_en", 4, {"eth0-TxRx-0", "eth0-TxRx-1"});
  serve(nic, 40, {0, 2}, {0, 2});
  serve(nic, 41, {1}, {3});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "rxtx0(both) rx1(kernel)");
  EXPECT_EQ(queues_without_irq(nic), "receive queue 3, transmit queue 1");
  EXPECT_EQ(doubts(nic),
            "interrupt 41 (eth0-TxRx-1): its name says receive queue 1 and transmit queue 1, the "
            "kernel says receive queue 1 and transmit queue 3\n");
}

// iavf reports interrupts and no queues.
TEST(IrqKernel, AnInstanceWithoutQueuesProvesNothing) {
  Nic nic = nic_of("iavf", 1, {"iavf-0000:3b:02.0:mbx", "iavf-eth0-TxRx-0"});
  nic.kernel_queues->napis = {{.id = 8193, .irq = 41}};
  nic.kernel_queues->queues = {{.direction = Rx, .number = 0}, {.direction = Tx, .number = 0}};
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "management rxtx0(name)");
}

TEST(IrqKernel, AListThatDoesNotFitTheMachineIsADoubt) {
  Nic nic = nic_of("igb", 2, {"eth0-TxRx-0", "eth0-TxRx-1"});
  serve(nic, 40, {0, 5}, {0});
  serve(nic, 99, {1}, {1});
  match_queues(nic, true);
  EXPECT_EQ(told(nic), "rxtx0(both) rxtx1(name)");
  EXPECT_EQ(doubts(nic),
            "the kernel lists rx queue 5, and sysfs has 2\n"
            "the kernel serves receive queue 1 and transmit queue 1 by interrupt 99, which is none "
            "of this device\n");
}

TEST(IrqKernel, MatchingAgainGivesTheSame) {
  Nic nic = nic_of("igb", 2, {"eth0-TxRx-0", "eth0-TxRx-1"});
  serve(nic, 40, {1}, {1});
  serve(nic, 41, {0}, {0});
  match_queues(nic, true);
  const Nic once = nic;
  match_queues(nic, true);
  EXPECT_EQ(told(nic), told(once));
  EXPECT_EQ(doubts(nic), doubts(once));
}

}  // namespace
}  // namespace tuner
