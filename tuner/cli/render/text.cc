#include "cli/render/text.h"

#include "base/rfc3339.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// "(required)" stands only where it decides about the exit code.
std::string step_words(const Step& step) {
  std::string words = status_words(step.status);
  const bool shows_need = step.status == Status::Unsupported || step.status == Status::NoSubject ||
                          step.status == Status::Blocked || step.status == Status::Failed;
  if (shows_need && step.desired.setting.need == Need::Required && !step.restores)
    words += " (required)";
  return words;
}

std::string observed_text(const Step& step) {
  if (step.observed.availability != Observation::Availability::Available) return "-";
  std::string value = to_text(step.observed.value);
  if (!step.observed.in_effect) return value;
  return fmt::format("{} ({} in effect)", value, to_text(*step.observed.in_effect));
}

// A note that repeats the row's own reason is left out.
void explain(Table& table, const Step& step) {
  const Setting& setting = step.desired.setting;
  if (!setting.why.empty() && setting.why != step.because) table.note("why:    " + setting.why);
  if (!step.desired.detail.empty())
    table.note("how:    " + step.desired.detail);
  else if (!step.desired.because.empty() && step.desired.because != step.because)
    table.note("how:    " + step.desired.because);
  if (setting.origin.line > 0) table.note("from:   " + to_text(setting.origin));
  if (!step.observed.reason.empty() && step.observed.reason != step.because)
    table.note("seen:   " + step.observed.reason);
  if (!step.desired.owner.empty()) table.note("owner:  also set by " + step.desired.owner);
  if (step.desired.disruption != Disruption::None) {
    table.note(fmt::format("effect: {}", disruption_name(step.desired.disruption)));
  }
  table.note("key:    " + step.desired.subject.key);
}

// Steps of one line of a profile that differ only in the subject are shown as one row: eight queues
// of a NIC have one reason. Two sysctls have different lines, so each is named.
bool same_but_for_subject(const Step& a, const Step& b) {
  return a.desired.setting.origin == b.desired.setting.origin && a.status == b.status &&
         !a.restores && a.desired.subject.knob == b.desired.subject.knob &&
         a.because == b.because && a.cause == b.cause && a.drift == b.drift &&
         step_words(a) == step_words(b) && observed_text(a) == observed_text(b) &&
         a.desired.setting.goal == b.desired.setting.goal;
}

std::string subject_words(const Step& first, const Step& last, std::size_t count) {
  if (count == 1) return first.desired.subject.name;
  return fmt::format("{} … {} ({})", first.desired.subject.name, last.desired.subject.name, count);
}

void add_row(Table& table, const Step& step, std::string subject, bool explained) {
  table.add({{step_words(step), tint_of(step.status)},
             {step.desired.subject.knob, Tint::Faint},
             {std::move(subject)},
             {observed_text(step)},
             {to_text(step.desired.setting.goal)},
             {step.because}});
  if (!step.observed.hint.empty() && step.status != Status::InSync) {
    table.note("hint: " + step.observed.hint);
  }
  if (!step.cause.empty()) table.note("cause: " + step.cause);
  if (step.drift) table.note("since: " + rfc3339(step.drift->first_seen));
  if (explained) explain(table, step);
}

std::string steps_text(const std::vector<const Step*>& steps, const Context& context) {
  Table table({"status", "family", "setting", "now", "wanted", "why"});
  for (std::size_t from = 0; from < steps.size();) {
    std::size_t end = from + 1;
    while (end < steps.size() && !context.options.explain &&
           same_but_for_subject(*steps[from], *steps[end])) {
      ++end;
    }
    add_row(table, *steps[from], subject_words(*steps[from], *steps[end - 1], end - from),
            context.options.explain);
    from = end;
  }
  return table.empty() ? "" : table.text(context.terminal.display());
}

void add_counters(std::string& text, const std::map<std::string, std::int64_t>& counters) {
  for (const auto& [name, delta] : counters) {
    if (delta != 0) text += fmt::format("{}{} {:+}", text.empty() ? "" : ", ", name, delta);
  }
}

// "device, kernel": the paths that the other end of a connection across the wire observed.
std::string other_end_words(const ProbeReport& report, const JudgedCell& cell) {
  const ProbeEnd other = report.mode == "connect" ? cell.serving_end() : cell.calling_end();
  return fmt::format("{}, {}", tls_path_name(other.tx.path()), tls_path_name(other.rx.path()));
}

std::string namespace_words(const ProbeReport& report) {
  if (report.own_namespace) return "in a network namespace of its own";
  return fmt::format("in this network namespace ({})", kSharedCounters);
}

std::string where_words(const ProbeReport& report) {
  if (report.mode == "loopback") return "over loopback";
  return fmt::format("{} {}", report.mode == "listen" ? "listening, with" : "connected to",
                     report.peer);
}

}  // namespace

Tint tint_of(CellResult result) {
  switch (result) {
    case CellResult::Pass: return Tint::Good;
    case CellResult::Fail: return Tint::Bad;
    case CellResult::Unsupported:
    case CellResult::Inconclusive: return Tint::Warning;
  }
  return Tint::None;
}

