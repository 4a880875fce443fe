#include "engine/apply.h"

#include "engine/drift.h"
#include "engine/execute.h"
#include "engine/gate.h"
#include "engine/look.h"
#include "engine/written_folder.h"
#include "host/facts/collect.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <set>

namespace tuner {
namespace {

bool to_change(const Step& step) {
  return step.status == Status::Change;
}

bool required_failure(const Step& step) {
  return step.desired.setting.need == Need::Required && step.status == Status::Failed;
}

// A preferred setting never stops a run. An unattended run also passes over a subject that is
// missing: a NIC that appears late would otherwise cost a booting host its module and its sysctls.
bool stops(const Step& step, bool without_missing) {
  return cannot_be_met(step) && !(without_missing && step.status == Status::NoSubject);
}

// The error of the whole run names one setting, so it is the first that failed; the report's steps
// have the others.
std::optional<Error> first_failure(const std::vector<Step>& steps, bool without_missing) {
  const auto failed = std::ranges::find_if(steps, [&](const Step& step) {
    return required_failure(step) || stops(step, without_missing);
  });
  if (failed == steps.end()) return std::nullopt;
  return Error{.fault = Fault::Io,
               .text = fmt::format("{} {}: {}", failed->desired.subject.knob,
                                   failed->desired.subject.name, failed->because),
               .hint = {}};
}

// One apply, from plan to end. The members are shared by the phases.
class Run {
 public:
  Run(Host& host, StateStore& store, const PlanInput& input, Journal& journal,
      const ApplyOptions& options)
      : host_(host),
        store_(store),
        input_(input),
        journal_(journal),
        options_(options),
        run_(options.run) {
    run_.only = input.options.only;
    run_.skip = input.options.skip;
    run_.nics = input.options.nics;
  }

  // An exception must not end the run without its rollback.
  ApplyReport go() {
    try {
      return plan_and_write();
    } catch (const std::exception& error) {
      return failed({.fault = Fault::Internal,
                     .text = fmt::format("the run ended early: {}", error.what()),
                     .hint = {}});
    }
  }

 private:
  ApplyReport plan_and_write() {
    if (auto usable = journal_.usable(); !usable) {
      report_.end = ApplyReport::End::Refused;
      report_.error = usable.error();
      return report_;
    }
    const Facts facts = look();
    run_.cpus_online = facts.topology.online.to_list();
    report_.plan = make_plan(host_, facts, input_, gate_);
    const auto refuses = [&](const Step& step) { return stops(step, options_.without_missing); };
    // What cannot be met is known here, before the journal has a line of this run. Found later, the
    // same setting would cost a write of the NIC's shape and a rollback of it.
    if (std::ranges::any_of(report_.plan.steps, refuses)) {
      report_.end = ApplyReport::End::Refused;
      return report_;
    }
    // A run that changes nothing has nothing to confirm, so it starts no guard.
    if (std::ranges::none_of(report_.plan.steps, to_change)) return remember_profile(facts);
    if (auto ready = before_first_write(); !ready) {
      report_.end = ApplyReport::End::Refused;
      report_.error = ready.error();
      return report_;
    }
    return execute_plan(facts);
  }

  // The journal has its first line before the hook `begun` sets the confirmation's stage to
  // Applying: from then on a journal without this run is a lost journal. In the other order an
  // apply that died in between left the same traces as one whose journal was removed.
  ApplyReport execute_plan(Facts facts) {
    if (auto begun = journal_.begin(store_, run_); !begun) return failed(begun.error());
    if (options_.begun) {
      if (auto ready = options_.begun(); !ready) return failed(ready.error());
    }
    if (auto kept = preserve(report_.plan.steps, facts); !kept) return failed(kept.error());
    // The settings that the plan showed as changes. Each other one that a phase restores was reset
    // by this run itself, so it is no change of the host and Ansible must not count it.
    for (const Step& step : report_.plan.steps) {
      if (to_change(step) || step.status == Status::Deferred)
        planned_.insert(step.desired.subject.key);
    }
    // The report lists what the phases planned, from the facts of their time: the first plan knew
    // neither the sysctls of a module that was not loaded nor the queues of a number of channels to
    // come.
    report_.plan.steps.clear();
    report_.plan.notes.clear();
    // A phase is a run of neighbours in the catalogue.
    for (auto from = input_.knobs.begin(); from != input_.knobs.end();) {
      const auto end = std::find_if(from, input_.knobs.end(), [&](const Knob& knob) {
        return knob.info.phase != from->info.phase;
      });
      const int before = report_.writes;
      if (auto error = run_phase({from, end}, facts)) return failed(*error);
      // Facts stay true until a phase writes.
      if (report_.writes != before) facts = look();
      from = end;
    }
    if (auto ended = end_applied(facts); !ended) return failed(ended.error());
    note_persisted(report_.plan.steps, input_);
    report_.end = ApplyReport::End::Applied;
    return report_;
  }

