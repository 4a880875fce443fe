#include "host/facts/parts.h"
#include "support/fake_host.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using enum NicIrq::Role;
using testing::FakeMachine;
using testing::two_node_machine;

Nic nic_at(std::string_view name, std::string_view pci) {
  Nic nic;
  nic.name = name;
  nic.bus_address = pci;
  return nic;
}

std::vector<Nic> irqs_of(const FakeMachine& machine, std::vector<Nic> nics) {
  UnreadList unread;
  collect_irqs(machine.host().files(), nics, std::nullopt, unread);
  return nics;
}

std::string summary(const Nic& nic) {
  std::string text;
  for (const NicIrq& irq : nic.irqs)
    text +=
        fmt::format("{}:{}={}{} ", irq.msi_index, irq.number, irq_role_name(irq.role), irq.queue);
  return text;
}

TEST(CollectIrqs, ReadsNumberRoleAndQueue) {
  const auto nics =
      irqs_of(two_node_machine(), {nic_at("eth0", "0000:81:00.0"), nic_at("eth1", "0000:01:00.0")});
  EXPECT_EQ(summary(nics[0]), "0:24=rxtx0 1:25=rxtx1 2:26=rxtx2 3:27=rxtx3 4:28=other-1 ");
  EXPECT_EQ(summary(nics[1]), "0:30=rx0 1:31=tx0 2:32=other-1 ");
  EXPECT_EQ(nics[0].irqs[3].action, "eth0-rxtx-3");
}

// mlx4 names no interface: "mlx4-1@0000:09:00.0".
TEST(CollectIrqs, TheKernelsListTellsWhichPortAnInterruptBelongsTo) {
  FakeMachine machine = two_node_machine();
  for (int irq = 24; irq < 29; ++irq)
    machine.set(fmt::format("/sys/kernel/irq/{}/actions", irq), fmt::format("queue{}", irq));
  Nic first = nic_at("eth0", "0000:81:00.0");
  Nic second = nic_at("eth1", "0000:81:00.0");
  second.kernel_queues = {.queues = {{.direction = QueueDirection::Rx, .number = 0, .napi = 8193}},
                          .napis = {{.id = 8193, .irq = 26}}};
  const auto nics = irqs_of(machine, {first, second});
  EXPECT_EQ(summary(nics[0]), "0:24=other-1 1:25=other-1 3:27=other-1 4:28=other-1 ");
  EXPECT_EQ(summary(nics[1]), "2:26=rx0 ");
}

TEST(CollectIrqs, ReadsOneFilePerInterruptAndNotProcInterrupts) {
  FakeMachine machine = two_node_machine();
  machine.set("/proc/interrupts", "");
  machine.forget();
  irqs_of(machine, {nic_at("eth0", "0000:81:00.0")});
  EXPECT_EQ(machine.reads_below("/proc/interrupts"), 0);
  EXPECT_EQ(machine.reads_below("/sys/kernel/irq"), 5);
}

TEST(CollectIrqs, WithoutSysKernelIrqItReadsProcInterruptsOnce) {
  FakeMachine machine = two_node_machine();
  machine.remove("/sys/kernel/irq");
  machine.set("/proc/interrupts",
              "  CPU0 CPU1\n 24: 1 0 PCI-MSIX-0000:81:00.0 0-edge eth0-rxtx-0\n"
              " 30: 1 0 PCI-MSIX-0000:01:00.0 0-edge eth1-rx-0\n");
  machine.forget();
  const auto nics =
      irqs_of(machine, {nic_at("eth0", "0000:81:00.0"), nic_at("eth1", "0000:01:00.0")});
  EXPECT_EQ(nics[0].irqs[0].role, RxTx);
  EXPECT_EQ(nics[0].irqs[1].action, "");
  EXPECT_EQ(nics[1].irqs[0].role, Rx);
  EXPECT_EQ(machine.reads_below("/proc/interrupts"), 1);
}

TEST(CollectIrqs, AnInterfaceThatIsDownHasInterruptsWithoutNames) {
  FakeMachine machine = two_node_machine();
  for (int irq = 24; irq <= 28; ++irq)
    machine.set(fmt::format("/sys/kernel/irq/{}/actions", irq), "");
  const auto nics = irqs_of(machine, {nic_at("eth0", "0000:81:00.0")});
  EXPECT_EQ(summary(nics[0]), "0:24=other-1 1:25=other-1 2:26=other-1 3:27=other-1 4:28=other-1 ");
}

FakeMachine one_function(std::string_view file, const std::vector<std::string>& actions) {
  FakeMachine machine;
  machine.set("/sys/kernel/irq/1/actions", "i8042");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (file == "msi_irqs")
      machine.set(fmt::format("/sys/bus/pci/devices/0000:00:03.0/msi_irqs/{}", 40 + i), "msix");
    else
      machine.set("/sys/bus/pci/devices/0000:00:03.0/irq", "40");
    machine.set(fmt::format("/sys/kernel/irq/{}/actions", 40 + i), actions[i]);
  }
  return machine;
}

TEST(CollectIrqs, VirtioInterruptsAreThoseOfThePciParent) {
  const auto nics =
      irqs_of(one_function("msi_irqs", {"virtio0-config", "virtio0-input.0", "virtio0-output.0"}),
              {nic_at("ens3", "0000:00:03.0")});
  EXPECT_EQ(summary(nics[0]), "0:40=other-1 1:41=rx0 2:42=tx0 ");
}

TEST(CollectIrqs, TheOnlyInterruptServesAllQueues) {
  const auto nics =
      irqs_of(one_function("msi_irqs", {"enp3s0"}), {nic_at("enp3s0", "0000:00:03.0")});
  EXPECT_EQ(summary(nics[0]), "0:40=rxtx0 ");
}

TEST(CollectIrqs, FindsASharedIntxInterrupt) {
  const auto nics =
      irqs_of(one_function("irq", {"uhci_hcd:usb3,eth0"}), {nic_at("eth0", "0000:00:03.0")});
  EXPECT_EQ(summary(nics[0]), "0:40=rxtx0 ");
}

TEST(CollectIrqs, PortsOfOneFunctionGetTheInterruptsThatNameThem) {
  const auto nics =
      irqs_of(one_function("msi_irqs", {"eth1-0", "eth10-0", "mlx4-async@pci:0000:00:03.0"}),
              {nic_at("eth1", "0000:00:03.0"), nic_at("eth10", "0000:00:03.0")});
  EXPECT_EQ(summary(nics[0]), "0:40=rxtx0 2:42=other-1 ");
  EXPECT_EQ(summary(nics[1]), "1:41=rxtx0 ");
}

TEST(CollectIrqs, ANicWithoutPciHasNone) {
  EXPECT_TRUE(irqs_of(two_node_machine(), {nic_at("veth0", "")})[0].irqs.empty());
  EXPECT_TRUE(irqs_of(FakeMachine(), {nic_at("eth0", "0000:99:00.0")})[0].irqs.empty());
}

}  // namespace
}  // namespace tuner
