// Which CPU each queue's interrupt of a NIC goes to. model/placement.h decides where; this file
// knows how an interrupt is named, read and written.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/knob.h"
#include "knobs/one_by_one.h"
#include "knobs/select_nics.h"
#include "model/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>

namespace tuner {
namespace {

constexpr std::string_view kRight = "root";
constexpr std::string_view kHowPlaced = "numa-local-spread";

bool wanted(const Profile& profile) {
  return std::ranges::any_of(profile.nics,
                             [](const NicEntry& entry) { return entry.irq_placement.has_value(); });
}

// "rxtx-3"; "msi-7" when the driver has two interrupts of the same role and queue.
std::string label(const Nic& nic, const NicIrq& irq) {
  const auto twins = std::ranges::count_if(nic.irqs, [&](const NicIrq& other) {
    return other.role == irq.role && other.queue == irq.queue;
  });
  if (irq.queue < 0 || twins > 1) return fmt::format("msi-{}", irq.msi_index);
  return fmt::format("{}-{}", irq_role_name(irq.role), irq.queue);
}

std::string key_prefix(const Nic& nic) {
  return fmt::format("irq:{}/", nic.bus_address.empty() ? nic.key() : nic.bus_address);
}

Subject subject_for(const Nic& nic, const NicIrq& irq) {
  const std::string name = label(nic, irq);
  return {.knob = "irq_affinity",
          .key = key_prefix(nic) + name,
          .name = fmt::format("{}/{}", nic.name, name),
          .place = fmt::format("{}", irq.number),
          .device = nic.key()};
}

using Choices = std::map<const Nic*, Setting>;

// The placement that counts for each NIC: the last entry's.
Choices choose(const Profile& profile, const Facts& facts, std::vector<std::string>& notes) {
  Choices choices;
  for (const NicEntry& entry : profile.nics) {
    if (!entry.irq_placement) continue;
    const auto selected = select_nics(entry.select, facts);
    if (selected.empty())
      notes.push_back(fmt::format("irq_affinity: no NIC here matches {} ({})",
                                  to_text(entry.select), to_text(entry.origin)));
    for (const SelectedNic& one : selected) {
      const auto [known, is_new] = choices.try_emplace(one.nic, *entry.irq_placement);
      if (is_new) continue;
      if (known->second.goal != entry.irq_placement->goal)
        notes.push_back(fmt::format("irq_affinity {}: {} ({}) instead of {}: the last entry counts",
                                    one.nic->name, to_text(entry.irq_placement->goal),
                                    to_text(entry.irq_placement->origin),
                                    to_text(known->second.goal)));
      known->second = *entry.irq_placement;
    }
  }
  return choices;
}

bool has_queue_irqs(const Nic& nic) {
  return std::ranges::any_of(nic.irqs, [](const NicIrq& irq) { return irq.queue >= 0; });
}

// Drivers name and request their interrupts when the interface is set up: before that there is
// nothing to place.
void note_without_irqs(const Nic& nic, std::vector<std::string>& notes) {
  if (has_queue_irqs(nic)) return;
  notes.push_back(
      fmt::format("irq_affinity {}: no interrupt of a queue is in use ({}); none placed", nic.name,
                  nic.operstate.empty() ? "state unknown" : "it is " + nic.operstate));
}

// In the order of facts, whatever the order of entries: the placement must not depend on it.
std::vector<const Nic*> to_place(const Facts& facts, const Choices& choices,
                                 std::vector<std::string>& notes) {
  std::vector<const Nic*> nics;
  for (const Nic& nic : facts.nics) {
    const auto choice = choices.find(&nic);
    if (choice == choices.end()) continue;
    const auto* how = std::get_if<std::string>(&choice->second.goal.value);
    if (how == nullptr || *how != kHowPlaced) continue;
    note_without_irqs(nic, notes);
    nics.push_back(&nic);
  }
  return nics;
}

std::string owner_of(const Facts& facts) {
  const Neighbour* irqbalance = facts.neighbour("irqbalance");
  return irqbalance == nullptr ? "" : fmt::format("irqbalance (pid {})", irqbalance->pid);
}

Wish wish_for(const Nic& nic, const Placed& placed, const Setting& setting, std::string owner) {
  Wish wish{.subject = subject_for(nic, placed.irq),
            .setting = setting,
            .because = placed.because,
            .owner = std::move(owner)};
  if (placed.cpus.empty())
    wish.unsupported = placed.because;
  else
    wish.setting.goal = {.op = Goal::Op::Exactly, .value = placed.cpus};
  return wish;
}

std::vector<Wish> expand(const Profile& profile, const Facts& facts,
                         std::vector<std::string>& notes) {
  const Choices choices = choose(profile, facts, notes);
  const std::string owner = owner_of(facts);
  std::vector<Wish> wishes;
  for (const Placed& placed :
       place_numa_local_spread(facts.topology, to_place(facts, choices, notes))) {
    const Nic* nic = facts.nic(placed.nic);
    wishes.push_back(wish_for(*nic, placed, choices.at(nic), owner));
  }
  return wishes;
}

std::string file_of(const Subject& subject, std::string_view file) {
  return fmt::format("/proc/irq/{}/{}", subject.place, file);
}

// The effective mask is the one CPU that gets the interrupt now. Without interrupt remapping it
// follows the requested mask only with the next interrupt, so a difference is no failure. Kernels
// without CONFIG_GENERIC_IRQ_EFFECTIVE_AFF_MASK have no such file.
std::string remark(const FileTree& files, const Subject& subject, const CpuSet& requested) {
  const auto text = files.read(file_of(subject, "effective_affinity_list"));
  const auto effective = text ? CpuSet::parse_list(*text) : Result<CpuSet>(CpuSet());
  if (!effective || effective->empty() || (*effective - requested).empty()) return {};
  return fmt::format("effective still {}; takes effect with the next interrupt",
                     effective->to_list());
}

Observation observe(const Host& host, const Subject& subject) {
  const auto text = host.files().read(file_of(subject, "smp_affinity_list"));
  if (!text && text.error().fault == Fault::NotFound)
    return unsupported(
        fmt::format("interrupt {} is gone: the driver was reloaded, or its queues "
                    "changed, since the facts were collected",
                    subject.place));
  if (!text) return unreadable(text.error(), kRight);
  const auto cpus = CpuSet::parse_list(*text);
  if (!cpus) return unreadable(cpus.error().text);
  return {.value = *cpus, .reason = remark(host.files(), subject, *cpus)};
}

Error explain(const Change& change, Error error) {
  const std::string what =
      fmt::format("interrupt {} ({})", change.subject.place, change.subject.name);
  const std::string cpus = to_text(change.value);
  // EIO up to 6.2, EPERM since (kernel/irq/proc.c). EACCES is another thing: not root.
  if (error.errno_value == EIO || error.errno_value == EPERM) {
    return {.fault = Fault::Unsupported,
            .errno_value = error.errno_value,
            .text = fmt::format("{} cannot be moved: the kernel manages its affinity itself", what),
            .hint = "leave this NIC out of the placement"};
  }
  if (error.fault == Fault::NoSpace) {
    error.text = fmt::format("{} cannot go to CPU {}: no free interrupt vector there", what, cpus);
    error.hint = "fewer queues, or fewer devices with interrupts on this CPU";
    return error;
  }
  if (error.fault == Fault::Invalid) error.hint = "is one of these CPUs online?";
  return write_error(change.subject, change.value, std::move(error), kRight);
}

Outcome write_one(Host& host, const Change& change) {
  const auto* cpus = std::get_if<CpuSet>(&change.value);
  if (cpus == nullptr || cpus->empty())
    return fail(Fault::Invalid, fmt::format("{}: {} is no set of CPUs", change.subject.name,
                                            to_text(change.value)));
  auto written = host.files().write(file_of(change.subject, "smp_affinity_list"), cpus->to_list());
  if (!written) return fail(explain(change, written.error()));
  return {};
}

std::optional<Subject> locate(const Subject& recorded, const Facts& facts) {
  for (const Nic& nic : facts.nics) {
    if (!recorded.key.starts_with(key_prefix(nic))) continue;
    for (const NicIrq& irq : nic.irqs) {
      if (Subject today = subject_for(nic, irq); today.key == recorded.key) return today;
    }
  }
  return std::nullopt;
}

std::vector<Subject> on_nic(const Nic& nic) {
  std::vector<Subject> subjects;
  for (const NicIrq& irq : nic.irqs) {
    if (irq.queue >= 0) subjects.push_back(subject_for(nic, irq));
  }
  return subjects;
}

}  // namespace

Knob irq_affinity_knob() {
  return {.info = {.name = "irq_affinity",
                   .phase = Phase::Irqs,
                   .doc = "One CPU of the NIC's own NUMA node for each queue's interrupt, spread "
                          "over physical cores.",
                   .in_profile = "nics[].irqs",
                   .reads = "/proc/irq/N/smp_affinity_list, effective_affinity_list",
                   .writes = "/proc/irq/N/smp_affinity_list",
                   .capability = kRight,
                   .needs =
                       FactNeed::Topology | FactNeed::Nics | FactNeed::Irqs | FactNeed::Neighbours},
          .wanted = wanted,
          .expand = expand,
          .observe = observe,
          .write = one_by_one<write_one>,
          .locate = locate,
          .on_nic = on_nic};
}

}  // namespace tuner
