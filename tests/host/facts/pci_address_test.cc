#include "host/facts/pci_address.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(PciAddress, RecognizesAddresses) {
  for (const char* text : {"0000:81:00.0", "0000:3b:1f.7", "10000:e1:00.0", "7870af2e:00:02.0"})
    EXPECT_TRUE(is_pci_address(text)) << text;
  for (const char* text : {"", "pci0000:80", "0000:81:00", "000:81:00.0", "0000:81:00.10",
                           "0000:8g:00.0", "virtio0", "0000:81:00.0:pcie001", "::.", "eth0"})
    EXPECT_FALSE(is_pci_address(text)) << text;
}

TEST(PciAddress, FindsTheLastAddressInAPath) {
  EXPECT_EQ(nearest_pci_address("/sys/devices/pci0000:00/0000:00:03.0/virtio0"), "0000:00:03.0");
  EXPECT_EQ(nearest_pci_address("/sys/devices/pci0000:80/0000:80:01.0/0000:81:00.0"),
            "0000:81:00.0");
  EXPECT_EQ(nearest_pci_address("/sys/devices/platform/fe300000.ethernet"), "");
  EXPECT_EQ(nearest_pci_address(""), "");
}

}  // namespace
}  // namespace tuner
