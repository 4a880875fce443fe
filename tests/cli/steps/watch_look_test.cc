#include "cli/steps/watch_look.h"

#include "support/fake_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The interfaces of a machine with their statistics, and how often each was asked.
struct Nics {
  std::map<std::string, Result<NicStatistics>> all;
  std::map<std::string, int> asked;

  CounterReader::Statistics statistics() {
    return [this](std::string_view name) -> Result<NicStatistics> {
      ++asked[std::string(name)];
      const auto found = all.find(std::string(name));
      if (found == all.end()) return fail(Fault::NotFound, "no such interface");
      return found->second;
    };
  }
};

testing::FakeMachine machine_with(std::initializer_list<std::string_view> interfaces) {
  testing::FakeMachine machine;
  for (const std::string_view name : interfaces)
    machine.set("/sys/class/net/" + std::string(name) + "/operstate", "up");
  return machine;
}

TEST(CounterReader, CountersOfNewerKernelsPassThroughByName) {
  testing::FakeMachine machine = machine_with({"lo"});
  machine.set("/proc/net/tls_stat", "TlsTxSw 5\nTlsOfTomorrow 7\nnot a counter\n");
  const Host host = machine.host();
  Nics nics;
  CounterReader reader(host.files(), nics.statistics());
  const CounterLooks looks = reader.look(milliseconds(3));
  EXPECT_EQ(looks.kernel.state, SourceState::Read);
  EXPECT_EQ(looks.kernel.at, milliseconds(3));
  EXPECT_EQ(looks.kernel.counters,
            (std::map<std::string, std::uint64_t>{{"TlsOfTomorrow", 7}, {"TlsTxSw", 5}}));
}

TEST(CounterReader, AbsentAndUnreadableCountersDiffer) {
  testing::FakeMachine machine = machine_with({"lo"});
  const Host host = machine.host();
  Nics nics;
  CounterReader reader(host.files(), nics.statistics());
  const CounterLooks absent = reader.look(milliseconds(0));
  EXPECT_EQ(absent.kernel.state, SourceState::Absent);
  EXPECT_THAT(absent.errors, IsEmpty());
  machine.set("/proc/net/tls_stat", "TlsTxSw 5\n");
  machine->read_errors["/proc/net/tls_stat"] = EIO;
  const CounterLooks failed = reader.look(milliseconds(0));
  EXPECT_EQ(failed.kernel.state, SourceState::Unreadable);
  EXPECT_THAT(failed.kernel.because, ::testing::HasSubstr("/proc/net/tls_stat"));
  EXPECT_THAT(failed.errors, SizeIs(1));
}

TEST(CounterReader, OnlyStatisticsAboutTlsOfThoseThatHaveThem) {
  testing::FakeMachine machine = machine_with({"eth0", "eth1", "lo", "bonding_masters"});
  const Host host = machine.host();
  Nics nics;
  nics.all["eth0"] = NicStatistics{{"rx_packets", 9}, {"tx_tls_ctx", 2}, {"tx0_tls_ooo", 1}};
  nics.all["eth1"] = NicStatistics{{"rx_packets", 9}};
  nics.all["lo"] = fail(Fault::Unsupported, "it has no statistics");
  CounterReader reader(host.files(), nics.statistics());
  const CounterLooks looks = reader.look(milliseconds(0));
  ASSERT_THAT(looks.nics, SizeIs(1));
  EXPECT_EQ(looks.nics.at("eth0").counters,
            (std::map<std::string, std::uint64_t>{{"tx_tls_ctx", 2}, {"tx_tls_ooo", 1}}));
  EXPECT_THAT(looks.nics_without, ElementsAre("eth1", "lo"));
  EXPECT_THAT(looks.errors, IsEmpty());
}

TEST(CounterReader, InterfacesWithoutSuchStatisticsAreSeldomAskedAgain) {
  testing::FakeMachine machine = machine_with({"eth0", "veth1"});
  const Host host = machine.host();
  Nics nics;
  nics.all["eth0"] = NicStatistics{{"tx_tls_ctx", 2}};
  nics.all["veth1"] = NicStatistics{{"peer_ifindex", 2}};
  CounterReader reader(host.files(), nics.statistics());
  for (int i = 0; i < 61; ++i)
    EXPECT_THAT(reader.look(milliseconds(i)).nics_without, ElementsAre("veth1"));
  EXPECT_EQ(nics.asked["eth0"], 61);
  EXPECT_EQ(nics.asked["veth1"], 2);
}

TEST(CounterReader, StatisticsThatCannotBeReadAreNotNone) {
  testing::FakeMachine machine = machine_with({"eth0"});
  const Host host = machine.host();
  Nics nics;
  nics.all["eth0"] = fail(Fault::Busy, "read the statistics of eth0: they changed");
  CounterReader reader(host.files(), nics.statistics());
  const CounterLooks looks = reader.look(milliseconds(0));
  EXPECT_EQ(looks.nics.at("eth0").state, SourceState::Unreadable);
  EXPECT_THAT(looks.errors, SizeIs(1));
  EXPECT_THAT(looks.nics_without, IsEmpty());
}

TEST(CounterReader, InterfacesThatCannotBeListedAreNotGone) {
  testing::FakeMachine machine = machine_with({"eth0"});
  const Host host = machine.host();
  machine->read_errors["/sys/class/net"] = EMFILE;
  Nics nics;
  CounterReader reader(host.files(), nics.statistics());
  const CounterLooks looks = reader.look(milliseconds(0));
  EXPECT_FALSE(looks.nics_listed);
  EXPECT_THAT(looks.errors, SizeIs(1));
}

}  // namespace
}  // namespace tuner
