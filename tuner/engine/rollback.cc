#include "engine/rollback.h"

#include "engine/execute.h"
#include "engine/look.h"
#include "engine/not_known.h"
#include "engine/plan.h"
#include "engine/written_folder.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace tuner {
namespace {

struct Target {
  const Knob* knob;
  Journal::Entry entry;
  Value value;
  bool disturbed = false;          // by a write of this rollback
  bool changed_by_others = false;  // `value` is not the original but a value set by others
};

// Files for the next boot first: a half undone profile must not return at a reboot. Modules last:
// restoring a setting may need its module (a sysctl that the module adds).
std::vector<const Knob*> rollback_order(std::span<const Knob> knobs) {
  std::vector<const Knob*> order;
  for (const Knob& knob : knobs) order.push_back(&knob);
  // Not the ranges:: form: its result type does not compile with clang 14 and libstdc++ 12.
  std::stable_partition(order.begin(), order.end(),
                        [](const Knob* k) { return k->info.phase == Phase::Persist; });
  std::stable_partition(order.begin(), order.end(),
                        [](const Knob* k) { return k->info.phase != Phase::Modules; });
  return order;
}

// Of one run, the value that this run found, which an earlier run may have written.
std::optional<Value> value_before(const Journal::Entry& entry, const std::string& run) {
  if (run.empty()) return entry.original();
  const auto record = std::ranges::find(entry.records, run, &Journal::Record::run);
  if (record == entry.records.end()) return std::nullopt;
  return record->before;
}

// Journal entries without a family of this program, or with a key that the family rejects, are no
// targets: not_known() names them, and the rollback is not complete.
std::vector<Target> targets(const Journal& journal, std::span<const Knob> knobs,
                            const RollbackOptions& options) {
  std::vector<Target> found;
  for (const Knob* knob : rollback_order(knobs)) {
    for (const Journal::Entry& entry : journal.entries()) {
      if (entry.subject.knob != knob->info.name || !has_place(*knob, entry.subject)) continue;
      if (!options.keys.empty() && !options.keys.contains(entry.subject.key)) continue;
      if (auto value = value_before(entry, options.run))
        found.push_back({.knob = knob, .entry = entry, .value = *value});
    }
  }
  return found;
}

FactNeed needs_of(const std::vector<Target>& all) {
  FactNeed needs = FactNeed::None;
  for (const Target& target : all) needs = needs | target.knob->info.needs;
  return needs;
}

// Whether the present value was set by this program. A file for the next boot is Available only if
// this program wrote it, in whichever run.
// A dangling record counts as ours: the process was killed between "intended" and "done", so the
// value may be half of its write.
bool is_ours(const Target& target, const Observation& observed) {
  const Journal::Entry& entry = target.entry;
  if (entry.dangling() || entry.disturbed || target.disturbed) return true;
  if (observed.value == entry.last_written()) return true;
  const std::string_view half = target.knob->info.half_written;
  if (!half.empty() && observed.value == Value(std::string(half))) return true;
  return target.knob->info.boot_files &&
         observed.availability == Observation::Availability::Available;
}

// The step for a setting that does not exist now. A NIC is gone for a moment while its driver
// reloads, and may return with the written value, so its original is kept. A setting that needs no
// restore counts as InSync.
Step absent_step(Step step, const Target& target) {
  const Journal::Entry& entry = target.entry;
  if (!entry.written() && !entry.disturbed) {
    step.status = Status::InSync;
    step.because = "no longer present, and not written by this program";
    return step;
  }
  if (entry.only_carried() && target.knob->info.phase != Phase::Persist) {
    step.status = Status::InSync;
    step.because = "not present, and a reboot has undone the setting";
    return step;
  }
  step.status = Status::NoSubject;
  step.because = fmt::format("it is not present now{}{}: its original {} is kept",
                             step.observed.reason.empty() ? "" : ", ", step.observed.reason,
                             to_text(target.value));
  step.observed.hint =
      "ktls-tuner rollback restores it when it is present; rollback --force discards the original";
  return step;
}

// The step that restores one target. Change: will be written. InSync, Blocked, Unreadable,
// NoSubject: will not.
// Never fails: what cannot be restored becomes a step with a reason, so one setting does not keep
// the others from their originals.
Step restore_step(const Host& host, const Facts& facts, const Target& target, bool force,
                  bool doubtful) {
  const Journal::Entry& entry = target.entry;
  Step step{.desired = {.subject = entry.subject}, .target = target.value, .restores = true};
  step.desired.setting.goal = {.op = Goal::Op::Exactly, .value = target.value};
  const auto subject = target.knob->locate(entry.subject, facts);
  if (const Unread* hidden = subject ? nullptr : may_hide_subjects(facts, *target.knob)) {
    step.status = Status::Unreadable;
    step.because = fmt::format("it is unknown whether it exists: {}", hidden->error.text);
    return step;
  }
  if (!subject) return absent_step(std::move(step), target);
  step.desired.subject = *subject;
  if (std::string elsewhere = in_another_folder(host, entry); !force && !elsewhere.empty()) {
    step.status = Status::Blocked;
    step.because = std::move(elsewhere);
    return step;
  }
  step.observed = look_at(host, *target.knob, *subject);
  step.because = step.observed.reason;
  if (step.observed.availability == Observation::Availability::Unreadable) {
    step.status = Status::Unreadable;
  } else if (step.observed.availability == Observation::Availability::Unsupported) {
    return absent_step(std::move(step), target);
  } else if (step.observed.value == target.value) {
    step.because = "it has its original value";
    // Lines may be lost after the damage. They may have said that this program wrote the value, or
    // that others did before a later run.
  } else if (!force && doubtful && step.observed.value != entry.last_written()) {
    step.status = Status::Blocked;
    step.because = fmt::format(
        "it reads {}, and the journal is damaged, so it is unknown who set that: left alone; its "
        "original {} is proven, and --force restores it",
        to_text(step.observed.value), to_text(target.value));
  } else if (!force && !is_ours(target, step.observed)) {
    // Only preserved, and with a value that others set since then: nothing of this program is left
    // in it.
    if (!entry.written()) return step;
    if (entry.only_carried()) {
      step.because =
          fmt::format("a reboot set it to {}: nothing to restore", to_text(step.observed.value));
      return step;
    }
    step.status = Status::Blocked;
    step.because = fmt::format(
        "this program wrote {}, others changed it to {} since then: left alone; restore it with "
        "--force",
        to_text(entry.last_written()), to_text(step.observed.value));
  } else {
    step.status = Status::Change;
    step.because = target.changed_by_others
                       ? "a value set by others, which was lost with the queues"
                       : "the value before the first apply";
  }
  return step;
}

bool disturbs(const Target& cause, const Target& target) {
  return cause.entry.subject.device == target.entry.subject.device &&
         std::ranges::count(cause.knob->info.disturbs, target.knob->info.name) > 0;
}

// Restoring a NIC's channels resets affinities, as changing them did. So it is decided before
// anything is written which values are ours and which were set by others; the latter are written
// again afterwards.
void find_disturbed(const Host& host, std::vector<Target>& all, bool force, bool doubtful) {
  const auto may_disturb = [](const Target& t) { return !t.knob->info.disturbs.empty(); };
  if (std::ranges::none_of(all, may_disturb)) return;
  const Facts facts = collect_facts(host, needs_of(all));
  std::vector<const Target*> causes;
  for (const Target& target : all) {
    if (may_disturb(target) &&
        restore_step(host, facts, target, force, doubtful).status == Status::Change)
      causes.push_back(&target);
  }
  for (Target& target : all) {
    const bool hit =
        std::ranges::any_of(causes, [&](const Target* cause) { return disturbs(*cause, target); });
    if (!hit) continue;
    const Step now = restore_step(host, facts, target, force, doubtful);
    const bool readable = now.observed.availability == Observation::Availability::Available;
    const bool ours = now.status == Status::Change || !readable ||
                      now.observed.value == target.value || now.observed.value == Value{};
    if (!ours) {
      target.changed_by_others = true;
      target.value = now.observed.value;
    }
    target.disturbed = true;
  }
}

// A run that is undone alone must be the last one for each of its settings. Otherwise its "before"
// would overwrite the value of the later run, which the journal then calls active.
Outcome may_undo(const Journal& journal, const std::string& run) {
  if (run.empty()) return {};
  const auto known =
      std::ranges::find_if(journal.runs(), [&](const Journal::Run& r) { return r.info.id == run; });
  if (known == journal.runs().end()) {
    return fail(Fault::Invalid, fmt::format("no run {} in this boot's journal", run),
                "ktls-tuner status --history lists the runs");
  }
  if (known->carried) {
    return fail(
        Fault::Refused,
        fmt::format("run {} was made before the last reboot, so it cannot be undone alone", run),
        "ktls-tuner rollback undoes everything; apply sets another profile");
  }
  const RunInfo* persisted = journal.persisted();
  if (persisted != nullptr && persisted->id > run && persisted->digest == known->info.digest) {
    return fail(Fault::Refused,
                fmt::format("run {} cannot be undone alone: the later run {} persisted it", run,
                            persisted->id),
                fmt::format("undo run {} first, or roll back everything", persisted->id));
  }
  for (const Journal::Entry& entry : journal.entries()) {
    if (value_before(entry, run) && entry.records.back().run != run) {
      return fail(
          Fault::Refused,
          fmt::format("run {} cannot be undone alone: the later run {} set {} {}", run,
                      entry.records.back().run, entry.subject.knob, entry.subject.name),
          fmt::format("undo run {} first, or roll back everything", entry.records.back().run));
    }
  }
  return {};
}

// Writes the journal during a rollback. Keeps the first error and continues: restoring the machine
// matters more than the journal.
class JournalWriter {
 public:
  JournalWriter(StateStore& store, Journal& journal, std::string run)
      : store_(store), journal_(journal), run_(std::move(run)) {}

