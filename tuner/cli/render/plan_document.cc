#include "base/rfc3339.h"
#include "cli/render/documents.h"
#include "document/common.h"
#include "document/plan.h"
#include "document/tune.h"

namespace tuner {
namespace {

using document::or_null;

std::optional<document::Seen> seen(const Step& step, bool wanted) {
  if (!step.drift || !wanted) return std::nullopt;
  return document::Seen{.first = utc_time(step.drift->first_seen),
                        .last = utc_time(step.drift->last_seen)};
}

document::Step step_document(const Step& step) {
  const Setting& setting = step.desired.setting;
  const bool available = step.observed.availability == Observation::Availability::Available;
  const bool writes = step.status == Status::Done || step.status == Status::Change;
  const bool missing = step.status == Status::NoSubject;
  return {.knob = step.desired.subject.knob,
          .subject = step.desired.subject.name,
          .key = step.desired.subject.key,
          .goal = setting.goal,
          .observed = available ? step.observed.value : Value(Absent{}),
          .persisted = step.persisted,
          .status = step.status,
          .need = setting.need,
          .because = step.because,
          .cause = or_null(step.cause),
          .cause_code = or_null(cause_code_name(step.cause_code)),
          .why = setting.why,
          .hint = step.observed.hint,
          .origin = setting.origin.line == 0 ? std::nullopt
                                             : std::optional(place_document(setting.origin)),
          .disruption = std::string(disruption_name(step.desired.disruption)),
          .owner = or_null(step.desired.owner),
          .restores = step.restores,
          .puts_back = step.undoes_reset ? std::optional(true) : std::nullopt,
          .target = writes ? std::optional(step.target) : std::nullopt,
          .in_effect = available ? step.observed.in_effect : std::nullopt,
          .drift = seen(step, !missing),
          .missing = seen(step, missing),
          .detail = or_null(step.desired.detail)};
}

}  // namespace

std::vector<document::Step> steps_document(const std::vector<Step>& steps) {
  std::vector<document::Step> all;
  all.reserve(steps.size());
  for (const Step& step : steps) all.push_back(step_document(step));
  return all;
}

document::Summary summary_document(const std::vector<Step>& steps) {
  const Summary s = summarize(steps);
  const auto count = [](auto number) { return static_cast<unsigned>(number); };
  return {.in_sync = count(s.in_sync),
          .change = count(s.change),
          .done = count(s.done),
          .unsupported = count(s.unsupported),
          .no_subject = count(s.no_subject),
          .unreadable = count(s.unreadable),
          .blocked = count(s.blocked),
          .deferred = count(s.deferred),
          .failed = count(s.failed)};
}

document::Plan plan_document(const Plan& plan) {
  return {.profile = {.name = plan.profile, .digest = plan.digest},
          .steps = steps_document(plan.steps),
          .summary = summary_document(plan.steps),
          .notes = plan.notes};
}

document::Body nothing_to_do(std::string_view verb) {
  if (verb == "plan") return {document::Plan{}};
  if (verb == "tune") return {document::Tune{.verdict = std::string(document::kNothingToDo)}};
  if (verb == "check") return {document::Check{}};
  return {document::Apply{}};
}

std::optional<document::Pending> pending_document(const Host& host,
                                                  const std::optional<PendingConfirm>& pending) {
  if (!pending) return std::nullopt;
  return document::Pending{.run = pending->run,
                           .profile = pending->profile,
                           .state = std::string(pending_state_name(state_of(host, *pending))),
                           .within_s = pending->within.count(),
                           .seconds_left = time_left(host, *pending).count(),
                           .guard_pid = pending->guard.pid};
}

}  // namespace tuner
