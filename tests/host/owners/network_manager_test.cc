#include "host/owners/owners_test.h"

namespace tuner::testing {
namespace {

constexpr const char* kFolder = "/etc/NetworkManager/system-connections/";

std::string external_settings(const FakeMachine& machine) {
  return external_of(machine, "NetworkManager");
}

FakeMachine machine_with(std::string_view connection) {
  FakeMachine machine = two_node_machine();
  machine.set(std::string(kFolder) + "a.nmconnection", connection);
  run_service(machine, "NetworkManager");
  return machine;
}

TEST(NetworkManagerSettings, AreReadFromTheConnectionWithTheInterfaceName) {
  FakeMachine machine = machine_with(
      "[connection]\nid=a\nuuid=u-1\ninterface-name=eth0\n\n[ethtool]\nring-rx=1024\n"
      "feature-tls-hw-tx-offload=false\nfeature-tso=true\ncoalesce-adaptive-rx=1\n"
      "channels-combined=2\npause-rx=true\n");
  EXPECT_EQ(external_settings(machine),
            "eth0: nic_rings rx = 1024 (/etc/NetworkManager/system-connections/a.nmconnection:7)\n"
            "eth0: nic_features tls-hw-tx-offload = false "
            "(/etc/NetworkManager/system-connections/a.nmconnection:8)\n"
            "eth0: nic_features tx-tcp-segmentation = true "
            "(/etc/NetworkManager/system-connections/a.nmconnection:9)\n"
            "eth0: nic_features tx-tcp6-segmentation = true "
            "(/etc/NetworkManager/system-connections/a.nmconnection:9)\n"
            "eth0: nic_coalesce adaptive-rx = 1 "
            "(/etc/NetworkManager/system-connections/a.nmconnection:10)\n"
            "eth0: nic_channels combined = 2 "
            "(/etc/NetworkManager/system-connections/a.nmconnection:11)\n");
  machine.remove("/run/NetworkManager");
  EXPECT_EQ(external_settings(machine), "") << "it does not run";
}

TEST(NetworkManagerSettings, UsesTheActiveConnectionIfKnown) {
  FakeMachine machine =
      machine_with("[connection]\nuuid=u-1\ninterface-name=eth0\n[ethtool]\nring-rx=1024\n");
  machine.set("/run/NetworkManager/system-connections/b.nmconnection",
              "[connection]\nuuid=u-2\n[ethtool]\nring-tx=512\n");
  machine.set("/run/NetworkManager/devices/2", "[device]\nmanaged=true\nconnection-uuid=u-2\n");
  EXPECT_EQ(external_settings(machine),
            "eth0: nic_rings tx = 512 "
            "(/run/NetworkManager/system-connections/b.nmconnection:4)\n");
}

TEST(NetworkManagerSettings, IgnoresConnectionsOfOtherInterfaces) {
  const FakeMachine machine =
      machine_with("[connection]\ninterface-name=wlan0\n[ethtool]\nring-rx=1024\n");
  EXPECT_EQ(external_settings(machine), "");
}

TEST(NetworkManagerSettings, UnreadableConnectionsHaveNoSettings) {
  FakeMachine machine =
      machine_with("[connection]\ninterface-name=eth0\n[ethtool]\nring-rx=1024\n");
  machine->unreadable.insert(std::string(kFolder) + "a.nmconnection");
  EXPECT_EQ(external_settings(machine), "");
}

}  // namespace
}  // namespace tuner::testing
