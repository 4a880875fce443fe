#include "cli/render/report_text.h"

#include "base/rfc3339.h"
#include "base/text.h"
#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/render/bench/saved_bench_text.h"
#include "cli/render/text.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

constexpr std::array kStatuses = {Status::Change,  Status::Done,        Status::Failed,
                                  Status::InSync,  Status::Unsupported, Status::NoSubject,
                                  Status::Blocked, Status::Unreadable,  Status::Deferred};

void add_step(Table& table, const SavedStep& step) {
  table.add({{status_words(step.status), tint_of(step.status)},
             {step.knob, Tint::Faint},
             {step.subject},
             {step.observed},
             {step.goal},
             {step.because}});
  if (!step.hint.empty() && step.status != Status::InSync) table.note("hint: " + step.hint);
  if (!step.cause.empty()) table.note("cause: " + step.cause);
  if (!step.owner.empty() && step.status == Status::Change) table.note("also set by " + step.owner);
  if (!step.first_seen.empty()) table.note("first seen " + step.first_seen);
}

std::string counts_text(const std::vector<SavedStep>& steps) {
  std::string text;
  for (const Status status : kStatuses) {
    std::size_t count = 0;
    for (const SavedStep& step : steps) count += step.status == status ? 1 : 0;
    if (count > 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count,
                          status == Status::Change ? "to change" : status_words(status));
  }
  return text.empty() ? "no settings" : text;
}

// A saved document is shown as `check` would show it on its host, but from texts alone: that host
// may have another release.
std::string saved_plan_text(const SavedPlan& plan, const Context& context) {
  Table table({"status", "family", "setting", "now", "wanted", "why"});
  std::vector<SavedStep> shown;
  for (const SavedStep& step : plan.steps) {
    if (is_problem(step.status, step.need) || context.options.verbose) shown.push_back(step);
  }
  for (const SavedStep& step : merge_equal(shown)) add_step(table, step);
  std::string text = table.empty() ? "" : table.text(context.terminal.display());
  for (const std::string& note : plan.notes) {
    if (context.options.verbose) text += text_line("note: {}", note);
  }
  return text + counts_text(plan.steps) + "\n";
}

Tint tint_of_result(std::string_view result) {
  if (result == "pass") return Tint::Good;
  return result == "fail" ? Tint::Bad : Tint::Warning;
}

std::string saved_path_words(const std::string& path, const std::string& expected) {
  return expected == "any" ? path : fmt::format("{} (wants {})", path, expected);
}

std::string saved_probe_text(const SavedProbe& probe, const Context& context) {
  Table table({"result", "version", "cipher", "tx", "rx", "bytes", "intact", "why"});
  for (const SavedCell& cell : probe.cells) {
    table.add({{cell.result, tint_of_result(cell.result)},
               {cell.version},
               {cell.cipher},
               {saved_path_words(cell.tx, cell.expected_tx)},
               {saved_path_words(cell.rx, cell.expected_rx)},
               {fmt::format("{}", cell.bytes)},
               {cell.intact ? "yes" : "NO", cell.intact ? Tint::None : Tint::Bad},
               {cell.because}});
  }
  std::string text = text_line("{}", probe.library) + table.text(context.terminal.display());
  if (const auto& updates = probe.key_updates)
    text += text_line("key update: {}: {}", updates->verdict, updates->because);
  for (const std::string& warning : probe.warnings) text += warning_text(warning);
  return text;
}

std::string facts_text(const SavedFacts& facts, const Context& context) {
  Table table({"interface", "kind", "driver", "TLS tx", "TLS rx", "why not"});
  for (const SavedNic& nic : facts.nics) {
    table.add({{nic.name},
               {nic.kind},
               {nic.driver},
               {nic.tls_tx ? "on" : "off"},
               {nic.tls_rx ? "on" : "off"},
               {join(nic.tls_because, "; ")}});
  }
  return text_line("tls is {}: {}", facts.tls_state, facts.tls_because) +
         (table.empty() ? "" : table.text(context.terminal.display()));
}

std::string saved_programs_text(const SavedPrograms& programs) {
  std::string text = text_line("programs: {} at risk by the kernel's TLS, looked at {}",
                               programs.at_risk.size(), rfc3339(programs.looked_at));
  for (const SavedProgram& program : programs.at_risk)
    text += text_line("{}: {}: {}", program.accepted ? "accepted" : "warning", program.risk,
                      program.because);
  for (const std::string& missing : programs.not_looked_at) text += text_line("  {}", missing);
  return text;
}

std::string sessions_text(const SavedSessions& sessions, const Context& context) {
  if (!sessions.unseen.empty()) return text_line("sessions: not seen: {}", sessions.unseen);
  Table table({"service", "eligible sessions", "in kernel or NIC", "in NIC"});
  for (const SavedService& row : sessions.services)
    table.add({{row.service},
               {number_words(row.eligible())},
               {number_words(row.covered())},
               {number_words(row.sessions[static_cast<std::size_t>(SessionPath::Device)])}});
  std::string text = table.empty()
                         ? text_line("sessions: none, looked at {}", rfc3339(sessions.looked_at))
                         : table.text(context.terminal.display());
  for (const std::string& missing : sessions.not_looked_at) text += text_line("  {}", missing);
  return text;
}

std::string saved_heading(const SavedDocument& document) {
  std::string text = text_line("{} on {}, kernel {}, at {}: {} (exit code {})", document.kind,
                               document.hostname, document.kernel, rfc3339(document.started_at),
                               state_words(document), document.exit_code);
  for (const SavedError& error : document.errors)
    text += error_text({.text = error.message, .hint = error.hint});
  if (document.plan && !document.plan->profile.empty())
    text += text_line("profile {}, digest {}", document.plan->profile, document.plan->digest);
  return text;
}

std::string saved_document_text(const SavedDocument& document, const Context& context) {
  std::string text = saved_heading(document);
  if (document.plan) text += saved_plan_text(*document.plan, context);
  if (document.probe) text += saved_probe_text(*document.probe, context);
  if (document.bench) text += saved_bench_text(document, context.terminal.display());
  if (document.comparison)
    text += comparison_text(*document.comparison, context.terminal.display());
  if (document.facts) text += facts_text(*document.facts, context);
  if (document.programs) text += saved_programs_text(*document.programs);
  if (document.sessions) text += sessions_text(*document.sessions, context);
  for (const std::string& warning : document.warnings) text += warning_text(warning);
  return text;
}

}  // namespace

std::string documents_text(const Saved& saved, const Context& context) {
  std::string text;
  for (const SavedDocument& document : saved.documents) {
    if (!text.empty()) text += "\n";
    text += saved_document_text(document, context);
  }
  return text;
}

}  // namespace tuner
