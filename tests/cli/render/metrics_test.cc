// The text of the textfile. promtool checks in tests/cases/job.case that Prometheus accepts it.
#include "cli/render/metrics.h"

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/sample_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tuner {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::sample_step;

const auto kNoon = *system_time(*from_rfc3339("2026-11-24T12:00:00Z"));  // 1795521600

CheckMetrics check() {
  return {.exit_code = ExitCode::Ok,
          .ran_at = kNoon,
          .duration = std::chrono::milliseconds(1250),
          .record = {.last_success = kNoon - std::chrono::hours(1), .repaired = 3}};
}

LastProbe::Way way(std::string direction, std::string expected, std::string taken,
                   bool conclusive = true) {
  return {.version = "TLSv1.2",
          .direction = std::move(direction),
          .expected = std::move(expected),
          .taken = std::move(taken),
          .conclusive = conclusive};
}

TEST(Metrics, HaveTimeAndResultOfTheCheck) {
  CheckMetrics failed = check();
  failed.exit_code = ExitCode::ProfileInvalid;
  const std::string text = metrics_text(failed);
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_check_last_run_timestamp_seconds 1795521600\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_check_last_success_timestamp_seconds 1795518000\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_check_duration_seconds 1.250\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_check_exit_code 78\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_check_repaired_settings_total 3\n"));
}

TEST(Metrics, TellWhenTheCheckRanAndWhatItFound) {
  Plan plan{.profile = "edge \"a\\b\"", .digest = "0123456789abcdef", .steps = {}, .notes = {}};
  CheckMetrics drifted = check();
  drifted.plan = &plan;
  drifted.exit_code = ExitCode::Drift;
  const auto beat = read_check_beat(metrics_text(drifted));
  ASSERT_TRUE(beat);
  EXPECT_EQ(beat->ran_at, utc_time(kNoon));
  EXPECT_EQ(beat->exit_code, 2);
  EXPECT_EQ(beat->last_success, utc_time(kNoon - std::chrono::hours(1)));
  EXPECT_EQ(beat->profile, profile_labels(plan.profile, plan.digest));

  CheckMetrics first = check();
  first.record.last_success.reset();
  const auto bare = read_check_beat(metrics_text(first));
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->last_success, std::nullopt);
  EXPECT_EQ(bare->profile, "");
}

TEST(Metrics, OfNoCheckTellNothing) {
  const std::string ran = "ktls_tuner_check_last_run_timestamp_seconds ";
  const std::string code = "ktls_tuner_check_exit_code 0\n";
  EXPECT_TRUE(read_check_beat(ran + "1795521600\n" + code));
  for (const std::string& text :
       {std::string(), std::string("node_load1 0\n"), ran + "1795521600\n", code,
        ran + "soon\n" + code, ran + "-1\n" + code, ran + "253402300800\n" + code,
        ran + "99999999999999999999\n" + code, "# HELP " + ran + "1795521600\n" + code,
        "x" + ran + "1795521600\n" + code, ran + "1795521600\nktls_tuner_check_exit_code 256\n",
        "ktls_tuner_check_last_run_timestamp_seconds_2 1795521600\n" + code})
    EXPECT_FALSE(read_check_beat(text)) << text;
}

TEST(Metrics, CountSettingsByFamilyAndStatus) {
  Plan plan{.profile = "edge \"a\\b\"", .digest = "0123456789abcdef", .steps = {}, .notes = {}};
  plan.steps.push_back(sample_step("sysctl", "a", Status::Change));
  plan.steps.push_back(sample_step("sysctl", "b", Status::InSync));
  plan.steps.push_back(sample_step("sysctl", "c", Status::InSync));
  plan.steps.push_back(sample_step("rps", "d", Status::Unsupported));
  plan.steps[0].drift = {.first_seen = kNoon - std::chrono::hours(2), .last_seen = kNoon};
  CheckMetrics told = check();
  told.plan = &plan;
  const std::string text = metrics_text(told);
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_settings{knob=\"sysctl\",state=\"change\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_settings{knob=\"sysctl\",state=\"in_sync\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_settings{knob=\"rps\",state=\"unsupported\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_settings{knob=\"rps\",state=\"change\"} 0\n"));
  EXPECT_THAT(
      text, HasSubstr("\nktls_tuner_drift_oldest_timestamp_seconds{knob=\"sysctl\"} 1795514400\n"));
  EXPECT_THAT(text, HasSubstr("{profile=\"edge \\\"a\\\\b\\\"\",digest=\"0123456789abcdef\"} 1\n"));
}

TEST(Metrics, AreAbsentForUnknownValues) {
  CheckMetrics first = check();
  first.record.last_success.reset();
  const std::string text = metrics_text(first);
  for (const std::string_view name :
       {"profile_info", "settings{", "drift_oldest", "probe_", "tls_stat_", "last_success",
        "look_complete", "programs_look", "program_at_risk", "service_session"})
    EXPECT_THAT(text, Not(HasSubstr(std::string("ktls_tuner_") + std::string(name))));
}

