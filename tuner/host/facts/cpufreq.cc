#include "base/text.h"
#include "host/facts/parts.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kPolicies = "/sys/devices/system/cpu/cpufreq";

std::vector<std::string> read_words(const FileTree& files, const std::string& path) {
  const std::string text = read_word(files, path);
  std::vector<std::string> words;
  for (const std::string_view word : split_whitespace(text)) words.emplace_back(word);
  return words;
}

// related_cpus has the form "0 64". Ranges ("0-3") are accepted as well.
CpuSet read_cpus(const FileTree& files, const std::string& path) {
  CpuSet cpus;
  for (const std::string& part : read_words(files, path))
    cpus = cpus | CpuSet::parse_list(part).value_or(CpuSet());
  return cpus;
}

// The kernel has one cpufreq driver at a time and one list of governors, so both are read from the
// first policy only; a machine may have hundreds. The available energy preferences differ between
// policies (amd-pstate), so they are read from each policy if the first one has any.
CpufreqPolicy read_policy(const FileTree& files, int number, const CpufreqPolicy* first) {
  CpufreqPolicy policy;
  policy.name = fmt::format("policy{}", number);
  const std::string folder = fmt::format("{}/{}/", kPolicies, policy.name);
  policy.cpus = read_cpus(files, folder + "related_cpus");
  policy.governor = read_word(files, folder + "scaling_governor");
  policy.driver = first ? first->driver : read_word(files, folder + "scaling_driver");
  policy.available_governors = first ? first->available_governors
                                     : read_words(files, folder + "scaling_available_governors");
  if (first && first->available_epp.empty()) return policy;
  policy.available_epp = read_words(files, folder + "energy_performance_available_preferences");
  policy.epp = read_word(files, folder + "energy_performance_preference");
  return policy;
}

}  // namespace

std::vector<CpufreqPolicy> collect_cpufreq(const FileTree& files) {
  std::vector<CpufreqPolicy> policies;
  // A folder without policies means no cpufreq: a virtual machine, or firmware that chooses the
  // frequency. Policies of offline CPUs remain listed.
  for (const int number : list_numbered(files, kPolicies, "policy"))
    policies.push_back(read_policy(files, number, policies.empty() ? nullptr : &policies.front()));
  return policies;
}

}  // namespace tuner
