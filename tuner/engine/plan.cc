#include "engine/plan.h"

#include "engine/drift.h"
#include "engine/gate.h"
#include "engine/held_back.h"
#include "engine/look.h"
#include "engine/written_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace tuner {
namespace {

// Whether the subject belongs to the NICs that the options name; true if they name none.
bool is_on_selected_nic(const PlanOptions& options, const Subject& subject) {
  return options.nics.empty() || std::ranges::count(options.nics, subject.device) > 0;
}

Status unavailable_status(Observation::Availability availability) {
  switch (availability) {
    case Observation::Availability::Unsupported: return Status::Unsupported;
    case Observation::Availability::NoSubject: return Status::NoSubject;
    case Observation::Availability::Unreadable: return Status::Unreadable;
    case Observation::Availability::Blocked: return Status::Blocked;
    case Observation::Availability::Available: break;
  }
  return Status::InSync;
}

std::string first_nonempty(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return std::string(text);
  }
  return {};
}

Disruption disruption_of(const Knob& knob, const Subject& subject, const Facts& facts) {
  if (knob.disruption == nullptr) return Disruption::None;
  const Nic* nic = facts.nic_of(subject.device);
  return nic == nullptr ? Disruption::None : knob.disruption(*nic, subject);
}

// The comparison of a goal with an observation.
// The only comparison of the program: plan prints its steps, check requires none to be Change,
// apply executes them. The order of the branches is the order of certainty: what cannot be read,
// what is right already, what must not be written, and only then a change.
Step judge(DesiredSetting desired, Observation observed, const Facts& facts,
           const PlanOptions& options) {
  Step step{.desired = std::move(desired), .observed = std::move(observed)};
  const std::string& why = step.desired.setting.why;
  if (step.observed.availability != Observation::Availability::Available) {
    step.status = unavailable_status(step.observed.availability);
    step.because = step.observed.reason;
  } else if (is_met(step.observed, step.desired.setting.goal)) {
    step.because = first_nonempty({step.observed.reason, step.desired.because, why});
  } else if (!step.desired.blocked.empty()) {
    step.status = Status::Blocked;
    step.because = step.desired.blocked;
  } else if (std::string held = held_back(step.desired, facts, options); !held.empty()) {
    step.status = Status::Blocked;
    step.because = std::move(held);
  } else {
    step.status = Status::Change;
    step.target = target(step.observed.value, step.desired.setting.goal);
    step.because = first_nonempty({step.desired.because, why, step.observed.reason});
  }
  return step;
}

Observation found_nothing(std::string reason) {
  return {.availability = Observation::Availability::NoSubject,
          .reason = std::move(reason),
          .hint =
              "bring the NIC up, or change the profile's selector; a selector with if_present: "
              "true may match nothing"};
}

// Finds out before any write whether the machine accepts the value, if the family can check it: a
// choice that the kernel does not offer, a missing module.
void check_accepted(const Host& host, const Knob& knob, Step& step) {
  if (step.status != Status::Change) return;
  Observation answer = ask_accepted(host, knob, {step.desired.subject, step.target});
  if (answer.availability == Observation::Availability::Available) {
    if (answer.reason.empty()) return;
    step.because = step.because.empty() ? std::move(answer.reason)
                                        : fmt::format("{}; {}", step.because, answer.reason);
    return;
  }
  step.status = unavailable_status(answer.availability);
  step.because = std::move(answer.reason);
  step.observed.hint = std::move(answer.hint);
  step.target = {};
}

Observation never(std::string reason) {
  return {.availability = Observation::Availability::Unsupported, .reason = std::move(reason)};
}

// The step for a subject that may exist: the read that would have found it failed.
Step unreadable_step(const Subject& subject, const Unread& unread) {
  Step step{.desired = {.subject = subject}, .status = Status::Unreadable};
  step.observed = {.availability = Observation::Availability::Unreadable,
                   .reason = unread.error.text,
                   .hint = unread.error.hint};
  step.because = unread.error.text;
  return step;
}

