#include "engine/rollback.h"

#include "engine/rig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using testing::other_profile;
using testing::Rig;
using testing::step_named;
using testing::whole_profile;
using End = ApplyReport::End;
using ::testing::HasSubstr;

constexpr const char* kLowat = "/proc/sys/net/ipv4/tcp_notsent_lowat";

TEST(Rollback, RestoresEveryFileFeatureAndModule) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  ASSERT_NE(rig.machine.snapshot(), before);
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->complete());
  EXPECT_EQ(rig.machine.snapshot(), before);
  EXPECT_FALSE(rig.store.read(kJournalPath).has_value()) << "there is nothing left to restore";
}

TEST(Rollback, ADryRunNamesTheSettingsToRestoreAndWritesNothing) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine.set(kLowat, "777");
  rig.machine->writes.clear();
  const auto steps = plan_rollback(rig.machine.host(), rig.journal(), catalog(), {});
  ASSERT_TRUE(steps.has_value());
  EXPECT_TRUE(rig.machine->writes.empty());
  EXPECT_EQ(step_named(*steps, "net.ipv4.tcp_notsent_lowat")->status, Status::Blocked);
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  ASSERT_EQ(steps->size(), report->steps.size());
  for (std::size_t i = 0; i < steps->size(); ++i) {
    EXPECT_EQ((*steps)[i].desired.subject.key, report->steps[i].desired.subject.key);
    EXPECT_EQ((*steps)[i].status == Status::Change, report->steps[i].status == Status::Done)
        << (*steps)[i].desired.subject.name;
  }
}

// A service that does not come back loses its drop-ins; the profile stays active, also for boots.
TEST(Rollback, OfSomeSubjectsKeepsTheRunAndAllElse) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  Profile profile = whole_profile();
  profile.persist = true;
  ASSERT_EQ(rig.apply(profile).end, End::Applied);
  Journal journal = rig.journal();
  RollbackOptions options{.keys = {"services:etc:nginx.service/ktls"}};
  Host host = rig.machine.host();
  const auto report = rollback(host, rig.store, journal, catalog(), options);
  ASSERT_TRUE(report.has_value()) << report.error().text;
  ASSERT_EQ(report->steps.size(), 1U);
  EXPECT_EQ(report->steps[0].status, Status::Done);
  const Journal after = rig.journal();
  ASSERT_NE(after.active(), nullptr);
  EXPECT_EQ(after.active()->profile, "whole");
  EXPECT_NE(after.persisted(), nullptr);
  EXPECT_EQ(after.entry("services:etc:nginx.service/ktls"), nullptr);
  EXPECT_NE(after.entry("services:etc:nginx.service/near"), nullptr);
  EXPECT_THAT(testing::names_with(rig.plan(profile), Status::Change),
              ::testing::ElementsAre("services nginx.service/ktls"));
  ASSERT_TRUE(rig.rollback().has_value());
  EXPECT_EQ(rig.machine.snapshot(), before);
}

// The machine matters more than the journal: it is restored anyway.
TEST(Rollback, AJournalThatCannotBeWrittenIsReported) {
  Rig twin;
  ASSERT_EQ(twin.apply(whole_profile()).end, End::Applied);
  twin.machine.fuse->disarm();
  ASSERT_TRUE(twin.rollback().has_value());
  const auto writes = twin.machine.fuse->writes;
  const auto first = std::ranges::find(writes, kJournalPath);
  ASSERT_NE(first, writes.end());

  Rig rig;
  const auto before = rig.machine.snapshot();
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine.fuse->start_guard(testing::WriteFuse::Kind::ErrorOnce,
                                static_cast<int>(first - writes.begin()));
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  ASSERT_TRUE(report->journal_error);
  EXPECT_THAT(report->journal_error->text, HasSubstr("injected failure"));
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Rollback, RestoresTheFirstOriginalsAfterTwoProfiles) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  ASSERT_EQ(rig.apply(other_profile()).end, End::Applied);
  ASSERT_TRUE(rig.rollback().has_value());
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Rollback, UnloadsModulesLast) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_EQ(report->steps.back().desired.subject.knob, "module");
}

TEST(Rollback, LeavesAndReportsSettingsThatOthersChanged) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine.set(kLowat, "777");
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->complete());
  const Step* step = step_named(report->steps, "net.ipv4.tcp_notsent_lowat");
  EXPECT_EQ(step->status, Status::Blocked);
  EXPECT_THAT(step->because, HasSubstr("others changed it to 777"));
  EXPECT_EQ(rig.machine.text(kLowat), "777");
  EXPECT_EQ(rig.journal().active(), nullptr);
}

TEST(Rollback, ForceRestoresSettingsThatOthersChanged) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine.set(kLowat, "777");
  ASSERT_TRUE(rig.rollback().has_value());
  ASSERT_TRUE(rig.rollback({.force = true}).has_value());
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Rollback, UndoingOneRunRestoresTheStateBeforeIt) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto between = rig.machine.snapshot();
  ASSERT_EQ(rig.apply(other_profile()).end, End::Applied);
  ASSERT_TRUE(rig.rollback({.run = "run-2"}).has_value());
  EXPECT_EQ(rig.machine.snapshot(), between);
  EXPECT_EQ(rig.journal().active()->profile, "whole");
}

TEST(Rollback, ARunThatLaterRunsDependOnIsRefused) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  ASSERT_EQ(rig.apply(other_profile()).end, End::Applied);
  const auto before = rig.machine.snapshot();
  const auto report = rig.rollback({.run = "run-1"});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().fault, Fault::Refused);
  EXPECT_THAT(report.error().text, HasSubstr("run-2"));
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Rollback, AnUnknownRunIsRefused) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto report = rig.rollback({.run = "nobody"});
  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().fault, Fault::Invalid);
}

