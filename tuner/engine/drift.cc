#include "engine/drift.h"

#include "base/text.h"
#include "engine/drift_cpus.h"
#include "model/nic_drivers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unordered_set>

namespace tuner {
namespace {

// A reloaded driver creates a new interface: same name, new index.
// The kernel counts ifindex up and does not use a number again at once (net/core/dev.c), so another
// number is another registration of the interface.
DriftCause cause_in_nic(const Nic& now, const NicSnapshot& then) {
  if (now.ifindex != then.ifindex)
    return {CauseCode::DriverReloaded,
            fmt::format(
                "the driver of {} was reloaded, or the device was added again (interface {} then, "
                "{} now)",
                now.name, then.ifindex, now.ifindex)};
  if (now.rx_queues != then.rx_queues || now.tx_queues != then.tx_queues)
    return {CauseCode::QueuesChanged,
            fmt::format("the queues of {} were changed ({} receive and {} transmit then, {} and {} "
                        "now)",
                        now.name, then.rx_queues, then.tx_queues, now.rx_queues, now.tx_queues)};
  return {};
}

// An interrupt with another number, or a policy with another path, is a new object with default
// settings. A new interface name alone changes nothing.
DriftCause cause_in_place(const Subject& now, const Journal::Entry& entry, const Nic& nic) {
  if (entry.subject.place == now.place || now.place == nic.name) return {};
  return {CauseCode::Remade, fmt::format("the driver created it again ({} then, {} now)",
                                         entry.subject.place, now.place)};
}

// The name is no setting, but an interface is taken down before it is renamed. A link change may
// make the driver reset its settings.
// carrier_changes in sysfs counts each change of the carrier, down and up (net/core/net-sysfs.c).
// It is the last cause on a NIC: links change often, and not every driver resets its settings then.
DriftCause cause_in_link(const Nic& now, const NicSnapshot& then) {
  if (!then.name.empty() && now.name != then.name)
    return {CauseCode::NicRenamed,
            fmt::format("the interface was renamed ({} then, {} now), which takes it down",
                        then.name, now.name)};
  if (then.carrier_changes < 0 || now.carrier_changes <= then.carrier_changes) return {};
  return {CauseCode::LinkChanged,
          fmt::format("the link of {} went down or up {} times, which makes its driver start again",
                      now.name, now.carrier_changes - then.carrier_changes)};
}

DriftCause cause_on_nic(const Step& step, const Journal& journal, const Nic& nic) {
  const Subject& subject = step.desired.subject;
  const NicSnapshot* then = journal.snapshot(subject.device);
  if (then == nullptr)
    return {CauseCode::NicNew,
            fmt::format("{} did not exist when the profile was applied", nic.name)};
  if (DriftCause cause = cause_in_nic(nic, *then)) return cause;
  const Journal::Entry* entry = journal.entry(subject.key);
  if (entry == nullptr) return {};
  return cause_in_place(subject, *entry, nic);
}

// Another profile was applied, or the same profile now leads to another value: some goals depend on
// the machine.
DriftCause cause_in_goal(const Step& step, const Journal& journal, std::string_view digest) {
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
  const Goal& goal = step.desired.setting.goal;
  if (entry == nullptr || !entry->written() || meets(entry->last_written(), goal)) return {};
  if (journal.active()->digest != digest)
    return {CauseCode::GoalChanged, "the profile's goal has changed"};
  return {CauseCode::GoalChanged,
          fmt::format("the same profile leads to another value on this machine ({} then, {} now)",
                      to_text(entry->last_written()), to_text(goal))};
}

// Whether the profile was persisted and this boot has not set this setting.
// The active run is of another boot until the boot unit has applied the profile. A setting that
// this boot wrote all the same (the unit failed half way) has an entry that is more than carried.
bool not_set_since_boot(const Step& step, const Journal& journal, const Facts& facts) {
  if (journal.active()->boot_id == facts.host.boot_id) return false;
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
  return entry == nullptr || entry->only_carried();
}

// How the boot unit ended in this boot.
// /run/systemd/system exists only where systemd is the init system (sd_booted(3)). Elsewhere cron's
// @reboot line replaces the unit. The unit has RemainAfterExit, so "active" means that it ended
// well.
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
    return fmt::format("{0}.service failed {1}; see journalctl -b -u {0}", kUnit, how);
  }
  if (state->active == "activating") return fmt::format("{}.service is still running", kUnit);
  if (state->active == "active")
    return fmt::format("{0}.service succeeded but set nothing; see journalctl -b -u {0}", kUnit);
  return fmt::format("{0}.service has not run; run systemctl start {0}", kUnit);
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

// The option that excluded this setting from the run; empty: it was in scope.
// The conditions are those of the plan (selected() in plan.cc): what the plan passed over must not
// be explained as a change by another program.
std::string left_out_by(const RunInfo& run, const Subject& subject) {
  if (!run.only.empty() && !contains(run.only, subject.knob))
    return fmt::format("--only {}", join(run.only, " --only "));
  if (contains(run.skip, subject.knob)) return fmt::format("--skip {}", subject.knob);
  if (!run.nics.empty() && !contains(run.nics, subject.device)) return "--nic with other NICs";
  return {};
}

// The last apply excluded the setting. No cause if an earlier run has set it.
DriftCause cause_in_scope(const Step& step, const Journal& journal) {
  if (was_set(step, journal)) return {};
  const std::string option = left_out_by(*journal.active(), step.desired.subject);
  if (option.empty()) return {};
  return {CauseCode::LeftOut, fmt::format("the last apply left it out ({})", option)};
}

// The last run, if it failed or was interrupted and was not rolled back; otherwise nullptr.
const Journal::Run* stopped_run(const Journal& journal) {
  if (journal.runs().empty()) return nullptr;
  const Journal::Run& last = journal.runs().back();
  return last.carried || (last.ended != "failed" && !last.ended.empty()) ? nullptr : &last;
}

// The last run stopped before it set this. A run of another profile, or one that excluded the
// setting, would not have set it either, so it is no cause.
DriftCause cause_in_stop(const Step& step, const Journal& journal, std::string_view digest) {
  const Journal::Run* run = stopped_run(journal);
  if (run == nullptr || run->info.digest != digest) return {};
  if (!left_out_by(run->info, step.desired.subject).empty()) return {};
  const Journal::Entry* entry = journal.entry(step.desired.subject.key);
  const bool reached = entry != nullptr && entry->written() && !entry->dangling() &&
                       meets(entry->last_written(), step.desired.setting.goal);
  if (reached) return {};
  const std::string_view how = run->ended.empty() ? "was interrupted" : "failed";
  return {CauseCode::RunStopped, fmt::format("the apply of {} (run {}) {} before this was set",
                                             run->info.at, run->info.id, how)};
}

// A journal of an older release has no list of CPUs. An empty list is no evidence.
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

// The external settings that the plan counts as owners of this step (a banned irqbalance is none).
std::vector<const ExternalSetting*> owners_of(const Step& step, OwnersOnDemand& owners) {
  if (step.desired.owner.empty()) return {};
  auto all = owners.about(step.desired.subject);
  std::erase_if(all, [&](const ExternalSetting* external) {
    return step.desired.owner.find(fmt::format("{} ({})", external->who, external->where)) ==
           std::string::npos;
  });
  return all;
}

// An owner is the cause only if its value is the observed one.
DriftCause cause_in_owner(const Step& step, OwnersOnDemand& owners) {
  std::vector<std::string> causes;
  for (const ExternalSetting* external : owners_of(step, owners)) {
    if (explains(*external, step.observed.value))
      causes.push_back(fmt::format("{} ({})", external->who, external->where));
  }
  if (causes.empty()) return {};
  return {CauseCode::Owner, "also set by " + join(causes, " and ")};
}

// The kernel loads a module together with another one that needs it.
// Only for a module that the profile wants unloaded. modprobe accepts "-" and "_" alike, and sysfs
// has the kernel's form, with "_" only.
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

// ice, idpf and iavf: their interrupts keep the affinity while the link changes.
bool outlasts_link(const Step& step, const Nic& nic, const Facts& facts) {
  return step.desired.subject.knob == "irq_affinity" &&
         keeps_affinity(nic.driver, facts.host.kernel);
}

std::string looked_at_nic(const Step& step, const Nic* nic, const NicSnapshot* then,
                          const Facts& facts) {
  if (nic == nullptr || then == nullptr) return "its NIC cannot be compared";
  if (outlasts_link(step, *nic, facts))
    return fmt::format("not the driver or queues, and {} keeps affinities over link changes",
                       nic->driver);
  if (then->carrier_changes < 0 || nic->carrier_changes < 0)
    return "not the driver or queues (the number of link changes is unknown)";
  return "not the driver, queues or link";
}

std::string looked_at_cpus(const Journal& journal, const Facts& facts) {
  if (journal.active()->cpus_online.empty() || facts.topology.online.empty())
    return "the CPUs that were online then are unknown";
  return "the same CPUs are online, and none of them has lost its settings";
}

// Finds the cause for each step. The order of the checks matters: the first cause found is taken.
class Causes {
 public:
  Causes(const Host& host, const Journal& journal, const Facts& facts, OwnersOnDemand& owners,
         std::string_view digest, std::span<const Step> steps)
      : host_(host),
        journal_(journal),
        facts_(facts),
        owners_(owners),
        digest_(digest),
        steps_(steps) {}

