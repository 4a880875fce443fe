#include "engine/drift.h"

#include "base/text.h"
#include "engine/drift_cpus.h"
#include "model/owner.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace tuner {
namespace {

// A driver that is loaded again makes a new interface, with a new index, under the old name.
DriftCause cause_in_nic(const Nic& now, const NicSnapshot& then) {
  if (now.ifindex != then.ifindex)
    return {CauseCode::DriverReloaded,
            fmt::format(
                "the driver of {} was loaded again, or the device came anew (interface {} then, {} "
                "now)",
                now.name, then.ifindex, now.ifindex)};
  if (now.rx_queues != then.rx_queues || now.tx_queues != then.tx_queues)
    return {CauseCode::QueuesChanged,
            fmt::format("the queues of {} were changed ({} receive and {} transmit then, {} and {} "
                        "now)",
                        now.name, then.rx_queues, then.tx_queues, now.rx_queues, now.tx_queues)};
  return {};
}

// An interrupt under another number, a policy under another path: the thing itself is a new one.
// A new name alone changes nothing.
DriftCause cause_in_place(const Subject& now, const Journal::Entry& entry, const Nic& nic) {
  if (entry.subject.place == now.place || now.place == nic.name) return {};
  return {CauseCode::Remade,
          fmt::format("the driver made it anew ({} then, {} now)", entry.subject.place, now.place)};
}

// The name is nothing that is set, but giving another one takes an interface down first.
DriftCause cause_in_link(const Nic& now, const NicSnapshot& then) {
  if (!then.name.empty() && now.name != then.name)
    return {CauseCode::NicRenamed,
            fmt::format("the interface was renamed ({} then, {} now), and for that taken down",
                        then.name, now.name)};
  if (then.carrier_changes < 0 || now.carrier_changes <= then.carrier_changes) return {};
  return {CauseCode::LinkChanged,
          fmt::format("the link of {} went down or up {} times, and its driver starts anew with it",
                      now.name, now.carrier_changes - then.carrier_changes)};
}

DriftCause cause_on_nic(const Step& step, const Journal& journal, const Nic& nic) {
  const Subject& subject = step.desired.subject;
  const NicSnapshot* then = journal.snapshot(subject.device);
  if (then == nullptr)
    return {CauseCode::NicNew,
            fmt::format("{} was not there when the profile was applied", nic.name)};
  if (DriftCause cause = cause_in_nic(nic, *then)) return cause;
  const Journal::Entry* entry = journal.entry(subject.key);
  if (entry == nullptr) return {};
  return cause_in_place(subject, *entry, nic);
}

// The profile was another one, or the same one leads to another value: some goals follow from the
// machine.
DriftCause cause_in_goal(const Step& step, const Journal& journal, std::string_view digest) {
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
  const Goal& goal = step.desired.setting.goal;
  if (entry == nullptr || !entry->written() || meets(entry->last_written(), goal)) return {};
  if (journal.active()->digest != digest)
    return {CauseCode::GoalChanged, "the profile wants something else than it did"};
  return {CauseCode::GoalChanged,
          fmt::format("the same profile leads to another value here than it did ({} then, {} now)",
                      to_text(entry->last_written()), to_text(goal))};
}

// A persisted profile, of which this boot has set nothing.
bool not_set_since_boot(const Step& step, const Journal& journal, const Facts& facts) {
  if (journal.active()->boot_id == facts.host.boot_id) return false;
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
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

DriftCause cause_in_reboot(const Host& host, const Journal& journal, const Facts& facts) {
  const std::string& then = journal.active()->kernel;
  const std::string& now = facts.host.kernel;
  const std::string kernel = then.empty() || then == now
                                 ? std::string()
                                 : fmt::format(" into another kernel ({} then, {} now)", then, now);
  return {CauseCode::Reboot,
          fmt::format("not set since the reboot{}: {}", kernel, end_of_boot_unit(host))};
}

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::ranges::count(all, one) > 0;
}

bool was_set(const Step& step, const Journal& journal) {
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
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
DriftCause cause_in_scope(const Step& step, const Journal& journal) {
  if (was_set(step, journal)) return {};
  const std::string option = left_out_by(*journal.active(), step.desired.subject);
  if (option.empty()) return {};
  return {CauseCode::LeftOut, fmt::format("the last apply left it out ({})", option)};
}

// A later run that stopped in the middle and was not taken back.
const Journal::Run* stopped_run(const Journal& journal) {
  if (journal.runs().empty()) return nullptr;
  const Journal::Run& last = journal.runs().back();
  return last.carried || (last.ended != "failed" && !last.ended.empty()) ? nullptr : &last;
}

// Of another profile, or with this setting left out, it would not have set it either.
DriftCause cause_in_stop(const Step& step, const Journal& journal, std::string_view digest) {
  const Journal::Run* run = stopped_run(journal);
  if (run == nullptr || run->info.digest != digest) return {};
  if (!left_out_by(run->info, step.desired.subject).empty()) return {};
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
  const bool reached = entry != nullptr && entry->written() && !entry->dangling() &&
                       meets(entry->last_written(), step.desired.setting.goal);
  if (reached) return {};
  const std::string_view how = run->ended.empty() ? "was cut off" : "failed";
  return {CauseCode::RunStopped, fmt::format("the apply of {} (run {}) {} before this was set",
                                             run->info.at, run->info.id, how)};
}

DriftCause cause_in_cpus(const Journal& journal, const Facts& facts) {
  const std::string& then = journal.active()->cpus_online;
  const std::string now = facts.topology.online.to_list();
  if (then.empty() || now.empty() || then == now) return {};
  return {CauseCode::CpusChanged,
          fmt::format("CPUs went offline or came online ({} then, {} now)", then, now)};
}

bool depends_on_cpus(std::string_view knob) {
  return knob == "irq_affinity" || knob == "xps" || knob == "rps" || knob.starts_with("cpu_");
}

// The claims that the plan counts as owners of this step (a banned irqbalance is none).
std::vector<const ExternalSetting*> owners(const Step& step, const Owners& external_settings) {
  if (step.desired.owner.empty()) return {};
  auto all = external_settings.about(step.desired.subject);
  std::erase_if(all, [&](const ExternalSetting* external) {
    return step.desired.owner.find(fmt::format("{} ({})", external->who, external->where)) ==
           std::string::npos;
  });
  return all;
}

// An owner is the cause only where its value is the one that is there.
DriftCause cause_in_owner(const Step& step, const Owners& external_settings) {
  std::vector<std::string> causes;
  for (const ExternalSetting* external : owners(step, external_settings)) {
    if (explains(*external, step.observed.value))
      causes.push_back(fmt::format("{} ({})", external->who, external->where));
  }
  if (causes.empty()) return {};
  return {CauseCode::Owner, "also set by " + join(causes, " and ")};
}

// Another module came that needs this one: the kernel loads both.
DriftCause cause_in_holders(const Host& host, const Step& step) {
  const Subject& subject = step.desired.subject;
  if (subject.knob != "module" || step.observed.value != Value(true)) return {};
  std::string folder = subject.place;
  std::ranges::replace(folder, '-', '_');
  folder = fmt::format("/sys/module/{}/holders", folder);
  const auto holders = host.files().list(folder);
  if (!holders || holders->empty()) return {};
  return {CauseCode::ModuleHolder,
          fmt::format("module {} needs it and was loaded ({})", join(*holders, ", "), folder)};
}

std::string looked_at_nic(const Nic* nic, const NicSnapshot* then) {
  if (nic == nullptr || then == nullptr) return "its NIC is not here to compare";
  if (then->carrier_changes < 0 || nic->carrier_changes < 0)
    return "not the driver or queues (how often the link changed is not known)";
  return "not the driver, queues or link";
}

std::string looked_at_cpus(const Journal& journal, const Facts& facts) {
  if (journal.active()->cpus_online.empty() || facts.topology.online.empty())
    return "which CPUs were online then is not known";
  return "the same CPUs are online, and none of them alone has lost what is set of it";
}

// How the plan and what the journal tells are put together, for each step in turn.
class Causes {
 public:
  Causes(const Host& host, const Journal& journal, const Facts& facts, std::string_view digest,
         std::span<const Step> steps)
      : host_(host), journal_(journal), facts_(facts), digest_(digest), steps_(steps) {}

  DriftCause of(const Step& step) {
    // What is there is another one's, and no drift of what was set.
    if (const auto here = journal_.of_this_namespace(); !here)
      return {CauseCode::OtherNamespace, here.error().text};
    if (!not_set_since_boot(step, journal_, facts_)) return of_this_boot(step);
    if (!reboot_) reboot_ = cause_in_reboot(host_, journal_, facts_);
    return reboot_;
  }

 private:
  // Of one that this boot has set.
  DriftCause of_this_boot(const Step& step) {
    if (DriftCause cause = cause_in_stop(step, journal_, digest_)) return cause;
    if (DriftCause cause = cause_in_scope(step, journal_)) return cause;
    const Subject& subject = step.desired.subject;
    const Nic* nic = subject.device.empty() ? nullptr : facts_.nic_of(subject.device);
    if (nic != nullptr) {
      if (DriftCause cause = cause_on_nic(step, journal_, *nic)) return cause;
    }
    // Other CPUs lead to other goals.
    if (depends_on_cpus(subject.knob) && journal_.active()->digest == digest_) {
      if (DriftCause cause = cause_in_cpus(journal_, facts_)) return cause;
    }
    if (DriftCause cause = cause_in_goal(step, journal_, digest_)) return cause;
    if (DriftCause cause = cause_in_holders(host_, step)) return cause;
    if (DriftCause cause = in_cpus_that_came_back(step)) return cause;
    if (DriftCause cause = cause_in_owner(step, external_settings())) return cause;
    if (nic != nullptr) {
      if (DriftCause cause = cause_in_link(*nic, *journal_.snapshot(subject.device))) return cause;
    }
    return unknown(step, nic);
  }

  DriftCause in_cpus_that_came_back(const Step& step) {
    if (!depends_on_cpus(step.desired.subject.knob)) return {};
    if (!cpus_) cpus_.emplace(host_, journal_, facts_, steps_);
    std::string text = cpus_->cause_of(step);
    if (text.empty()) return {};
    return {CauseCode::CpuHotplug, std::move(text)};
  }

  // What was looked at, in vain.
  DriftCause unknown(const Step& step, const Nic* nic) {
    const Subject& subject = step.desired.subject;
    std::vector<std::string> looked{"not a reboot"};
    if (!subject.device.empty())
      looked.push_back(looked_at_nic(nic, journal_.snapshot(subject.device)));
    if (depends_on_cpus(subject.knob)) looked.push_back(looked_at_cpus(journal_, facts_));
    if (step.desired.owner.empty()) looked.emplace_back("no file or program known that sets it");
    for (const ExternalSetting* external : owners(step, external_settings())) {
      looked.push_back(fmt::format("also set by {} ({}), to {}: not what is there", external->who,
                                   external->where, external->value));
    }
    return {CauseCode::Unknown, "unknown: " + join(looked, ", ")};
  }

  const Owners& external_settings() {
    if (!external_) external_.emplace(facts_);
    return *external_;
  }

  const Host& host_;
  const Journal& journal_;
  const Facts& facts_;
  std::string_view digest_;
  std::span<const Step> steps_;
  DriftCause reboot_;  // asked once, and only if there is something to explain
  std::optional<CpuTraces> cpus_;
  std::optional<Owners> external_;
};

void set_cause(Step& step, DriftCause cause) {
  step.cause = std::move(cause.text);
  step.cause_code = cause.code;
}

}  // namespace

NicSnapshot snapshot_of(const Nic& nic) {
  return {.device = nic.key(),
          .name = nic.name,
          .ifindex = nic.ifindex,
          .rx_queues = nic.rx_queues,
          .tx_queues = nic.tx_queues,
          .carrier_changes = nic.carrier_changes};
}

std::vector<NicSnapshot> snapshots_of(std::span<const Step> steps, const Facts& facts) {
  std::unordered_set<std::string_view> devices;
  for (const Step& step : steps) devices.insert(step.desired.subject.device);
  std::vector<NicSnapshot> all;
  for (const Nic& nic : facts.nics) {
    if (devices.contains(nic.key())) all.push_back(snapshot_of(nic));
  }
  return all;
}

void explain_drift(const Host& host, const Journal& journal, const Facts& facts,
                   std::string_view digest, std::vector<Step>& steps) {
  Causes causes(host, journal, facts, digest, steps);
  for (Step& step : steps) {
    if (step.status != Status::Change || step.restores) continue;
    set_cause(step,
              journal.active() == nullptr ? cause_in_stop(step, journal, digest) : causes.of(step));
  }
}

}  // namespace tuner
