#include "cli/render/documents.h"

#include "base/json_text.h"
#include "cli/sample_plan.h"
#include "document/facts.h"
#include "document/plan.h"
#include "document/probe.h"
#include "document/read.h"
#include "probe/kernel_trial_reports.h"
#include "probe/key_update_runs.h"
#include "support/two_node_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::ordered_json;
using testing::sample_step;

ordered_json document_of(const Answer& answer) {
  return document_json(
      {.kind = "plan",
       .host = {.hostname = "h", .kernel = "6.1", .boot_id = "b", .emulated = true},
       .started_at = std::chrono::system_clock::time_point(std::chrono::seconds(0)),
       .duration = std::chrono::milliseconds(7)},
      answer);
}

TEST(Document, HasTheDocumentedEnvelope) {
  const auto json = document_of(Answer());
  EXPECT_EQ(json["format_version"], "1.0");
  EXPECT_EQ(json["kind"], "plan");
  EXPECT_EQ(json["tool"]["name"], "ktls-tuner");
  EXPECT_EQ(
      json["host"],
      ordered_json({{"hostname", "h"}, {"kernel", "6.1"}, {"boot_id", "b"}, {"emulated", true}}));
  EXPECT_EQ(json["started_at"], "1970-01-01T00:00:00Z");
  EXPECT_EQ(json["duration_ms"], 7);
  EXPECT_EQ(json["exit_code"], 0);
  EXPECT_EQ(json["errors"], ordered_json::array());
}

TEST(Document, ContainsErrorsAndTheBody) {
  Answer answer =
      failure({.fault = Fault::Busy, .errno_value = 11, .text = "held", .hint = "wait"});
  *answer.body = document::Plan{.profile = {}, .steps = {}, .summary = {}, .notes = {"x"}};
  const auto json = document_of(answer);
  EXPECT_EQ(json["exit_code"], 75);
  EXPECT_EQ(json["errors"],
            parse_ordered_json(R"([{"code": "busy", "message": "held", "hint": "wait"}])"));
  EXPECT_EQ(json["notes"][0], "x");
}

TEST(Document, ListsErrorsOfAProfileButNoWarnings) {
  Answer answer;
  answer.diagnostics = {
      {.code = "unknown-key", .message = "no", .origin = {.file = "f", .line = 2, .column = 4}},
      {.severity = Diagnostic::Severity::Warning, .code = "harmful-sysctl", .message = "hm"}};
  const auto errors = document_of(answer)["errors"];
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0]["code"], "unknown-key");
  EXPECT_EQ(errors[0]["file"], "f");
  EXPECT_EQ(errors[0]["line"], 2);
  EXPECT_EQ(errors[0]["column"], 4);
}

TEST(Document, AcceptsTextThatIsNotUtf8) {
  Answer answer = failure({.fault = Fault::Io, .text = "caf\xe9 \x01 \"quoted\"", .hint = {}});
  const std::string text =
      document_of(answer).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  const auto back = parse_ordered_json(text);
  EXPECT_EQ(back["errors"][0]["message"], "caf\xef\xbf\xbd \x01 \"quoted\"");
}

document::Step document_of_step(const Step& step) {
  return steps_document({step}).at(0);
}

TEST(StepDocument, HasWhatThePlanKnows) {
  const auto step = document_of_step(sample_step("sysctl", "net.a", Status::Change));
  EXPECT_EQ(step.knob, "sysctl");
  EXPECT_EQ(step.subject, "net.a");
  EXPECT_EQ(step.key, "key:net.a");
  EXPECT_EQ(step.goal, (Goal{.op = Goal::Op::AtLeast, .value = std::int64_t{16}}));
  EXPECT_EQ(step.observed, Value(std::int64_t{4}));
  EXPECT_FALSE(step.persisted);
  EXPECT_EQ(step.status, Status::Change);
  EXPECT_EQ(step.need, Need::Required);
  EXPECT_EQ(step.because, "the reason");
  ASSERT_TRUE(step.origin);
  EXPECT_EQ(step.origin->file, "p.yaml");
  EXPECT_EQ(step.origin->line, 5U);
  EXPECT_EQ(step.disruption, "none");
  EXPECT_FALSE(step.owner);
  EXPECT_EQ(step.target, Value(std::int64_t{16}));
}

