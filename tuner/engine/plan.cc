#include "engine/plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

bool selected(const PlanOptions& options, std::string_view family) {
  const bool named = options.only.empty() || std::ranges::count(options.only, family) > 0;
  return named && std::ranges::count(options.skip, family) == 0;
}

bool in_journal(const Journal& journal, std::string_view family) {
  return std::ranges::any_of(journal.entries(),
                             [&](const auto& e) { return e.subject.knob == family; });
}

bool takes_part(const PlanInput& input, const Knob& knob) {
  return selected(input.options, knob.info.name) &&
         (knob.wanted(input.profile) || in_journal(input.journal, knob.info.name));
}

Status unavailable_status(Observation::Availability availability) {
  switch (availability) {
    case Observation::Availability::Unsupported: return Status::Unsupported;
    case Observation::Availability::Unreadable: return Status::Unreadable;
    case Observation::Availability::Blocked: return Status::Blocked;
    case Observation::Availability::Available: break;
  }
  return Status::InSync;
}

std::string first_said(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) {
    if (!text.empty()) return std::string(text);
  }
  return {};
}

// The comparison.
Step judge(Wish wish, Observation observed, Disruption allowed) {
  Step step{.wish = std::move(wish), .observed = std::move(observed)};
  const std::string& why = step.wish.setting.why;
  if (step.observed.availability != Observation::Availability::Available) {
    step.status = unavailable_status(step.observed.availability);
    step.because = step.observed.reason;
  } else if (is_met(step.observed, step.wish.setting.goal)) {
    step.because = first_said({step.observed.reason, step.wish.because, why});
  } else if (!step.wish.blocked.empty()) {
    step.status = Status::Blocked;
    step.because = step.wish.blocked;
  } else if (step.wish.disruption > allowed) {
    step.status = Status::Blocked;
    step.because =
        fmt::format("writing it disturbs traffic ({}); allow it with --max-disruption {}",
                    disruption_name(step.wish.disruption), disruption_name(step.wish.disruption));
  } else {
    step.status = Status::Change;
    step.target = target(step.observed.value, step.wish.setting.goal);
    step.because = first_said({step.wish.because, why, step.observed.reason});
  }
  return step;
}

Observation never(std::string reason) {
  return {.availability = Observation::Availability::Unsupported, .reason = std::move(reason)};
}

// What to do about a subject that only an earlier profile set: nothing, or one step back to its
// original.
void plan_restore(const Host& host, const Facts& facts, const Knob& knob,
                  const Journal::Entry& entry, std::vector<Step>& steps,
                  std::vector<std::string>& notes) {
  const std::string& name = entry.subject.name;
  const auto subject = knob.locate(entry.subject, facts);
  if (!subject) {
    notes.push_back(
        fmt::format("{} {}: set earlier, and gone now; nothing to restore", knob.info.name, name));
    return;
  }
  Observation observed = knob.observe(host, *subject);
  const bool readable = observed.availability == Observation::Availability::Available;
  if (readable && observed.value == entry.original()) return;
  if (readable && !entry.dangling() && observed.value != entry.last_written()) {
    notes.push_back(fmt::format(
        "{} {}: set to {} by an earlier profile, changed to {} by somebody else since; left",
        knob.info.name, name, to_text(entry.last_written()), to_text(observed.value)));
    return;
  }
  const Setting original{.goal = {.op = Goal::Op::Exactly, .value = entry.original()},
                         .need = Need::Preferred,
                         .why = "only an earlier profile set it: back to its original",
                         .origin = {}};
  steps.push_back(
      judge({.subject = *subject, .setting = original}, std::move(observed), Disruption::LinkFlap));
  steps.back().restores = true;
}

}  // namespace

FactNeed facts_needed(const PlanInput& input) {
  FactNeed needs = FactNeed::None;
  for (const Knob& knob : input.knobs) {
    if (takes_part(input, knob)) needs = needs | knob.info.needs;
  }
  return needs;
}

std::vector<Step> plan_knob(const Host& host, const Facts& facts, const PlanInput& input,
                            const Knob& knob, std::vector<std::string>& notes) {
  std::vector<Step> steps;
  if (!takes_part(input, knob)) return steps;
  auto wishes = knob.expand(input.profile, facts, notes);
  for (Wish& wish : wishes) {
    Observation observed =
        wish.unsupported.empty() ? knob.observe(host, wish.subject) : never(wish.unsupported);
    steps.push_back(judge(std::move(wish), std::move(observed), input.options.max_disruption));
  }
  for (const Journal::Entry& entry : input.journal.entries()) {
    const auto same_key = [&](const Step& step) {
      return step.wish.subject.key == entry.subject.key;
    };
    if (entry.subject.knob != knob.info.name || std::ranges::any_of(steps, same_key)) continue;
    plan_restore(host, facts, knob, entry, steps, notes);
  }
  return steps;
}

Plan make_plan(const Host& host, const Facts& facts, const PlanInput& input) {
  Plan plan{.profile = input.profile.name, .digest = input.profile.digest};
  for (const Knob& knob : input.knobs) {
    auto steps = plan_knob(host, facts, input, knob, plan.notes);
    std::ranges::move(steps, std::back_inserter(plan.steps));
  }
  return plan;
}

bool cannot_be_met(const Step& step) {
  return step.wish.setting.need == Need::Required &&
         (step.status == Status::Unsupported || step.status == Status::Blocked ||
          step.status == Status::Unreadable);
}

}  // namespace tuner
