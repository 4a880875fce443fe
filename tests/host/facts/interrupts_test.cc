#include "host/facts/interrupts.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(Interrupts, ReadsTheNameAfterTheTrigger) {
  const auto names = parse_interrupts(
      "           CPU0       CPU1       \n"
      "  0:         43          0   IO-APIC   2-edge      timer\n"
      "  9:          0          0   IO-APIC   9-fasteoi   acpi\n"
      " 16:          0          0   IO-APIC  16-fasteoi   uhci_hcd:usb3, eth2\n"
      " 24:       1000          0  PCI-MSIX-0000:81:00.0   0-edge      eth0-rxtx-0\n"
      " 25:          0          7   PCI-MSI 1048577-edge      mlx5_comp3@pci:0000:81:00.0\n"
      " 27:        512          1     GICv3  27 Level     arch_timer\n"
      "NMI:          0          0   Non-maskable interrupts\n"
      "ERR:          0\n");
  EXPECT_EQ(names, (std::map<int, std::string>{{0, "timer"},
                                               {9, "acpi"},
                                               {16, "uhci_hcd:usb3, eth2"},
                                               {24, "eth0-rxtx-0"},
                                               {25, "mlx5_comp3@pci:0000:81:00.0"},
                                               {27, "arch_timer"}}));
}

TEST(Interrupts, AnInterruptWithoutAHandlerHasAnEmptyName) {
  EXPECT_EQ(parse_interrupts("  CPU0\n 24:  0  PCI-MSI 1-edge\n"),
            (std::map<int, std::string>{{24, ""}}));
}

TEST(Interrupts, MalformedTextDoesNotCrash) {
  EXPECT_TRUE(parse_interrupts("").empty());
  EXPECT_TRUE(parse_interrupts("\n").empty());
  EXPECT_TRUE(parse_interrupts(" CPU0 CPU1\n 24: 1\n").empty());
  EXPECT_TRUE(
      parse_interrupts(" CPU0\n -1: 1 x-edge y\n 99999999999: 1 x-edge y\n x: 1 y\n").empty());
}

}  // namespace
}  // namespace tuner
