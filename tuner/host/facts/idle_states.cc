#include "host/facts/idle_states.h"

#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tuner {
namespace {

constexpr std::string_view kCpus = "/sys/devices/system/cpu";

std::string folder_of(int cpu) {
  return fmt::format("{}/cpu{}/cpuidle", kCpus, cpu);
}

// The deep states of the first CPU that has any: those of one machine are the same.
struct States {
  DeepIdle deepest;
  std::vector<int> numbers;
};
std::optional<States> deep_states(const FileTree& files, const std::vector<int>& cpus) {
  for (const int cpu : cpus) {
    const std::string folder = folder_of(cpu);
    const std::vector<int> all = list_numbered(files, folder, "state");
    if (all.empty()) continue;
    States states;
    for (const int state : all) {
      const std::string place = fmt::format("{}/state{}", folder, state);
      const int latency = read_integer(files, place + "/latency").value_or(0);
      if (latency < kDeepLatency) continue;
      states.numbers.push_back(state);
      // For a bracket expression of the shell: states have one digit (CPUIDLE_STATE_MAX is 10).
      states.deepest.numbers += std::to_string(state);
      if (latency < states.deepest.latency_us) continue;
      states.deepest.latency_us = latency;
      states.deepest.state = read_word(files, place + "/name");
    }
    return states;
  }
  return std::nullopt;
}

}  // namespace

std::optional<DeepIdle> deep_idle(const FileTree& files) {
  const std::vector<int> cpus = list_numbered(files, kCpus, "cpu");
  auto states = deep_states(files, cpus);
  if (!states || states->numbers.empty()) return std::nullopt;
  DeepIdle& deep = states->deepest;
  for (const int cpu : cpus) {
    const bool enters = std::ranges::any_of(states->numbers, [&](int state) {
      return read_integer(files, fmt::format("{}/state{}/disable", folder_of(cpu), state)) == 0;
    });
    if (enters) ++deep.cpus;
  }
  if (deep.cpus == 0) return std::nullopt;
  deep.numbers = fmt::format("[{}]", deep.numbers);
  deep.driver = read_word(files, fmt::format("{}/cpuidle/current_driver", kCpus));
  return deep;
}

}  // namespace tuner
