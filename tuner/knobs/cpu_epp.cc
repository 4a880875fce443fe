// Energy performance preference: the hint a CPU gets when it chooses its frequency itself. The
// kernel answers EBUSY to any preference but "performance" while the governor is performance
// (intel_pstate, amd_pstate); knobs/catalog.cc says what follows from that.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/cpufreq_policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

// A preference may also be a number, 0 to 255; those are not in the list.
std::string cannot(const CpufreqPolicy& policy, std::string_view word) {
  if (policy.available_epp.empty() || parse_integer(word) ||
      std::ranges::count(policy.available_epp, word) > 0)
    return {};
  return fmt::format("{} offers {}, not {}", policy.driver, fmt::join(policy.available_epp, " "),
                     word);
}

struct CpuEpp {
  static constexpr PolicyFile kFile{.knob = "cpu_epp",
                                    .word = "epp",
                                    .file = "energy_performance_preference",
                                    .setting = &CpuEntry::epp,
                                    .cannot = cannot};
};

std::string driver_of(const FileTree& files, const Subject& subject) {
  const std::string folder = subject.place.substr(0, subject.place.rfind('/'));
  const auto driver = files.read(folder + "/scaling_driver");
  return driver ? std::string(trim(*driver)) : "the cpufreq driver";
}

Observation observe(const Host& host, const Subject& subject) {
  const auto text = host.files().read(subject.place);
  if (text) return {.value = std::string(trim(*text))};
  if (text.error().fault == Fault::NotFound)
    return unsupported(
        fmt::format("{} has no energy performance preference; intel_pstate and amd_pstate do, on "
                    "CPUs that choose their frequency themselves",
                    driver_of(host.files(), subject)));
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
      observe);
}

}  // namespace tuner
