#include "engine/drift.h"

#include "base/text.h"
#include "model/owner.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

namespace tuner {
namespace {

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

// The name is nothing that is set, but giving another one takes an interface down first.
std::string cause_in_link(const Nic& now, const NicWitness& then) {
  if (!then.name.empty() && now.name != then.name)
    return fmt::format("the interface was renamed ({} then, {} now), and for that taken down",
                       then.name, now.name);
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

// The profile was another one, or the same one leads to another value: some goals follow from the
// machine.
std::string cause_in_goal(const Step& step, const Journal& journal, std::string_view digest) {
  const Journal::Entry* entry = journal.entry(step.wish.subject.key);
  const Goal& goal = step.wish.setting.goal;
  if (entry == nullptr || !entry->written() || meets(entry->last_written(), goal)) return {};
  if (journal.active()->digest != digest) return "the profile wants something else than it did";
  return fmt::format("the same profile leads to another value here than it did ({} then, {} now)",
                     to_text(entry->last_written()), to_text(goal));
}

// A persisted profile, of which this boot has set nothing.
bool not_set_since_boot(const Step& step, const Journal& journal, const Facts& facts) {
  if (journal.active()->boot_id == facts.host.boot_id) return false;
  const Journal::Entry* entry = journal.entry(step.wish.subject.key);
  return entry == nullptr || entry->only_carried();
}

// What became of the unit in this boot.
std::string end_of_boot_unit(const Host& host) {
  constexpr std::string_view kUnit = "ktls-tuner-apply";
  if (!host.files().exists("/run/systemd/system"))
    return "the @reboot line of /etc/cron.d/ktls-tuner has not run, or has failed";
  const auto state = host.services().state(fmt::format("{}.service", kUnit));
  if (!state)
    return fmt::format("{0}.service has not run, or has failed (systemctl status {0})", kUnit);
  if (state->active == "failed") {
    const std::string how = state->result == "exit-code"
                                ? fmt::format("with exit code {}", state->exit_status)
                                : fmt::format("({})", state->result);
    return fmt::format("{0}.service failed {1}; journalctl -b -u {0} says why", kUnit, how);
  }
  if (state->active == "activating") return fmt::format("{}.service is still at work", kUnit);
  if (state->active == "active")
    return fmt::format("{0}.service ended well and set nothing; journalctl -b -u {0}", kUnit);
  return fmt::format("{0}.service has not run; systemctl start {0}", kUnit);
}

std::string cause_in_reboot(const Host& host, const Journal& journal, const Facts& facts) {
  const std::string& then = journal.active()->kernel;
  const std::string& now = facts.host.kernel;
  const std::string kernel = then.empty() || then == now
                                 ? std::string()
                                 : fmt::format(" into another kernel ({} then, {} now)", then, now);
  return fmt::format("not set since the reboot{}: {}", kernel, end_of_boot_unit(host));
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::ranges::count(all, one) > 0;
}

bool was_set(const Step& step, const Journal& journal) {
  const Journal::Entry* entry = journal.entry(step.wish.subject.key);
  return entry != nullptr && entry->written();
}

// The option of this run that left such a setting out; empty: it had it in scope.
std::string left_out_by(const RunInfo& run, const Subject& subject) {
  if (!run.only.empty() && !contains(run.only, subject.knob))
    return fmt::format("--only {}", join(run.only, " --only "));
  if (contains(run.skip, subject.knob)) return fmt::format("--skip {}", subject.knob);
  if (!run.nics.empty() && !contains(run.nics, subject.device)) return "--nic of others";
  return {};
}

// Empty too where an earlier run has set it.
std::string cause_in_scope(const Step& step, const Journal& journal) {
  if (was_set(step, journal)) return {};
  const std::string option = left_out_by(*journal.active(), step.wish.subject);
  return option.empty() ? std::string() : fmt::format("the last apply left it out ({})", option);
}

// A later run that stopped in the middle and was not taken back.
const Journal::Run* stopped_run(const Journal& journal) {
  if (journal.runs().empty()) return nullptr;
  const Journal::Run& last = journal.runs().back();
  return last.carried || (last.ended != "failed" && !last.ended.empty()) ? nullptr : &last;
}

// Of another profile, or with this setting left out, it would not have set it either.
std::string cause_in_stop(const Step& step, const Journal& journal, std::string_view digest) {
  const Journal::Run* run = stopped_run(journal);
  if (run == nullptr || run->info.digest != digest) return {};
  if (!left_out_by(run->info, step.wish.subject).empty()) return {};
  const Journal::Entry* entry = journal.entry(step.wish.subject.key);
  const bool reached = entry != nullptr && entry->written() && !entry->dangling() &&
                       meets(entry->last_written(), step.wish.setting.goal);
  if (reached) return {};
  const std::string_view how = run->ended.empty() ? "was cut off" : "failed";
  return fmt::format("the apply of {} (run {}) {} before this was set", run->info.at, run->info.id,
                     how);
}

std::string cause_in_cpus(const Journal& journal, const Facts& facts) {
  const std::string& then = journal.active()->cpus_online;
  const std::string now = facts.topology.online.to_list();
  if (then.empty() || now.empty() || then == now) return {};
  return fmt::format("CPUs went offline or came online ({} then, {} now)", then, now);
}

bool depends_on_cpus(std::string_view knob) {
  return knob == "irq_affinity" || knob == "xps" || knob == "rps" || knob.starts_with("cpu_");
}

// The claims that the plan counts as owners of this step (a banned irqbalance is none).
std::vector<const Claim*> owners(const Step& step, const Owners& claims) {
  if (step.wish.owner.empty()) return {};
  auto all = claims.about(step.wish.subject);
  std::erase_if(all, [&](const Claim* claim) {
    return step.wish.owner.find(fmt::format("{} ({})", claim->who, claim->where)) ==
           std::string::npos;
  });
  return all;
}

// An owner is the cause only where its value is the one that is there.
std::string cause_in_owner(const Step& step, const Owners& claims) {
  std::vector<std::string> causes;
  for (const Claim* claim : owners(step, claims)) {
    if (explains(*claim, step.observed.value))
      causes.push_back(fmt::format("{} ({})", claim->who, claim->where));
  }
  return causes.empty() ? std::string() : "also set by " + join(causes, " and ");
}

// What was looked at, in vain.
std::string unknown(const Step& step, const Owners& claims) {
  std::vector<std::string> looked{"not a reboot"};
  if (!step.wish.subject.device.empty()) looked.emplace_back("not the driver, queues or link");
  if (depends_on_cpus(step.wish.subject.knob))
    looked.emplace_back(
        "the same CPUs are online (one that was offline and is back leaves no trace)");
  if (step.wish.owner.empty()) looked.emplace_back("no file or program known that sets it");
  for (const Claim* claim : owners(step, claims)) {
    looked.push_back(fmt::format("also set by {} ({}), to {}: not what is there", claim->who,
                                 claim->where, claim->value));
  }
  return "unknown: " + join(looked, ", ");
}

// Of one that this boot has set.
std::string drift_cause(const Step& step, const Journal& journal, const Facts& facts,
                        std::string_view digest, const Owners& claims) {
  const Subject& subject = step.wish.subject;
  if (std::string cause = cause_in_stop(step, journal, digest); !cause.empty()) return cause;
  if (std::string cause = cause_in_scope(step, journal); !cause.empty()) return cause;
  const Nic* nic = subject.device.empty() ? nullptr : facts.nic_of(subject.device);
  if (nic != nullptr) {
    if (std::string cause = cause_on_nic(step, journal, *nic); !cause.empty()) return cause;
  }
  // Other CPUs lead to other goals.
  if (depends_on_cpus(subject.knob) && journal.active()->digest == digest) {
    if (std::string cause = cause_in_cpus(journal, facts); !cause.empty()) return cause;
  }
  if (std::string cause = cause_in_goal(step, journal, digest); !cause.empty()) return cause;
  if (std::string cause = cause_in_owner(step, claims); !cause.empty()) return cause;
  if (nic != nullptr) {
    const NicWitness* then = journal.witness(subject.device);
    if (std::string cause = cause_in_link(*nic, *then); !cause.empty()) return cause;
  }
  return unknown(step, claims);
}

}  // namespace

NicWitness witness_of(const Nic& nic) {
  return {.device = nic.key(),
          .name = nic.name,
          .ifindex = nic.ifindex,
          .rx_queues = nic.rx_queues,
          .tx_queues = nic.tx_queues,
          .carrier_changes = nic.carrier_changes};
}

std::vector<NicWitness> witnesses_of(std::span<const Step> steps, const Facts& facts) {
  std::unordered_set<std::string_view> devices;
  for (const Step& step : steps) devices.insert(step.wish.subject.device);
  std::vector<NicWitness> all;
  for (const Nic& nic : facts.nics) {
    if (devices.contains(nic.key())) all.push_back(witness_of(nic));
  }
  return all;
}

void explain_drift(const Host& host, const Journal& journal, const Facts& facts,
                   std::string_view digest, std::vector<Step>& steps) {
  if (journal.active() == nullptr) {
    for (Step& step : steps) {
      if (step.status == Status::Change && !step.restores)
        step.cause = cause_in_stop(step, journal, digest);
    }
    return;
  }
  const Owners claims(facts);
  std::string reboot;  // asked once, and only if there is something to explain
  for (Step& step : steps) {
    if (step.status != Status::Change || step.restores) continue;
    if (!not_set_since_boot(step, journal, facts)) {
      step.cause = drift_cause(step, journal, facts, digest, claims);
      continue;
    }
    if (reboot.empty()) reboot = cause_in_reboot(host, journal, facts);
    step.cause = reboot;
  }
}

}  // namespace tuner
