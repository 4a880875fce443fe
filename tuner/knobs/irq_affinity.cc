// The CPU that handles each queue's interrupt of a NIC. model/placement.h chooses the CPU; this
// file names, reads and writes interrupts.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/knob.h"
#include "knobs/nic_choices.h"
#include "knobs/no_subject.h"
#include "knobs/one_by_one.h"
#include "knobs/recorded_key.h"
#include "model/irq_notes.h"
#include "model/irq_queue.h"
#include "model/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

constexpr std::string_view kIrqAffinityRight = "root";

constexpr NicWord kWord{.knob = "irq_affinity", .setting = &NicEntry::irq_placement};

bool irq_affinity_wanted(const Profile& profile) {
  return nic_word_wanted(kWord, profile);
}

std::string key_prefix(const Nic& nic) {
  const std::string key = nic.key();  // for a PCI function without its "pci:" prefix
  return fmt::format("irq:{}/", nic.bus_address.empty() ? key : key.substr(key.find(':') + 1));
}

// Interrupt numbers and names change when a driver is reloaded or an interface is renamed. The PCI
// function (and port), the role of the interrupt and its queue do not, so they make the key.
std::string label(const NicIrq& irq) {
  return fmt::format("{}-{}", irq_role_name(irq.role), irq.queue);
}

// Compares with label() without building it: a NIC may have thousands of interrupts, and each
// lookup compares with all of them.
bool is_labelled(const NicIrq& irq, std::string_view wanted) {
  const std::string_view role = irq_role_name(irq.role);
  if (!wanted.starts_with(role) || !wanted.substr(role.size()).starts_with('-')) return false;
  return wanted.substr(role.size() + 1) == std::to_string(irq.queue);
}

Subject irq_affinity_subject(const Nic& nic, const NicIrq& irq) {
  const std::string name = label(irq);
  return {.knob = "irq_affinity",
          .key = key_prefix(nic) + name,
          .name = fmt::format("{}/{}", nic.name, name),
          .place = fmt::format("{}", irq.number),
          .device = nic.key()};
}

bool has_queue_irqs(const Nic& nic) {
  return std::ranges::any_of(nic.irqs, [](const NicIrq& irq) { return irq.queue >= 0; });
}

// "eth0-foo-1, eth0-foo-2 and 14 more"; empty if there is none.
std::string names_of(const Nic& nic, NicIrq::NoQueue why) {
  constexpr std::size_t kMostNames = 8;
  std::vector<std::string> names;
  std::size_t more = 0;
  for (const NicIrq& irq : nic.irqs) {
    if (irq.queue >= 0 || irq.no_queue != why) continue;
    if (names.size() < kMostNames)
      names.push_back(irq.action);
    else
      ++more;
  }
  return join(names, ", ") + (more == 0 ? "" : fmt::format(" and {} more", more));
}

void note_idle(const Nic& nic, std::vector<std::string>& notes) {
  const auto count = std::ranges::count_if(nic.irqs, [](const NicIrq& irq) {
    return irq.queue < 0 && irq.no_queue == NicIrq::NoQueue::Idle;
  });
  if (count == 0 || !has_queue_irqs(nic)) return;
  notes.push_back(fmt::format(
      "irq_affinity {}: {} interrupt{} without a queue among {} receive and {} transmit queues: "
      "left alone ({})",
      nic.name, count, count == 1 ? "" : "s", nic.rx_queues, nic.tx_queues,
      names_of(nic, NicIrq::NoQueue::Idle)));
}

// Drivers name and request their interrupts when the interface is brought up. Before that there is
// nothing to place.
std::string why_no_irqs(const Nic& nic) {
  const std::string names = names_of(nic, NicIrq::NoQueue::NotUnderstood);
  if (!names.empty())
    return fmt::format("the interrupt names of driver {} do not identify their queues: {}",
                       nic.driver, names);
  return fmt::format("no interrupt of a queue is in use ({})",
                     nic.operstate.empty() ? "its state is unknown" : "it is " + nic.operstate);
}

