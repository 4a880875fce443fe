#include "profile/import/irq_lines.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace tuner::importing {
namespace {

// "45 eth0 0-3"; empty: no such line.
std::string read(std::string_view line) {
  const auto irq = read_irq_line(line);
  if (!irq) return {};
  const std::string_view what = irq->what == IrqLine::What::Interrupt   ? ""
                                : irq->what == IrqLine::What::SendQueue ? "xps "
                                                                        : "rps ";
  return fmt::format("{}{} {} {}", what, irq->irq, irq->nic, irq->cpus.to_list());
}

TEST(IrqLines, Lists) {
  EXPECT_EQ(read("45: 0-3"), "45  0-3");
  EXPECT_EQ(read("IRQ 46: 2"), "46  2");
  EXPECT_EQ(read("irq 47 -> 4"), "47  4");
  EXPECT_EQ(read("int 48 -> core 5"), "48  5");
  EXPECT_EQ(read("49=1,3"), "49  1,3");
}

TEST(IrqLines, FilesOfInterrupts) {
  EXPECT_EQ(read("/proc/irq/45/smp_affinity_list:0-3"), "45  0-3");
  EXPECT_EQ(read("/proc/irq/45/smp_affinity: f"), "45  0-3");
  EXPECT_EQ(read("echo 2 > /proc/irq/45/smp_affinity_list"), "45  2");
  EXPECT_EQ(read("echo \"ff,00000000\" | sudo tee /proc/irq/46/smp_affinity"), "46  32-39");
  EXPECT_EQ(read("sudo echo -n f >/proc/irq/46/smp_affinity 2>/dev/null || true"), "46  0-3");
}

TEST(IrqLines, WhatSetIrqAffinityPrints) {
  EXPECT_EQ(read("eth0 0 1 -> /proc/irq/45/smp_affinity"), "45 eth0 0");
  EXPECT_EQ(read("eth0 33 2,00000000 <- /proc/irq/45/smp_affinity"), "45 eth0 33");
  EXPECT_EQ(read("eth0 1 2 -> /sys/class/net/eth0/queues/tx-1/xps_cpus"), "xps -1 eth0 1");
}

TEST(IrqLines, QueuesOfNics) {
  EXPECT_EQ(read("echo f > /sys/class/net/eth1/queues/rx-0/rps_cpus"), "rps -1 eth1 0-3");
  EXPECT_EQ(read("/sys/class/net/eth1/queues/tx-0/xps_cpus:1"), "xps -1 eth1 0");
}

TEST(IrqLines, OtherLinesAreNone) {
  for (const char* line : {"",
                           "45",
                           "45 2",
                           "x: 2",
                           "45: x",
                           "45: 2 3",
                           "-1: 2",
                           "45:",
                           "net.core.somaxconn = 1",
                           "45: 123 0 IR-PCI-MSI eth0-rx-0",
                           "echo f > /proc/irq/$irq/smp_affinity",
                           "echo f > /proc/irq/default_smp_affinity",
                           "echo > /proc/irq/45/smp_affinity",
                           "echo zz > /proc/irq/45/smp_affinity",
                           "echo f > /proc/irq/45/../../x",
                           "99999999999: 1",
                           "45: 99999999",
                           "eth0 -> /proc/irq/45/smp_affinity",
                           "/proc/irq/45/smp_affinity",
                           "/sys/class/net/eth0/queues/tx-0/tx_timeout:1"})
    EXPECT_EQ(read(line), "") << line;
}

}  // namespace
}  // namespace tuner::importing