TEST(StepDocument, HasNoTargetWithoutAWrite) {
  EXPECT_FALSE(document_of_step(sample_step("sysctl", "net.a", Status::InSync)).target);
  EXPECT_TRUE(document_of_step(sample_step("sysctl", "net.a", Status::Done)).target);
}

TEST(StepDocument, ObservesNothingIfUnreadable) {
  Step step = sample_step("sysctl", "net.a", Status::Unreadable);
  step.observed.availability = Observation::Availability::Unreadable;
  EXPECT_EQ(document_of_step(step).observed, Value(Absent{}));
}

TEST(StepDocument, HasNoOriginWithoutAProfileLine) {
  EXPECT_FALSE(document_of_step(sample_step("sysctl", "net.a", Status::Change, 0)).origin);
}

TEST(PlanDocument, CountsItsSteps) {
  const auto plan = plan_document({.profile = "p",
                                   .digest = "d",
                                   .steps = {sample_step("sysctl", "net.a", Status::Change),
                                             sample_step("sysctl", "net.b", Status::InSync)},
                                   .notes = {"n"}});
  EXPECT_EQ(plan.profile.name, "p");
  EXPECT_EQ(plan.profile.digest, "d");
  EXPECT_EQ(plan.steps.size(), 2U);
  EXPECT_EQ(plan.summary.change, 1U);
  EXPECT_EQ(plan.summary.in_sync, 1U);
  EXPECT_EQ(plan.summary.failed, 0U);
  EXPECT_EQ(plan.notes, document::Texts{"n"});
}

// A document of the right kind, so that a reader does not take "nothing to do" for damage.
TEST(PlanDocument, WithNothingToDoIsOfItsVerb) {
  for (const std::string verb : {"plan", "apply", "check", "tune"}) {
    Answer answer;
    *answer.body = nothing_to_do(verb);
    const auto back = document::read(document_json({.kind = verb}, answer).dump());
    ASSERT_TRUE(back) << verb << ": " << back.error().text;
    EXPECT_FALSE(back->body.empty()) << verb;
  }
}

TEST(FactsDocument, HasNodesAndInterrupts) {
  const auto facts = facts_document(testing::two_node_facts());
  EXPECT_EQ(facts.numa.nodes.at(1).node, 1U);
  EXPECT_EQ(facts.numa.nodes.at(1).cpus, "2-3");
  EXPECT_EQ(facts.numa.nodes.at(1).distances,
            (std::map<std::string, unsigned>{{"0", 21}, {"1", 10}}));
  EXPECT_EQ(facts.nics.at(0).irqs.at(3).queue, 3U);
  EXPECT_FALSE(facts.nics.at(0).irqs.at(4).queue) << "an interrupt without a queue";
}

TEST(FactsDocument, DistinguishesAbsentCountersFromZero) {
  Facts facts;
  EXPECT_FALSE(facts_document(facts).tls_stat);
  facts.tls_stat = {{"TlsTxSw", 0}};
  EXPECT_EQ(facts_document(facts).tls_stat, (document::Counters{{"TlsTxSw", 0}}));
}

