#include "model/defect_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

DefectFinding of_kernel(std::string_view id, ReleaseNumber release, const Facts& facts = {}) {
  const auto all = kernel_defects(release, facts);
  return *std::ranges::find_if(all, [&](const DefectFinding& it) { return it.defect->id == id; });
}

Facts with_nic(std::string_view driver, bool tx) {
  Facts facts;
  Nic nic;
  nic.name = "eth0";
  nic.driver = driver;
  nic.features["tls-hw-tx-offload"].active = tx;
  facts.nics.change().push_back(nic);
  return facts;
}

TEST(DefectFindings, HaveTheStateOfThisRelease) {
  EXPECT_EQ(of_kernel("pipe-pressure", {6, 1, 188}).state, DefectState::Affected);
  EXPECT_EQ(of_kernel("pipe-pressure", {6, 1, 189}).state, DefectState::Fixed);
  EXPECT_EQ(of_kernel("pipe-pressure", {6, 6, 189}).state, DefectState::Unknown);
  EXPECT_EQ(of_kernel("pipe-pressure", {6, 1, 188}).version, "6.1.188");
}

TEST(DefectFindings, AVendorsKernelIsUnknownInEachRow) {
  for (const DefectFinding& finding : kernel_defects(std::nullopt, {})) {
    EXPECT_EQ(finding.state, DefectState::Unknown) << finding.defect->id;
    EXPECT_EQ(finding.version, "");
    EXPECT_THAT(next_step(finding), HasSubstr("ask the vendor")) << finding.defect->id;
  }
}

TEST(DefectFindings, OfTheKernelAndOfOpensslAreAllRows) {
  EXPECT_EQ(kernel_defects(std::nullopt, {}).size() + openssl_defects("").size(),
            known_defects().size());
}

TEST(DefectFindings, OfOpensslHaveTheVersionOfTheLibrary) {
  const auto find = [](std::string_view version) { return openssl_defects(version).at(0); };
  EXPECT_EQ(find("OpenSSL 3.6.0").state, DefectState::Affected);
  EXPECT_EQ(find("OpenSSL 3.0.19").state, DefectState::Fixed);
  EXPECT_EQ(find("OpenSSL 3.3.1").state, DefectState::Unknown);
  EXPECT_EQ(find("").state, DefectState::Unknown);
}

TEST(DefectFindings, ADefectOfNicsMattersOnlyWithANicThatOffloads) {
  EXPECT_EQ(of_kernel("splice-eof", {6, 12, 1}, with_nic("mlx5_core", true)).in_use,
            DefectUse::Yes);
  EXPECT_EQ(of_kernel("splice-eof", {6, 12, 1}, with_nic("mlx5_core", false)).in_use,
            DefectUse::No);
  EXPECT_EQ(of_kernel("splice-eof", {6, 12, 1}, Facts{}).in_use, DefectUse::No);
  // Only of one driver.
  EXPECT_EQ(of_kernel("CVE-2026-98967", {6, 1, 1}, with_nic("mlx5_core", true)).in_use,
            DefectUse::No);
  EXPECT_EQ(of_kernel("CVE-2026-98967", {6, 1, 1}, with_nic("cxgb4", true)).in_use, DefectUse::Yes);
}

TEST(DefectFindings, WhatCouldNotBeReadProvesNoAbsence) {
  Facts unreadable = with_nic("mlx5_core", false);
  unreadable.nics.change().front().features_unreadable = "no answer";
  EXPECT_EQ(of_kernel("splice-eof", {6, 12, 1}, unreadable).in_use, DefectUse::Unknown);
  Facts not_looked_at;
  not_looked_at.looked_at = FactNeed::Kernel;
  EXPECT_EQ(of_kernel("splice-eof", {6, 12, 1}, not_looked_at).in_use, DefectUse::Unknown);
  EXPECT_EQ(of_kernel("CVE-2026-31533", {6, 1, 1}).in_use, DefectUse::Unknown);  // no /proc/crypto
}

TEST(DefectFindings, AnAsynchronousDriverIsFoundInTheFacts) {
  Facts facts;
  facts.crypto.emplace();
  facts.crypto->drivers = {{.name = "gcm(aes)", .driver = "generic", .module = "kernel"}};
  EXPECT_EQ(of_kernel("CVE-2026-31533", {6, 1, 1}, facts).in_use, DefectUse::No);
  facts.crypto->drivers.push_back(
      {.name = "gcm(aes)", .driver = "qat", .module = "qat", .priority = 4001, .async = true});
  const DefectFinding found = of_kernel("CVE-2026-31533", {6, 1, 1}, facts);
  EXPECT_EQ(found.in_use, DefectUse::Yes);
  EXPECT_THAT(found.use_because, HasSubstr("qat"));
}

TEST(DefectFindings, TheNextStepNamesTheFixOfTheSameBranchFirst) {
  EXPECT_EQ(next_step(of_kernel("pipe-pressure", {6, 1, 188})),
            "fixed in 6.1.189; until then switch splicing off in the proxy");
  EXPECT_THAT(next_step(of_kernel("pipe-pressure", {6, 6, 1})),
              HasSubstr("fixed in 6.1.189, 6.12.112; ask the vendor"));
  EXPECT_THAT(next_step(of_kernel("pipe-pressure", {6, 1, 189})), IsEmpty());
}

TEST(DefectFindings, EachNeedHasAName) {
  for (const Defect& defect : known_defects())
    EXPECT_THAT(needed_use(defect.needs), Not(IsEmpty()));
}

}  // namespace
}  // namespace tuner
