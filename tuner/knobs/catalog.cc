#include "knobs/catalog.h"

#include <algorithm>
#include <array>

namespace tuner {

// One a file of this folder, named after it.
Knob module_knob();
Knob nic_channels_knob();
Knob nic_rings_knob();
Knob nic_coalesce_knob();
Knob nic_features_knob();
Knob irqbalance_knob();
Knob irq_affinity_knob();
Knob xps_knob();
Knob rps_knob();
Knob cpu_epp_knob();
Knob cpu_governor_knob();
Knob sysctl_knob();
Knob persist_knob();

// The order in which apply works:
// - Modules first: with them come sysctls, and whatever of the kernel they are.
// - A NIC's shape before everything else of it: another number of channels brings other queues and
//   interrupts, and throws away what was set of the old ones. Coalescing comes after channels and
//   rings, because some drivers reset it with them.
// - Features before IRQs: switching some of them makes a driver reopen its channels, and that
//   renumbers interrupts and throws their affinity away.
// - irqbalance before IRQs: while it runs, no affinity stays.
// - XPS and RPS after the affinities that they follow.
// - EPP before the governor: under the governor `performance` the kernel refuses every other
//   preference with EBUSY (drivers/cpufreq/intel_pstate.c, amd-pstate.c). The other direction,
//   leaving `performance`, needs the governor first; no fixed order serves both, so the engine
//   tries what failed with Busy again after the rest of the phase.
// - Sysctls last of what runs: they act at once, on connections that may then use all of the above.
// - What the next boot reads at the very end: what failed now must not come back with a reboot.
std::span<const Knob> catalog() {
  static const std::array knobs{module_knob(),       nic_channels_knob(), nic_rings_knob(),
                                nic_coalesce_knob(), nic_features_knob(), irqbalance_knob(),
                                irq_affinity_knob(), xps_knob(),          rps_knob(),
                                cpu_epp_knob(),      cpu_governor_knob(), sysctl_knob(),
                                persist_knob()};
  return knobs;
}

const Knob* find_knob(std::string_view name) {
  const auto all = catalog();
  const auto found =
      std::ranges::find_if(all, [&](const Knob& knob) { return knob.info.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::Modules: return "modules";
    case Phase::Shape: return "shape";
    case Phase::Features: return "features";
    case Phase::Irqbalance: return "irqbalance";
    case Phase::Irqs: return "irqs";
    case Phase::Cpus: return "cpus";
    case Phase::Sysctls: return "sysctls";
    case Phase::Persist: return "persist";
  }
  return "sysctls";
}

}  // namespace tuner