TEST(ProbeDocument, KeepsCellsCountersAndSocketDiagnostics) {
  ProbeReport report;
  ProbeCell cell;
  cell.tx = TlsPath::Kernel;
  cell.rx = TlsPath::Userspace;
  cell.bytes = 8;
  cell.intact = true;
  cell.counters_by_others = {{"TlsTxSw", 1}};
  cell.counters = {{"TlsTxSw", 2}};
  cell.ulp = UlpInfo{"TLSv1.2", "AES-128-GCM", "sw", "base"};
  report.cells = {cell, ProbeCell{}};
  report.warnings = {"w"};
  const auto probe = probe_document(judge(report, Profile{}));
  EXPECT_EQ(probe.verdict, "failed") << "the second cell transferred nothing";
  EXPECT_EQ(probe.endpoint.mode, "loopback");
  EXPECT_FALSE(probe.endpoint.peer);
  EXPECT_TRUE(probe.counters_shared);
  EXPECT_EQ(probe.warnings, document::Texts{"w"});
  const document::Cell& first = probe.cells.at(0);
  EXPECT_EQ(first.result, "pass");
  EXPECT_EQ(first.expected.tx, "any");
  EXPECT_EQ(first.tx, "kernel");
  EXPECT_EQ(first.counters, (document::Counters{{"TlsTxSw", 2}}));
  EXPECT_EQ(first.counters_by_others, (document::Counters{{"TlsTxSw", 1}}));
  EXPECT_EQ(first.ulp->rxconf, "base");
  EXPECT_FALSE(first.wire) << "over loopback there is one host";
  EXPECT_EQ(probe.cells.at(1).tx, "failed");
  EXPECT_FALSE(probe.cells.at(1).ulp);
  EXPECT_FALSE(probe.key_updates) << "not asked for";
}

TEST(ProbeDocument, HasEachKeyUpdateCaseWithItsEvidence) {
  ProbeReport report{.key_updates = testing::all_ok()};
  testing::spoil(testing::trial_of(*report.key_updates, 2), "bad record mac");
  Profile profile;
  profile.safe = {SafeProperty::KeyUpdate};
  const auto probe = probe_document(judge(report, profile));
  EXPECT_EQ(probe.verdict, "unsafe");
  ASSERT_TRUE(probe.key_updates);
  EXPECT_EQ(probe.key_updates->verdict, "unsafe");
  EXPECT_TRUE(probe.key_updates->expected_safe);
  EXPECT_EQ(probe.key_updates->cipher, "AES-128-GCM");
  ASSERT_EQ(probe.key_updates->cases.size(), 12U);
  const document::KeyUpdateCase& second = probe.key_updates->cases.at(2);
  EXPECT_EQ(second.number, 2);
  EXPECT_EQ(second.role, "server");
  EXPECT_EQ(second.result, "broken");
  EXPECT_EQ(second.noticed, "peer");
  EXPECT_EQ(second.because, "bad record mac");
  EXPECT_EQ(second.tx, "kernel");
  const document::KeyUpdateCase& last = probe.key_updates->cases.back();
  EXPECT_EQ(last.role, "client");
  EXPECT_EQ(last.result, "ok");
  EXPECT_FALSE(last.noticed);
  EXPECT_EQ(last.counters.at("TlsRxRekeyOk"), 1000);
  EXPECT_FALSE(probe_document(judge(report, Profile{})).key_updates->expected_safe);
}

TEST(ProbeDocument, HasEachKernelTrialWithItsMeasurements) {
  ProbeReport report{.kernel_trials = testing::all_passed()};
  testing::trial_of(*report.kernel_trials, "encrypt").seen["bytes"] = 1;
  const auto probe = probe_document(judge(report, Profile{}));
  EXPECT_EQ(probe.verdict, "as_expected") << "they only report";
  ASSERT_TRUE(probe.kernel_trials);
  EXPECT_EQ(probe.kernel_trials->result, "failed");
  EXPECT_EQ(probe.kernel_trials->trials.size(), trials_to_do().size());
  const document::KernelTrial& first = probe.kernel_trials->trials.front();
  EXPECT_EQ(first.id, "encrypt");
  EXPECT_EQ(first.direction, "tx");
  EXPECT_EQ(first.version, "TLSv1.2");
  EXPECT_EQ(first.cipher, "AES-128-GCM");
  EXPECT_EQ(first.result, "failed");
  EXPECT_EQ(first.seen.at("bytes"), 1);
  EXPECT_THAT(first.because, ::testing::HasSubstr("bytes is 1 instead of"));
  EXPECT_EQ(probe.kernel_trials->trials.back().result, "passed");
  EXPECT_FALSE(probe_document(judge(ProbeReport{}, Profile{})).kernel_trials) << "not asked for";
}

}  // namespace
}  // namespace tuner
