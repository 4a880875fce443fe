#include "cli/render/text.h"

#include "cli/render/kernel_trials_text.h"
#include "cli/render/key_updates_text.h"
#include "cli/sample_plan.h"
#include "probe/kernel_trial_reports.h"
#include "probe/key_update_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Printing;
using testing::sample_step;

Plan plan_of(std::vector<Step> steps) {
  return {.profile = "p", .digest = "0", .steps = std::move(steps), .notes = {"a note"}};
}

TEST(PlanText, HasOneRowPerSettingAndASummary) {
  Printing printing;
  const auto text = plan_text(plan_of({sample_step("sysctl", "net.a", Status::Change),
                                       sample_step("sysctl", "net.b", Status::InSync, 6)}),
                              Rows::All, printing.context());
  EXPECT_EQ(text,
            "status   family  setting  now  wanted  why\n"
            "change   sysctl  net.a    4    >= 16   the reason\n"
            "in sync  sysctl  net.b    4    >= 16   the reason\n"
            "note: a note\n"
            "1 to change, 1 in sync\n");
}

TEST(PlanText, ShowsOnlyTrouble) {
  Printing printing;
  Step preferred = sample_step("cpu_epp", "policy0", Status::Unsupported);
  preferred.desired.setting.need = Need::Preferred;
  const auto text = plan_text(plan_of({sample_step("sysctl", "net.a", Status::Change),
                                       sample_step("sysctl", "net.b", Status::InSync), preferred}),
                              Rows::OnlyTrouble, printing.context());
  EXPECT_THAT(text, HasSubstr("net.a"));
  EXPECT_THAT(text, Not(HasSubstr("net.b")));
  EXPECT_THAT(text, Not(HasSubstr("policy0")));
  EXPECT_THAT(text, Not(HasSubstr("a note")));
  EXPECT_THAT(text, HasSubstr("1 to change, 1 in sync, 1 unsupported\n"));
}

TEST(PlanText, AlwaysShowsRequiredAndUnreadableSettings) {
  Printing printing;
  Step unreadable = sample_step("sysctl", "net.u", Status::Unreadable);
  unreadable.desired.setting.need = Need::Preferred;
  unreadable.observed.availability = Observation::Availability::Unreadable;
  const auto text =
      plan_text(plan_of({sample_step("module", "tls", Status::Unsupported), unreadable}),
                Rows::OnlyTrouble, printing.context());
  EXPECT_THAT(text, HasSubstr("unsupported (required)  module  tls"));
  EXPECT_THAT(text, ::testing::ContainsRegex("unreadable +sysctl +net.u +- +>= 16"));
}

TEST(PlanText, JoinsRowsOfOneProfileLine) {
  Printing printing;
  const auto text = plan_text(plan_of({sample_step("cpu_governor", "policy0", Status::Change),
                                       sample_step("cpu_governor", "policy1", Status::Change),
                                       sample_step("cpu_governor", "policy2", Status::Change)}),
                              Rows::All, printing.context());
  EXPECT_THAT(text, HasSubstr("policy0 … policy2 (3)"));
  EXPECT_THAT(text, Not(HasSubstr("policy1")));
}

TEST(PlanText, DoesNotJoinRowsOfTwoProfileLines) {
  Printing printing;
  const auto text = plan_text(plan_of({sample_step("sysctl", "net.a", Status::Change, 5),
                                       sample_step("sysctl", "net.b", Status::Change, 6),
                                       sample_step("sysctl", "net.c", Status::Change, 7)}),
                              Rows::All, printing.context());
  for (const char* name : {"net.a", "net.b", "net.c"}) EXPECT_THAT(text, HasSubstr(name));
}

TEST(PlanText, DoesNotJoinRestoredSettings) {
  Printing printing;
  std::vector<Step> steps;
  for (const char* name : {"net.a", "net.b", "net.c"}) {
    steps.push_back(sample_step("sysctl", name, Status::Change, 0));
    steps.back().restores = true;
  }
  EXPECT_THAT(plan_text(plan_of(steps), Rows::All, printing.context()), HasSubstr("net.b"));
}

