// The cpufreq governor of each policy.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/cpufreq_policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

// The kernel would load a governor's module on the write, which no rollback takes back; so what is
// not offered now is not written.
std::string cannot(const CpufreqPolicy& policy, std::string_view word) {
  if (policy.available_governors.empty() ||
      std::ranges::count(policy.available_governors, word) > 0)
    return {};
  return fmt::format("{} offers {}, not {}; if this kernel has it as a module: modprobe cpufreq_{}",
                     policy.driver, fmt::join(policy.available_governors, " "), word, word);
}

struct CpuGovernor {
  static constexpr PolicyFile kFile{.knob = "cpu_governor",
                                    .word = "governor",
                                    .file = "scaling_governor",
                                    .setting = &CpuEntry::governor,
                                    .cannot = cannot};
};

Observation observe(const Host& host, const Subject& subject) {
  const auto text = host.files().read(subject.place);
  if (text) return {.value = std::string(trim(*text))};
  if (text.error().fault == Fault::NotFound)
    return unsupported(
        fmt::format("{} is gone: its CPUs are offline, or the cpufreq driver was "
                    "unloaded",
                    subject.name));
  // EBUSY: every CPU of the policy is offline (drivers/cpufreq/cpufreq.c, show()).
  if (text.error().fault == Fault::Busy)
    return unsupported(fmt::format("all CPUs of {} are offline", subject.name));
  return unreadable(text.error(), "root");
}

}  // namespace

Knob cpu_governor_knob() {
  return policy_knob<CpuGovernor>(
      {.name = "cpu_governor",
       .phase = Phase::Cpus,
       .doc = "The cpufreq governor: how the kernel chooses a CPU's frequency.",
       .in_profile = "cpus[].governor",
       .reads = "/sys/devices/system/cpu/cpufreq/policyN/scaling_governor",
       .writes = "the same",
       .capability = "root",
       .needs = FactNeed::Topology | FactNeed::Nics | FactNeed::Cpufreq},
      observe);
}

}  // namespace tuner