  void disturb(const Step& step, const Knob& knob) {
    if (!knob.info.disturbs.empty())
      keep(journal_.disturb(store_, step.desired.subject.device, knob.info.disturbs));
  }
  void restored(const Step& step) {
    keep(journal_.restored(store_, step.desired.subject.key, run_));
  }
  void withdraw() { keep(journal_.withdraw(store_, run_)); }
  // After a complete rollback the journal is removed. If entries are left (blocked, or a NIC that
  // is gone), it stays with their originals, and the next rollback continues with it.
  void close() {
    const bool all_undone = journal_.entries().empty() && run_.empty();
    keep(all_undone ? journal_.clear(store_) : journal_.rolled_back(store_, run_));
  }
  std::optional<Error> error() const { return error_; }

 private:
  void keep(const Outcome& outcome) {
    if (!outcome && !error_) error_ = outcome.error();
  }

  StateStore& store_;
  Journal& journal_;
  std::string run_;
  std::optional<Error> error_;
};

bool same_phase(const Target& a, const Target& b) {
  return a.knob->info.phase == b.knob->info.phase;
}

}  // namespace

bool RollbackReport::complete() const {
  return not_known.empty() && std::ranges::all_of(steps, [](const Step& s) {
           return s.status == Status::Done || s.status == Status::InSync;
         });
}

