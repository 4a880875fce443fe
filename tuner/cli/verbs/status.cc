#include "document/status.h"

#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/documents.h"
#include "cli/render/job_scan.h"
#include "cli/render/last_probe.h"
#include "cli/steps/check_job.h"
#include "cli/steps/confirmation.h"
#include "cli/steps/restart_services.h"
#include "cli/verbs/verbs.h"
#include "document/common.h"
#include "document/envelope.h"
#include "document/job_scan.h"
#include "document/plan.h"
#include "document/probe.h"
#include "document/read.h"
#include "document/run.h"
#include "engine/boot_attempts.h"
#include "engine/history.h"
#include "engine/journal.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

document::Run recorded_run(const RunInfo& run) {
  return {.run = run.id,
          .profile = run.profile,
          .path = run.path,
          .digest = run.digest,
          .at = run.at,
          .by = run.by,
          .accepted_risks = run.accepted_risks};
}

document::PastRun past_run_document(const HistoryEntry& entry) {
  document::PastRun past{recorded_run(entry.run), entry.verb,        entry.end,
                         entry.because,           entry.run.boot_id, {}};
  for (const HistoryChange& change : entry.changes) {
    past.changes.push_back(
        {.knob = change.knob, .subject = change.name, .from = change.from, .to = change.to});
  }
  return past;
}

std::vector<document::PastRun> history_document(const std::vector<HistoryEntry>& history) {
  std::vector<document::PastRun> all;
  for (const HistoryEntry& entry : history) all.push_back(past_run_document(entry));
  return all;
}

std::string unreadable_lines(std::size_t count) {
  return fmt::format("{} {} of the history cannot be read and {} not shown", count,
                     count == 1 ? "line" : "lines", count == 1 ? "is" : "are");
}

std::string history_text(const History& recalled, const Display& display) {
  const std::vector<HistoryEntry>& history = recalled.entries;
  const std::string lost =
      recalled.unreadable == 0 ? "" : unreadable_lines(recalled.unreadable) + "\n";
  if (history.empty()) return lost.empty() ? "no runs recorded\n" : lost;
  Table table({"when", "verb", "profile", "end", "changes", "by", "run"});
  for (const HistoryEntry& entry : history) {
    table.add({{entry.run.at},
               {entry.verb},
               {entry.run.profile},
               {entry.end},
               {fmt::format("{}", entry.changes.size())},
               {entry.run.by},
               {entry.run.id}});
    if (!entry.because.empty()) table.note(entry.because);
    for (const AcceptedRisk risk : entry.run.accepted_risks)
      table.note(text_line("accepted risk: {}", word_of(risk)));
    for (const HistoryChange& change : entry.changes) {
      table.note(fmt::format("{} {}: {} -> {}", change.knob, change.name, change.from, change.to));
    }
  }
  return table.text(display) + lost;
}

// Only root can read the journal. For other users the active profile is unknown, not absent.
constexpr std::string_view kJournalUnreadable =
    "only root can read the journal: the active profile is unknown here";

// The last run, if it failed or was interrupted and was not undone: some of its writes may remain.
// Empty for a damaged journal, whose end is unknown.
std::string stopped_text(const Journal& journal) {
  if (journal.runs().empty() || journal.damage()) return {};
  const Journal::Run& last = journal.runs().back();
  if (last.carried || (!last.ended.empty() && last.ended != "failed")) return {};
  return text_line(
      "last run: {}, {} by {}, run {}, {}: it is partly applied; ktls-tuner check -p {} lists what "
      "is missing, ktls-tuner rollback undoes it",
      last.info.profile, last.info.at, last.info.by, last.info.id,
      last.ended.empty() ? "was interrupted" : "failed", last.info.path);
}

