#include "cli/output/table.h"
#include "cli/output/text_sink.h"
#include "cli/output/wrap.h"
#include "cli/render/last_probe.h"
#include "cli/steps/check_job.h"
#include "cli/steps/confirmation.h"
#include "cli/verbs/verbs.h"
#include "engine/boot_attempts.h"
#include "engine/history.h"
#include "engine/journal.h"
#include "host/facts/collect.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::ordered_json;

ordered_json run_json(const RunInfo& run) {
  return {{"run", run.id},        {"profile", run.profile}, {"path", run.path},
          {"digest", run.digest}, {"at", run.at},           {"by", run.by}};
}

ordered_json history_json(const std::vector<HistoryEntry>& history) {
  ordered_json all = ordered_json::array();
  for (const HistoryEntry& entry : history) {
    ordered_json json = run_json(entry.run);
    json["verb"] = entry.verb;
    json["end"] = entry.end;
    json["because"] = entry.because;
    json["boot_id"] = entry.run.boot_id;
    json["changes"] = ordered_json::array();
    for (const HistoryChange& change : entry.changes) {
      json["changes"].push_back({{"knob", change.knob},
                                 {"subject", change.name},
                                 {"from", change.from},
                                 {"to", change.to}});
    }
    all.push_back(std::move(json));
  }
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
ordered_json originals_json(const Journal& journal) {
  ordered_json all = ordered_json::array();
  for (const auto& entry : journal.entries()) {
    all.push_back({{"knob", entry.subject.knob},
                   {"subject", entry.subject.name},
                   {"key", entry.subject.key},
                   {"original", to_text(entry.original())},
                   {"written", to_text(entry.last_written())},
                   {"dangling", entry.dangling()},
                   {"preserved", !entry.written()}});
  }
  return all;
}

// Time and verdict of a saved report; null: there is none. Fails if it cannot be read (an ordinary
// user: NotPermitted) or is damaged.
Result<ordered_json> saved_json(const StateStore& store, std::string_view path,
                                std::string_view verdict) {
  const auto text = store.read(path);
  if (!text && text.error().fault == Fault::NotFound) return ordered_json(nullptr);
  if (!text) return fail(text.error());
  const auto document = ordered_json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object() || !document.contains("started_at") || !document.contains(verdict))
    return fail(Fault::Invalid, fmt::format("{}: damaged", path), "the next run replaces it");
  return ordered_json{{"at", document["started_at"]},
                      {std::string(verdict), document[std::string(verdict)]}};
}

std::string saved_text(std::string_view what, const Result<ordered_json>& read,
                       std::string_view verdict) {
  if (!read) return text_line("last {}: unknown: {}", what, read.error().text);
  const ordered_json& saved = *read;
  if (saved.is_null()) return text_line("last {}: none recorded", what);
  const auto& value = saved[std::string(verdict)];
  return text_line("last {}: {}, {} {}", what, saved["at"].get<std::string>(), verdict,
                   value.is_string() ? value.get<std::string>() : value.dump());
}

// What both forms of the output show.
struct Known {
  Facts facts;
  Result<Journal> journal;
  History history;
  Result<std::optional<PendingConfirm>> pending;
  Result<ordered_json> last_check;
  Result<ordered_json> last_probe;
  std::string skip;  // why unattended runs set nothing; empty: they do
};

ordered_json notes_json(const Known& known) {
  ordered_json notes = ordered_json::array();
  if (known.history.unreadable > 0) notes.push_back(unreadable_lines(known.history.unreadable));
  if (known.journal) {
    if (auto here = known.journal->of_this_namespace(); !here) notes.push_back(here.error().text);
  } else {
    notes.push_back(kJournalUnreadable);
  }
  if (!known.pending) notes.push_back(known.pending.error().text);
  return notes;
}