TEST(Rollback, AModuleInUseStaysLoadedAndIsReported) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  rig.machine->modules["tls"].busy = true;
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  const Step* step = step_named(report->steps, "tls");
  EXPECT_EQ(step->status, Status::Failed);
  EXPECT_THAT(step->because, HasSubstr("in use"));
  rig.machine->modules["tls"].busy = false;
  EXPECT_TRUE(rig.rollback()->complete()) << "the next rollback finishes";
}

TEST(Rollback, AnAbsentSettingKeepsItsOriginal) {
  Rig rig;
  const auto before = rig.machine.snapshot();
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto with = *rig.machine.operator->();
  rig.machine.remove("/sys/class/net/eth0");
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->complete()) << "not everything is restored";
  const auto kept = rig.journal();
  EXPECT_FALSE(kept.entries().empty());
  for (const Step& step : report->steps) {
    EXPECT_NE(step.status, Status::Unreadable) << step.desired.subject.name;
    if (step.status == Status::NoSubject) {
      EXPECT_THAT(step.because, HasSubstr("is kept")) << step.desired.subject.name;
    }
  }
  for (const auto& [path, text] : with.files) {
    if (path.starts_with("/sys/class/net/eth0/")) rig.machine.set(path, text);
  }
  rig.machine->links = with.links;
  rig.machine->folders = with.folders;
  EXPECT_TRUE(rig.rollback()->complete());
  EXPECT_EQ(rig.machine.snapshot(), before);
}

TEST(Rollback, AnEntryOfNoFamilyIsReported) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  Journal journal = rig.journal();
  ASSERT_TRUE(journal.intend(rig.store, {.knob = "sysctl", .key = "sysctl:/etc/x", .name = "odd"},
                             std::int64_t{1}, std::int64_t{2}));
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->complete());
  EXPECT_THAT(report->not_known, ::testing::ElementsAre(HasSubstr("odd")));
}

TEST(Rollback, ADamagedJournalRestoresProvenOriginalsAndIsKept) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  std::string& text = rig.store.files[std::string(kJournalPath)];
  text.resize(text.size() / 2);
  const auto files = rig.store.files;
  EXPECT_EQ(rig.apply(other_profile()).end, End::Refused);
  const auto report = rig.rollback();
  ASSERT_TRUE(report.has_value());
  EXPECT_FALSE(report->complete());
  EXPECT_FALSE(report->not_known.empty());
  EXPECT_EQ(rig.store.files.at(std::string(kJournalPath)), files.at(std::string(kJournalPath)));
  Journal journal = rig.journal();
  ASSERT_TRUE(journal.set_aside(rig.store, "20260101T000000Z"));
  EXPECT_EQ(rig.apply(other_profile()).end, End::Applied);
}

TEST(Rollback, AJournalOfAnotherNetworkNamespaceIsRefused) {
  Rig rig;
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  const auto before = rig.machine.snapshot();
  const auto files = rig.store.files;
  rig.machine->net_namespace = "net:[4026532000] cookie 7";
  for (const bool force : {false, true}) {
    const auto report = rig.rollback({.force = force});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().fault, Fault::Refused);
    EXPECT_THAT(report.error().text, HasSubstr("another network namespace"));
    EXPECT_THAT(report.error().hint, HasSubstr("nsenter"));
    EXPECT_FALSE(plan_rollback(rig.machine.host(), rig.journal(), catalog(), {.force = force}));
  }
  EXPECT_EQ(rig.machine.snapshot(), before);
  EXPECT_EQ(rig.store.files, files);
}

// On a machine with hundreds of NICs each collection of facts takes a while.
TEST(Rollback, CollectsFactsOnceIfNoWriteResetsSettings) {
  Rig rig;
  Profile features{.name = "features", .digest = "0000000000000006"};
  features.nics = {
      {.select = {.names = {"eth0"}}, .features = {{"tls-hw-tx-offload", testing::exactly(true)}}}};
  ASSERT_EQ(rig.apply(features).end, End::Applied);
  rig.machine.forget();
  ASSERT_TRUE(plan_rollback(rig.machine.host(), rig.journal(), catalog(), {}));
  EXPECT_EQ(std::ranges::count(rig.machine->reads, "/sys/class/net"), 1);
}

// A driver reload renumbers all interrupts; the journal's key is (device, role, queue).
void renumber(testing::FakeMachine& machine, int from, int to) {
  auto& files = machine->files;
  const auto was = files;
  for (const auto& [path, text] : was) {
    for (const std::string_view place : {"/irq/", "/msi_irqs/"}) {
      const std::string old_part = std::string(place) + std::to_string(from);
      const std::size_t at = path.find(old_part);
      if (at == std::string::npos) continue;
      const std::size_t end = at + old_part.size();
      if (end != path.size() && path[end] != '/') continue;
      std::string moved = path;
      moved.replace(at, old_part.size(), std::string(place) + std::to_string(to));
      files.erase(path);
      files[moved] = text;
    }
  }
}

TEST(Rollback, FindsRenumberedInterrupts) {
  Rig rig;
  const std::string before = rig.machine.text("/proc/irq/24/smp_affinity_list");
  ASSERT_EQ(rig.apply(whole_profile()).end, End::Applied);
  ASSERT_NE(rig.machine.text("/proc/irq/24/smp_affinity_list"), before);
  for (int irq = 24; irq <= 28; ++irq) renumber(rig.machine, irq, irq + 100);
  ASSERT_TRUE(rig.rollback().has_value());
  EXPECT_EQ(rig.machine.text("/proc/irq/124/smp_affinity_list"), before);
}

}  // namespace
}  // namespace tuner
