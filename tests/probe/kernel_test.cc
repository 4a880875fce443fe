#include "probe/handshake/kernel.h"

#include "support/fake_host.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::FakeMachine;

TEST(Kernel, AListedUlpMeansLoaded) {
  FakeMachine machine;
  machine.set("/proc/sys/kernel/osrelease", "6.1.0-32-amd64");
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "mptcp tls");
  EXPECT_TRUE(read_kernel_tls(machine.host().files()).tls_loaded);
  machine.set("/proc/sys/net/ipv4/tcp_available_ulp", "mptcp");
  EXPECT_FALSE(read_kernel_tls(machine.host().files()).tls_loaded);
}

// A container has no tcp_available_ulp, but its own tls_stat.
TEST(Kernel, TlsStatMeansLoaded) {
  FakeMachine machine;
  machine.set("/proc/self/net/tls_stat", "TlsTxSw   \t3");
  EXPECT_TRUE(read_kernel_tls(machine.host().files()).tls_loaded);
  EXPECT_EQ(read_tls_stat(machine.host().files()), (TlsStat{{"TlsTxSw", 3}}));
}

TEST(Kernel, WithoutAFileThereAreNoCounters) {
  const FakeMachine machine;
  EXPECT_FALSE(read_tls_stat(machine.host().files()));
}

TEST(Kernel, LookingWritesNothing) {
  FakeMachine machine;
  read_kernel_tls(machine.host().files());
  EXPECT_TRUE(machine->writes.empty());
}

}  // namespace
}  // namespace tuner
