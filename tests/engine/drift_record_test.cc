// Records since when settings have drifted, over several checks.
#include "engine/drift_record.h"

#include "base/rfc3339.h"
#include "support/fake_state_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Key;

const DriftRecord::Time kNoon = *system_time(*from_rfc3339("2026-11-24T12:00:00Z"));

Step step(std::string name, Status status) {
  Step step;
  step.desired.subject = {.knob = "sysctl", .key = "sysctl:" + name, .name = name};
  step.status = status;
  return step;
}

Plan plan(std::vector<Step> steps) {
  return {.profile = "p", .digest = "d", .steps = std::move(steps), .notes = {}};
}

TEST(DriftRecord, KeepsTheFirstTimeAndMovesTheLast) {
  DriftRecord record;
  record_drift(record, plan({step("a", Status::Change)}), kNoon, true);
  record_drift(record, plan({step("a", Status::Change)}), kNoon + hours(1), true);
  Plan shown = plan({step("a", Status::Change), step("b", Status::InSync)});
  fill_drift_times(shown, record);
  ASSERT_TRUE(shown.steps[0].drift.has_value());
  EXPECT_EQ(shown.steps[0].drift->first_seen, kNoon);
  EXPECT_EQ(shown.steps[0].drift->last_seen, kNoon + hours(1));
  EXPECT_FALSE(shown.steps[1].drift.has_value());
}

TEST(DriftRecord, ASettingWithoutASubjectHasItsTimesAndIsNoDrift) {
  testing::FakeStateStore store;
  DriftRecord record;
  record_drift(record, plan({step("a", Status::NoSubject)}), kNoon, true);
  record_drift(record, plan({step("a", Status::NoSubject)}), kNoon + hours(1), true);
  ASSERT_TRUE(save_drift(store, record));
  record = load_drift(store).value();
  EXPECT_THAT(record.drifted, IsEmpty());
  Plan shown = plan({step("a", Status::NoSubject)});
  fill_drift_times(shown, record);
  ASSERT_TRUE(shown.steps[0].drift.has_value());
  EXPECT_EQ(shown.steps[0].drift->first_seen, kNoon);
  EXPECT_EQ(shown.steps[0].drift->last_seen, kNoon + hours(1));
  record_drift(record, plan({step("b", Status::InSync)}), kNoon + hours(2), true);
  EXPECT_THAT(record.missing, IsEmpty());
}

TEST(DriftRecord, RemovesWhatIsInSyncAgain) {
  DriftRecord record;
  record_drift(record, plan({step("a", Status::Change), step("b", Status::Change)}), kNoon, true);
  record_drift(record, plan({step("a", Status::InSync), step("b", Status::Done)}), kNoon, true);
  EXPECT_THAT(record.drifted, IsEmpty());
}

TEST(DriftRecord, RestartsWhenItDriftsAgain) {
  DriftRecord record;
  record_drift(record, plan({step("a", Status::Change)}), kNoon, true);
  record_drift(record, plan({step("a", Status::InSync)}), kNoon + hours(1), true);
  record_drift(record, plan({step("a", Status::Change)}), kNoon + hours(2), true);
  EXPECT_EQ(record.drifted.at("sysctl:a").first_seen, kNoon + hours(2));
}

TEST(DriftRecord, KeepsWhatACheckCouldNotDetermine) {
  DriftRecord record;
  record_drift(record, plan({step("a", Status::Change), step("b", Status::Change)}), kNoon, true);
  record_drift(record, plan({step("a", Status::Unreadable), step("b", Status::Deferred)}),
               kNoon + hours(1), true);
  EXPECT_THAT(record.drifted, ElementsAre(Key("sysctl:a"), Key("sysctl:b")));
  EXPECT_EQ(record.drifted.at("sysctl:a").last_seen, kNoon);
}

