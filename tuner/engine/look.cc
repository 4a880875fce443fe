#include "engine/look.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Availability = Observation::Availability;

Observation not_known(const Error& error) {
  Observation seen{.availability = Availability::Unreadable, .reason = error.text};
  seen.hint = error.hint;
  if (seen.hint.empty() && error.fault == Fault::NotPermitted) seen.hint = "run it as root";
  return seen;
}

std::string nic_of(const Facts& facts, const Subject& subject) {
  if (subject.device.empty()) return {};
  const auto nic = std::ranges::find(facts.nics, subject.device, &Nic::key);
  return nic == facts.nics.end() ? std::string() : nic->name;
}

// What a family says, as far as the reads since `before` bear it.
Observation settled(const Host& host, const ReadLog::Mark& before, Observation seen) {
  if (seen.availability == Availability::Unreadable) return seen;
  if (const auto error = host.reads().failed_since(before)) return not_known(*error);
  if (seen.availability != Availability::Unsupported) return seen;
  if (const auto error = host.reads().unrecorded_since(before)) return not_known(*error);
  return seen;
}

}  // namespace

Observation look_at(const Host& host, const Knob& knob, const Subject& subject) {
  const ReadLog::Mark before = host.reads().mark();
  return settled(host, before, knob.observe(host, subject));
}

Observation ask_whether_taken(const Host& host, const Knob& knob, const Change& change) {
  if (knob.takes == nullptr) return {};
  const ReadLog::Mark before = host.reads().mark();
  return settled(host, before, knob.takes(host, change));
}

const Unread* may_hide_subjects(const Facts& facts, const Knob& knob) {
  const auto found = std::ranges::find_if(facts.unread, [&](const Unread& one) {
    return has(knob.info.needs, one.part) && one.error.fault != Fault::NotRecorded;
  });
  return found == facts.unread.end() ? nullptr : &*found;
}

std::optional<Observation> in_doubt(const Facts& facts, const Knob& knob, const Wish& wish) {
  if (facts.unread.empty()) return std::nullopt;
  const std::string nic = nic_of(facts, wish.subject);
  const bool absent = !wish.unsupported.empty() || !wish.no_subject.empty();
  const auto doubts = [&](const Unread& one) {
    if (!has(knob.info.needs, one.part)) return false;
    const bool concerns = one.nic.empty() || one.nic == nic;
    if (one.error.fault == Fault::NotRecorded) return absent && concerns;
    return concerns || (absent && nic.empty());
  };
  const auto found = std::ranges::find_if(facts.unread, doubts);
  if (found == facts.unread.end()) return std::nullopt;
  return not_known(found->error);
}

}  // namespace tuner
