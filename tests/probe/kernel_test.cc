#include "probe/handshake/connection/kernel.h"

#include "probe/handshake/connection/cell.h"
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
  EXPECT_EQ(read_tls_stat(machine.host().files()).value_or(TlsCounters{}),
            (TlsCounters{{"TlsTxSw", 3}}));
}

TEST(Kernel, WithoutAFileThereAreNoCounters) {
  const FakeMachine machine;
  EXPECT_FALSE(read_tls_stat(machine.host().files()));
}

TEST(Kernel, CountersThatCannotBeReadAreNotAbsent) {
  FakeMachine machine;
  machine.set("/proc/self/net/tls_stat", "TlsTxSw   \t3");
  machine->read_errors["/proc/self/net/tls_stat"] = EIO;
  const auto stat = read_tls_stat(machine.host().files());
  ASSERT_FALSE(stat);
  EXPECT_FALSE(is_absent(stat.error()));
}

const Result<TlsCounters> kNone = fail(errno_error(ENOENT, "read tls_stat"));
const Result<TlsCounters> kUnreadable = fail(errno_error(EIO, "read tls_stat"));
const Result<TlsCounters> kFive = TlsCounters{{"TlsTxSw", 5}};

TEST(Counted, FromZeroWhereTlsWasLoadedInBetween) {
  EXPECT_EQ(counted(kNone, kFive).value_or(TlsStatDelta{}), (TlsStatDelta{{"TlsTxSw", 5}}));
}

// Else what was counted since boot would prove that the probe's connections are in the kernel.
TEST(Counted, NotAtAllIfOneReadFailed) {
  EXPECT_FALSE(counted(kUnreadable, kFive));
  EXPECT_FALSE(counted(kFive, kUnreadable));
  EXPECT_FALSE(counted(kFive, kNone));
}

TEST(Counted, TheEvidenceKnowsWhyThereAreNoCounters) {
  Evidence evidence;
  set_counters(evidence, counted(kFive, kNone));
  EXPECT_EQ(evidence.why_no_counters, "there is no /proc/net/tls_stat");
  set_counters(evidence, counted(kUnreadable, kFive));
  EXPECT_FALSE(evidence.counters);
  EXPECT_EQ(evidence.why_no_counters, kUnreadable.error().text);
}

TEST(Kernel, LookingWritesNothing) {
  FakeMachine machine;
  read_kernel_tls(machine.host().files());
  EXPECT_TRUE(machine->writes.empty());
}

}  // namespace
}  // namespace tuner