TEST(DriftRecord, APlanOfAPartOfTheProfileLeavesTheRest) {
  DriftRecord record;
  record_drift(record, plan({step("a", Status::Change), step("b", Status::Change)}), kNoon, true);
  record_drift(record, plan({step("a", Status::InSync)}), kNoon, false);
  EXPECT_THAT(record.drifted, ElementsAre(Key("sysctl:b")));
  record_drift(record, plan({step("a", Status::InSync)}), kNoon, true);
  EXPECT_THAT(record.drifted, IsEmpty());
}

TEST(DriftRecord, ARestoreOfAnEarlierProfileIsNoDrift) {
  DriftRecord record;
  Step left = step("a", Status::Change);
  left.restores = true;
  record_drift(record, plan({left}), kNoon, true);
  EXPECT_THAT(record.drifted, IsEmpty());
}

TEST(DriftRecord, IsTheSameAfterAReboot) {
  testing::FakeStateStore store;
  DriftRecord record{.last_success = kNoon, .repaired = 7};
  record_drift(record, plan({step("a", Status::Change)}), kNoon, true);
  ASSERT_TRUE(save_drift(store, record).has_value());
  const DriftRecord loaded = load_drift(store).value();
  EXPECT_EQ(loaded.last_success, kNoon);
  EXPECT_EQ(loaded.repaired, 7U);
  EXPECT_EQ(loaded.drifted, record.drifted);
}

TEST(DriftRecord, NamesTheMetricsOfTheLastJob) {
  testing::FakeStateStore store;
  const DriftRecord record{.metrics = "/var/lib/node_exporter/ktls\xff.prom"};
  ASSERT_TRUE(save_drift(store, record).has_value());
  EXPECT_EQ(load_drift(store).value().metrics, record.metrics);
  ASSERT_TRUE(save_drift(store, DriftRecord{}).has_value());
  EXPECT_EQ(load_drift(store).value().metrics, "");
}

TEST(DriftRecord, IsEqualIfOnlyTimesOfChecksDiffer) {
  DriftRecord before;
  record_drift(before, plan({step("a", Status::Change), step("b", Status::NoSubject)}), kNoon,
               true);
  DriftRecord after = before;
  record_drift(after, plan({step("a", Status::Change), step("b", Status::NoSubject)}),
               kNoon + hours(1), true);
  after.last_success = kNoon + hours(1);
  EXPECT_TRUE(equal_but_for_times(before, after));
  const auto differs = [&](auto change) {
    DriftRecord other = after;
    change(other);
    return !equal_but_for_times(before, other);
  };
  EXPECT_TRUE(differs([](DriftRecord& r) { r.drifted.clear(); }));
  EXPECT_TRUE(differs([](DriftRecord& r) { r.missing.clear(); }));
  EXPECT_TRUE(differs([](DriftRecord& r) { r.missing.begin()->second.first_seen += hours(1); }));
  EXPECT_TRUE(differs([](DriftRecord& r) { r.drifted.swap(r.missing); }));
  EXPECT_TRUE(differs([](DriftRecord& r) { ++r.repaired; }));
  EXPECT_TRUE(differs([](DriftRecord& r) { r.metrics = "/m"; }));
  EXPECT_TRUE(differs([](DriftRecord& r) { r.programs = ProgramScan{}; }));
}

ProgramScan lighttpd_at_risk() {
  return {.at = kNoon,
          .boot_id = "b",
          .at_risk = {{.risk = {.kind = ProgramRisk::Kind::KeyUpdate,
                                .service = "lighttpd.service",
                                .program = "light\xfftpd (lighttpd.service)",
                                .text = "any peer can break it",
                                .ways_out = {"stop it"}},
                       .accepted = true}},
          .not_looked_at = {"3 processes were not looked at"}};
}

