#include "bench/cpu_state.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

namespace tuner {
namespace {

std::optional<std::uint64_t> count_in(const FileTree& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) return std::nullopt;
  const auto count = whole_number<std::uint64_t>(trim(*text));
  return count ? std::optional(*count) : std::nullopt;
}

// Only x86 counts (arch/x86/kernel/cpu/mce/therm_throt.c).
std::optional<std::uint64_t> throttled(const FileTree& files, const std::string& cpu) {
  const auto core = count_in(files, cpu + "/thermal_throttle/core_throttle_count");
  const auto package = count_in(files, cpu + "/thermal_throttle/package_throttle_count");
  if (!core && !package) return std::nullopt;
  return core.value_or(0) + package.value_or(0);
}

}  // namespace

std::array<BenchCpuState, 2> look_at_cpus(const FileTree& files, std::array<int, 2> cpus) {
  std::array<BenchCpuState, 2> found;
  for (std::size_t end = 0; end < found.size(); ++end) {
    const std::string cpu = fmt::format("/sys/devices/system/cpu/cpu{}", cpus[end]);
    const auto governor = files.read(cpu + "/cpufreq/scaling_governor");
    found[end] = {.governor = governor ? std::string(trim(*governor)) : std::string(),
                  .throttled = throttled(files, cpu)};
  }
  return found;
}

}  // namespace tuner