// If a read failed that this family needs to find its subjects, and no step is unreadable yet, adds
// an unreadable step: a subject may be missing, such as an interface with an unknown driver.
void add_hidden(const Facts& facts, const Knob& knob, std::vector<Step>& steps) {
  const Unread* unread = may_hide_subjects(facts, knob);
  if (unread == nullptr || std::ranges::count(steps, Status::Unreadable, &Step::status) > 0) return;
  const bool only_preferred = !steps.empty() && std::ranges::all_of(steps, [](const Step& step) {
    return step.desired.setting.need == Need::Preferred;
  });
  const std::string name(unread->nic.empty() ? fact_part_name(unread->part) : unread->nic);
  steps.push_back(unreadable_step({.knob = std::string(knob.info.name),
                                   .key = fmt::format("{}:unread:{}", knob.info.name, name),
                                   .name = name},
                                  *unread));
  if (only_preferred) steps.back().desired.setting.need = Need::Preferred;
}

Observation observe_desired(const Host& host, const Facts& facts, const Knob& knob,
                            const DesiredSetting& desired, const Journal& journal) {
  if (auto doubt = incomplete_facts(facts, knob, desired)) return std::move(*doubt);
  if (!desired.no_subject.empty()) return found_nothing(desired.no_subject);
  if (!desired.unsupported.empty()) return never(desired.unsupported);
  return observe_in_written_folder(host, knob, desired.subject, journal.entry(desired.subject.key));
}

constexpr std::string_view kOnlyEarlier = "only an earlier profile set it: restores its original";
constexpr std::string_view kReset =
    "the change of this NIC's queues reset it: restores its earlier value";

// Plans a subject of the journal that the profile does not mention: nothing, or one step that
// restores its original.
void plan_restore(const Host& host, const Facts& facts, const PlanOptions& options,
                  const Knob& knob, const Journal::Entry& entry, std::vector<Step>& steps,
                  std::vector<std::string>& notes) {
  const std::string& name = entry.subject.name;
  if (!entry.written() && !entry.disturbed) return;
  const auto subject = knob.locate(entry.subject, facts);
  const Unread* hidden = subject ? nullptr : may_hide_subjects(facts, knob);
  if (hidden != nullptr) {
    steps.push_back(unreadable_step(entry.subject, *hidden));
    return;
  }
  if (!subject) {
    if (entry.written())
      notes.push_back(fmt::format("{} {}: set earlier, but no longer present; nothing to restore",
                                  knob.info.name, name));
    return;
  }
  Observation observed = observe_in_written_folder(host, knob, *subject, &entry);
  const bool readable = observed.availability == Observation::Availability::Available;
  if (readable && observed.value == entry.original()) return;
  // The value is neither the original nor this program's. A run that was killed (dangling) or that
  // reset the setting with its NIC's queues (disturbed) makes the value this program's doing all
  // the same.
  if (readable && !entry.disturbed && !entry.dangling() && observed.value != entry.last_written()) {
    if (entry.only_carried()) return;  // the reboot has undone it
    notes.push_back(fmt::format(
        "{} {}: set to {} by an earlier profile, changed to {} by others since then; left alone",
        knob.info.name, name, to_text(entry.last_written()), to_text(observed.value)));
    return;
  }
  // Preferred: an original that cannot be restored must not refuse the new profile.
  const Setting original{.goal = {.op = Goal::Op::Exactly, .value = entry.original()},
                         .need = Need::Preferred,
                         .why = std::string(entry.written() ? kOnlyEarlier : kReset),
                         .origin = {}};
  const DesiredSetting desired{
      .subject = *subject, .setting = original, .disruption = disruption_of(knob, *subject, facts)};
  steps.push_back(judge(desired, std::move(observed), facts, options));
  check_accepted(host, knob, steps.back());
  steps.back().restores = true;
}

// Whether the driver rounded the goal when it was written (1000 descriptors to 1024). The journal
// has the intended value and the value that was read back.
// Both numbers must match. A later profile with another goal, or a value that another program set,
// is compared like any other.
bool was_rounded(const Step& step, const Journal& journal) {
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
  if (entry == nullptr || entry->dangling()) return false;
  const Journal::Record& last = entry->records.back();
  return last.intended == target(step.observed.value, step.desired.setting.goal) &&
         last.after == step.observed.value && last.after != last.intended;
}