  Facts look() const {
    return collect_facts(host_, facts_needed(input_), std::nullopt, nic_scope(input_));
  }

  Outcome before_first_write() const {
    return options_.before_first_write ? options_.before_first_write() : Outcome{};
  }

  // Everything is in sync: at most the active or persisted profile must be recorded.
  ApplyReport remember_profile(const Facts& facts) {
    if (!is_this_profile(journal_.active())) {
      if (auto begun = journal_.begin(store_, run_); !begun) return failed(begun.error());
      if (auto ended = end_applied(facts); !ended) return failed(ended.error());
    }
    if (input_.profile.persist && !is_this_profile(journal_.persisted())) {
      if (auto kept = journal_.persist(store_, run_, {}); !kept) return failed(kept.error());
    }
    return report_;
  }

  bool is_this_profile(const RunInfo* run) const {
    return run != nullptr && run->profile == options_.run.profile &&
           run->digest == options_.run.digest;
  }

  // Also records snapshots of the NICs, to explain later drift.
  Outcome end_applied(const Facts& facts) {
    const auto nics = snapshots_of(report_.plan.steps, facts);
    if (!nics.empty()) {
      TRY(journal_.seen(store_, nics));
    }
    return journal_.end(store_, "applied");
  }

  std::optional<Error> run_phase(std::span<const Knob> knobs, const Facts& facts) {
    std::vector<Step> steps;
    // Parallel to `steps`. All steps exist before `work` points to them: a vector that grows moves
    // its elements.
    std::vector<const Knob*> knob_of;
    OwnersOnDemand owners(host_, facts, input_.profile, input_.options.every_owner);
    for (const Knob& knob : knobs) {
      auto more = plan_knob(host_, facts, input_, knob, owners, gate_, report_.plan.notes);
      knob_of.insert(knob_of.end(), more.size(), &knob);
      std::ranges::move(more, std::back_inserter(steps));
    }
    // The originals are in /var/lib before the system's own files change. If power is lost in
    // between, the next boot sets the profile, and a rollback after it still has the originals.
    if (knobs.front().info.phase == Phase::Persist && input_.profile.persist) {
      if (auto kept = journal_.persist(store_, run_, steps); !kept) return kept.error();
    }
    std::vector<Work> work;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (!to_change(steps[i])) continue;
      steps[i].undoes_reset = steps[i].restores && !planned_.contains(steps[i].desired.subject.key);
      work.push_back({knob_of[i], &steps[i]});
    }
    const WriteHooks hooks{
        .before_write = [&](const Step& step) { return record_intent(step); },
        .after_write = [&](const Step& step,
                           const Observation& now) { return record_result(step, now); }};
    const Outcome written = execute(host_, work, hooks);
    auto failure = written ? first_failure(steps, options_.without_missing)
                           : std::optional<Error>(written.error());
    std::ranges::move(steps, std::back_inserter(report_.plan.steps));
    return failure;
  }

  // Before the first write: records the settings that the planned changes will reset.
  // It includes settings that the profile does not mention: a change of channels leaves the
  // driver's defaults in affinities and XPS, even if the old number of channels returns.
  Outcome preserve(const std::vector<Step>& steps, const Facts& facts) {
    for (const Step& step : steps) {
      const Knob* knob = knob_named(input_.knobs, step.desired.subject.knob);
      const Nic* nic = facts.nic_of(step.desired.subject.device);
      if (!to_change(step) || knob == nullptr || nic == nullptr) continue;
      for (const std::string_view name : knob->info.disturbs) {
        const Knob* disturbed = knob_named(input_.knobs, name);
        if (disturbed == nullptr) continue;
        TRY(preserve(*disturbed, *nic));
      }
    }
    return {};
  }

