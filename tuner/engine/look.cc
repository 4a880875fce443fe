#include "engine/look.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using Availability = Observation::Availability;

Observation unreadable_by(const Error& error) {
  Observation seen{.availability = Availability::Unreadable, .reason = error.text};
  seen.hint = error.hint;
  if (seen.hint.empty() && error.fault == Fault::NotPermitted) seen.hint = "run it as root";
  return seen;
}

std::string nic_of(const Facts& facts, const Subject& subject) {
  const Nic* nic = subject.device.empty() ? nullptr : facts.nic_of(subject.device);
  return nic == nullptr ? std::string() : nic->name;
}

// The family's observation, or Unreadable if a read since `before` failed or is not recorded.
// A family may turn a failed read into "unsupported" or into a value. The log saw the read first,
// so no mistake of a family can make a failed read look like an answer. A recording without an
// answer spoils only Unsupported: a value was read from files that the recording does have.
Observation checked(const Host& host, const ReadLog::Mark& before, Observation seen) {
  if (seen.availability == Availability::Unreadable) return seen;
  if (const auto error = host.reads().failed_since(before)) return unreadable_by(*error);
  if (seen.availability != Availability::Unsupported) return seen;
  if (const auto error = host.reads().unrecorded_since(before)) return unreadable_by(*error);
  return seen;
}

}  // namespace

Observation look_at(const Host& host, const Knob& knob, const Subject& subject) {
  const ReadLog::Mark before = host.reads().mark();
  return checked(host, before, knob.observe(host, subject));
}

Observation ask_accepted(const Host& host, const Knob& knob, const Change& change) {
  if (knob.takes == nullptr) return {};
  const ReadLog::Mark before = host.reads().mark();
  return checked(host, before, knob.takes(host, change));
}

const Unread* may_hide_subjects(const Facts& facts, const Knob& knob) {
  return facts.unread.failed(knob.info.needs);
}

std::optional<Observation> incomplete_facts(const Facts& facts, const Knob& knob,
                                            const DesiredSetting& desired) {
  if (facts.unread.empty()) return std::nullopt;
  const std::string nic = nic_of(facts, desired.subject);
  const bool absent = !desired.unsupported.empty() || !desired.no_subject.empty();
  for (const Unread* one : facts.unread.about(knob.info.needs, nic)) {
    // A recording may lack a file that its capture did not look for. Only a conclusion of absence
    // needs that file.
    if (one->error.fault != Fault::NotRecorded || absent) return unreadable_by(one->error);
  }
  // A setting without a NIC may belong to the NIC that could not be read.
  const Unread* any = absent && nic.empty() ? facts.unread.failed(knob.info.needs) : nullptr;
  return any == nullptr ? std::nullopt : std::optional(unreadable_by(any->error));
}

}  // namespace tuner
