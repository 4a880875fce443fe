// JUnit XML for CI servers: a test suite for each document or host, a test case for each setting
// and each probed path. A preferred setting that cannot be met is skipped, never a failure.
#include "base/rfc3339.h"
#include "model/text_sinks.h"
#include "report/reports.h"

#include <fmt/format.h>

namespace tuner {
namespace {

enum class CaseOutcome { Pass, Failure, Error, Skipped };

// The attributes tests, failures and errors stand before the cases, so the cases are collected
// first.
class Suite {
 public:
  Suite(std::string name, std::string hostname, std::string at)
      : name_(std::move(name)), hostname_(std::move(hostname)), at_(std::move(at)) {}

  void add(CaseOutcome outcome, std::string_view of_class, std::string_view name,
           std::string_view type, std::string_view message) {
    ++tests_;
    cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"",
                          for_xml(of_class), for_xml(name));
    if (outcome == CaseOutcome::Pass) {
      cases_ += "/>\n";
      return;
    }
    if (outcome == CaseOutcome::Skipped) {
      ++skipped_;
      cases_ += fmt::format("><skipped message=\"{}\"/></testcase>\n", for_xml(message));
      return;
    }
    const bool failure = outcome == CaseOutcome::Failure;
    ++(failure ? failures_ : errors_);
    cases_ += fmt::format("><{0} type=\"{1}\" message=\"{2}\">{2}</{0}></testcase>\n",
                          failure ? "failure" : "error", for_xml(type), for_xml(message));
  }

  std::string text() const {
    return fmt::format(
        "  <testsuite name=\"{}\" hostname=\"{}\" timestamp=\"{}\" time=\"0\" tests=\"{}\" "
        "failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n{}  </testsuite>\n",
        for_xml(name_), for_xml(hostname_), at_, tests_, failures_, errors_, skipped_, cases_);
  }
  int tests() const { return tests_; }
  int failures() const { return failures_; }
  int errors() const { return errors_; }

 private:
  std::string name_, hostname_, at_, cases_;
  int tests_ = 0, failures_ = 0, errors_ = 0, skipped_ = 0;
};

class Suites {
 public:
  void add(const Suite& suite) {
    tests_ += suite.tests();
    failures_ += suite.failures();
    errors_ += suite.errors();
    text_ += suite.text();
  }
  std::string text() const {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ktls-tuner\" "
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"0\">\n{}</testsuites>\n",
        tests_, failures_, errors_, text_);
  }

 private:
  std::string text_;
  int tests_ = 0, failures_ = 0, errors_ = 0;
};

// JUnit timestamps have no time zone: remove the "Z".
std::string timestamp(UtcTime time) {
  std::string text = rfc3339(time);
  text.pop_back();
  return text;
}

// An error is what could not be examined, a failure is a difference; CI servers show the two apart.
CaseOutcome outcome_of(const SavedStep& step) {
  switch (step.status) {
    case Status::InSync:
    case Status::Done: return CaseOutcome::Pass;
    case Status::Change: return CaseOutcome::Failure;
    case Status::Deferred: return CaseOutcome::Skipped;
    case Status::Unsupported:
    case Status::NoSubject:
    case Status::Blocked:
      return step.need == Need::Required ? CaseOutcome::Failure : CaseOutcome::Skipped;
    case Status::Unreadable:
    case Status::Failed: return CaseOutcome::Error;
  }
  return CaseOutcome::Error;
}

std::string message_of(const SavedStep& step) {
  std::string message =
      fmt::format("now {}, wanted {}: {}", step.observed, step.goal, step.because);
  if (!step.cause.empty()) message += "; cause: " + step.cause;
  if (!step.owner.empty()) message += "; also set by " + step.owner;
  return message;
}

void add_step(Suite& suite, const SavedStep& step, std::string_view subject) {
  suite.add(outcome_of(step), step.knob, subject, status_name(step.status), message_of(step));
}

CaseOutcome outcome_of(const SavedCell& cell) {
  if (cell.result == "pass") return CaseOutcome::Pass;
  return cell.result == "inconclusive" ? CaseOutcome::Skipped : CaseOutcome::Failure;
}

