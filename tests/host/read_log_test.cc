#include "host/read_log.h"

#include "host/facts/collect.h"
#include "support/fake_host.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using testing::answer;
using testing::FakeMachine;
using testing::two_node_machine;

TEST(ReadLog, AbsenceIsNotLoggedOtherErrorsAre) {
  ReadLog log;
  const auto before = log.mark();
  log.note(answer(ENOENT, "read /a"));
  log.note(answer(EOPNOTSUPP, "read /b"));
  EXPECT_FALSE(log.failed_since(before));
  log.note(answer(EIO, "read /c"));
  ASSERT_TRUE(log.failed_since(before));
  EXPECT_EQ(log.failed_since(before)->text, "read /c: Input/output error");
  EXPECT_FALSE(log.failed_since(log.mark()));
  EXPECT_EQ(log.failures().size(), 1U);
}

TEST(ReadLog, NothingIsReadAfterTheTimeLimit) {
  FakeMachine machine = two_node_machine();
  Host host = machine.host();
  host.limit_reads(std::chrono::seconds(0));
  const Facts facts = collect_facts(host, FactNeed::Nics);
  EXPECT_NE(facts.failed_read(FactNeed::Nics), nullptr);
  ASSERT_FALSE(host.reads().failures().empty());
  EXPECT_EQ(host.reads().failures().front().fault, Fault::TimedOut);
  host.limit_reads(std::nullopt);
  EXPECT_TRUE(host.files().read("/proc/sys/kernel/osrelease"));
}

TEST(ReadLog, TheLimitIsExceededWhenItsTimeIsSpent) {
  ReadLog log;
  log.limit(std::chrono::seconds(2));
  log.spend(std::chrono::milliseconds(1999));
  EXPECT_FALSE(log.late("/a"));
  log.spend(std::chrono::milliseconds(1));
  ASSERT_TRUE(log.late("/a"));
  EXPECT_EQ(log.late("/a")->text, "read /a: time limit for reads (2 s) exceeded");
}

// Records the limits that it is given.
class LimitedNics : public NicPort {
 public:
  using Limit = std::optional<std::chrono::steady_clock::duration>;
  explicit LimitedNics(std::vector<Limit>& limits) : limits_(limits) {}
  Result<NicFeatures> features(std::string_view) const override { return NicFeatures{}; }
  Result<std::string> permanent_address(std::string_view) const override { return std::string(); }
  Result<NicParameters> shape(NicShape, std::string_view) const override { return NicParameters{}; }
  Result<KernelQueues> kernel_queues(std::string_view) const override { return KernelQueues{}; }
  Outcome set_shape(NicShape, std::string_view, std::span<const ParameterChange>) override {
    return {};
  }
  Result<std::set<std::string>> interfaces_to_peer(std::string_view,
                                                   std::string_view) const override {
    return std::set<std::string>{};
  }
  Result<std::string> network_namespace() const override { return std::string(); }
  Outcome set_features(std::string_view, std::span<const FeatureChange>) override { return {}; }
  void set_reply_timeout(Limit limit) override { limits_.push_back(limit); }

 private:
  std::vector<Limit>& limits_;
};

TEST(ReadLog, ReadsGetTheTimeLeftAsTimeoutAndWritesTheDefault) {
  std::vector<LimitedNics::Limit> limits;
  ReadLog log;
  const auto nics = logged(std::make_unique<LimitedNics>(limits), log);
  log.limit(std::chrono::seconds(2));
  log.spend(std::chrono::milliseconds(500));
  EXPECT_TRUE(nics->features("eth0"));
  ASSERT_EQ(limits.size(), 1U);
  EXPECT_EQ(limits.back(), std::chrono::milliseconds(1500));
  for (const bool read :
       {nics->shape(NicShape::Rings, "eth0").has_value(),
        nics->permanent_address("eth0").has_value(), nics->kernel_queues("eth0").has_value(),
        nics->interfaces_to_peer("192.0.2.1", "192.0.2.2").has_value()})
    EXPECT_TRUE(read);
  ASSERT_EQ(limits.size(), 5U);
  EXPECT_LE(*limits.back(), std::chrono::milliseconds(1500));
  EXPECT_TRUE(nics->set_features("eth0", {}));
  EXPECT_EQ(limits.back(), std::nullopt);
}

TEST(ReadLog, UnrecordedReadsAreNotFailures) {
  ReadLog log;
  const auto before = log.mark();
  log.note({.fault = Fault::NotRecorded, .text = "/x was not recorded", .hint = {}});
  EXPECT_FALSE(log.failed_since(before));
  EXPECT_EQ(log.unrecorded_since(before)->text, "/x was not recorded");
  EXPECT_TRUE(log.failures().empty());
}

TEST(ReadLog, RepeatedFailuresAreKeptOnceAndCountEachTime) {
  ReadLog log;
  log.note(answer(EIO, "read /a"));
  const auto between = log.mark();
  log.note(answer(EIO, "read /a"));
  EXPECT_TRUE(log.failed_since(between));
  EXPECT_EQ(log.failures().size(), 1U);
}

TEST(ReadLog, KeepsABoundedNumberAndCountsTheRest) {
  ReadLog log;
  for (std::size_t i = 0; i < ReadLog::kMost + 7; ++i)
    log.note(answer(EIO, "read /" + std::to_string(i)));
  EXPECT_EQ(log.failures().size(), ReadLog::kMost);
  EXPECT_EQ(log.not_kept(), 7U);
}

TEST(Facts, AFailedListOfInterfacesIsUnread) {
  FakeMachine machine = two_node_machine();
  machine->read_errors["/sys/class/net"] = EIO;
  const Facts facts = collect_facts(machine.host(), FactNeed::All);
  EXPECT_TRUE(facts.nics.empty());
  const Unread* unread = facts.failed_read(FactNeed::Nics);
  ASSERT_NE(unread, nullptr);
  EXPECT_EQ(unread->error.text, "list /sys/class/net: Input/output error");
  EXPECT_EQ(facts.failed_read(FactNeed::Topology), nullptr);
}

TEST(Facts, AFailedReadOfOneInterfaceMarksOnlyThatOne) {
  FakeMachine machine = two_node_machine();
  machine->read_errors["/sys/class/net/eth0/device/driver"] = EIO;
  const Facts facts = collect_facts(machine.host(), FactNeed::Nics);
  EXPECT_NE(facts.failed_read(FactNeed::Nics, "eth0"), nullptr);
  EXPECT_EQ(facts.failed_read(FactNeed::Nics, "eth1"), nullptr);
  EXPECT_EQ(facts.failed_read(FactNeed::Nics), nullptr);
}

TEST(Facts, NothingIsUnreadIfAllReadsSucceed) {
  const Facts facts = collect_facts(two_node_machine().host(), FactNeed::All);
  for (const Unread& unread : facts.unread) ADD_FAILURE() << unread.error.text;
}

}  // namespace
}  // namespace tuner