  // From certain to likely: another network namespace, then a reboot, explain every value at once.
  // Inside one boot, facts of the journal come before comparisons of NICs, and traces of others are
  // last.
  DriftCause of(const Step& step) {
    // The values belong to another network namespace, so they are no drift of what was set.
    if (const auto here = journal_.of_this_namespace(); !here)
      return {CauseCode::OtherNamespace, here.error().text};
    if (!not_set_since_boot(step, journal_, facts_)) return of_this_boot(step);
    if (!reboot_) reboot_ = cause_in_reboot(host_, journal_, facts_);
    return reboot_;
  }

 private:
  // The cause for a setting that this boot has set.
  DriftCause of_this_boot(const Step& step) {
    if (DriftCause cause = cause_in_stop(step, journal_, digest_)) return cause;
    if (DriftCause cause = cause_in_scope(step, journal_)) return cause;
    const Subject& subject = step.desired.subject;
    const Nic* nic = subject.device.empty() ? nullptr : facts_.nic_of(subject.device);
    if (nic != nullptr) {
      if (DriftCause cause = cause_on_nic(step, journal_, *nic)) return cause;
    }
    // Other online CPUs lead to other goals.
    if (depends_on_cpus(subject.knob) && journal_.active()->digest == digest_) {
      if (DriftCause cause = cause_in_cpus(journal_, facts_)) return cause;
    }
    if (DriftCause cause = cause_in_goal(step, journal_, digest_)) return cause;
    if (DriftCause cause = cause_in_holders(host_, step)) return cause;
    if (DriftCause cause = in_cpus_that_came_back(step)) return cause;
    if (DriftCause cause = cause_in_owner(step, owners_)) return cause;
    if (nic != nullptr && !outlasts_link(step, *nic, facts_)) {
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

  // Lists the checked causes that do not apply.
  DriftCause unknown(const Step& step, const Nic* nic) {
    const Subject& subject = step.desired.subject;
    std::vector<std::string> looked{"not a reboot"};
    if (!subject.device.empty())
      looked.push_back(looked_at_nic(step, nic, journal_.snapshot(subject.device), facts_));
    if (depends_on_cpus(subject.knob)) looked.push_back(looked_at_cpus(journal_, facts_));
    if (step.desired.owner.empty()) looked.emplace_back("no known file or program sets it");
    for (const ExternalSetting* external : owners_of(step, owners_)) {
      looked.push_back(fmt::format("also set by {} ({}), but to {}", external->who, external->where,
                                   external->value));
    }
    return {CauseCode::Unknown, "unknown: " + join(looked, ", ")};
  }

  const Host& host_;
  const Journal& journal_;
  const Facts& facts_;
  OwnersOnDemand& owners_;
  std::string_view digest_;
  std::span<const Step> steps_;
  DriftCause reboot_;  // computed once, on first use
  std::optional<CpuTraces> cpus_;
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

// Only NICs that the plan has steps of: a difference of another NIC explains no setting.
std::vector<NicSnapshot> snapshots_of(std::span<const Step> steps, const Facts& facts) {
  std::unordered_set<std::string_view> devices;
  for (const Step& step : steps) devices.insert(step.desired.subject.device);
  std::vector<NicSnapshot> all;
  for (const Nic& nic : facts.nics) {
    if (devices.contains(nic.key())) all.push_back(snapshot_of(nic));
  }
  return all;
}

// A step that restores an original has its reason already. Without an active run nothing was
// applied, so a stopped run is the only possible cause.
void explain_drift(const Host& host, const Journal& journal, const Facts& facts,
                   OwnersOnDemand& owners, std::string_view digest, std::vector<Step>& steps) {
  Causes causes(host, journal, facts, owners, digest, steps);
  for (Step& step : steps) {
    if (step.status != Status::Change || step.restores) continue;
    set_cause(step,
              journal.active() == nullptr ? cause_in_stop(step, journal, digest) : causes.of(step));
  }
}

}  // namespace tuner
