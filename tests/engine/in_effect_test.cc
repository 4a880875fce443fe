// A feature that is requested but not active is never in sync; rollback restores its request.
#include "engine/rig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using testing::exactly;
using testing::Rig;
using testing::step_named;
using End = ApplyReport::End;
using ::testing::HasSubstr;

constexpr const char* kTls = "tls-hw-tx-offload";
constexpr const char* kChecksum = "tx-checksum-ip-generic";
constexpr const char* kSubject = "eth0/tls-hw-tx-offload";

Profile wanting(std::vector<NamedSetting> features) {
  Profile profile;
  profile.name = "offload";
  profile.digest = "digest of offload";
  profile.nics = {{.select = {.names = {"eth0"}}, .features = std::move(features)}};
  return profile;
}

// Others have switched transmit checksums off.
void without_checksums(Rig& rig, bool tls_requested) {
  NicFeatures& features = rig.machine->nics["eth0"].features;
  features.find(kChecksum)->second = {.supported = true};
  features.find(kTls)->second = {.supported = true, .requested = tls_requested};
}

TEST(InEffect, AnInactiveRequestIsBlockedAndNothingIsWritten) {
  for (const bool requested : {false, true}) {
    Rig rig;
    without_checksums(rig, requested);
    const Profile profile = wanting({{kTls, exactly(true)}});
    const Plan plan = rig.plan(profile);
    EXPECT_EQ(plan.steps.at(0).status, Status::Blocked) << requested;
    EXPECT_THAT(plan.steps.at(0).because, HasSubstr("ethtool -K eth0 tx on"));
    EXPECT_EQ(rig.apply(profile).end, End::Refused);
    EXPECT_TRUE(rig.machine->writes.empty());
  }
}

TEST(InEffect, APreferredFeatureDoesNotStopTheRun) {
  Rig rig;
  without_checksums(rig, true);
  const Profile profile = wanting({{kTls, exactly(true, Need::Preferred)}});
  EXPECT_EQ(rig.plan(profile).steps.at(0).status, Status::Blocked);
  EXPECT_EQ(rig.apply(profile).end, End::Nothing);
}

TEST(InEffect, AProfileThatSetsThePrerequisiteIsAppliedAndRolledBackExactly) {
  Rig rig;
  without_checksums(rig, true);
  const auto before = rig.machine.snapshot();
  const Profile profile = wanting({{kTls, exactly(true)}, {kChecksum, exactly(true)}});
  EXPECT_EQ(step_named(rig.plan(profile).steps, kSubject)->status, Status::Change);
  const ApplyReport report = rig.apply(profile);
  EXPECT_EQ(report.end, End::Applied);
  EXPECT_EQ(step_named(report.plan.steps, kSubject)->status, Status::Done);
  EXPECT_TRUE(rig.machine->nics["eth0"].features.find(kTls)->second.active);
  EXPECT_EQ(step_named(rig.plan(profile).steps, kSubject)->status, Status::InSync);
  ASSERT_TRUE(rig.rollback()->complete());
  EXPECT_EQ(rig.machine.snapshot(), before) << "requested and not active, as before";
}

TEST(InEffect, ADriverThatDropsARequiredFeatureRollsBackTheRun) {
  Rig rig;
  rig.machine->nics["eth0"].dropped = {kTls};
  const auto before = rig.machine.snapshot();
  const ApplyReport report = rig.apply(wanting({{kTls, exactly(true)}}));
  EXPECT_EQ(report.end, End::RolledBack);
  ASSERT_TRUE(report.error);
  EXPECT_THAT(report.error->text,
              HasSubstr("written on, but without effect: requested on, but not active: the driver "
                        "or the kernel dropped tls-hw-tx-offload of eth0"));
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(InEffect, APreferredFeatureStaysRequestedAndIsRestoredByRollback) {
  Rig rig;
  rig.machine->nics["eth0"].dropped = {kTls};
  const auto before = rig.machine.snapshot();
  const Profile profile = wanting({{kTls, exactly(true, Need::Preferred)}});
  const ApplyReport report = rig.apply(profile);
  EXPECT_EQ(report.end, End::Applied);
  EXPECT_EQ(report.plan.steps.at(0).status, Status::Failed);
  EXPECT_TRUE(rig.machine->nics["eth0"].features.find(kTls)->second.requested);
  EXPECT_EQ(rig.plan(profile).steps.at(0).status, Status::Blocked) << "the request has no effect";
  ASSERT_TRUE(rig.rollback()->complete());
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(InEffect, AFeatureThatLostItsPrerequisiteIsStillRestored) {
  Rig rig;
  const Profile profile = wanting({{kTls, exactly(true)}});
  ASSERT_EQ(rig.apply(profile).end, End::Applied);
  without_checksums(rig, true);
  EXPECT_EQ(rig.plan(profile).steps.at(0).status, Status::Blocked);
  ASSERT_TRUE(rig.rollback()->complete());
  EXPECT_FALSE(rig.machine->nics["eth0"].features.find(kTls)->second.requested);
}

}  // namespace
}  // namespace tuner
