// Energy performance preference: a hint to a CPU that chooses its frequency itself. While the
// governor is performance, the kernel refuses any preference but "performance" with EBUSY
// (intel_pstate, amd_pstate). knobs/catalog.cc says how the order of apply handles this.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/cpufreq_policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

// A preference may also be a number, 0 to 255; numbers are not in the list. If the driver has no
// list, any word is written and the driver decides.
Observation takes(const Host& host, const Change& change) {
  const std::string word = to_text(change.value);
  if (parse_integer(word)) return {};
  const auto offered =
      choices_of_policy(host.files(), change.subject, "energy_performance_available_preferences");
  if (!offered && is_absent(offered.error())) return {};
  if (!offered) return unreadable(offered.error(), "root");
  if (std::ranges::count(*offered, word) > 0) return {};
  return unsupported(fmt::format("{} offers {}, not {}",
                                 driver_of_policy(host.files(), change.subject),
                                 fmt::join(*offered, " "), word));
}

struct CpuEpp {
  static constexpr PolicyFile kFile{.knob = "cpu_epp",
                                    .word = "epp",
                                    .file = "energy_performance_preference",
                                    .setting = &CpuEntry::epp};
};

Observation observe_cpu_epp(const Host& host, const Subject& subject) {
  const auto text = host.files().read(subject.place);
  if (text) return {.value = std::string(trim(*text))};
  if (text.error().fault == Fault::NotFound)
    return unsupported(
        fmt::format("{} has no energy performance preference; intel_pstate and amd_pstate do, on "
                    "CPUs that choose their frequency themselves",
                    driver_of_policy(host.files(), subject)));
  return unreadable(text.error(), "root");
}

}  // namespace

Knob cpu_epp_knob() {
  return policy_knob<CpuEpp>(
      {.name = "cpu_epp",
       .phase = Phase::Cpus,
       .doc = "Energy performance preference: speed or saving, for CPUs that choose "
              "their frequency themselves.",
       .in_profile = "cpus[].energy_performance_preference",
       .reads = "/sys/devices/system/cpu/cpufreq/policyN/energy_performance_preference",
       .writes = "the same",
       .capability = "root",
       .needs = FactNeed::Topology | FactNeed::Nics | FactNeed::Cpufreq},
      observe_cpu_epp, takes);
}

}  // namespace tuner
