#include "cli/render/json.h"

#include "cli/sample_plan.h"
#include "support/two_node_facts.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::ordered_json;
using testing::sample_step;

ordered_json document_of(const Answer& answer) {
  return document({.kind = "plan",
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
  (*answer.body)["notes"] = {"x"};
  const auto json = document_of(answer);
  EXPECT_EQ(json["exit_code"], 75);
  EXPECT_EQ(json["errors"],
            ordered_json::parse(R"([{"code": "busy", "message": "held", "hint": "wait"}])"));
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
  const auto back = ordered_json::parse(text);
  EXPECT_EQ(back["errors"][0]["message"], "caf\xef\xbf\xbd \x01 \"quoted\"");
}

TEST(StepJson, HasEveryDocumentedKey) {
  const auto json = step_json(sample_step("sysctl", "net.a", Status::Change));
  EXPECT_EQ(json["knob"], "sysctl");
  EXPECT_EQ(json["subject"], "net.a");
  EXPECT_EQ(json["key"], "key:net.a");
  EXPECT_EQ(json["goal"], ordered_json({{"op", "at_least"}, {"value", 16}}));
  EXPECT_EQ(json["observed"], 4);
  EXPECT_TRUE(json.at("persisted").is_null());
  EXPECT_EQ(json["status"], "change");
  EXPECT_EQ(json["need"], "required");
  EXPECT_EQ(json["because"], "the reason");
  EXPECT_EQ(json["origin"], ordered_json({{"file", "p.yaml"}, {"line", 5}, {"column", 3}}));
  EXPECT_EQ(json["disruption"], "none");
  EXPECT_TRUE(json.at("owner").is_null());
  EXPECT_EQ(json["target"], 16);
}

TEST(StepJson, HasNoTargetWithoutAWrite) {
  EXPECT_FALSE(step_json(sample_step("sysctl", "net.a", Status::InSync)).contains("target"));
  EXPECT_TRUE(step_json(sample_step("sysctl", "net.a", Status::Done)).contains("target"));
}

TEST(StepJson, ObservedIsNullIfUnreadable) {
  Step step = sample_step("sysctl", "net.a", Status::Unreadable);
  step.observed.availability = Observation::Availability::Unreadable;
  EXPECT_TRUE(step_json(step)["observed"].is_null());
}

TEST(StepJson, OriginIsNullWithoutAProfileLine) {
  Step step = sample_step("sysctl", "net.a", Status::Change, 0);
  EXPECT_TRUE(step_json(step)["origin"].is_null());
}

TEST(PlanJson, CountsItsSteps) {
  const auto json = plan_json({.profile = "p",
                               .digest = "d",
                               .steps = {sample_step("sysctl", "net.a", Status::Change),
                                         sample_step("sysctl", "net.b", Status::InSync)},
                               .notes = {"n"}});
  EXPECT_EQ(json["profile"], ordered_json({{"name", "p"}, {"digest", "d"}}));
  EXPECT_EQ(json["steps"].size(), 2U);
  EXPECT_EQ(json["summary"]["change"], 1);
  EXPECT_EQ(json["summary"]["in_sync"], 1);
  EXPECT_EQ(json["summary"]["failed"], 0);
  EXPECT_EQ(json["notes"], ordered_json({"n"}));
}

TEST(FactsJson, HasEveryDocumentedSection) {
  const auto json = facts_json(testing::two_node_facts());
  for (const char* key :
       {"kernel", "openssl", "numa", "cpus", "nics", "tls_stat", "neighbours", "claims"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json["numa"]["nodes"][1],
            ordered_json({{"node", 1}, {"cpus", "2-3"}, {"distances", {{"0", 21}, {"1", 10}}}}));
  EXPECT_EQ(json["nics"][0]["irqs"][3]["queue"], 3);
  EXPECT_TRUE(json["nics"][0]["irqs"][4]["queue"].is_null()) << "an interrupt without a queue";
}

TEST(FactsJson, DistinguishesAbsentCountersFromZero) {
  Facts facts;
  EXPECT_TRUE(facts_json(facts)["tls_stat"].is_null());
  facts.tls_stat = {{"TlsTxSw", 0}};
  EXPECT_EQ(facts_json(facts)["tls_stat"]["TlsTxSw"], 0);
}

TEST(ProbeJson, KeepsCellsCountersAndSocketDiagnostics) {
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
  const auto json = probe_json(judge(report, Profile{}));
  EXPECT_EQ(json["verdict"], "failed") << "the second cell transferred nothing";
  EXPECT_EQ(json["cells"][0]["result"], "pass");
  EXPECT_EQ(json["cells"][0]["expected"]["tx"], "any");
  EXPECT_EQ(json["cells"][1]["tx"], "failed");
  EXPECT_EQ(json["counters_shared"], true);
  EXPECT_EQ(json["cells"][0]["counters_by_others"]["TlsTxSw"], 1);
  EXPECT_EQ(json["endpoint"]["mode"], "loopback");
  EXPECT_TRUE(json["endpoint"]["peer"].is_null());
  EXPECT_EQ(json["cells"][0]["tx"], "kernel");
  EXPECT_EQ(json["cells"][0]["counters"]["TlsTxSw"], 2);
  EXPECT_EQ(json["cells"][0]["ulp"]["rxconf"], "base");
  EXPECT_TRUE(json["cells"][1]["ulp"].is_null());
  EXPECT_EQ(json["warnings"][0], "w");
}

}  // namespace
}  // namespace tuner
