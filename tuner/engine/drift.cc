#include "engine/drift.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

const Nic* nic_of(const Facts& facts, std::string_view device) {
  const auto found = std::ranges::find(facts.nics, device, &Nic::key);
  return found == facts.nics.end() ? nullptr : &*found;
}

// A driver that is loaded again makes a new interface, with a new index, under the old name.
std::string cause_in_nic(const Nic& now, const NicWitness& then) {
  if (now.ifindex != then.ifindex)
    return fmt::format(
        "the driver of {} was loaded again, or the device came anew (interface {} then, {} now)",
        now.name, then.ifindex, now.ifindex);
  if (now.rx_queues != then.rx_queues || now.tx_queues != then.tx_queues)
    return fmt::format(
        "the queues of {} were changed ({} receive and {} transmit then, {} and {} "
        "now)",
        now.name, then.rx_queues, then.tx_queues, now.rx_queues, now.tx_queues);
  return {};
}

// An interrupt under another number, a policy under another path: the thing itself is a new one.
// A new name alone changes nothing.
std::string cause_in_place(const Subject& now, const Journal::Entry& entry, const Nic& nic) {
  if (entry.subject.place == now.place || now.place == nic.name) return {};
  return fmt::format("the driver made it anew ({} then, {} now)", entry.subject.place, now.place);
}

std::string cause_in_link(const Nic& now, const NicWitness& then) {
  if (then.carrier_changes < 0 || now.carrier_changes <= then.carrier_changes) return {};
  return fmt::format("the link of {} went down or up {} times, and its driver starts anew with it",
                     now.name, now.carrier_changes - then.carrier_changes);
}

std::string cause_on_nic(const Step& step, const Journal& journal, const Nic& nic) {
  const Subject& subject = step.wish.subject;
  const NicWitness* then = journal.witness(subject.device);
  if (then == nullptr)
    return fmt::format("{} was not there when the profile was applied", nic.name);
  if (std::string cause = cause_in_nic(nic, *then); !cause.empty()) return cause;
  const Journal::Entry* entry = journal.entry(subject.key);
  if (entry == nullptr) return {};
  return cause_in_place(subject, *entry, nic);
}

// The profile, or a goal that follows from the machine, was another one.
bool was_wanted_otherwise(const Step& step, const Journal& journal) {
  const Journal::Entry* entry = journal.entry(step.wish.subject.key);
  return entry != nullptr && entry->written() &&
         !meets(entry->last_written(), step.wish.setting.goal);
}

// A persisted profile, of which this boot has set nothing.
bool not_set_since_boot(const Step& step, const Journal& journal, const Facts& facts) {
  if (journal.active()->boot_id == facts.host.boot_id) return false;
  const Journal::Entry* entry = journal.entry(step.wish.subject.key);
  return entry == nullptr || entry->only_carried();
}

}  // namespace

NicWitness witness_of(const Nic& nic) {
  return {.device = nic.key(),
          .ifindex = nic.ifindex,
          .rx_queues = nic.rx_queues,
          .tx_queues = nic.tx_queues,
          .carrier_changes = nic.carrier_changes};
}

std::vector<NicWitness> witnesses_of(std::span<const Step> steps, const Facts& facts) {
  std::vector<NicWitness> all;
  for (const Nic& nic : facts.nics) {
    const std::string key = nic.key();
    const auto is_about = [&](const Step& step) { return step.wish.subject.device == key; };
    if (std::ranges::any_of(steps, is_about)) all.push_back(witness_of(nic));
  }
  return all;
}

std::string drift_cause(const Step& step, const Journal& journal, const Facts& facts) {
  if (step.status != Status::Change || step.restores || journal.active() == nullptr) return {};
  if (not_set_since_boot(step, journal, facts)) {
    return "not set since the reboot: ktls-tuner-apply.service has not run, or has failed "
           "(systemctl status ktls-tuner-apply)";
  }
  const Subject& subject = step.wish.subject;
  const Nic* nic = subject.device.empty() ? nullptr : nic_of(facts, subject.device);
  if (nic != nullptr) {
    if (std::string cause = cause_on_nic(step, journal, *nic); !cause.empty()) return cause;
  }
  if (was_wanted_otherwise(step, journal)) return "the profile wants something else than it did";
  if (!step.wish.owner.empty()) return fmt::format("also set by {}", step.wish.owner);
  if (nic != nullptr) {
    const NicWitness* then = journal.witness(subject.device);
    if (std::string cause = cause_in_link(*nic, *then); !cause.empty()) return cause;
  }
  return "changed at run time, by something that left no trace";
}

}  // namespace tuner