void accept_rounded(Step& step, const Journal& journal) {
  if (!was_rounded(step, journal)) return;
  step.because = fmt::format("the driver uses {} for {}", to_text(step.observed.value),
                             to_text(step.desired.setting.goal));
  step.status = Status::InSync;
}

// Changes of earlier families to a NIC, on which the steps of later families depend.
class Foresight {
 public:
  Foresight(const Host& host, const Facts& facts, const PlanInput& input, OwnersOnDemand& owners)
      : host_(host), facts_(facts), input_(input), owners_(owners) {}

  // Defers the steps of this family on NICs that an earlier family changes, with their foreseen
  // goals.
  void defer(const Knob& knob, std::vector<Step>& steps) const {
    if (!foreseen_ || !takes_part(input_, knob)) return;
    for (Step& step : steps) {
      if (const Cause* cause = cause_for(knob, step.desired.subject); cause && step.restores)
        defer_restore(step, *cause);
    }
    // The steps of today's queues are replaced by those of the queues to come. Steps that restore
    // stay: they come from the journal and not from the profile.
    std::erase_if(steps, [&](const Step& step) {
      return !step.restores && cause_for(knob, step.desired.subject) != nullptr;
    });
    std::vector<std::string> repeated_notes;  // the plan has them from the first expand()
    for (DesiredSetting& desired : knob.expand(input_.profile, *foreseen_, repeated_notes)) {
      const Cause* cause = cause_for(knob, desired.subject);
      if (cause == nullptr) continue;
      steps.push_back(deferred(knob, std::move(desired), *cause));
      owners_.fill(steps.back());
    }
  }

  // Called in the order of the catalogue, so the facts that a later family sees hold all changes
  // before it. They are copied only if a change is planned that resets something.
  void learn(const Knob& knob, const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (step.status != Status::Change || knob.info.disturbs.empty()) continue;
      causes_[step.desired.subject.device].push_back(
          {knob.info.disturbs,
           fmt::format("{} {} {} -> {}", knob.info.name, step.desired.subject.name,
                       to_text(step.observed.value), to_text(step.target))});
      if (!foreseen_) foreseen_ = facts_;
      if (knob.predict != nullptr) knob.predict(*foreseen_, {step.desired.subject, step.target});
    }
  }

 private:
  struct Cause {
    std::span<const std::string_view> disturbed;
    std::string what;
  };

  const Cause* cause_for(const Knob& knob, const Subject& subject) const {
    const auto of_nic = causes_.find(subject.device);
    if (of_nic == causes_.end()) return nullptr;
    const auto found = std::ranges::find_if(of_nic->second, [&](const Cause& cause) {
      return std::ranges::count(cause.disturbed, knob.info.name) > 0;
    });
    return found == of_nic->second.end() ? nullptr : &*found;
  }

  static void defer_restore(Step& step, const Cause& cause) {
    if (step.status != Status::Change) return;
    step.status = Status::Deferred;
    step.because = fmt::format("after {}: {}", cause.what, step.because);
  }

  Step deferred(const Knob& knob, DesiredSetting desired, const Cause& cause) const {
    if (!desired.unsupported.empty() || !desired.no_subject.empty()) {
      Observation seen = desired.no_subject.empty() ? never(desired.unsupported)
                                                    : found_nothing(desired.no_subject);
      return judge(std::move(desired), std::move(seen), facts_, input_.options);
    }
    Step step{.desired = std::move(desired), .status = Status::Deferred};
    const auto today = knob.locate(step.desired.subject, facts_);
    if (today) step.desired.subject = *today;
    step.observed = today ? look_at(host_, knob, *today) : never("it does not exist yet");
    step.target = step.desired.setting.goal.value;
    step.because = fmt::format("after {}{}{}", cause.what, step.desired.because.empty() ? "" : ": ",
                               step.desired.because);
    return step;
  }

  const Host& host_;
  const Facts& facts_;
  const PlanInput& input_;
  OwnersOnDemand& owners_;
  std::optional<Facts> foreseen_;
  std::unordered_map<std::string, std::vector<Cause>> causes_;  // by NIC
};

}  // namespace