TEST(DriftRecord, KeepsTheProgramsThatTheJobSaw) {
  testing::FakeStateStore store;
  ASSERT_TRUE(save_drift(store, DriftRecord{.programs = lighttpd_at_risk()}).has_value());
  const auto loaded = load_drift(store).value().programs;
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->at, kNoon);
  EXPECT_EQ(loaded->boot_id, "b");
  EXPECT_EQ(loaded->at_risk, lighttpd_at_risk().at_risk);
  EXPECT_EQ(loaded->not_looked_at, lighttpd_at_risk().not_looked_at);
  ASSERT_TRUE(save_drift(store, DriftRecord{}).has_value());
  EXPECT_EQ(load_drift(store).value().programs, std::nullopt) << "not looked at is not none";
}

TEST(DriftRecord, ACutLookAtProgramsIsNoEmptyOne) {
  testing::FakeStateStore store;
  ASSERT_TRUE(save_drift(store, DriftRecord{.programs = lighttpd_at_risk()}).has_value());
  std::string& text = store.files[std::string(kDriftPath)];
  const std::string whole = text;
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    text = whole.substr(0, size);
    EXPECT_FALSE(load_drift(store)) << size;
  }
  for (const std::string_view programs :
       {"1", "{}", R"({"at": "noon", "boot_id": "b", "at_risk": [], "not_looked_at": []})",
        R"({"at": "2026-11-24T12:00:00Z", "boot_id": "b", "at_risk": [{}], "not_looked_at": []})",
        R"({"at": "2026-11-24T12:00:00Z", "boot_id": "b", "at_risk": [], "not_looked_at": 1})"}) {
    text = R"({"repaired": 1, "drifted": {}, "programs": )" + std::string(programs) + "}";
    EXPECT_FALSE(load_drift(store)) << programs;
  }
}

TEST(DriftRecord, ARiskOfALaterReleaseIsOneThatIsNotKnown) {
  testing::FakeStateStore store;
  store.files[std::string(kDriftPath)] =
      R"({"repaired": 0, "drifted": {}, "programs": {"at": "2026-11-24T12:00:00Z", "boot_id": "b",
          "not_looked_at": [], "at_risk": [{"risk": "melts", "service": "a", "program": "a",
          "because": "it melts", "ways_out": [], "accepted": false}]}})";
  const auto loaded = load_drift(store).value().programs;
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->at_risk.at(0).risk.kind, ProgramRisk::Kind::KeyUpdateUnknown);
  EXPECT_EQ(loaded->at_risk.at(0).risk.text, "it melts");
}

TEST(DriftRecord, EachAlteredByteIsReported) {
  testing::FakeStateStore store;
  DriftRecord record{.last_success = kNoon, .repaired = 7};
  record_drift(record, plan({step("a", Status::Change)}), kNoon, true);
  ASSERT_TRUE(save_drift(store, record).has_value());
  std::string& text = store.files[std::string(kDriftPath)];
  const std::string whole = text;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    text = whole;
    text[at] = static_cast<char>(text[at] ^ 1);
    const auto loaded = load_drift(store);
    EXPECT_TRUE(!loaded || loaded->drifted == record.drifted) << at << ": " << text;
  }
}

TEST(DriftRecord, ADamagedFileIsReportedAndKept) {
  for (
      const std::string_view text :
      {"", "{", "[]", R"({"repaired": 1})", R"({"repaired": "x", "drifted": {}})",
       R"({"repaired": 1, "drifted": {"a": {"first_seen": "yesterday", "last_seen": "2026-11-24T12:00:00Z"}}})"}) {
    testing::FakeStateStore store;
    store.files[std::string(kDriftPath)] = text;
    EXPECT_FALSE(load_drift(store)) << text;
    std::optional<Error> lost;
    EXPECT_THAT(load_or_renew_drift(store, lost).value().drifted, IsEmpty()) << text;
    ASSERT_TRUE(lost) << text;
    EXPECT_EQ(store.files.at(std::string(kDamagedDriftPath)), text);
  }
  EXPECT_THAT(load_drift(testing::FakeStateStore()).value().drifted, IsEmpty());
}

}  // namespace
}  // namespace tuner
