#include "model/defects.h"

#include "base/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace tuner {
namespace {

using ::testing::IsSupersetOf;

struct Border {
  const char* id;
  const char* affected;  // the last release with the defect
  const char* fixed;     // the next one
};

// The numbers are of the changelogs and CVE records, not of the table.
constexpr Border kBorders[] = {
    {"CVE-2023-28466", "6.1.19", "6.1.20"},
    {"CVE-2024-26582", "6.1.78", "6.1.79"},
    {"CVE-2024-26583", "6.1.78", "6.1.79"},
    {"CVE-2024-26584", "6.1.83", "6.1.84"},
    {"CVE-2024-26585", "6.1.83", "6.1.84"},
    {"CVE-2024-26800", "6.1.83", "6.1.84"},
    {"CVE-2024-58240", "6.1.148", "6.1.149"},
    {"CVE-2025-37756", "6.1.134", "6.1.135"},
    {"CVE-2025-37756", "6.12.23", "6.12.24"},
    {"CVE-2025-38616", "6.1.184", "6.1.185"},
    {"CVE-2025-38616", "6.12.42", "6.12.43"},
    {"CVE-2025-40149", "6.1.160", "6.1.161"},
    {"CVE-2025-40149", "6.12.65", "6.12.66"},
    {"CVE-2026-23240", "6.12.74", "6.12.75"},
    {"CVE-2026-23414", "6.1.167", "6.1.168"},
    {"CVE-2026-23414", "6.12.79", "6.12.80"},
    {"CVE-2026-31533", "5.15.202", "5.15.203"},
    {"CVE-2026-31533", "6.1.168", "6.1.169"},
    {"CVE-2026-31533", "6.6.134", "6.6.135"},
    {"CVE-2026-31533", "6.12.81", "6.12.82"},
    {"CVE-2026-31533", "6.18.22", "6.18.23"},
    {"CVE-2026-31533", "6.19.12", "6.19.13"},
    {"CVE-2026-52974", "6.1.174", "6.1.175"},
    {"CVE-2026-52974", "6.6.140", "6.6.141"},
    {"CVE-2026-52974", "6.12.90", "6.12.91"},
    {"CVE-2026-52974", "6.18.32", "6.18.33"},
    {"CVE-2026-52974", "7.0.9", "7.0.10"},
    {"CVE-2026-63979", "6.12.113", "6.12.114"},
    {"CVE-2026-64025", "6.1.190", "6.1.191"},
    {"CVE-2026-64025", "6.6.141", "6.6.142"},
    {"CVE-2026-64025", "6.12.91", "6.12.92"},
    {"CVE-2026-64025", "6.18.33", "6.18.34"},
    {"CVE-2026-64025", "7.0.10", "7.0.11"},
    {"CVE-2026-74611", "6.1.190", "6.1.191"},
    {"CVE-2026-74611", "6.12.113", "6.12.114"},
    {"CVE-2026-74611", "6.18.44", "6.18.45"},
    {"CVE-2026-74611", "7.1.8", "7.1.9"},
    {"CVE-2026-93824", "6.1.188", "6.1.189"},
    {"CVE-2026-93824", "6.12.110", "6.12.111"},
    {"CVE-2026-98967", "6.1.190", "6.1.191"},
    {"CVE-2026-98967", "6.12.112", "6.12.113"},
    {"CVE-2026-98967", "7.2.10", "7.2.11"},
    {"backlog-before-wait", "6.12.110", "6.12.111"},
    {"device-fragment", "6.1.186", "6.1.187"},
    {"device-fragment", "6.12.107", "6.12.108"},
    {"failed-decrypt-spliced", "6.1.183", "6.1.184"},
    {"failed-decrypt-spliced", "6.12.104", "6.12.105"},
    {"full-ring", "6.12.103", "6.12.104"},
    {"kernel-consumers", "6.12.117", "6.12.118"},
    {"kernel-consumers", "7.3.3", "7.3.4"},
    {"moving-write-buffer", "3.5.6", "3.5.7"},
    {"moving-write-buffer", "3.6.2", "3.6.3"},
    {"moving-write-buffer", "4.0.0", "4.0.1"},
    {"overlapping-skbs", "6.1.187", "6.1.188"},
    {"overlapping-skbs", "6.12.109", "6.12.110"},
    {"pipe-pressure", "6.1.188", "6.1.189"},
    {"pipe-pressure", "6.12.111", "6.12.112"},
    {"poll-missed", "6.1.184", "6.1.185"},
    {"resync-overflow", "6.1.158", "6.1.159"},
    {"resync-overflow", "6.12.59", "6.12.60"},
    {"signal-while-sending", "6.1.182", "6.1.183"},
    {"signal-while-sending", "6.12.103", "6.12.104"},
    {"socket-error-lost", "6.12.91", "6.12.92"},
    {"splice-eof", "6.12.100", "6.12.101"},
};

DefectState state_at(const char* id, const char* release) {
  return state_of(known_defect(id), parse_release(release));
}

TEST(Defects, EachBorderIsWhereItsFixIs) {
  std::set<std::string> rows;
  std::size_t fixes = 0;
  for (const Border& border : kBorders) {
    EXPECT_EQ(state_at(border.id, border.affected), DefectState::Affected) << border.id;
    EXPECT_EQ(state_at(border.id, border.fixed), DefectState::Fixed) << border.id;
    rows.insert(border.id);
  }
  for (const Defect& defect : known_defects()) {
    EXPECT_TRUE(rows.contains(std::string(defect.id))) << defect.id << " has no border here";
    // The first release of a branch has nothing before it.
    fixes += static_cast<std::size_t>(std::ranges::count_if(
        defect.fixed, [](const ReleaseNumber& fix) { return fix.patch != 0; }));
  }
  EXPECT_EQ(fixes, std::size(kBorders));
}

TEST(Defects, ABranchWithoutANumberIsUnknown) {
  EXPECT_EQ(state_at("CVE-2025-38616", "6.6.99"), DefectState::Unknown);
  EXPECT_EQ(state_at("CVE-2026-23240", "6.1.192"), DefectState::Unknown);
  EXPECT_EQ(state_at("moving-write-buffer", "3.2.0"), DefectState::Unknown);
  EXPECT_EQ(state_at("moving-write-buffer", "3.4.9"), DefectState::Unknown);
}

TEST(Defects, AVendorsKernelIsUnknownInEachRow) {
  for (const Defect& defect : known_defects())
    EXPECT_EQ(state_of(defect, std::nullopt), DefectState::Unknown) << defect.id;
}

TEST(Defects, WhatIsOlderThanTheDefectDoesNotHaveIt) {
  EXPECT_EQ(state_at("CVE-2026-74611", "5.15.100"), DefectState::Fixed);
  EXPECT_EQ(state_at("CVE-2026-74611", "6.0.0"), DefectState::Unknown);
  EXPECT_EQ(state_at("moving-write-buffer", "3.1.9"), DefectState::Fixed);
  EXPECT_EQ(state_at("moving-write-buffer", "1.1.1"), DefectState::Fixed);
}

TEST(Defects, ABranchThatBeganWithTheFixHasIt) {
  EXPECT_EQ(state_at("CVE-2026-93824", "7.2.12"), DefectState::Unknown);
  EXPECT_EQ(state_at("CVE-2026-93824", "7.3.0"), DefectState::Fixed);
  EXPECT_EQ(state_at("pipe-pressure", "7.0.20"), DefectState::Unknown);
  EXPECT_EQ(state_at("pipe-pressure", "7.1.0"), DefectState::Fixed);
  EXPECT_EQ(state_at("splice-eof", "7.2.0"), DefectState::Fixed);
  EXPECT_EQ(state_at("CVE-2024-26585", "6.12.0"), DefectState::Fixed);
  EXPECT_EQ(state_at("CVE-2024-26585", "6.18.3"), DefectState::Fixed);
  EXPECT_EQ(state_at("moving-write-buffer", "4.1.0"), DefectState::Fixed);
}

TEST(Defects, RowsAreSortedAndComplete) {
  EXPECT_TRUE(std::ranges::is_sorted(known_defects(), std::less{}, &Defect::id));
  std::set<std::string_view> ids;
  for (const Defect& defect : known_defects()) {
    EXPECT_TRUE(ids.insert(defect.id).second) << defect.id;
    EXPECT_FALSE(defect.title.empty()) << defect.id;
    EXPECT_FALSE(defect.symptom.empty()) << defect.id;
    EXPECT_FALSE(defect.fixed.empty()) << defect.id;
    EXPECT_TRUE(std::ranges::is_sorted(defect.fixed)) << defect.id;
  }
  EXPECT_THAT(ids, IsSupersetOf({"CVE-2025-38616", "CVE-2026-74611", "moving-write-buffer"}));
}

}  // namespace
}  // namespace tuner