namespace {

// The targets of a rollback in this network namespace, if it may undo the run.
Result<std::vector<Target>> targets_now(const Host& host, const Journal& journal,
                                        std::span<const Knob> knobs,
                                        const RollbackOptions& options) {
  TRY(journal.of_this_namespace());
  TRY(may_undo(journal, options.run));
  auto all = targets(journal, knobs, options);
  find_disturbed(host, all, options.force, journal.damage().has_value());
  return all;
}

}  // namespace

// The same functions as undo() in the same order, without a writer: --dry-run cannot promise
// something else than the rollback does.
Result<std::vector<Step>> plan_rollback(const Host& host, const Journal& journal,
                                        std::span<const Knob> knobs,
                                        const RollbackOptions& options) {
  auto all = TRY(targets_now(host, journal, knobs, options));
  const Facts facts = collect_facts(host, needs_of(all));
  std::vector<Step> steps;
  for (const Target& target : all)
    steps.push_back(restore_step(host, facts, target, options.force, journal.damage().has_value()));
  return steps;
}

namespace {

// A value of others was written again, but the setting does not have its original.
void block_those_of_others(std::span<const Target> all, std::span<Step> steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (all[i].changed_by_others && steps[i].status == Status::Done)
      steps[i].status = Status::Blocked;
  }
}

Result<RollbackReport> undo(Host& host, StateStore& store, Journal& journal,
                            std::span<const Knob> knobs, const RollbackOptions& options) {
  auto all = TRY(targets_now(host, journal, knobs, options));
  JournalWriter writer(store, journal, options.run);
  // Before the first write: if power is lost now, the next boot does not set the profile again.
  if (options.keys.empty()) writer.withdraw();
  RollbackReport report;
  const bool damaged = journal.damage().has_value();
  const auto told = options.on_step ? options.on_step : [](const Step&) {};
  report.not_known = not_known(store, journal, knobs);
  report.steps.reserve(all.size());  // Work has pointers into it
  const WriteHooks hooks{.before_write =
                             [&](const Step& step) {
                               writer.disturb(step, *knob_named(knobs, step.desired.subject.knob));
                               return Outcome{};
                             },
                         .after_write =
                             [&](const Step& step, const Observation&) {
                               const Target& target =
                                   all[static_cast<std::size_t>(&step - report.steps.data())];
                               if (step.status == Status::Done && !target.changed_by_others)
                                 writer.restored(step);
                               told(step);
                               return Outcome{};
                             }};
  // Facts are collected again for each phase. Restored channels are queues and interrupts that the
  // facts before did not have.
  for (std::size_t from = 0; from < all.size();) {
    const Facts facts = collect_facts(host, needs_of(all));
    std::vector<Work> work;
    std::size_t end = from;
    for (; end < all.size() && same_phase(all[from], all[end]); ++end) {
      Step& step =
          report.steps.emplace_back(restore_step(host, facts, all[end], options.force, damaged));
      if (step.status == Status::Change) {
        work.push_back({all[end].knob, &step});
        continue;
      }
      // --force gives up the original of a setting that is gone, so that the journal can be closed.
      if (step.status == Status::InSync || (options.force && step.status == Status::NoSubject))
        writer.restored(step);
      told(step);
    }
    TRY(execute(host, work, hooks));
    block_those_of_others(std::span(all).subspan(from, end - from),
                          std::span(report.steps).subspan(from));
    from = end;
  }
  if (options.keys.empty()) writer.close();
  report.journal_error = writer.error();
  return report;
}

}  // namespace

Result<RollbackReport> rollback(Host& host, StateStore& store, Journal& journal,
                                std::span<const Knob> knobs, const RollbackOptions& options) {
  try {
    return undo(host, store, journal, knobs, options);
  } catch (const std::exception& error) {
    return fail(Fault::Internal, fmt::format("the rollback ended early: {}", error.what()),
                "the journal has the remaining originals: run ktls-tuner rollback again");
  }
}

}  // namespace tuner