// A journal of another network namespace is shown all the same, with the way to the namespace in
// which it can be used.
std::string journal_text(const Journal& journal) {
  std::string text;
  const RunInfo* active = journal.active();
  text += active == nullptr
              ? "active profile: none\n"
              : text_line("active profile: {} (digest {}), applied {} by {}, run {}",
                          active->profile, active->digest, active->at, active->by, active->id);
  text += stopped_text(journal);
  if (const RunInfo* persisted = journal.persisted()) {
    text += text_line("set at every boot: {} (digest {}), persisted {} by {}", persisted->profile,
                      persisted->digest, persisted->at, persisted->by);
  } else {
    text += "set at every boot: nothing\n";
  }
  if (auto here = journal.of_this_namespace(); !here)
    text += text_line("journal: {}; {}", here.error().text, here.error().hint);
  const auto written = std::ranges::count_if(journal.entries(), &Journal::Entry::written);
  if (journal.damage())
    text += text_line("journal: damaged: {}; {}", journal.damage()->text, journal.damage()->hint);
  else if (journal.state() == JournalState::Legacy)
    text += "journal: written by an older release, not proven; the next run seals it\n";
  text += text_line("settings that rollback restores: {}", written);
  for (const auto& entry : journal.entries()) {
    if (entry.dangling()) {
      text += text_line(
          "  {} {}: a run ended during this write; ktls-tuner rollback or apply resolves it",
          entry.subject.knob, entry.subject.name);
    }
  }
  return text;
}

// Stale is no state of the machine: the run ended before its guard was there and wrote nothing.
std::string waiting_text(const Host& host, const Result<std::optional<PendingConfirm>>& pending) {
  if (!pending) return text_line("{}", pending.error().text);
  if (!*pending || state_of(host, **pending) == PendingState::Stale) return {};
  return text_line("{}; {}", pending_text(host, **pending), pending_hint(host, **pending));
}

std::string status_text(const Result<Journal>& journal, const Facts& facts) {
  std::string text = journal ? journal_text(*journal) : text_line("{}", kJournalUnreadable);
  text += text_line("tls: {} ({})", module_state_name(facts.kernel.tls.state),
                    facts.kernel.tls.because);
  if (!facts.tls_stat) return text + "tls_stat: none until tls is loaded\n";
  for (const auto& [name, count] : *facts.tls_stat) text += text_line("  {:<24} {}", name, count);
  return text;
}

// Values are texts here, as in the history: this is for people who restore one by hand.
std::vector<document::Original> originals_document(const Journal& journal) {
  std::vector<document::Original> all;
  for (const auto& entry : journal.entries()) {
    all.push_back({.knob = entry.subject.knob,
                   .subject = entry.subject.name,
                   .key = entry.subject.key,
                   .original = to_text(entry.original()),
                   .written = to_text(entry.last_written()),
                   .dangling = entry.dangling(),
                   .preserved = !entry.written()});
  }
  return all;
}

// The text of a saved report; nullopt: there is none. Fails if it cannot be read (an ordinary user:
// NotPermitted).
Result<std::optional<std::string>> saved_text(const StateStore& store, std::string_view path) {
  auto text = store.read(path);
  if (!text && text.error().fault == Fault::NotFound) return std::optional<std::string>();
  if (!text) return fail(text.error());
  return std::optional(std::move(*text));
}

Error damaged_state(std::string_view path, const Error& error) {
  return {.fault = Fault::Invalid,
          .text = fmt::format("{}: {}", path, error.text),
          .hint = "the next run replaces it"};
}

Result<std::optional<document::LastCheck>> reported_check(const StateStore& store) {
  const auto text = TRY(saved_text(store, kCheckReportPath));
  if (!text) return std::optional<document::LastCheck>();
  const auto envelope = document::read_envelope(*text);
  if (!envelope) return fail(damaged_state(kCheckReportPath, envelope.error()));
  return std::optional(
      document::LastCheck{.at = envelope->started_at, .exit_code = envelope->exit_code});
}

// A job that finds the host in sync, as before, writes only its metrics: they are newer than the
// report.
Result<std::optional<document::LastCheck>> last_check_document(const Context& context,
                                                               const Result<DriftRecord>& record) {
  auto reported = reported_check(context.store);
  if (!reported) return reported;
  if (!record) return fail(record.error());
  const auto beat = TRY(last_beat(context.host, *record, !context.options.root.empty()));
  if (!beat || (*reported && (*reported)->at >= beat->ran_at)) return reported;
  return std::optional(document::LastCheck{.at = beat->ran_at, .exit_code = beat->exit_code});
}