TEST(PlanText, ExplainsEachRow) {
  Printing printing;
  printing.options.explain = true;
  Step step = sample_step("irq_affinity", "eth0/rx-0", Status::Change);
  step.desired.owner = "irqbalance (pid 7)";
  step.desired.disruption = Disruption::NewConnections;
  step.observed.hint = "do this";
  const auto text = plan_text(plan_of({step, step}), Rows::All, printing.context());
  for (const char* line :
       {"why:    the profile's why", "from:   p.yaml:5:3", "owner:  also set by irqbalance (pid 7)",
        "effect: new-connections", "key:    key:eth0/rx-0", "hint: do this"})
    EXPECT_THAT(text, HasSubstr(line));
  EXPECT_THAT(text, Not(HasSubstr("(2)"))) << "explained rows are not joined";
}

TEST(PlanText, ReportsAnEmptyPlan) {
  Printing printing;
  Plan plan;
  EXPECT_EQ(plan_text(plan, Rows::All, printing.context()), "no settings\n");
}

TEST(SummaryText, NamesEveryStatusThatOccurs) {
  EXPECT_EQ(summary_text({.in_sync = 1,
                          .change = 2,
                          .done = 3,
                          .unsupported = 4,
                          .unreadable = 5,
                          .blocked = 6,
                          .deferred = 7,
                          .failed = 8}),
            "2 to change, 3 done, 8 failed, 1 in sync, 4 unsupported, 6 blocked, 5 unreadable, "
            "7 deferred");
}

TEST(StepLine, ShowsTheWrittenValue) {
  Printing printing;
  EXPECT_EQ(step_line(sample_step("sysctl", "net.a", Status::Done), printing.context()),
            "wrote sysctl net.a  4 -> 16\n");
}

TEST(StepLine, ShowsWhyAWriteFailed) {
  Printing printing;
  EXPECT_EQ(step_line(sample_step("sysctl", "net.a", Status::Failed), printing.context()),
            "failed (required) sysctl net.a  4 -> 16: the reason\n");
}

TEST(ErrorText, EndsWithTheHint) {
  EXPECT_EQ(error_text({.fault = Fault::Io, .text = "it broke", .hint = "mend it"}),
            "error: it broke\n  hint: mend it\n");
  EXPECT_EQ(error_text({.fault = Fault::Io, .text = "it broke", .hint = {}}), "error: it broke\n");
}

JudgedReport judged(ProbeReport report) {
  Profile profile;
  profile.expect = {{.ciphers = {TlsCipher::Aes128Gcm}, .tx = ExpectedPath::Kernel}};
  return judge(std::move(report), profile);
}

ProbeReport report_of_one_cell() {
  ProbeReport report;
  report.library.version = "OpenSSL 3.0.0";
  report.own_namespace = true;
  ProbeCell cell;
  cell.tx = TlsPath::Kernel;
  cell.rx = TlsPath::Userspace;
  cell.bytes = 1024;
  cell.intact = true;
  cell.counters = {{"TlsTxSw", 1}, {"TlsRxSw", 0}};
  cell.ulp = UlpInfo{"TLSv1.2", "AES-128-GCM", "sw", "base"};
  report.cells.push_back(cell);
  return report;
}

TEST(ProbeText, ShowsPathExpectationAndCounters) {
  Printing printing;
  const std::string text = probe_text(judged(report_of_one_cell()), printing.context());
  EXPECT_THAT(text, HasSubstr("OpenSSL 3.0.0 over loopback, in a network namespace of its own\n"));
  EXPECT_THAT(text, ::testing::ContainsRegex(
                        "pass +TLSv1.2 +AES-128-GCM +kernel .wants kernel. +userspace +1024 +yes +"
                        "TlsTxSw .1\n"));
  EXPECT_THAT(text, Not(HasSubstr("socket diagnostics")));
}

TEST(ProbeText, ExplainsWithSocketDiagnostics) {
  Printing printing;
  printing.options.explain = true;
  EXPECT_THAT(probe_text(judged(report_of_one_cell()), printing.context()),
              HasSubstr("socket diagnostics: TLSv1.2 AES-128-GCM, txconf sw, rxconf base"));
}

TEST(ProbeText, SaysThatCountersAreShared) {
  Printing printing;
  ProbeReport report = report_of_one_cell();
  report.own_namespace = false;
  EXPECT_THAT(probe_text(judged(report), printing.context()),
              HasSubstr("in this network namespace (counters are shared with other programs in "
                        "this network namespace)\n"));
}

TEST(ProbeText, MarksDifferingBytes) {
  Printing printing;
  ProbeReport report = report_of_one_cell();
  report.cells[0].intact = false;
  EXPECT_THAT(probe_text(judged(report), printing.context()), HasSubstr(" NO "));
}

