#include "cli/render/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Diagnosis of_nic(bool accepted = false) {
  Diagnosis diagnosis;
  diagnosis.findings = {{.code = FindingCode::NicChecksumOff,
                         .subject = "eth0",
                         .words = {{"because", "tx checksum offload of eth0 is off"}},
                         .evidence = {"eth0: off, fixed"},
                         .place = {},
                         .accepted = accepted}};
  return diagnosis;
}

Diagnosis with_doubt(DoubtKind kind) {
  Diagnosis diagnosis = of_nic();
  diagnosis.doubts = {{.kind = kind,
                       .because = "read /proc/crypto: EIO",
                       .next = "run it as root",
                       .hides = {FindingCode::CipherGeneric}}};
  return diagnosis;
}

TEST(Findings, ThePageOfAFindingHasCodeNextStepAndCommand) {
  const Diagnosis diagnosis = of_nic();
  const std::string answer = diagnosis_answer(diagnosis);
  EXPECT_EQ(answer, "tx checksum offload of eth0 is off");
  EXPECT_EQ(diagnosis_text(diagnosis, {answer}, false, {}),
            "tx checksum offload of eth0 is off\n\n"
            "off-path: tx checksum offload of eth0 is off [nic-checksum-off]\n"
            "  next: switch it on\n"
            "    ethtool -K eth0 tx on\n");
  EXPECT_THAT(diagnosis_text(diagnosis, {answer}, true, {}),
              HasSubstr("  read: eth0: off, fixed\n"));
}

TEST(Findings, ACommandIsNotWrapped) {
  Display narrow;
  narrow.width = 20;
  EXPECT_THAT(diagnosis_text(of_nic(), {"x"}, false, narrow),
              HasSubstr("    ethtool -K eth0 tx on\n"));
}

TEST(Findings, NothingFoundIsOnlySaidIfAllWasLookedAt) {
  EXPECT_EQ(diagnosis_answer({}),
            "nothing was found that keeps TLS off its path or makes it unsafe");
  Diagnosis unread = with_doubt(DoubtKind::Unreadable);
  EXPECT_EQ(diagnosis_answer(unread),
            "tx checksum offload of eth0 is off; not all could be looked at");
  unread.findings.clear();
  EXPECT_THAT(diagnosis_answer(unread), HasSubstr("not all could be"));
  Diagnosis left_out = with_doubt(DoubtKind::NotLookedAt);
  left_out.findings.clear();
  EXPECT_THAT(diagnosis_answer(left_out), Not(HasSubstr("not all")));
  EXPECT_THAT(
      diagnosis_text(left_out, {"x"}, false, {}),
      HasSubstr("unknown: read /proc/crypto: EIO [not-looked-at]\n  next: run it as root\n"));
}

TEST(Findings, TheDocumentCountsEachOnce) {
  const auto body = diagnosis_document(with_doubt(DoubtKind::NotRecorded), {"x"});
  EXPECT_EQ(body.summary.off_path, 1);
  EXPECT_EQ(body.summary.unknown, 1);
  ASSERT_EQ(body.findings.size(), 1U);
  EXPECT_EQ(body.findings[0].because, "nic-checksum-off");
  EXPECT_EQ(body.findings[0].command, "ethtool -K eth0 tx on");
  EXPECT_EQ(body.unknown[0].hides, document::Texts{"cipher-generic"});
  const auto accepted = diagnosis_document(of_nic(true), {"x"});
  EXPECT_EQ(accepted.summary.off_path, 0);
  EXPECT_EQ(accepted.summary.accepted, 1);
}

}  // namespace
}  // namespace tuner
