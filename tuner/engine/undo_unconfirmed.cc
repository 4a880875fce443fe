#include "engine/undo_unconfirmed.h"

#include "base/rfc3339.h"
#include "engine/rollback.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

namespace tuner {
namespace {

using Stage = PendingConfirm::Stage;

// The first step that a retry may still restore. Blocked steps stay: others changed these settings.
// NoSubject counts: a NIC that is away while its driver reloads may return with the written value,
// so the guard tries again.
const Step* first_failed(const std::vector<Step>& steps) {
  const auto failed = std::ranges::find_if(steps, [](const Step& step) {
    return step.status == Status::Failed || step.status == Status::Unreadable ||
           step.status == Status::NoSubject;
  });
  return failed == steps.end() ? nullptr : &*failed;
}

// The settings that the rollback left alone, for the history: a guard has no terminal.
std::string left_text(const std::vector<Step>& steps) {
  std::string text;
  for (const Step& step : steps) {
    if (step.status == Status::Blocked)
      text += fmt::format("; {} {} was left alone: others changed it", step.desired.subject.knob,
                          step.desired.subject.name);
  }
  return text;
}

const Journal::Run* run_in(const Journal& journal, const std::string& id) {
  const auto run =
      std::ranges::find(journal.runs(), id, [](const Journal::Run& each) { return each.info.id; });
  return run == journal.runs().end() ? nullptr : &*run;
}

// The journal that has the run: the one on disk, otherwise the copy that was kept in memory.
// The journal on disk first: it may hold lines of a rollback that ended in the middle. The guard's
// copy is used only if the file does not have the run.
Result<Journal> journal_of(const Host& host, StateStore& store, const UnconfirmedRun& run) {
  auto journal = Journal::load(store, run.pending.boot_id, collect_identity(host).net_namespace);
  const bool known = journal && !journal->damage() && run_in(*journal, run.pending.run) != nullptr;
  const bool kept = run.kept != nullptr && run_in(*run.kept, run.pending.run) != nullptr;
  if (known || !kept) return journal;
  if (journal && journal->damage()) {
    std::string stamp = rfc3339(host.clock().now());
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    // If this fails, only the damaged file is lost: the copy in memory is whole.
    static_cast<void>(journal->set_aside(store, stamp).has_value());
  }
  Journal again = *run.kept;
  TRY(again.rewrite_files(store));
  return again;
}

Error io_error(std::string text) {
  return {.fault = Fault::Io, .text = std::move(text), .hint = {}};
}

// The failure if the journal has no record of this run. A run in the stage Starting has not begun
// the journal, so nothing was written: no failure. In any later stage the journal is lost, and the
// originals with it.
std::optional<Error> without_journal(const Journal& journal, const UnconfirmedRun& run) {
  if (journal.damage()) return journal.damage();
  if (run.pending.stage == Stage::Starting) return std::nullopt;
  return io_error(
      fmt::format("{} has no record of this run, so its originals are unknown", kJournalPath));
}

// Sets the record to Undone. The record of a later run is left alone.
std::optional<Error> mark_undone(StateStore& store, const PendingConfirm& pending) {
  const auto on_record = load_record(store, pending.boot_id);
  if (on_record && *on_record && (*on_record)->run != pending.run) return std::nullopt;
  std::optional<Error> lost;
  auto settled = decide_pending(store, pending, Stage::Undone, lost);
  return settled ? std::nullopt : std::optional(settled.error());
}

std::optional<Error> failure_of(const RollbackReport& report) {
  if (report.journal_error) return report.journal_error;
  if (const Step* step = first_failed(report.steps)) {
    return io_error(fmt::format("{} {}: {}", step->desired.subject.knob, step->desired.subject.name,
                                step->because));
  }
  if (!report.not_known.empty()) return io_error(report.not_known.front());
  return std::nullopt;
}

void add_to_history(Host& host, StateStore& store, RunInfo info, const UnconfirmedRun& run,
                    const std::string& because, std::vector<HistoryChange> undone,
                    UndoneRun& answer) {
  info.at = rfc3339(host.clock().now());
  if (!run.by.empty()) info.by = run.by;
  if (info.by.empty()) info.by = run.verb;
  const auto kept = append_history(store, {.run = info,
                                           .verb = run.verb,
                                           .end = "rolled-back",
                                           .because = because,
                                           .changes = std::move(undone)});
  answer.told =
      fmt::format("run {} of profile {} was rolled back: {}{}", info.id, info.profile, because,
                  kept ? "" : " (the history was not written: " + kept.error().text + ")");
}

// The record becomes Undone after the rollback and not before: a guard that dies in between leaves
// a pending record, and the next one starts again.
UndoneRun undo(Host& host, StateStore& store, std::span<const Knob> knobs,
               const UnconfirmedRun& run, std::vector<HistoryChange>& undone) {
  UndoneRun answer;
  auto journal = journal_of(host, store, run);
  if (!journal) return {.failure = journal.error(), .told = {}};
  const Journal::Run* known = run_in(*journal, run.pending.run);
  if (known == nullptr) {
    answer.failure = without_journal(*journal, run);
    if (!answer.failure) answer.failure = mark_undone(store, run.pending);
    return answer;
  }
  const RunInfo info = known->info;
  const auto report = rollback(host, store, *journal, knobs, {.run = run.pending.run});
  if (!report) return {.failure = report.error(), .told = {}};
  // Collected over all tries, because a retry finds the settings of the try before it in sync.
  const auto changes = changes_of(report->steps);
  undone.insert(undone.end(), changes.begin(), changes.end());
  answer.failure = failure_of(*report);
  if (!answer.failure) answer.failure = mark_undone(store, run.pending);
  if (!answer.failure)
    add_to_history(host, store, info, run, run.because + left_text(report->steps), undone, answer);
  return answer;
}

}  // namespace

UndoneRun undo_unconfirmed(Host& host, StateStore& store, std::span<const Knob> knobs,
                           const UnconfirmedRun& run, std::vector<HistoryChange>& undone) {
  try {
    return undo(host, store, knobs, run, undone);
  } catch (const std::exception& error) {
    // An exception must not end the guard before the run is undone.
    return {.failure = Error{.fault = Fault::Internal, .text = error.what(), .hint = {}},
            .told = {}};
  }
}

}  // namespace tuner