TEST(KernelTrialsText, IsEmptyIfTheyWereNotAskedFor) {
  Printing printing;
  EXPECT_EQ(kernel_trials_text(judged(report_of_one_cell()), printing.context()), "");
}

TEST(KernelTrialsText, GathersWhatHasTheSameResult) {
  Printing printing;
  ProbeReport report = report_of_one_cell();
  report.kernel_trials = testing::all_passed();
  testing::trial_of(*report.kernel_trials, "peek").seen["differing_bytes"] = 3;
  for (KernelTrial& trial : *report.kernel_trials) {
    if (trial.cipher == RecordCipher::Aria128Gcm && trial.version == TlsVersion::Tls13)
      trial.refused = {.call = "TLS_TX", .error = EINVAL};
  }
  const std::string text = kernel_trials_text(judged(report), printing.context());
  EXPECT_THAT(text, ::testing::ContainsRegex("encrypt +the kernel encrypts; OpenSSL makes the same "
                                             "records +passed +TLSv1.2 AES-128-GCM, AES-256-GCM"));
  EXPECT_THAT(text, HasSubstr("; TLSv1.3 AES-128-GCM"));
  EXPECT_THAT(text, ::testing::ContainsRegex(
                        "encrypt +.* not applicable +TLSv1.3 ARIA-128-GCM +the kernel refuses "
                        "TLS_TX: Invalid argument"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("peek +.* FAILED +TLSv1.2 AES-128-GCM +differing_bytes "
                                       "is 3 instead of 0"));
  EXPECT_THAT(text, HasSubstr("kernel TLS without a library: failed: "));
  EXPECT_THAT(text, Not(HasSubstr("wire_bytes")));
}

TEST(KernelTrialsText, ExplainsWithTheMeasurements) {
  Printing printing;
  printing.options.explain = true;
  ProbeReport report = report_of_one_cell();
  report.kernel_trials = testing::all_passed();
  testing::trial_of(*report.kernel_trials, "gauges").seen.clear();
  const std::string text = kernel_trials_text(judged(report), printing.context());
  EXPECT_THAT(text, HasSubstr("TLSv1.2 AES-128-GCM: alert_bytes 2, alert_type 21, bytes 50"));
  EXPECT_THAT(text, HasSubstr("TLSv1.3 AES-128-GCM: nothing measured"));
}

TEST(KeyUpdatesText, IsEmptyIfTheCasesWereNotAskedFor) {
  Printing printing;
  EXPECT_EQ(key_updates_text(judged(report_of_one_cell()), printing.context()), "");
}

TEST(KeyUpdatesText, HasARowForEachCaseAndRoleAndTheVerdict) {
  Printing printing;
  ProbeReport report = report_of_one_cell();
  report.key_updates = testing::all_ok();
  testing::spoil(testing::trial_of(*report.key_updates, 2), "bad record mac");
  testing::trial_of(*report.key_updates, 6, TlsRole::Client) = {
      .number = 6, .role = TlsRole::Client, .because = "no time"};
  const std::string text = key_updates_text(judged(report), printing.context());
  EXPECT_THAT(text, ::testing::ContainsRegex("1 +the peer sends a KeyUpdate +client +ok"));
  EXPECT_THAT(text, ::testing::ContainsRegex(
                        "2 +the peer requests a KeyUpdate +server +BROKEN +peer: bad record mac"));
  EXPECT_THAT(text,
              ::testing::ContainsRegex("6 +the peer requests 1000 in a row +client +not done +no"));
  EXPECT_THAT(text, HasSubstr("key update with TLS 1.3 AES-128-GCM: unsafe: a remote peer can"));
  EXPECT_THAT(text, Not(HasSubstr("TlsTxRekeyOk")));
}

TEST(KeyUpdatesText, ExplainsWithThePathsAndTheCounters) {
  Printing printing;
  printing.options.explain = true;
  ProbeReport report = report_of_one_cell();
  report.key_updates = testing::all_ok();
  EXPECT_THAT(key_updates_text(judged(report), printing.context()),
              HasSubstr("before the KeyUpdate tx kernel, rx kernel; afterwards TlsRxRekeyOk +1000, "
                        "TlsRxRekeyReceived +1000, TlsTxRekeyOk +1"));
}

}  // namespace
}  // namespace tuner
