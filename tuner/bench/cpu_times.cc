#include "bench/cpu_times.h"

#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

// user nice system idle iowait irq softirq (fs/proc/stat.c); `user` includes guests.
enum Field { User, Nice, System, Idle, Iowait, Irq, Softirq, Fields };

// A counter may go back by a tick or two: idle and iowait are not exact (proc(5)).
std::uint64_t grown(std::uint64_t before, std::uint64_t after) {
  return after > before ? after - before : 0;
}

}  // namespace

Result<CpuTimes> cpu_times(std::string_view stat, int cpu) {
  const std::string name = fmt::format("cpu{}", cpu);
  for (const std::string_view line : lines(stat)) {
    const auto words = split_whitespace(line);
    if (words.empty() || words[0] != name) continue;
    if (words.size() <= Fields)
      return fail(Fault::Invalid,
                  fmt::format("/proc/stat: {} has only {} numbers", name, words.size() - 1));
    std::array<std::uint64_t, Fields> ticks{};
    for (std::size_t i = 0; i < ticks.size(); ++i)
      ticks[i] = TRY(whole_number<std::uint64_t>(words[i + 1]));
    // The next field, steal, is neither: while the hypervisor runs others this CPU does no work.
    return CpuTimes{.busy = ticks[User] + ticks[Nice] + ticks[System] + ticks[Irq] + ticks[Softirq],
                    .idle = ticks[Idle] + ticks[Iowait]};
  }
  return fail(Fault::NotFound, fmt::format("/proc/stat has no line {}: it is offline", name),
              "run it again, and leave the CPUs online meanwhile");
}

int busy_thousandths(const CpuTimes& before, const CpuTimes& after) {
  const std::uint64_t busy = grown(before.busy, after.busy);
  const std::uint64_t all = busy + grown(before.idle, after.idle);
  return all == 0 ? 0 : static_cast<int>(busy * 1000 / all);
}

}  // namespace tuner
