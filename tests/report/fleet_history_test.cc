#include "report/fleet_history.h"

#include "report/fleet.h"
#include "report/saved_documents.h"

#include <gmock/gmock.h>

#include <random>

namespace tuner {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::check_json;
using ::testing::ElementsAre;
using testing::fleet_of;
using testing::Json;
using testing::kNoon;
using testing::saved;
using testing::step_json;

// A check of one sysctl; `first_seen` as the check recorded it.
Json check_at(UtcTime at, const std::string& status, const std::string& first_seen = "") {
  Json step = step_json("sysctl", "net.core.rmem_max", status);
  if (!first_seen.empty()) step["drift"] = {{"first_seen", first_seen}, {"last_seen", rfc3339(at)}};
  Json json = check_json("a", status == "change" ? 2 : 0, {step});
  json["started_at"] = rfc3339(at);
  return json;
}

TEST(DriftHistory, ARecordedDriftIsDrawnFromItsFirstSight) {
  const DriftHistory history =
      drift_history(fleet_of({check_at(kNoon - minutes(1), "change", rfc3339(kNoon - hours(30)))}));
  EXPECT_EQ(history.from, kNoon - hours(36));
  ASSERT_EQ(history.rows.size(), 1U);
  EXPECT_EQ(history.rows[0].family, "sysctl");
  EXPECT_EQ(history.rows[0].settings, 1);
  EXPECT_EQ(history.rows[0].since, kNoon - hours(30));
  EXPECT_THAT(history.rows[0].spans,
              ElementsAre(DriftSpan{kNoon - hours(36), kNoon - hours(30), Drift::NotKnown},
                          DriftSpan{kNoon - hours(30), kNoon, Drift::Some}));
}

TEST(DriftHistory, BetweenDocumentsThatAreFarApartNothingIsKnown) {
  const DriftHistory history = drift_history(
      fleet_of({check_at(kNoon - hours(1), "in_sync"), check_at(kNoon - hours(8), "change"),
                check_at(kNoon - hours(7), "change")}));
  ASSERT_EQ(history.rows.size(), 1U);
  EXPECT_EQ(history.rows[0].settings, 0);
  EXPECT_THAT(history.rows[0].spans,
              ElementsAre(DriftSpan{kNoon - hours(8), kNoon - hours(4), Drift::Some},
                          DriftSpan{kNoon - hours(4), kNoon - hours(1), Drift::NotKnown},
                          DriftSpan{kNoon - hours(1), kNoon, Drift::None}));
}

TEST(DriftHistory, AnOldDocumentDoesNotTellTheStateOfNow) {
  const DriftHistory history = drift_history(fleet_of({check_at(kNoon - hours(8), "change")}));
  ASSERT_EQ(history.rows.size(), 1U);
  EXPECT_EQ(history.rows[0].spans.back(), (DriftSpan{kNoon - hours(5), kNoon, Drift::NotKnown}));
}

// The record may be of another drift, or of a wrong clock.
TEST(DriftHistory, ADocumentWithoutDriftIsBelievedMoreThanALaterRecord) {
  const DriftHistory history =
      drift_history(fleet_of({check_at(kNoon - hours(4), "in_sync"),
                              check_at(kNoon - hours(2), "change", rfc3339(kNoon - hours(20)))}));
  ASSERT_EQ(history.rows.size(), 1U);
  EXPECT_EQ(history.rows[0].since, kNoon - hours(4));
  EXPECT_THAT(history.rows[0].spans, ElementsAre(DriftSpan{kNoon - hours(4), kNoon, Drift::Some}));
}

TEST(DriftHistory, ARecordOfTheFutureIsNotBelieved) {
  const DriftHistory history =
      drift_history(fleet_of({check_at(kNoon - hours(1), "change", "9999-12-31T23:59:59Z")}));
  ASSERT_EQ(history.rows.size(), 1U);
  EXPECT_EQ(history.rows[0].since, kNoon - hours(1));
}

TEST(DriftHistory, ADocumentWithARecordOfNoTimeIsDamaged) {
  for (const char* lie : {"yesterday", "2026-02-30T00:00:00Z"}) {
    const auto read = read_document(check_at(kNoon - hours(1), "change", lie).dump(), "f");
    ASSERT_FALSE(read) << lie;
    EXPECT_THAT(read.error().text, ::testing::HasSubstr("drift.first_seen: expected a time"));
  }
}

TEST(DriftHistory, AVeryOldRecordIsCutAtTheWindow) {
  const DriftHistory history =
      drift_history(fleet_of({check_at(kNoon - hours(1), "change", "0001-01-01T00:00:00Z")}));
  EXPECT_EQ(history.from, kNoon - hours(24 * 120));
  EXPECT_THAT(history.rows.at(0).spans, ElementsAre(DriftSpan{history.from, kNoon, Drift::Some}));
}

TEST(DriftHistory, WhatCouldNotBeReadIsNotKnown) {
  const auto samples = samples_of(saved(check_json(
      "a", 1,
      {step_json("sysctl", "a", "in_sync"), step_json("sysctl", "b", "unreadable"),
       step_json("module", "tls", "in_sync"), step_json("module", "x", "unsupported")})));
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].drift, Drift::NotKnown);
  EXPECT_EQ(samples[1].drift, Drift::None);
  EXPECT_TRUE(drift_history(fleet_of({check_at(kNoon - hours(1), "unreadable")})).rows.empty());
}