std::vector<Step> plan_knob(const Host& host, const Facts& facts, const PlanInput& input,
                            const Knob& knob, OwnersOnDemand& owners, Gate& gate,
                            std::vector<std::string>& notes) {
  std::vector<Step> steps;
  if (!takes_part(input, knob)) return steps;
  auto desired_settings = knob.expand(input.profile, facts, notes);
  for (DesiredSetting& desired : desired_settings) {
    if (!is_on_selected_nic(input.options, desired.subject)) continue;
    desired.disruption = disruption_of(knob, desired.subject, facts);
    Observation observed = observe_desired(host, facts, knob, desired, input.journal);
    steps.push_back(judge(std::move(desired), std::move(observed), facts, input.options));
    check_accepted(host, knob, steps.back());
    if (knob.info.rounds) accept_rounded(steps.back(), input.journal);
    gate.judge(knob, steps.back(), notes);
    owners.fill(steps.back());
  }
  // Only for what the profile asks: the journal's subjects are known by name, and plan_restore()
  // says of each of them that it could not be found.
  if (knob.wanted(input.profile)) add_hidden(facts, knob, steps);
  std::unordered_set<std::string> planned;
  for (const Step& step : steps) planned.insert(step.desired.subject.key);
  for (const Journal::Entry& entry : input.journal.entries()) {
    if (!is_on_selected_nic(input.options, entry.subject)) continue;
    if (entry.subject.knob != knob.info.name || !planned.insert(entry.subject.key).second) continue;
    plan_restore(host, facts, input.options, knob, entry, steps, notes);
  }
  return steps;
}

Plan make_plan(const Host& host, const Facts& facts, const PlanInput& input) {
  Gate gate(host, input.profile, input.options);
  return make_plan(host, facts, input, gate);
}

Plan make_plan(const Host& host, const Facts& facts, const PlanInput& input, Gate& gate) {
  Plan plan{.profile = input.profile.name, .digest = input.profile.digest};
  OwnersOnDemand owners(host, facts, input.profile, input.options.every_owner);
  Foresight foresight(host, facts, input, owners);
  for (const Knob& knob : input.knobs) {
    auto steps = plan_knob(host, facts, input, knob, owners, gate, plan.notes);
    foresight.defer(knob, steps);
    foresight.learn(knob, steps);
    std::ranges::move(steps, std::back_inserter(plan.steps));
  }
  explain_drift(host, input.journal, facts, owners, plan.digest, plan.steps);
  note_persisted(plan.steps, input);
  return plan;
}

// A setting counts as persisted only if all files for the next boot are as planned. One file that
// is missing or edited leaves open what the next boot sets.
void note_persisted(std::vector<Step>& steps, const PlanInput& input) {
  const RunInfo* persisted = input.journal.persisted();
  if (persisted == nullptr || !input.profile.persist || persisted->profile != input.profile.name)
    return;
  const auto read_at_boot = [&](const Step& step) {
    const Knob* knob = knob_named(input.knobs, step.desired.subject.knob);
    return knob != nullptr && knob->info.boot_files;
  };
  const auto in_sync = [&](const Step& step) {
    return !read_at_boot(step) || step.status == Status::InSync || step.status == Status::Done;
  };
  if (!std::ranges::all_of(steps, in_sync)) return;
  for (Step& step : steps) {
    const bool none = step.status == Status::Unsupported || step.status == Status::NoSubject;
    if (!step.restores && !none && !read_at_boot(step))
      step.persisted = step.desired.setting.goal.value;
  }
}

const Knob* knob_named(std::span<const Knob> knobs, std::string_view name) {
  const auto found =
      std::ranges::find_if(knobs, [&](const Knob& knob) { return knob.info.name == name; });
  return found == knobs.end() ? nullptr : &*found;
}

bool cannot_be_met(const Step& step) {
  return step.desired.setting.need == Need::Required &&
         (is_unavailable(step.status) || step.status == Status::Unreadable);
}

}  // namespace tuner