std::string path_words(const JudgedCell& cell, TlsDirection direction) {
  const std::string_view path = tls_path_name(cell.path(direction));
  const ExpectedPath expected = cell.expected(direction);
  if (expected == ExpectedPath::Any) return std::string(path);
  return fmt::format("{} (wants {})", path, expected_path_name(expected));
}

std::string counters_text(const ProbeEnd& end) {
  std::string text;
  add_counters(text, end.counters);
  return text.empty() ? "none moved" : text;
}

void explain_end(Table& table, const ProbeEnd& end) {
  if (end.ulp) {
    table.note(fmt::format("socket diagnostics: {} {}, txconf {}, rxconf {}", end.ulp->version,
                           end.ulp->cipher, end.ulp->txconf, end.ulp->rxconf));
  }
  if (end.interface.empty()) return;
  std::string counted;
  add_counters(counted, end.driver_counters);
  table.note(fmt::format("sent by {}: {}", end.interface,
                         counted.empty() ? "its driver counted no TLS" : counted));
}

std::string summary_text(const Summary& s) {
  std::string text;
  const auto add = [&](int count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(s.change, "to change");
  add(s.done, "done");
  add(s.failed, "failed");
  add(s.in_sync, "in sync");
  add(s.unsupported, "unsupported");
  add(s.no_subject, "with no subject");
  add(s.blocked, "blocked");
  add(s.unreadable, "unreadable");
  add(s.deferred, "deferred");
  return text.empty() ? "no settings" : text;
}

Tint tint_of(Status status) {
  switch (status) {
    case Status::InSync:
    case Status::Done: return Tint::Good;
    case Status::Change: return Tint::Changed;
    case Status::Deferred: return Tint::Faint;
    case Status::Unsupported:
    case Status::NoSubject:
    case Status::Blocked: return Tint::Warning;
    case Status::Unreadable:
    case Status::Failed: return Tint::Bad;
  }
  return Tint::None;
}

// Warnings are shown even where in-sync rows are not: a kernel that encrypts in plain C is in sync.
std::string plan_text(const Plan& plan, Rows rows, const Context& context) {
  std::vector<const Step*> shown;
  for (const Step& step : plan.steps) {
    if (rows == Rows::All || is_problem(step.status, step.desired.setting.need))
      shown.push_back(&step);
  }
  std::string text = steps_text(shown, context);
  for (const std::string& note : plan.notes) {
    const bool warns = note.starts_with(kWarningNote);
    if (warns || rows == Rows::All || context.options.verbose)
      text += wrapped_lines(text_line("{}{}", warns ? "" : "note: ", note),
                            context.terminal.display().width, 2);
  }
  return text + summary_text(summarize(plan.steps)) + "\n";
}

// One line per write while apply runs, without a table: its widths are not known before the end.
std::string step_line(const Step& step, const Context& context) {
  const bool done = step.status == Status::Done;
  const std::string verb = done ? "wrote " : step_words(step) + " ";
  const std::string change =
      fmt::format("{} -> {}", to_text(step.observed.value), to_text(step.target));
  return tinted(verb, tint_of(step.status), context.terminal.color()) +
         text_line("{} {}  {}{}", step.desired.subject.knob, step.desired.subject.name, change,
                   done ? "" : ": " + step.because);
}

std::string probe_text(const JudgedReport& judged, const Context& context) {
  const ProbeReport& report = judged.report();
  const bool wire = report.mode != "loopback";
  std::vector<std::string> heads = {"result", "version", "cipher",   "tx", "rx",
                                    "bytes",  "intact",  "counters", "why"};
  if (wire) heads.insert(heads.begin() + 5, "other end");
  Table table(std::move(heads));
  for (const JudgedCell& verdict : judged.cells()) {
    const ProbeCell& cell = verdict.cell();
    const ProbeEnd end = verdict.own_end();
    std::vector<Cell> row = {
        {std::string(cell_result_name(verdict.result())), tint_of(verdict.result())},
        {std::string(tls_version_name(cell.version))},
        {std::string(tls_cipher_name(cell.cipher))},
        {path_words(verdict, TlsDirection::Tx)},
        {path_words(verdict, TlsDirection::Rx)},
        {fmt::format("{}", cell.bytes)},
        {cell.intact ? "yes" : "NO", cell.intact ? Tint::None : Tint::Bad},
        {counters_text(end)},
        {verdict.because()}};
    if (wire) row.insert(row.begin() + 5, {other_end_words(report, verdict)});
    table.add(std::move(row));
    if (context.options.explain) explain_end(table, end);
  }
  return text_line("{} {}, {}", report.library.version, where_words(report),
                   namespace_words(report)) +
         table.text(context.terminal.display());
}

std::string error_text(const Error& error) {
  std::string text = text_line("error: {}", error.text);
  if (!error.hint.empty()) text += text_line("  hint: {}", error.hint);
  return text;
}

std::string warning_text(std::string_view warning) {
  return text_line("warning: {}", warning);
}

}  // namespace tuner
