#include "knobs/catalog.h"

#include <algorithm>
#include <array>

namespace tuner {

// Each is defined in the file of this folder that has its name.
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
Knob services_knob();
Knob persist_knob();

// The order in which apply sets the families:
// - Modules first: a module adds sysctls and other kernel interfaces.
// - A NIC's shape before its other settings: a change of the channel count creates other queues and
//   interrupts, and resets the settings of the old ones. Coalescing after channels and rings,
//   because some drivers reset it with them.
// - Features before IRQs: some features make a driver reopen its channels, which renumbers
//   interrupts and loses their affinity.
// - irqbalance before IRQs: while it runs, it overwrites affinities.
// - XPS and RPS after the affinities that they follow.
// - EPP before the governor: under the governor `performance` the kernel refuses every other
//   preference with EBUSY (drivers/cpufreq/intel_pstate.c, amd-pstate.c). Leaving `performance`
//   needs the governor first. No fixed order serves both directions, so the engine retries writes
//   that failed with Busy after the rest of the phase.
// - Sysctls after all other runtime settings: they act at once, on connections that can then use
//   the rest.
// - Services: their drop-ins count from the next start of each service on.
// - Files for the next boot last: a setting that failed now must not return at a reboot.
std::span<const Knob> catalog() {
  static const std::array knobs{module_knob(),       nic_channels_knob(), nic_rings_knob(),
                                nic_coalesce_knob(), nic_features_knob(), irqbalance_knob(),
                                irq_affinity_knob(), xps_knob(),          rps_knob(),
                                cpu_epp_knob(),      cpu_governor_knob(), sysctl_knob(),
                                services_knob(),     persist_knob()};
  return knobs;
}

const Knob* find_knob(std::string_view name) {
  const auto all = catalog();
  const auto found =
      std::ranges::find_if(all, [&](const Knob& knob) { return knob.info.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string_view phase_name(Phase phase) {
  return word_of(phase);
}

}  // namespace tuner