void add_cell(Suite& suite, const SavedCell& cell) {
  suite.add(outcome_of(cell), "probe", fmt::format("{} {}", cell.version, cell.cipher), cell.result,
            fmt::format("transmit {}, wanted {}; receive {}, wanted {}: {}", cell.tx,
                        cell.expected_tx, cell.rx, cell.expected_rx, cell.because));
}

// A warning: the check ends well, so it is no failure. JUnit has no word between pass and failure.
void add_programs(Suite& suite, const SavedPrograms& programs) {
  for (const SavedProgram& program : programs.at_risk)
    suite.add(CaseOutcome::Skipped, "programs", program.service, program.risk,
              fmt::format("{}{}: {}", program.risk, program.accepted ? ", accepted" : "",
                          program.because));
}

// A document with a plan or probe has its errors in the steps too, e.g. required settings that
// cannot be met. Its errors are not added, so that each is counted once.
bool errors_are_in_steps(const SavedDocument& document) {
  return document.plan.has_value() || document.probe.has_value();
}

Suite suite_of(const SavedDocument& document) {
  Suite suite(fmt::format("{} {}", document.hostname, document.kind), document.hostname,
              timestamp(document.started_at));
  if (document.plan) {
    for (const SavedStep& step : document.plan->steps) add_step(suite, step, step.subject);
  }
  if (document.probe) {
    for (const SavedCell& cell : document.probe->cells) add_cell(suite, cell);
  }
  if (document.programs) add_programs(suite, *document.programs);
  const bool errors_shown = errors_are_in_steps(document);
  for (const SavedError& error : document.errors) {
    if (!errors_shown)
      suite.add(CaseOutcome::Error, document.kind, error.code, error.code, error.message);
  }
  // The exit code tells what the steps do not show, for example a rollback.
  const bool fine = document.exit_code == 0;
  suite.add(fine ? CaseOutcome::Pass : CaseOutcome::Failure, document.kind, "exit code",
            state_words(document),
            fmt::format("{} ended with {}: {}", document.kind, document.exit_code,
                        state_words(document)));
  return suite;
}

void add_files(Suites& suites, const std::vector<FleetFile>& files, std::string_view name,
               UtcTime now) {
  if (files.empty()) return;
  Suite suite{std::string(name), "", timestamp(now)};
  for (const FleetFile& file : files)
    suite.add(CaseOutcome::Error, "file", file.file, "file", file.reason);
  suites.add(suite);
}

// Settings in sync are cases too: a test that disappears from one run to the next looks like a
// change of the profile.
Suite suite_of(const Fleet& fleet, const FleetHost& host) {
  Suite suite(host.hostname, host.hostname, timestamp(host.settings_at));
  if (host.state.empty())
    suite.add(CaseOutcome::Skipped, "host", "settings", "", "no settings document");
  for (const std::uint32_t number : host.settings) {
    const FleetSetting& setting = fleet.settings[number];
    const FleetCell* cell = find_cell(host, number);
    if (cell != nullptr)
      add_step(suite, cell->worst, setting.name);
    else
      suite.add(CaseOutcome::Pass, setting.knob, setting.name, "", "");
  }
  if (host.settings.empty()) {
    for (const SavedError& error : host.errors)
      suite.add(CaseOutcome::Error, "host", error.code, error.code, error.message);
  }
  if (host.programs) add_programs(suite, *host.programs);
  const bool as_expected = host.probe_verdict == "as_expected";
  if (!host.probe_verdict.empty()) {
    suite.add(as_expected                            ? CaseOutcome::Pass
              : host.probe_verdict == "inconclusive" ? CaseOutcome::Skipped
                                                     : CaseOutcome::Failure,
              "probe", "paths", host.probe_verdict,
              host.path_because.empty() ? host.probe_verdict : host.path_because.front());
  }
  return suite;
}

}  // namespace

std::string documents_junit(const Saved& saved) {
  Suites suites;
  for (const SavedDocument& document : saved.documents) suites.add(suite_of(document));
  add_files(suites, saved.unusable, "files that could not be used", saved.now);
  return suites.text();
}

std::string fleet_junit(const Fleet& fleet) {
  Suites suites;
  for (const FleetHost& host : fleet.hosts) suites.add(suite_of(fleet, host));
  add_files(suites, fleet.unusable, "files that could not be used", fleet.made_at);
  add_files(suites, fleet.stale, "stale", fleet.made_at);
  return suites.text();
}

}  // namespace tuner
