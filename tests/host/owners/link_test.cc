#include "host/owners/owners_test.h"

namespace tuner::testing {
namespace {

constexpr const char* kLink = "/etc/systemd/network/10-eth0.link";
constexpr const char* kEth0 = "/run/udev/data/n2";  // eth0 of two_node_machine() has index 2

std::string external_settings(const FakeMachine& machine) {
  return external_of(machine, "systemd-udevd");
}

TEST(LinkSettings, AreReadFromTheFileThatUdevHasApplied) {
  FakeMachine machine = two_node_machine();
  machine.set(kLink,
              "[Match]\nDriver=vmxnet3\n\n[Link]\nRxBufferSize=max\nMTUBytes=9000\n"
              "IRQAffinityPolicy=spread\nReceivePacketSteeringCPUMask=0-1\n");
  EXPECT_EQ(external_settings(machine), "") << "no udev database";
  machine.set(kEth0, "I:123\nE:ID_NET_DRIVER=vmxnet3\nE:ID_NET_LINK_FILE=" + std::string(kLink));
  EXPECT_EQ(external_settings(machine),
            "eth0: nic_rings rx = max (/etc/systemd/network/10-eth0.link:5)\n"
            "eth0: irq_affinity * = spread (/etc/systemd/network/10-eth0.link:7)\n"
            "eth0: file /sys/class/net/eth0/queues/rx-*/rps_cpus = 0-1 "
            "(/etc/systemd/network/10-eth0.link:8)\n");
}

TEST(LinkSettings, DropInsOverrideAndReset) {
  FakeMachine machine = two_node_machine();
  machine.set(kLink, "[Link]\nCombinedChannels=4\nTransmitChecksumOffload=no\nTxCoalesceSec=8us\n");
  machine.set("/etc/x/a.conf", "[Link]\nCombinedChannels=2\n");
  machine.set("/etc/x/b.conf", "[Link]\nTxCoalesceSec=\n[Match]\nRxChannels=1\n");
  machine.set(kEth0, "E:ID_NET_LINK_FILE=" + std::string(kLink) +
                         "\nE:ID_NET_LINK_FILE_DROPINS=/etc/x/a.conf:/etc/x/b.conf\n");
  EXPECT_EQ(external_settings(machine),
            "eth0: nic_features tx-checksum-ip-generic = no (/etc/systemd/network/10-eth0.link:3)\n"
            "eth0: nic_features tx-checksum-ipv4 = no (/etc/systemd/network/10-eth0.link:3)\n"
            "eth0: nic_features tx-checksum-ipv6 = no (/etc/systemd/network/10-eth0.link:3)\n"
            "eth0: nic_channels combined = 2 (/etc/x/a.conf:2)\n");
}

TEST(LinkSettings, AMissingFileHasNoSettings) {
  FakeMachine machine = two_node_machine();
  machine.set(kEth0, "E:ID_NET_LINK_FILE=/run/systemd/network/gone.link\n");
  EXPECT_EQ(external_settings(machine), "");
}

}  // namespace
}  // namespace tuner::testing