TEST(Metrics, TakeTheKernelsCountersByName) {
  CheckMetrics told = check();
  told.tls_stat = {
      {"TlsCurrTxSw", 2}, {"TlsTxDevice", 5}, {"TlsDecryptError", 1}, {"TlsOfTomorrow", 987654}};
  const std::string text = metrics_text(told);
  EXPECT_THAT(text,
              HasSubstr("\nktls_tuner_tls_stat_sessions{direction=\"tx\",path=\"kernel\"} 2\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "\nktls_tuner_tls_stat_sessions_opened_total{direction=\"tx\",path=\"device\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_tls_stat_decrypt_errors_total 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("rekeys"))) << "this kernel has no such counter, which is not 0";
  EXPECT_THAT(text, Not(HasSubstr("987654")));
}

ProgramAtRisk at_risk(ProgramRisk::Kind kind, std::string service, bool accepted = false) {
  return {.risk = {.kind = kind,
                   .service = std::move(service),
                   .program = {},
                   .text = {},
                   .ways_out = {}},
          .accepted = accepted};
}

TEST(Metrics, NameTheServicesAtRisk) {
  using Kind = ProgramRisk::Kind;
  CheckMetrics told = check();
  told.scan_is_recorded = true;
  told.scan.programs =
      ProgramScan{.at = kNoon,
                  .at_risk = {at_risk(Kind::Breaks, "postgresql@15-main.service"),
                              at_risk(Kind::KeyUpdate, "session-7.scope"),
                              at_risk(Kind::KeyUpdate, "session-8.scope"),
                              at_risk(Kind::KeyUpdate, "light\"tpd.service", true)}};
  const std::string text = metrics_text(told);
  const auto has = [&](std::string_view service, std::string_view rest) {
    EXPECT_THAT(text, HasSubstr("\nktls_tuner_program_at_risk{service=\"" + std::string(service) +
                                "\"," + std::string(rest) + "\n"));
  };
  has("postgresql@15-main.service", R"(risk="breaks",accepted="no"} 1)");
  has("session-*.scope", R"(risk="key-update",accepted="no"} 2)");
  has(R"(light\"tpd.service)", R"(risk="key-update",accepted="yes"} 1)");
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_look_complete{of=\"programs\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_programs_look_timestamp_seconds 1795521600\n"));
  EXPECT_EQ(read_check_beat(text)->programs_at, utc_time(kNoon));
}

TEST(Metrics, SayThatNotAllProgramsWereSeen) {
  CheckMetrics told = check();
  told.scan.programs = ProgramScan{.at = kNoon, .not_looked_at = {"3 processes were not"}};
  const std::string text = metrics_text(told);
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_look_complete{of=\"programs\"} 0\n"));
  EXPECT_THAT(text, Not(HasSubstr("program_at_risk")));
  EXPECT_EQ(read_check_beat(text)->programs_at, std::nullopt)
      << "what the record does not have, these metrics must not confirm";
}

TEST(Metrics, HaveABoundedNumberOfServices) {
  CheckMetrics told = check();
  told.scan.programs = ProgramScan{.at = kNoon};
  for (int i = 0; i < 45; ++i)
    told.scan.programs->at_risk.push_back(
        at_risk(ProgramRisk::Kind::KeyUpdate, "s" + std::to_string(1000 + i)));
  const std::string text = metrics_text(told);
  EXPECT_THAT(text, HasSubstr("{service=\"s1019\""));
  EXPECT_THAT(text, Not(HasSubstr("{service=\"s1020\"")));
  EXPECT_THAT(text, HasSubstr("{service=\"other\",risk=\"key-update\",accepted=\"no\"} 25\n"));
}

SessionScan sessions_of_nginx() {
  SessionScan scan;
  ServiceSessions& nginx = scan.services.emplace_back();
  nginx.service = "nginx.service";
  nginx.of(SessionPath::None) = {.sessions = 3, .bytes = 30};
  nginx.of(SessionPath::Kernel) = {.sessions = 2, .bytes = 20};
  return scan;
}

TEST(Metrics, CountTheSessionsOfEachService) {
  CheckMetrics told = check();
  told.scan.sessions = sessions_of_nginx();
  const std::string text = metrics_text(told);
  const auto has = [&](std::string_view family, std::string_view path, std::string_view value) {
    EXPECT_THAT(text, HasSubstr("\nktls_tuner_service_" + std::string(family) +
                                "{service=\"nginx.service\",path=\"" + std::string(path) + "\"} " +
                                std::string(value) + "\n"));
  };
  has("sessions", "none", "3");
  has("sessions", "kernel", "2");
  has("sessions", "device", "0");
  has("sessions", "cannot", "0");
  has("session_bytes", "none", "30");
  has("session_bytes", "kernel", "20");
  EXPECT_THAT(text, Not(HasSubstr("path=\"unknown\"")));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_look_complete{of=\"sessions\"} 1\n"));
}