TEST(DriftHistory, ADriftThatWasSeenIsADriftWhateverElseIsUnreadable) {
  for (const bool first : {true, false}) {
    std::vector<Json> steps = {step_json("sysctl", "a", "unreadable"),
                               step_json("sysctl", "b", "change")};
    if (first) std::ranges::reverse(steps);
    const auto samples = samples_of(saved(check_json("a", 2, steps)));
    ASSERT_EQ(samples.size(), 1U);
    EXPECT_EQ(samples[0].drift, Drift::Some);
    EXPECT_EQ(samples[0].settings, 1);
  }
}

TEST(DriftHistory, ADocumentOfTheFutureHasNoPlaceInIt) {
  EXPECT_TRUE(drift_history(fleet_of({check_at(kNoon + minutes(5), "change")})).rows.empty());
}

TEST(DriftHistory, ADriftOfThisSecondHasARow) {
  EXPECT_EQ(drift_history(fleet_of({check_at(kNoon, "change")})).rows.size(), 1U);
}

TEST(DriftHistory, WhatARollbackUndidIsNoState) {
  Json json = check_json("a", 1, {step_json("sysctl", "a", "done")});
  json["kind"] = "apply";
  json["undone"] = Json::array({step_json("sysctl", "a", "done")});
  json["pending_confirm"] = nullptr;
  EXPECT_TRUE(samples_of(saved(json)).empty());
}

TEST(DriftHistory, WhatStillDriftsComesFirst) {
  Json over = check_at(kNoon - hours(9), "change", rfc3339(kNoon - hours(40)));
  Json fine = check_at(kNoon - hours(1), "in_sync");
  Json now = check_at(kNoon - hours(1), "change");
  now["host"]["hostname"] = "b";
  const Fleet fleet = fleet_of({over, fine, now});
  const DriftHistory history = drift_history(fleet);
  ASSERT_EQ(history.rows.size(), 2U);
  EXPECT_EQ(history.rows[0].host->hostname, "b");
  EXPECT_EQ(history.rows[1].settings, 0);
}

// Whatever the documents say, in whatever order: a row is the window, without gap or overlap.
TEST(DriftHistory, TheSpansOfARowAreTheWindow) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same documents every time
  const auto hours_ago = [&](int most) {
    return kNoon - minutes(std::uniform_int_distribution<int>(0, most * 60)(random));
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Json> documents = {check_at(hours_ago(50), "change")};
    for (int i = 0; i < 8; ++i) {
      const char* status = std::array{"change", "in_sync", "unreadable"}.at(random() % 3);
      documents.push_back(check_at(hours_ago(50), status, rfc3339(hours_ago(80))));
    }
    const DriftHistory history = drift_history(fleet_of(documents));
    ASSERT_EQ(history.rows.size(), 1U);
    UtcTime at = history.from;
    for (const DriftSpan& span : history.rows[0].spans) {
      EXPECT_EQ(span.from, at);
      EXPECT_LT(span.from, span.to);
      at = span.to;
    }
    EXPECT_EQ(at, kNoon);
  }
}

}  // namespace
}  // namespace tuner