ordered_json body_of(const Context& context, const Known& known) {
  const Result<Journal>& journal = known.journal;
  const auto& tls_stat = known.facts.tls_stat;
  const RunInfo* active = journal ? journal->active() : nullptr;
  ordered_json body = {
      {"active", active == nullptr ? ordered_json(nullptr) : run_json(*active)},
      {"persisted", journal && journal->persisted() != nullptr ? run_json(*journal->persisted())
                                                               : ordered_json(nullptr)},
      {"originals", journal ? originals_json(*journal) : ordered_json(nullptr)},
      {"last", known.history.entries.empty() ? ordered_json(nullptr)
                                             : history_json({known.history.entries.back()})[0]},
      {"tls", module_state_name(known.facts.kernel.tls.state)},
      {"tls_stat", tls_stat ? ordered_json(*tls_stat) : ordered_json(nullptr)},
      {"journal",
       journal ? ordered_json(journal_state_name(journal->state())) : ordered_json(nullptr)},
      {"last_check", known.last_check.value_or(nullptr)},
      {"last_probe", known.last_probe.value_or(nullptr)},
      {"notes", notes_json(known)},
      {"unattended_skip", known.skip.empty() ? ordered_json(nullptr) : ordered_json(known.skip)},
      {"pending_confirm",
       known.pending ? pending_json(context.host, *known.pending) : ordered_json(nullptr)}};
  if (context.options.history) body["history"] = history_json(known.history.entries);
  return body;
}

std::string text_of(const Context& context, const Known& known) {
  const Display& display = context.terminal.display();
  if (context.options.history) return history_text(known.history, display);
  const std::string skipped = known.skip.empty() ? std::string() : text_line("{}", known.skip);
  return wrapped_lines(waiting_text(context.host, known.pending) + skipped +
                           saved_text("check", known.last_check, "exit_code") +
                           saved_text("probe", known.last_probe, "verdict") +
                           status_text(known.journal, known.facts),
                       display.width, 2);
}

void add_errors(const Known& known, Answer& answer) {
  if (known.journal && known.journal->damage()) {
    answer.errors.push_back(*known.journal->damage());
    answer.exit_code = ExitCode::Failed;
  }
  for (const auto* saved : {&known.last_check, &known.last_probe}) {
    if (!*saved) answer.errors.push_back(saved->error());
  }
  if (known.pending || known.pending.error().fault == Fault::NotPermitted) return;
  answer.errors.push_back(known.pending.error());
  answer.exit_code = ExitCode::Failed;
}

Answer run(Context& context) {
  Facts facts = collect_facts(context.host, FactNeed::TlsModule | FactNeed::TlsStat);
  const std::string boot_id = facts.host.boot_id;
  auto journal = Journal::load(context.store, boot_id, facts.host.net_namespace);
  if (!journal && journal.error().fault != Fault::NotPermitted) return failure(journal.error());
  auto history =
      context.options.history ? read_history(context.store) : read_last_entry(context.store);
  if (!history) return failure(history.error());
  const Known known{.facts = std::move(facts),
                    .journal = std::move(journal),
                    .history = std::move(*history),
                    .pending = load_pending(context.store, boot_id),
                    .last_check = saved_json(context.store, kCheckReportPath, "exit_code"),
                    .last_probe = saved_json(context.store, kProbeReportPath, "verdict"),
                    .skip = boot_skip(context.host.files(), context.store, boot_id).because};
  Answer answer;
  add_errors(known, answer);
  if (context.options.json)
    *answer.body = body_of(context, known);
  else
    context.terminal.result(text_of(context, known));
  return answer;
}

}  // namespace

Verb status_verb() {
  return {
      .name = "status",
      .summary =
          "shows the active profile, the last check and probe, the settings that rollback "
          "restores, tls_stat",
      .words = {},
      .options = {{"--history", "", "list all recorded runs, across reboots", &Options::history}},
      .help = {.takes = {"--root", "--timeout"},
               .examples = {{"ktls-tuner status",
                             "show the active profile and what rollback restores"},
                            {"ktls-tuner status --history",
                             "list all runs and the values that they changed"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::DataUnusable,
                         ExitCode::Bug}},
      .run = run};
}

}  // namespace tuner