TEST(Metrics, OfALookThatFailedHaveNoSessionsAndSaySo) {
  CheckMetrics told = check();
  told.scan.sessions = SessionScan{};
  told.scan.sessions->unseen = "list TCP sockets: Input/output error";
  const std::string failed = metrics_text(told);
  EXPECT_THAT(failed, HasSubstr("\nktls_tuner_look_complete{of=\"sessions\"} 0\n"));
  EXPECT_THAT(failed, Not(HasSubstr("service_session")));

  told.scan.sessions = sessions_of_nginx();
  told.scan.sessions->not_looked_at = {"processes that could not be read: 3"};
  told.scan.sessions->services[0].bytes_reported = false;
  const std::string partly = metrics_text(told);
  EXPECT_THAT(partly, HasSubstr("path=\"kernel\"} 2\n"));
  EXPECT_THAT(partly, Not(HasSubstr("path=\"none\""))) << "not known is not 0";
  EXPECT_THAT(partly, Not(HasSubstr("path=\"cannot\"")));
  EXPECT_THAT(partly, Not(HasSubstr("session_bytes")));
}

TEST(Metrics, ShowWhetherEachProbeExpectationWasMet) {
  CheckMetrics told = check();
  told.probe =
      LastProbe{.at = utc_time(kNoon),
                .kernel = "6.1",
                .ways = {way("tx", "kernel", "device"), way("tx", "kernel", "kernel"),
                         way("rx", "kernel", "userspace"), way("rx", "kernel", "kernel"),
                         way("tx", "device", "kernel", false), way("rx", "any", "kernel")}};
  const std::string text = metrics_text(told);
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_probe_success{direction=\"tx\",path=\"kernel\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_probe_success{direction=\"rx\",path=\"kernel\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_probe_cells{direction=\"rx\",path=\"kernel\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_probe_timestamp_seconds 1795521600\n"));
  EXPECT_THAT(text, HasSubstr("\nktls_tuner_probe_success{direction=\"tx\",path=\"device\"} 0\n"))
      << "loopback proves nothing about a NIC";
}

TEST(Metrics, OmitAnUnknownJournal) {
  CheckMetrics told = check();
  EXPECT_THAT(metrics_text(told), Not(HasSubstr("journal_damaged")));
  told.journal_damaged = true;
  EXPECT_THAT(metrics_text(told), HasSubstr("\nktls_tuner_journal_damaged 1\n"));
}

TEST(Metrics, HaveTheDeadlineOfAPendingRun) {
  CheckMetrics told = check();
  EXPECT_THAT(metrics_text(told), Not(HasSubstr("confirm_waits")));
  told.waits = false;
  EXPECT_THAT(metrics_text(told), HasSubstr("\nktls_tuner_confirm_waits 0\n"));
  EXPECT_THAT(metrics_text(told), Not(HasSubstr("confirm_deadline")));
  told.waits = true;
  told.deadline = kNoon;
  EXPECT_THAT(metrics_text(told), HasSubstr("\nktls_tuner_confirm_waits 1\n"));
  EXPECT_THAT(metrics_text(told), HasSubstr("\nktls_tuner_confirm_deadline_timestamp_seconds "));
}

// Every family has a sample in this text, and every sample a family with HELP and TYPE.
TEST(Metrics, AllHaveHelpAndType) {
  Plan plan{.profile = "p", .digest = "d", .steps = {sample_step("sysctl", "a", Status::Change)}};
  plan.steps[0].drift = {.first_seen = kNoon, .last_seen = kNoon};
  CheckMetrics whole = check();
  whole.plan = &plan;
  whole.probe =
      LastProbe{.at = utc_time(kNoon), .kernel = "6.1", .ways = {way("tx", "kernel", "kernel")}};
  whole.tls_stat.emplace();
  whole.journal_damaged = false;
  whole.waits = true;
  whole.deadline = kNoon;
  whole.scan_is_recorded = true;
  whole.scan.sessions = sessions_of_nginx();
  whole.scan.programs =
      ProgramScan{.at = kNoon, .at_risk = {at_risk(ProgramRisk::Kind::Breaks, "a.service")}};
  for (const std::string_view name :
       {"TlsCurrTxSw", "TlsTxSw", "TlsDecryptError", "TlsDecryptRetry", "TlsRxNoPadViolation",
        "TlsRxDeviceResync", "TlsTxRekeyOk", "TlsRxRekeyReceived"})
    whole.tls_stat->emplace(name, 1);
  const std::string text = metrics_text(whole);
  std::set<std::string_view> sampled;
  for (const std::string_view line : lines(text)) {
    if (!line.starts_with('#')) sampled.insert(line.substr(0, line.find_first_of("{ ")));
  }
  std::set<std::string_view> described;
  for (const MetricFamily& family : metric_families()) {
    described.insert(family.name);
    EXPECT_EQ(family.type == "counter", family.name.ends_with("_total")) << family.name;
    EXPECT_THAT(text, HasSubstr(std::string("# HELP ") + std::string(family.name) + " "));
    EXPECT_THAT(text, HasSubstr(std::string("# TYPE ") + std::string(family.name) + " "));
  }
  EXPECT_EQ(sampled, described);
}

}  // namespace
}  // namespace tuner