Result<std::optional<document::LastProbe>> last_probe_document(const StateStore& store) {
  const auto text = TRY(saved_text(store, kProbeReportPath));
  if (!text) return std::optional<document::LastProbe>();
  const auto document = document::read(*text);
  if (!document) return fail(damaged_state(kProbeReportPath, document.error()));
  const auto* const probe = document->body.get_if<document::Probe>();
  if (probe == nullptr)
    return fail(
        damaged_state(kProbeReportPath, {.text = "is not a document of probe", .hint = {}}));
  return std::optional(
      document::LastProbe{.at = document->envelope.started_at, .verdict = probe->verdict});
}

// `what` happened: "check", "probe". `shown` describes one.
template <typename Last, typename Shown>
std::string last_text(std::string_view what, const Result<std::optional<Last>>& last,
                      const Shown& shown) {
  if (!last) return text_line("last {}: unknown: {}", what, last.error().text);
  if (!*last) return text_line("last {}: none recorded", what);
  return text_line("last {}: {}, {}", what, rfc3339((*last)->at), shown(**last));
}

// What both forms of the output show.
struct Known {
  Facts facts;
  Result<Journal> journal;
  History history;
  Result<std::optional<PendingConfirm>> pending;
  Result<std::optional<document::LastCheck>> last_check;
  Result<std::optional<document::LastProbe>> last_probe;
  Result<DriftRecord> record;
  std::vector<std::string> behind;  // services that run without their drop-ins
  std::vector<std::string> doubts;  // why that is not known of others
  std::string skip;                 // why unattended runs set nothing; empty: they do
};

document::Texts notes_of(const Known& known) {
  document::Texts notes;
  if (known.history.unreadable > 0) notes.push_back(unreadable_lines(known.history.unreadable));
  if (known.journal) {
    if (auto here = known.journal->of_this_namespace(); !here) notes.push_back(here.error().text);
  } else {
    notes.emplace_back(kJournalUnreadable);
  }
  if (!known.pending) notes.push_back(known.pending.error().text);
  notes.insert(notes.end(), known.doubts.begin(), known.doubts.end());
  return notes;
}

struct StatusRequest {
  bool history = false;  // all recorded runs
};

Result<StatusRequest> status_request(const Options& options) {
  return StatusRequest{.history = options.history};
}

document::Status status_body(const Context& context, const StatusRequest& request,
                             const Known& known) {
  const auto& tls_stat = known.facts.tls_stat;
  document::Status body{.tls = document::word(known.facts.kernel.tls.state),
                        .last_check = known.last_check.value_or(std::nullopt),
                        .last_probe = known.last_probe.value_or(std::nullopt),
                        .programs = {},
                        .services_behind = known.behind,
                        .notes = notes_of(known),
                        .unattended_skip = document::or_null(known.skip)};
  if (known.record)
    body.programs = programs_at_risk_document(known.record->programs, known.facts.host.boot_id);
  if (tls_stat) body.tls_stat.emplace(tls_stat->begin(), tls_stat->end());
  if (known.journal) {
    const Journal& journal = *known.journal;
    if (journal.active() != nullptr) body.active = recorded_run(*journal.active());
    if (journal.persisted() != nullptr) body.persisted = recorded_run(*journal.persisted());
    body.originals = originals_document(journal);
    body.journal = document::word(journal.state());
  }
  const auto& history = known.history.entries;
  if (!history.empty()) body.last = past_run_document(history.back());
  if (known.pending) body.pending_confirm = pending_document(context.host, *known.pending);
  if (request.history) body.history = history_document(history);
  return body;
}

std::string exit_code_words(const document::LastCheck& check) {
  return fmt::format("exit_code {}", check.exit_code);
}

std::string verdict_words(const document::LastProbe& probe) {
  return "verdict " + probe.verdict;
}