// Reports the interrupts of a NIC whose names are not understood. If every queue has an interrupt
// without them, they serve none (another driver on the same function, such as RDMA) and a note is
// enough; otherwise they become a no_subject step.
void report_not_understood(const Nic& nic, const Setting& asked,
                           std::vector<DesiredSetting>& desired_settings,
                           std::vector<std::string>& notes) {
  const std::string names = names_of(nic, NicIrq::NoQueue::NotUnderstood);
  if (names.empty()) return;
  const std::string queues = queues_without_irq(nic);
  if (queues.empty()) {
    notes.push_back(fmt::format(
        "irq_affinity {}: every queue has an interrupt; these others have no known purpose and "
        "are left alone: {}",
        nic.name, names));
    return;
  }
  desired_settings.push_back(without_subject_on(
      "irq_affinity", nic, asked,
      fmt::format("no interrupt is known for {}, and these interrupt names of driver {} do not "
                  "identify their queues: {}",
                  queues, nic.driver, names)));
}

// "IRQ 47 (MSI 3, eth0-rxtx-3) to CPU 12: queue 3 on core 2 of node 1 (…); /sys/…/numa_node says
// node 1"
std::string in_full(const Nic& nic, const Placed& placed) {
  const NicIrq& irq = placed.irq;
  const std::string which =
      irq.number < 0 ? "An interrupt that a change of channels creates"
                     : fmt::format("IRQ {} (MSI {}, {})", irq.number, irq.msi_index, irq.action);
  const std::string node =
      nic.numa_node_source.empty()
          ? ""
          : fmt::format("; {} says node {}", nic.numa_node_source, nic.numa_node);
  const std::string where =
      placed.cpus.empty() ? "is not placed" : "to CPU " + placed.cpus.to_list();
  return fmt::format("{} {}: {}{}", which, where, placed.because, node);
}

DesiredSetting desired_irq_affinity(const Nic& nic, const Placed& placed, const Setting& setting) {
  DesiredSetting desired{.subject = irq_affinity_subject(nic, placed.irq),
                         .setting = setting,
                         .because = placed.because,
                         .detail = in_full(nic, placed)};
  if (placed.cpus.empty())
    desired.unsupported = placed.because;
  else
    desired.setting.goal = {.op = Goal::Op::Exactly, .value = placed.cpus};
  return desired;
}

std::vector<DesiredSetting> expand_irq_affinity(const Profile& profile, const Facts& facts,
                                                std::vector<std::string>& notes) {
  std::vector<DesiredSetting> desired_settings;
  const NicChoices choices = choose_for_nics(kWord, profile, facts, desired_settings, notes);
  const auto nics = in_fact_order(choices, facts);
  for (const Nic* nic : nics) {
    note_idle(*nic, notes);
    for (std::string& note : irq_notes(*nic, facts.failed_read(FactNeed::NicQueues, nic->name)))
      notes.push_back(fmt::format("irq_affinity {}: {}", nic->name, note));
    if (has_queue_irqs(*nic))
      report_not_understood(*nic, choices.at(nic), desired_settings, notes);
    else
      desired_settings.push_back(
          without_subject_on("irq_affinity", *nic, choices.at(nic), why_no_irqs(*nic)));
  }
  // All NICs are placed in one call, because the NICs of a node share its cores.
  for (const Placed& placed : place_numa_local_spread(facts.topology, nics)) {
    const Nic* nic = facts.nic(placed.nic);
    desired_settings.push_back(desired_irq_affinity(*nic, placed, choices.at(nic)));
  }
  return desired_settings;
}

std::string file_of(const Subject& subject, std::string_view file) {
  return fmt::format("/proc/irq/{}/{}", subject.place, file);
}

// A remark if the effective mask, the CPU that gets the interrupt now, is outside the requested
// one. Without interrupt remapping it follows the requested mask only with the next interrupt, so a
// difference is no failure. Kernels without CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK lack the file.
std::string remark(const FileTree& files, const Subject& subject, const CpuSet& requested) {
  const auto text = files.read(file_of(subject, "effective_affinity_list"));
  const auto effective = text ? CpuSet::parse_list(*text) : Result<CpuSet>(CpuSet());
  if (!effective || effective->empty() || (*effective - requested).empty()) return {};
  return fmt::format("effective is still {}; takes effect with the next interrupt",
                     effective->to_list());
}

// smp_affinity_list has the requested CPUs, which is what was written and what rollback restores.
Observation observe_irq_affinity(const Host& host, const Subject& subject) {
  const auto text = host.files().read(file_of(subject, "smp_affinity_list"));
  if (!text && text.error().fault == Fault::NotFound)
    return unsupported(
        fmt::format("interrupt {} is gone: the driver was reloaded, or its queues "
                    "changed, since the facts were collected",
                    subject.place));
  if (!text) return unreadable(text.error(), kIrqAffinityRight);
  const auto cpus = CpuSet::parse_list(*text);
  if (!cpus) return unreadable(cpus.error().text);
  return {.value = *cpus, .reason = remark(host.files(), subject, *cpus)};
}