  Outcome preserve(const Knob& knob, const Nic& nic) {
    for (const Subject& subject : knob.subjects_on_nic(nic)) {
      const Observation seen = look_at(host_, knob, subject);
      // Without this value a rollback could not restore what the run resets, so the run must not
      // begin.
      if (seen.availability == Observation::Availability::Unreadable) {
        return fail(
            Fault::Io,
            fmt::format("this run would reset {} {}, and its present value cannot be read: {}",
                        knob.info.name, subject.name, seen.reason),
            seen.hint);
      }
      if (seen.availability != Observation::Availability::Available) continue;
      TRY(journal_.preserve(store_, subject, seen.value));
    }
    return {};
  }

  // The last point at which a run can stop without another line. An interrupt ends it like a failed
  // write, with the same rollback: Ctrl-C or a closed SSH session once left half a profile.
  Outcome record_intent(const Step& step) {
    if (options_.interrupted && options_.interrupted()) {
      return fail(Fault::Refused,
                  fmt::format("interrupted before {} {} was written", step.desired.subject.knob,
                              step.desired.subject.name));
    }
    const Knob* knob = knob_named(input_.knobs, step.desired.subject.knob);
    // This line is first. If the process is killed between the write and the next line, a rollback
    // otherwise takes the driver's defaults for values that others set, and leaves them alone.
    if (!knob->info.disturbs.empty()) {
      auto recorded = journal_.disturb(store_, step.desired.subject.device, knob->info.disturbs);
      if (!recorded) return recorded;
    }
    ++report_.writes;
    return journal_.intend(store_, step.desired.subject, step.observed.value, step.target);
  }

  // What is read after a failed write decides. The same value as before: the record is dropped,
  // because there is nothing to undo. Another value: the write had an effect, and the value is this
  // program's.
  Outcome record_result(const Step& step, const Observation& now) {
    if (options_.on_step) options_.on_step(step);
    const bool readable = now.availability == Observation::Availability::Available;
    if (step.status == Status::Failed && !readable)
      return {};  // stays dangling: rollback reads it again
    if (step.status == Status::Failed && now.value == step.observed.value) {
      return journal_.restored(store_, step.desired.subject.key, options_.run.id);
    }
    return journal_.done(store_, step.desired.subject.key, now.value,
                         written_folder(host_, step.desired.subject));
  }

  // The last run of the journal may be an earlier one: if the first line could not be written,
  // nothing of this run was either, and a rollback here would undo another apply.
  ApplyReport failed(Error error) {
    report_.error = std::move(error);
    report_.end = ApplyReport::End::Failed;
    if (journal_.runs().empty() || journal_.runs().back().info.id != options_.run.id)
      return report_;
    if (!options_.rollback_on_failure) {
      // The report has the failure already. If this line cannot be written, the run has no end,
      // which has the same meaning.
      (void)journal_.end(store_, "failed").has_value();
      return report_;
    }
    auto undone = rollback(host_, store_, journal_, input_.knobs, {.run = options_.run.id});
    if (!undone) {
      report_.error->hint =
          fmt::format("the rollback failed too: {}; run ktls-tuner rollback", undone.error().text);
      return report_;
    }
    report_.undone = undone->steps;
    if (undone->complete()) {
      report_.end = ApplyReport::End::RolledBack;
    } else {
      report_.error->hint =
          "not everything could be rolled back; see the steps, then run ktls-tuner rollback";
    }
    return report_;
  }

  Host& host_;
  StateStore& store_;
  const PlanInput& input_;
  Journal& journal_;
  Gate gate_{host_, input_.profile, input_.options};
  const ApplyOptions& options_;
  RunInfo run_;  // with its scope
  ApplyReport report_;
  std::set<std::string> planned_;  // keys
};

}  // namespace

ApplyReport apply(Host& host, StateStore& store, const PlanInput& input, Journal& journal,
                  const ApplyOptions& options) {
  return Run(host, store, input, journal, options).go();
}

}  // namespace tuner
