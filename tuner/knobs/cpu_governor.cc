// The cpufreq governor of each policy.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/choices.h"
#include "knobs/cpufreq_policies.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kChoices = "scaling_available_governors";

// These drivers have only two built-in governors (struct cpufreq_driver, setpolicy).
bool governs_itself(std::string_view driver) {
  return driver == "intel_pstate" || driver == "amd-pstate-epp";
}

// The kernel would load a governor's module on the write, and no rollback unloads it. So a governor
// that is not offered now is not written.
Observation takes(const Host& host, const Change& change) {
  const std::string word = to_text(change.value);
  const auto offered = choices_of_policy(host.files(), change.subject, kChoices);
  if (!offered) return unreadable(offered.error(), "root");
  if (std::ranges::count(*offered, word) > 0) return {};
  const std::string driver = driver_of_policy(host.files(), change.subject);
  const std::string module = "cpufreq_" + word;
  const std::string offers =
      fmt::format("{} offers {}, not {}", driver, fmt::join(*offered, " "), word);
  if (governs_itself(driver)) return unsupported(offers);
  const ModuleFacts facts = module_of_choice(host, module);
  if (facts.state == ModuleState::BuiltIn) return unsupported(offers);
  if (facts.state == ModuleState::Loadable)
    return unsupported(fmt::format("{}; module {} is not loaded", offers, module),
                       fmt::format("run modprobe {}, and list it in /etc/modules-load.d", module));
  return not_on_list(kChoices, *offered, module, facts);
}

struct CpuGovernor {
  static constexpr PolicyFile kFile{.knob = "cpu_governor",
                                    .word = "governor",
                                    .file = "scaling_governor",
                                    .setting = &CpuEntry::governor};
};

Observation observe_cpu_governor(const Host& host, const Subject& subject) {
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
      observe_cpu_governor, takes);
}

}  // namespace tuner