Error explain_irq_affinity(const Change& change, Error error) {
  const std::string what =
      fmt::format("interrupt {} ({})", change.subject.place, change.subject.name);
  const std::string cpus = to_text(change.value);
  // EIO up to Linux 6.2, EPERM since then (kernel/irq/proc.c). EACCES means: not root.
  if (error.errno_value == EIO || error.errno_value == EPERM) {
    return {.fault = Fault::Unsupported,
            .errno_value = error.errno_value,
            .text = fmt::format("{} cannot be moved: the kernel manages its affinity itself", what),
            .hint = "leave this NIC out of the placement"};
  }
  // x86 has some 200 vectors per CPU (arch/x86/kernel/apic/vector.c); with all in use the kernel
  // returns ENOSPC.
  if (error.fault == Fault::NoSpace) {
    error.text = fmt::format("{} cannot go to CPU {}: no free interrupt vector there", what, cpus);
    error.hint = "use fewer queues, or fewer devices with interrupts on this CPU";
    return error;
  }
  if (error.fault == Fault::Invalid) error.hint = "is one of these CPUs online?";
  return write_error(change.subject, change.value, std::move(error), kIrqAffinityRight);
}

Outcome write_irq_affinity(Host& host, const Change& change) {
  const auto* cpus = std::get_if<CpuSet>(&change.value);
  if (cpus == nullptr || cpus->empty())
    return fail(Fault::Invalid, fmt::format("{}: {} is not a set of CPUs", change.subject.name,
                                            to_text(change.value)));
  auto written = host.files().write(file_of(change.subject, "smp_affinity_list"), cpus->to_list());
  if (!written) return fail(explain_irq_affinity(change, written.error()));
  return {};
}

// The NICs whose key is in `key`. On PCI the subject's key lacks the NIC key's "pci:".
std::vector<const Nic*> nics_with(std::string_view key, const Facts& facts) {
  auto nics = nics_in_key(key, "irq:", facts);
  const auto on_pci = nics_in_key(fmt::format("pci:{}", key.substr(key.find(':') + 1)), "", facts);
  nics.insert(nics.end(), on_pci.begin(), on_pci.end());
  return nics;
}

std::optional<Subject> locate_irq_affinity(const Subject& recorded, const Facts& facts) {
  for (const Nic* nic : nics_with(recorded.key, facts)) {
    const std::string prefix = key_prefix(*nic);
    if (!recorded.key.starts_with(prefix)) continue;
    const std::string_view wanted = std::string_view(recorded.key).substr(prefix.size());
    for (const NicIrq& irq : nic->irqs) {
      if (irq.queue >= 0 && is_labelled(irq, wanted)) return irq_affinity_subject(*nic, irq);
    }
  }
  return std::nullopt;
}

std::vector<Subject> subjects_on_nic(const Nic& nic) {
  std::vector<Subject> subjects;
  for (const NicIrq& irq : nic.irqs) {
    if (irq.queue >= 0) subjects.push_back(irq_affinity_subject(nic, irq));
  }
  return subjects;
}

}  // namespace

Knob irq_affinity_knob() {
  return {.info = {.name = "irq_affinity",
                   .phase = Phase::Irqs,
                   .doc = "One CPU of the NIC's local NUMA node for each queue's interrupt, spread "
                          "over physical cores.",
                   .in_profile = "nics[].irqs",
                   .reads = "/proc/irq/N/smp_affinity_list, effective_affinity_list",
                   .writes = "/proc/irq/N/smp_affinity_list",
                   .capability = kIrqAffinityRight,
                   .needs = FactNeed::Topology | FactNeed::Nics | FactNeed::Irqs,
                   .needs_for_notes = FactNeed::NicQueues | FactNeed::NapiThreads},
          .wanted = irq_affinity_wanted,
          .expand = expand_irq_affinity,
          .observe = observe_irq_affinity,
          .write = one_by_one<write_irq_affinity>,
          .locate = locate_irq_affinity,
          .subjects_on_nic = subjects_on_nic};
}

}  // namespace tuner
