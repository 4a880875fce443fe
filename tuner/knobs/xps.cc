// Transmit packet steering: which CPUs send to which transmit queue of a NIC. model/steering.h
// decides; this file names, reads and writes the queues.
#include "knobs/answers.h"
#include "knobs/knob.h"
#include "knobs/nic_choices.h"
#include "knobs/no_subject.h"
#include "knobs/one_by_one.h"
#include "knobs/queue_files.h"
#include "knobs/recorded_key.h"
#include "model/steering.h"

#include <fmt/format.h>

#include <map>

namespace tuner {
namespace {

constexpr NicWord kWord{.knob = "xps", .setting = &NicEntry::xps};
constexpr NicWord kPlacement{.knob = "irq_affinity", .setting = &NicEntry::irq_placement};

bool xps_wanted(const Profile& profile) {
  return nic_word_wanted(kWord, profile);
}

Subject xps_subject(const Nic& nic, int queue) {
  return queue_subject("xps", nic, fmt::format("tx-{}", queue), "xps_cpus");
}

// Where irq_affinity places the interrupts of each NIC, by its name. NICs that no entry places are
// absent.
std::map<std::string, std::vector<Placed>> placements(const Profile& profile, const Facts& facts) {
  // irq_affinity reports these itself.
  std::vector<DesiredSetting> unmatched;
  std::vector<std::string> notes;
  // The placement that is planned, not the affinities of now: both are written in the same apply.
  const auto choices = choose_for_nics(kPlacement, profile, facts, unmatched, notes);
  const auto nics = in_fact_order(choices, facts);
  std::map<std::string, std::vector<Placed>> by_nic;
  for (const Nic* nic : nics) by_nic[nic->name];
  for (Placed& placed : place_numa_local_spread(facts.topology, nics))
    by_nic[placed.nic].push_back(std::move(placed));
  return by_nic;
}

DesiredSetting desired_xps(const Nic& nic, const Steered& steered, const Setting& setting) {
  DesiredSetting desired{
      .subject = xps_subject(nic, steered.queue), .setting = setting, .because = steered.because};
  if (steered.cpus.empty())
    desired.unsupported = steered.because;
  else
    desired.setting.goal = {.op = Goal::Op::Exactly, .value = steered.cpus};
  return desired;
}

DesiredSetting without_placement(const Nic& nic, const Setting& setting) {
  return {.subject = xps_subject(nic, 0),
          .setting = setting,
          .unsupported = fmt::format(
              "match-irqs follows irqs.placement, and no entry of this profile places the "
              "interrupts of {}",
              nic.name)};
}

void add_nic(const Nic& nic, const Setting& setting, const std::vector<Placed>* placed,
             const Facts& facts, std::vector<DesiredSetting>& desired_settings,
             std::vector<std::string>& notes) {
  if (nic.tx_queues == 0) {
    desired_settings.push_back(
        without_subject_on("xps", nic, setting, "the NIC has no transmit queue"));
  } else if (nic.tx_queues == 1) {
    notes.push_back(fmt::format("xps {}: one transmit queue, nothing to choose from", nic.name));
  } else if (placed == nullptr) {
    desired_settings.push_back(without_placement(nic, setting));
  } else if (placed->empty()) {
    desired_settings.push_back(without_subject_on(
        "xps", nic, setting, "none of its interrupts is placed, so match-irqs has no target"));
  } else {
    for (const Steered& steered : steer_transmit(facts.topology, nic, *placed))
      desired_settings.push_back(desired_xps(nic, steered, setting));
  }
}

std::vector<DesiredSetting> expand_xps(const Profile& profile, const Facts& facts,
                                       std::vector<std::string>& notes) {
  std::vector<DesiredSetting> desired_settings;
  const NicChoices choices = choose_for_nics(kWord, profile, facts, desired_settings, notes);
  const auto placed = placements(profile, facts);
  for (const Nic* nic : in_fact_order(choices, facts)) {
    const auto found = placed.find(nic->name);
    add_nic(*nic, choices.at(nic), found == placed.end() ? nullptr : &found->second, facts,
            desired_settings, notes);
  }
  return desired_settings;
}

// The kernel consults the map by receive queue first (net/core/dev.c, get_xps_queue()): it sends to
// a queue in that map regardless of the CPU map. Kernels before 4.18 have no such file.
bool is_steered_by_receive_queue(const FileTree& files, const Subject& subject) {
  const auto text = files.read(beside(subject, "xps_rxqs"));
  const auto queues = text ? CpuSet::parse_mask(*text) : Result<CpuSet>(CpuSet());
  return queues && !queues->empty();
}

Observation observe_xps(const Host& host, const Subject& subject) {
  Observation seen = observe_queue_file(host.files(), subject, parse_queue_mask);
  if (seen.availability != Observation::Availability::Available ||
      !is_steered_by_receive_queue(host.files(), subject))
    return seen;
  return blocked(
      fmt::format("{} is steered by receive queue: xps_rxqs takes precedence over xps_cpus",
                  subject.name),
      fmt::format("write 0 to {}, or leave this NIC out of xps", beside(subject, "xps_rxqs")));
}

// An empty mask is valid: most drivers start with it.
Outcome write_xps(Host& host, const Change& change) {
  const auto* cpus = std::get_if<CpuSet>(&change.value);
  if (cpus == nullptr)
    return fail(Fault::Invalid, fmt::format("{}: {} is not a set of CPUs", change.subject.name,
                                            to_text(change.value)));
  return write_queue_file(host, change, cpus->to_mask(),
                          "the queue belongs to no traffic class or to a subordinate device");
}

std::optional<Subject> locate_xps(const Subject& recorded, const Facts& facts) {
  for (const Nic* nic : nics_in_key(recorded.key, "xps:", facts)) {
    const auto queue = queue_in_key(recorded.key, fmt::format("xps:{}/tx-", nic->key()), "");
    if (queue && *queue < nic->tx_queues) return xps_subject(*nic, *queue);
  }
  return std::nullopt;
}

std::vector<Subject> subjects_on_nic(const Nic& nic) {
  std::vector<Subject> subjects;
  for (int queue = 0; nic.tx_queues > 1 && queue < nic.tx_queues; ++queue)
    subjects.push_back(xps_subject(nic, queue));
  return subjects;
}

}  // namespace

Knob xps_knob() {
  return {
      .info = {.name = "xps",
               .phase = Phase::Irqs,
               .doc = "Transmit packet steering: each CPU sends to one queue, near the CPU that "
                      "has this queue's interrupt.",
               .in_profile = "nics[].xps",
               .reads = "/sys/class/net/NIC/queues/tx-N/xps_cpus, xps_rxqs",
               .writes = "/sys/class/net/NIC/queues/tx-N/xps_cpus",
               .capability = kQueueRight,
               .needs = FactNeed::Topology | FactNeed::Nics | FactNeed::Irqs},
      .wanted = xps_wanted,
      .expand = expand_xps,
      .observe = observe_xps,
      .write = one_by_one<write_xps>,
      .locate = locate_xps,
      .subjects_on_nic = subjects_on_nic};
}

}  // namespace tuner