std::string last_programs(const Context& context, const Known& known) {
  if (!known.record) return text_line("programs: unknown: {}", known.record.error().text);
  return programs_text(known.record->programs, known.facts.host.boot_id,
                       context.host.clock().now());
}

std::string behind_text(const Known& known) {
  std::string text;
  for (const std::string& unit : known.behind)
    text += text_line("{} runs without its drop-in until it is restarted: systemctl restart {}",
                      unit, unit);
  for (const std::string& doubt : known.doubts) text += text_line("{}", doubt);
  return text;
}

void look_at_services(const Host& host, Known& known) {
  if (!known.journal) return;
  for (const std::string& unit : service_units(*known.journal)) {
    const auto behind = runs_without_drop_in(host, unit);
    if (!behind)
      known.doubts.push_back(fmt::format("whether {} runs with its drop-in is not known: {}", unit,
                                         behind.error().text));
    else if (*behind)
      known.behind.push_back(unit);
  }
}

std::string text_of(const Context& context, const StatusRequest& request, const Known& known) {
  const Display& display = context.terminal.display();
  if (request.history) return history_text(known.history, display);
  const std::string skipped = known.skip.empty() ? std::string() : text_line("{}", known.skip);
  return wrapped_lines(waiting_text(context.host, known.pending) + skipped +
                           last_text("check", known.last_check, exit_code_words) +
                           last_text("probe", known.last_probe, verdict_words) +
                           last_programs(context, known) + behind_text(known) +
                           status_text(known.journal, known.facts),
                       display.width, 2);
}

void add_errors(const Known& known, Answer& answer) {
  if (known.journal && known.journal->damage()) {
    answer.errors.push_back(*known.journal->damage());
    answer.exit_code = ExitCode::Failed;
  }
  if (!known.last_check) answer.errors.push_back(known.last_check.error());
  if (!known.last_probe) answer.errors.push_back(known.last_probe.error());
  // That an ordinary user cannot read the record is no fault.
  if (known.pending || known.pending.error().fault == Fault::NotPermitted) return;
  answer.errors.push_back(known.pending.error());
  answer.exit_code = ExitCode::Failed;
}

Answer answer_status(Context& context, const StatusRequest& request) {
  Facts facts = collect_facts(context.host, FactNeed::TlsModule | FactNeed::TlsStat);
  const std::string boot_id = facts.host.boot_id;
  auto journal = Journal::load(context.store, boot_id, facts.host.net_namespace);
  if (!journal && journal.error().fault != Fault::NotPermitted) return failure(journal.error());
  auto history = request.history ? read_history(context.store) : read_last_entry(context.store);
  if (!history) return failure(history.error());
  auto record = load_drift(context.store);
  if (record) confirm_programs(context.host, *record, !context.options.root.empty());
  Known known{.facts = std::move(facts),
              .journal = std::move(journal),
              .history = std::move(*history),
              .pending = load_pending(context.store, boot_id),
              .last_check = last_check_document(context, record),
              .last_probe = last_probe_document(context.store),
              .record = record,
              .behind = {},
              .doubts = {},
              .skip = boot_skip(context.host.files(), context.store, boot_id).because};
  look_at_services(context.host, known);
  Answer answer;
  add_errors(known, answer);
  if (context.options.json)
    *answer.body = status_body(context, request, known);
  else
    context.terminal.result(text_of(context, request, known));
  return answer;
}

}  // namespace

Verb status_verb() {
  return {.name = "status",
          .summary =
              "shows the active profile, the last check and probe, the settings that rollback "
              "restores, tls_stat",
          .words = {},
          .options = {{"--history", "", "list all recorded runs, across reboots",
                       into<&Options::history>()}},
          .help = {.takes = {"--root", "--timeout"},
                   .examples = {{"ktls-tuner status",
                                 "show the active profile and what rollback restores"},
                                {"ktls-tuner status --history",
                                 "list all runs and the values that they changed"}},
                   .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage,
                             ExitCode::DataUnusable, ExitCode::Bug}},
          .prepare = with_request<status_request, answer_status>};
}

}  // namespace tuner
